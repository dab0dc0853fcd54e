#include "probe.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "failure.hpp"
#include "process/child.hpp"

namespace unitls::tool {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds patience(10);

std::string reason_of(const loader &from, const std::string &id, const error_info &info) {
  for (const candidate &each : from.candidates()) {
    if (each.id == id && each.state == candidate_state::rejected) {
      return each.reason;
    }
  }
  return info.text(); // it is not the plugin's fault: a layer that cannot be had, for instance
}

json try_to_load(const std::string &id) {
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

} // namespace

void run_probe(const probe_options &options) {
  const own_output output;
  // Texts of libraries may be no UTF-8.
  output.write(try_to_load(options.id).dump(-1, ' ', false, json::error_handler_t::replace));
}

probed_candidate probe(const candidate &item) {
  probed_candidate result{item, {}};
  if (item.state != candidate_state::found) {
    return result;
  }
  const process::child_end end =
      process::run({.command = {process::own_program(), probe_command, item.id}, .limit = patience});
  const json answer = json::parse(end.result, nullptr, false);
  result.item.state = candidate_state::rejected;
  if (!end.is_good() || !answer.is_object()) {
    result.item.reason = "the process that loaded it " + end.text();
  } else if (answer.contains("reason")) {
    result.item.reason = answer["reason"];
  } else {
    result.item.state = candidate_state::loaded;
    result.library_version = answer.value("library_version", "");
  }
  return result;
}

} // namespace unitls::tool
