#include "layering.hpp"

#include <algorithm>
#include <filesystem>
#include <list>
#include <stdexcept>

#include "layers.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

std::vector<loader::layer_in_force> &layers() {
  static std::vector<loader::layer_in_force> all;
  return all;
}

loader::option_list options_of(const std::string &text, const std::string &list) {
  loader::option_list options;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string option = list.substr(begin, end - begin);
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw std::runtime_error("--layer " + text + ": \"" + option + "\" is not NAME=VALUE");
    }
    options.emplace_back(option.substr(0, equals), option.substr(equals + 1));
    begin = end + 1;
  }
  return options;
}

const loader::loaded_layer &load_file(const std::filesystem::path &file) {
  return loader::load_layer_file(file, {}, loader::named_by::person);
}

// A path may have a colon in it, but not behind its end.
loader::layer_in_force load(const std::string &text) {
  constexpr std::string_view end_of_file = ".so:";
  const std::size_t end = text.rfind(end_of_file);
  if (end == std::string::npos) {
    return {&load_file(text), {}};
  }
  return {&load_file(text.substr(0, end + end_of_file.size() - 1)),
          options_of(text, text.substr(end + end_of_file.size()))};
}

template <class Function>
void put_hole_back(const unitls_backend &plugin, unitls_backend &table, Function unitls_backend::*member) {
  if (plugin.*member == nullptr) {
    table.*member = nullptr;
  }
}

} // namespace

void use_layers(const std::vector<std::string> &texts) {
  for (const std::string &each : texts) {
    layers().push_back(load(each));
  }
}

// The host filled the holes for the layers.
const unitls_backend &through_layers(const unitls_backend &plugin) {
  if (layers().empty()) {
    return plugin;
  }
  static std::list<unitls_backend> tables; // as long as the process
  unitls_backend &table = tables.emplace_back(loader::wrap_in_layers(plugin, layers(), host()));
  put_hole_back(plugin, table, &unitls_backend::client_config_check);
  put_hole_back(plugin, table, &unitls_backend::client_context_create);
  put_hole_back(plugin, table, &unitls_backend::server_config_check);
  put_hole_back(plugin, table, &unitls_backend::server_context_create);
  return table;
}

std::string layers_text() {
  std::string text;
  for (const loader::layer_in_force &each : layers()) {
    text += (text.empty() ? ", through " : " and ") + each.layer->file.note.id;
  }
  return text;
}

} // namespace unitls::conformance
