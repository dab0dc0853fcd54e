#include "commands.hpp"

#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include "failure.hpp"
#include "json_output.hpp"
#include "probe.hpp"
#include "terminal.hpp"
#include "text/readable.hpp"

namespace unitls::tool {
namespace {

using nlohmann::ordered_json;

loader make_loader() {
  error_info info;
  auto made = loader::create(info);
  if (!made) {
    throw failure(exit_code::no_backend, info.text());
  }
  return std::move(*made);
}

std::string dash_if_empty(const std::string &text) {
  return text.empty() ? "-" : text;
}

template <class Named>
ordered_json numbers_json(const std::vector<Named> &items) {
  ordered_json list = ordered_json::array();
  for (const Named item : items) {
    list.push_back({{"number", static_cast<unsigned>(item)}, {"name", to_string(item)}});
  }
  return list;
}

template <class Named>
void print_numbers(const char *title, const std::vector<Named> &items) {
  std::cout << title << '\n';
  for (const Named item : items) {
    std::cout << "  " << to_string(item) << '\n';
  }
}

std::optional<backend> select(loader &from, const backend_choice &choice, error_info &info) {
  return choice.id.empty() ? from.select(info) : from.open(choice.id, info);
}

ordered_json lines_json(const std::string &text) {
  ordered_json lines = ordered_json::array();
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

ordered_json json_of(const probed_candidate &each, bool is_probed) {
  const candidate &item = each.item;
  ordered_json json{{"id", item.id},
                    {"state", to_string(item.state)},
                    {"reason", item.reason},
                    {"version", item.version},
                    {"library", item.library_build_version},
                    {"description", item.description},
                    {"capabilities", item.capabilities},
                    {"priority", item.priority},
                    {"path", item.path},
                    {"source", item.source}};
  if (is_probed) {
    json["library_version"] = each.library_version;
  }
  return json;
}

void print_table(const std::vector<probed_candidate> &all) {
  table lines({"BACKEND", "STATE", "LIBRARY", "FILE"});
  for (const auto &[item, library_version] : all) {
    const std::string &library = library_version.empty() ? item.library_build_version : library_version;
    lines.add({item.id, to_string(item.state), dash_if_empty(library), dash_if_empty(item.path)});
  }
  std::cout << lines.text();
  for (const auto &[item, library_version] : all) {
    if (!item.reason.empty()) {
      std::cout << text::readable(to_string(item)) << '\n';
    }
  }
  if (all.empty()) {
    std::cout << "no plugin was found\n";
  }
}

// A file that was left out explains why a backend is missing from a list.
void tell_mistakes(const loader &from) {
  std::istringstream lines(from.explain());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("warning: ") || line.starts_with("no context may be made: ")) {
      std::cerr << "unitls: " << text::readable(line) << '\n';
    }
  }
}

} // namespace

backend select_backend(const backend_choice &choice) {
  error_info info;
  loader from = make_loader();
  auto chosen = select(from, choice, info);
  if (!chosen) {
    throw failure(exit_code::no_backend, info.text());
  }
  return std::move(*chosen);
}

void run_list(const list_options &options) {
  const loader from = make_loader();
  tell_mistakes(from);
  std::vector<probed_candidate> all;
  for (const candidate &item : from.candidates()) {
    all.push_back(options.probe ? probe(item) : probed_candidate{item, {}});
  }
  if (options.json) {
    ordered_json list = ordered_json::array();
    for (const probed_candidate &each : all) {
      list.push_back(json_of(each, options.probe));
    }
    write_json(list);
    return;
  }
  print_table(all);
}

void run_explain(const explain_options &options) {
  loader from = make_loader();
  error_info info;
  const auto chosen = select(from, options.backend, info);
  if (options.json) {
    const ordered_json json{{"lines", lines_json(from.explain())},
                            {"selected", chosen ? ordered_json(chosen->id()) : ordered_json()}};
    write_json(json);
  } else {
    std::cout << text::readable_lines(from.explain());
  }
  if (!chosen) {
    throw failure(exit_code::no_backend, info.text());
  }
}

void run_info(const info_options &options) {
  const backend chosen = select_backend({options.id});
  if (options.json) {
    ordered_json json{{"id", chosen.id()},
                      {"version", chosen.version()},
                      {"description", chosen.description()},
                      {"library", chosen.library_version()},
                      {"path", chosen.path()},
                      {"capabilities", chosen.capabilities()},
                      {"cipher_suites", numbers_json(chosen.cipher_suites())},
                      {"groups", numbers_json(chosen.groups())},
                      {"signature_schemes", numbers_json(chosen.signature_schemes())},
                      {"options", ordered_json::array()}};
    for (const option_description &item : chosen.options()) {
      json["options"].push_back(
          {{"name", item.name}, {"type", item.type}, {"description", item.description}});
    }
    write_json(json);
    return;
  }
  table facts({"backend", std::string(chosen.id())});
  facts.add({"description", std::string(chosen.description())});
  facts.add({"plugin version", std::string(chosen.version())});
  facts.add({"library", std::string(chosen.library_version())});
  facts.add({"file", std::string(chosen.path())});
  std::cout << facts.text() << "capabilities\n";
  for (const auto capability : chosen.capabilities()) {
    std::cout << "  " << text::readable(capability) << '\n';
  }
  print_numbers("cipher suites", chosen.cipher_suites());
  print_numbers("groups", chosen.groups());
  print_numbers("signature schemes", chosen.signature_schemes());
  table lines({"options", "", ""});
  for (const option_description &item : chosen.options()) {
    lines.add({"  " + item.name, item.type, item.description});
  }
  std::cout << lines.text();
}

} // namespace unitls::tool
