#include "registry.hpp"

#include <algorithm>
#include <limits>

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
// Some of its assertions fail on malformed files, which its parser then refuses.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <unitls/unitls.h>

#include "backend_id.hpp"
#include "file_trust.hpp"
#include "refusal.hpp"
#include "regular_file.hpp"

namespace unitls::loader {
namespace {

constexpr std::int64_t known_format = 1;
constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr std::size_t most_dots = 100;

std::string kind_of(const toml::node &node) {
  switch (node.type()) {
  case toml::node_type::string:
    return "a string";
  case toml::node_type::integer:
    return "an integer";
  case toml::node_type::boolean:
    return "true or false";
  case toml::node_type::array:
    return "an array";
  case toml::node_type::table:
    return "a table";
  default:
    return "a value of another kind";
  }
}

// Keys that begin so are the vendors' and are never read here.
bool is_vendors(const toml::key &key) {
  return key.str().starts_with("x-");
}

class reader {
public:
  explicit reader(const std::filesystem::path &file) { result_.file = file; }

  // toml++ walks into nested tables by recursion. It bounds how deep values are nested, but not dotted keys, which can
  // fill a line each: their depth would be the depth of the stack.
  void check_keys(std::string_view text) const {
    toml::source_region where;
    where.begin = {1, 1};
    for (std::size_t begin = 0; begin < text.size(); ++where.begin.line) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string_view line = text.substr(begin, end - begin);
      if (static_cast<std::size_t>(std::count(line.begin(), line.end(), '.')) > most_dots) {
        fail(where, "the line has more than " + std::to_string(most_dots) + " dots; divide it into several");
      }
      begin = end + 1;
    }
  }

  registry read(const toml::table &root) {
    check_format(root);
    for (const auto &[key, value] : root) {
      read_key(key, value);
    }
    return std::move(result_);
  }

  file_position position(const toml::source_region &region) const {
    return {result_.file.native(), region.begin.line, region.begin.column};
  }

  [[noreturn]] void fail(const toml::source_region &region, const std::string &what) const {
    throw refusal(printable(position(region).with_column()) + ": " + what, UNITLS_E_INVALID);
  }

private:
  void warn(const toml::source_region &region, const std::string &what) {
    result_.warnings.push_back(printable(position(region).with_column()) + ": " + what);
  }

  void warn_unknown(const toml::key &key) {
    if (!is_vendors(key)) {
      warn(key.source(), "unknown key \"" + printable(key.str()) + "\" is ignored");
    }
  }

  void check_format(const toml::table &root) const {
    const toml::node *format = root.get("format");
    if (format == nullptr) {
      toml::source_region start;
      start.begin = {1, 1};
      fail(start, "\"format = 1\" is missing");
    }
    const auto number = value_of<std::int64_t>("format", *format, "an integer");
    if (number != known_format) {
      fail(format->source(),
           "format " + std::to_string(number) + " is not known here; this version of unitls reads format 1");
    }
  }

  void read_key(const toml::key &key, const toml::node &value) {
    const std::string_view name = key.str();
    if (name == "format") {
      return; // checked before everything else
    }
    if (name == "plugin_dirs") {
      result_.plugin_dirs = read_folders(value);
    } else if (name == "scan") {
      result_.scan = value_of<bool>(name, value, "true or false");
    } else if (name == "prefer") {
      result_.prefer = read_ids(name, value);
    } else if (name == "backend") {
      read_entries(name, value, result_.entries);
    } else if (name == "policy") {
      read_policy(key, value);
    } else if (name == "layer") {
      read_entries(name, value, result_.layers);
    } else {
      warn_unknown(key);
    }
  }

  template <class Value>
  Value value_of(std::string_view name, const toml::node &node, const char *wanted) const {
    const auto value = node.value_exact<Value>();
    if (!value) {
      fail(node.source(), "\"" + printable(name) + "\" must be " + wanted + ", not " + kind_of(node));
    }
    return *value;
  }

  // A string that names something: not empty and without zero bytes, which would cut a path short.
  std::string text_of(std::string_view name, const toml::node &node) const {
    auto text = value_of<std::string>(name, node, "a string");
    if (text.empty()) {
      fail(node.source(), "\"" + printable(name) + "\" must not be empty");
    }
    if (text.find('\0') != std::string::npos) {
      fail(node.source(), "\"" + printable(name) + "\" must not hold a zero byte");
    }
    return text;
  }

  const toml::array &array_of(std::string_view name, const toml::node &node) const {
    const toml::array *array = node.as_array();
    if (array == nullptr) {
      fail(node.source(), "\"" + printable(name) + "\" must be an array of strings, not " + kind_of(node));
    }
    return *array;
  }

  const toml::table &table_of(std::string_view name, const toml::node &node) const {
    const toml::table *table = node.as_table();
    if (table == nullptr) {
      fail(node.source(), "\"" + printable(name) + "\" must be a table, not " + kind_of(node));
    }
    return *table;
  }

  std::vector<std::filesystem::path> read_folders(const toml::node &node) const {
    std::vector<std::filesystem::path> folders;
    for (const toml::node &each : array_of("plugin_dirs", node)) {
      folders.push_back((result_.file.parent_path() / text_of("plugin_dirs", each)).lexically_normal());
    }
    return folders;
  }

  std::vector<std::string> read_ids(std::string_view name, const toml::node &node) const {
    std::vector<std::string> ids;
    for (const toml::node &each : array_of(name, node)) {
      ids.push_back(text_of(name, each));
      if (!is_backend_id(ids.back())) {
        fail(each.source(),
             "\"" + printable(ids.back()) + "\" is not an id; " + std::string(backend_id_rule));
      }
    }
    return ids;
  }

  // Nothing here is ignored: a rule that is not understood is a rule that is not kept.
  void read_policy(const toml::key &key, const toml::node &node) {
    result_.rules.emplace().at = position(key.source());
    policy &rules = result_.rules->value;
    try {
      for (const auto &[name, value] : table_of("policy", node)) {
        read_rule(name, value, rules);
      }
    } catch (const refusal &mistake) {
      rules.mistake = mistake.what();
      rules.brief_mistake = mistake.brief();
    }
  }

  void read_rule(const toml::key &key, const toml::node &value, policy &rules) const {
    const std::string_view name = key.str();
    const file_position at = position(key.source());
    if (name == "min_version") {
      rules.min_version.push_back({read_version(value), at});
    } else if (name == "allow_insecure") {
      rules.allow_insecure.push_back({value_of<bool>(name, value, "true or false"), at});
    } else if (name == "allow_layers") {
      rules.allow_layers.push_back({read_ids(name, value), at});
    } else if (name == "allow_key_log") {
      rules.allow_key_log.push_back({value_of<bool>(name, value, "true or false"), at});
    } else if (name == "trust") {
      rules.trust.push_back({read_trust(value), at});
    } else if (name == "backends") {
      rules.backends.push_back({not_empty(name, value, read_ids(name, value)), at});
    } else if (name == "cipher_suites") {
      rules.cipher_suites.push_back({not_empty(name, value, read_suites(value)), at});
    } else if (!is_vendors(key)) {
      fail(key.source(), "[policy] has no key \"" + printable(name) +
                             "\"; it has min_version, allow_insecure, allow_layers, allow_key_log, trust, "
                             "backends and cipher_suites");
    }
  }

  std::uint16_t read_version(const toml::node &node) const {
    const std::string text = text_of("min_version", node);
    const std::optional<std::uint16_t> version = version_of(text);
    if (!version) {
      fail(node.source(), "\"min_version\" must be \"1.2\" or \"1.3\", not \"" + printable(text) + "\"");
    }
    return *version;
  }

  std::string read_trust(const toml::node &node) const {
    std::string text = text_of("trust", node);
    if (text != "system") {
      fail(node.source(), "\"trust\" must be \"system\", not \"" + printable(text) + "\"");
    }
    return text;
  }

  suite_list read_suites(const toml::node &node) const {
    suite_list suites;
    for (const toml::node &each : array_of("cipher_suites", node)) {
      const std::string name = text_of("cipher_suites", each);
      const std::uint16_t number = unitls_cipher_suite_number(name.c_str());
      if (number == 0) {
        fail(each.source(), "\"" + printable(name) +
                                "\" is not a cipher suite by its IANA name, such as TLS_AES_256_GCM_SHA384");
      }
      suites.push_back(number);
    }
    return suites;
  }

  // An empty list would forbid everything.
  template <class List>
  List not_empty(std::string_view name, const toml::node &node, List list) const {
    if (list.empty()) {
      fail(node.source(), "\"" + std::string(name) + "\" must name at least one");
    }
    return list;
  }

  // `kind` is "backend" or "layer".
  void read_entries(std::string_view kind, const toml::node &node, std::vector<registry_entry> &entries) {
    for (const auto &[key, value] : table_of(kind, node)) {
      if (is_vendors(key)) {
        continue;
      }
      registry_entry entry;
      entry.id = key.str();
      entry.at = position(key.source());
      if (!is_backend_id(entry.id)) {
        warn(key.source(), "[" + name_of(kind, entry) + "] is ignored: \"" + printable(entry.id) +
                               "\" is not an id; " + std::string(backend_id_rule));
        continue;
      }
      try {
        read_entry(kind, value, entry);
      } catch (const refusal &mistake) {
        entry.mistake = mistake.what();
      }
      entries.push_back(std::move(entry));
    }
  }

  static std::string name_of(std::string_view kind, const registry_entry &entry) {
    return std::string(kind) + "." + printable(entry.id);
  }

  void read_entry(std::string_view kind, const toml::node &node, registry_entry &entry) {
    const std::string name = name_of(kind, entry);
    const toml::table &table = table_of(name, node);
    // Before everything that can be wrong: an entry that is switched off stays so.
    if (const toml::node *enabled = table.get("enabled"); enabled != nullptr) {
      entry.enabled = value_of<bool>("enabled", *enabled, "true or false");
    }
    for (const auto &[key, value] : table) {
      read_entry_key(kind, key, value, entry);
    }
    if (entry.library.empty() && entry.enabled) {
      fail(node.source(), "[" + name + "] lacks \"library\"");
    }
  }

  void read_entry_key(std::string_view kind, const toml::key &key, const toml::node &value,
                      registry_entry &entry) {
    const std::string_view name = key.str();
    const bool is_backends = kind == "backend";
    if (name == "enabled") {
      return; // read before everything else
    }
    if (name == "library") {
      entry.library = text_of(name, value);
    } else if (name == "priority" && is_backends) {
      entry.priority = read_priority(value);
    } else if (name == "isolation" && is_backends) {
      entry.isolated = read_isolation(value);
    } else if (name == "options") {
      entry.options = read_options(value);
    } else {
      warn_unknown(key);
    }
  }

  std::int32_t read_priority(const toml::node &node) const {
    using limits = std::numeric_limits<std::int32_t>;
    const auto priority = value_of<std::int64_t>("priority", node, "an integer");
    if (priority < limits::min() || priority > limits::max()) {
      fail(node.source(), "\"priority\" must be from " + std::to_string(limits::min()) + " to " +
                              std::to_string(limits::max()) + ", not " + std::to_string(priority));
    }
    return static_cast<std::int32_t>(priority);
  }

  isolation read_isolation(const toml::node &node) const {
    const std::string text = text_of("isolation", node);
    if (text == "default") {
      return isolation::none;
    }
    if (text != "deepbind") {
      fail(node.source(),
           "\"isolation\" must be \"default\" or \"deepbind\", not \"" + printable(text) + "\"");
    }
    if (const char *const sanitizer = sanitizer_against_deepbind(); sanitizer != nullptr) {
      fail(node.source(), "\"isolation\" cannot be \"deepbind\" in this program, which is built with " +
                              std::string(sanitizer) + "; write \"default\"");
    }
    return isolation::deepbind;
  }

  std::vector<std::pair<std::string, std::string>> read_options(const toml::node &node) const {
    std::vector<std::pair<std::string, std::string>> options;
    for (const auto &[key, value] : table_of("options", node)) {
      options.emplace_back(key.str(), text_of(key.str(), value));
    }
    return options;
  }

  registry result_;
};

} // namespace

registry parse_registry(std::string_view text, const std::filesystem::path &file) {
  reader reading(file);
  reading.check_keys(text);
  try {
    // Without the file's name: toml++ would copy it inside a noexcept constructor, which ends the process when memory
    // runs out.
    return reading.read(toml::parse(text));
  } catch (const toml::parse_error &error) {
    reading.fail(error.source(), printable(error.description()));
  }
}

registry read_registry(const std::filesystem::path &file) {
  const regular_file opened(canonical_path(file));
  check_file_trust(opened, trusted_as::registry);
  return parse_registry(opened.read_all(largest_file), file);
}

} // namespace unitls::loader
