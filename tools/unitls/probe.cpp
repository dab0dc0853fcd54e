#include "probe.hpp"

#include <cerrno>
#include <cstring>
#include <optional>

#include <unistd.h>

#include "commands.hpp"
#include "failure.hpp"
#include "json_output.hpp"
#include "process/child.hpp"

namespace unitls::tool {
namespace {

using nlohmann::ordered_json;

constexpr std::chrono::seconds patience(10);

std::string reason_of(const loader &from, const std::string &id, const error_info &info) {
  for (const candidate &each : from.candidates()) {
    if (each.id == id && each.state == candidate_state::rejected) {
      return each.reason;
    }
  }
  return info.text(); // it is not the plugin's fault: a layer that cannot be had, for instance
}

ordered_json try_to_load(const std::string &id) {
  error_info info;
  auto from = loader::create(info);
  if (!from) {
    return {{"reason", info.text()}};
  }
  const auto loaded = from->open(id, info);
  if (!loaded) {
    return {{"reason", reason_of(*from, id, info)}};
  }
  return {{"library_version", loaded->library_version()}};
}

// Standard output, kept for ourselves: libraries have been seen to write there while they are loaded.
class own_output {
public:
  own_output() : number_(::dup(STDOUT_FILENO)) {
    if (number_ < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
      throw failure(exit_code::internal,
                    std::string("cannot set standard output aside: ") + std::strerror(errno));
    }
  }
  ~own_output() { ::close(number_); }
  own_output(const own_output &) = delete;
  own_output &operator=(const own_output &) = delete;

  void write(const std::string &text) const {
    if (::write(number_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw failure(exit_code::internal, "cannot write what was found");
    }
  }

private:
  int number_;
};

std::optional<std::string> text_in(const ordered_json &answer, const char *name) {
  if (!answer.is_object() || !answer.contains(name) || !answer[name].is_string()) {
    return std::nullopt;
  }
  return answer[name].get<std::string>();
}

// Why it was not loaded. The code that ran there may have written anything where our answer is expected.
std::string reason_in(const process::child_end &end, const ordered_json &answer) {
  if (end.is_good() && answer.is_object()) {
    return text_in(answer, "reason")
        .value_or("the process that loaded it wrote something else than the result");
  }
  return "the process that loaded it " + end.text();
}

} // namespace

void run_probe(const probe_options &options) {
  const own_output output;
  output.write(json_text(try_to_load(options.id)));
}

probed_candidate probe(const candidate &item) {
  probed_candidate result{item, {}};
  if (item.state != candidate_state::found) {
    return result;
  }
  const process::child_end end =
      process::run({.command = {process::own_program(), probe_command, item.id}, .limit = patience});
  const ordered_json answer = ordered_json::parse(end.result, nullptr, false);
  const auto library_version = text_in(answer, "library_version");
  if (end.is_good() && library_version) {
    result.item.state = candidate_state::loaded;
    result.library_version = *library_version;
  } else {
    result.item.state = candidate_state::rejected;
    result.item.reason = reason_in(end, answer);
  }
  return result;
}

} // namespace unitls::tool
