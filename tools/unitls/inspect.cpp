#include "commands.hpp"

#include <chrono>
#include <iostream>

#include "certificate_text.hpp"
#include "json_output.hpp"

namespace unitls::tool {

void run_inspect(const inspect_options &options) {
  const certificate source = certificate::from_file(options.file);
  const backend chosen = select_backend(options.backend);
  const auto all = chosen.certificate_info(source);
  if (options.json) {
    nlohmann::ordered_json json{
        {"backend", chosen.id()}, {"file", options.file}, {"certificates", nlohmann::ordered_json::array()}};
    for (const certificate_info &info : all) {
      json["certificates"].push_back(to_json(info));
    }
    write_json(json);
    return;
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  for (std::size_t i = 0; i < all.size(); ++i) {
    table lines({"certificate", std::to_string(i + 1) + " of " + std::to_string(all.size())});
    add_lines(lines, all[i], now);
    std::cout << (i == 0 ? "" : "\n") << lines.text();
  }
}

} // namespace unitls::tool
