#include "commands.hpp"

#include <chrono>
#include <iostream>

#include "certificate_text.hpp"
#include "failure.hpp"
#include "json_output.hpp"
#include "time_text.hpp"

namespace unitls::tool {
namespace {

using nlohmann::ordered_json;

std::chrono::sys_seconds time_of(const verify_options &options) {
  if (!options.time) {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }
  const auto time = parse_time(*options.time);
  if (!time) {
    throw failure(exit_code::wrong_input,
                  "--time \"" + *options.time +
                      "\": write a time in UTC as 2026-06-01T12:00:00Z, or seconds since 1970");
  }
  return *time;
}

std::optional<trust_store> trust_of(const verify_options &options) {
  if (!options.ca) {
    return options.system_trust ? std::optional(trust_store::system()) : std::nullopt;
  }
  return options.system_trust ? trust_store::system() + trust_from(*options.ca) : trust_from(*options.ca);
}

chain_request request_of(const verify_options &options) {
  chain_request request{.trust = trust_of(options),
                        .crls = crls_from(options.crls),
                        .reference_names = options.names,
                        .time = time_of(options),
                        .purpose = options.purpose == "client" ? purpose::client : purpose::server};
  for (const std::string &file : options.chain) {
    request.chain.push_back(certificate::from_file(file));
  }
  return request;
}

// Of a path that was judged every certificate can be read.
std::vector<certificate_info> facts_of(const backend &chosen, const std::vector<certificate> &path) {
  std::vector<certificate_info> all;
  for (const certificate &entry : path) {
    for (certificate_info &info : chosen.certificate_info(entry)) {
      all.push_back(std::move(info));
    }
  }
  return all;
}

std::vector<std::string> words_of(verify_flags flags) {
  std::vector<std::string> words;
  for (int bit = 0; bit < 64; ++bit) {
    const verify_flags one{flags.bits() & (unitls_verify_flags{1} << bit)};
    if (one.any()) {
      words.push_back(to_string(one));
    }
  }
  return words;
}

std::string names_text(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names) {
    text += text.empty() ? name : " or " + name;
  }
  return text;
}

void print_json(const backend &chosen, const chain_request &request, const chain_verdict &verdict,
                const std::vector<certificate_info> &path) {
  ordered_json json{
      {"backend", chosen.id()},
      {"accepted", verdict.is_accepted()},
      {"flags", words_of(verdict.flags())},
      {"reason", verdict.is_accepted() ? ordered_json(nullptr) : ordered_json(verdict.refusal.text())},
      {"purpose", to_string(request.purpose)},
      {"time", time_text(*request.time)},
      {"names", request.reference_names},
      {"name_checked", !request.reference_names.empty()},
      {"revocation_checked", !request.crls.empty()},
      {"path", ordered_json::array()}};
  for (const certificate_info &info : path) {
    json["path"].push_back(to_json(info));
  }
  write_json(json);
}

void print_text(const backend &chosen, const chain_request &request, const chain_verdict &verdict,
                const std::vector<certificate_info> &path) {
  table lines({"verdict", verdict.is_accepted() ? "accepted" : alarming("refused")});
  lines.add({"backend", std::string(chosen.id()) + " (" + std::string(chosen.library_version()) + ")"});
  lines.add({"purpose", to_string(request.purpose)});
  lines.add({"time", time_text(*request.time)});
  lines.add({"name", request.reference_names.empty() ? "not checked: no --name was given"
                                                     : names_text(request.reference_names)});
  lines.add({"revocation", request.crls.empty() ? "not checked: no --crl was given" : "checked"});
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string entry =
        path[i].subject + "  " + day_text(path[i].not_before) + " to " + day_text(path[i].not_after);
    lines.add({i == 0 ? "path" : "", is_valid_at(path[i], *request.time) ? entry : alarming(entry)});
  }
  std::cout << lines.text();
}

} // namespace

void run_verify(const verify_options &options) {
  const chain_request request = request_of(options);
  const backend chosen = select_backend(options.backend);
  const chain_verdict verdict = chosen.verify_chain(request);
  (options.json ? print_json : print_text)(chosen, request, verdict, facts_of(chosen, verdict.path));
  if (!verdict.is_accepted()) {
    throw failure(verdict.refusal, options.chain.front());
  }
}

} // namespace unitls::tool
