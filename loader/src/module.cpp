#include "module.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <link.h>
#include <sys/stat.h>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

constexpr std::size_t largest_struct = std::size_t{64} * 1024;
constexpr std::size_t longest_text = 1024;
constexpr std::size_t most_capabilities = 256;

// What a file must export, as one data symbol.
template <class Descriptor>
struct exported;
template <>
struct exported<unitls_plugin> {
  static constexpr char symbol[] = "unitls_plugin_v1";
  static constexpr std::size_t least_size = offsetof(unitls_plugin, reserved_0);
};
template <>
struct exported<unitls_layer> {
  static constexpr char symbol[] = "unitls_layer_v1";
  static constexpr std::size_t least_size = sizeof(unitls_layer);
};

boost::dll::shared_library load_library(const std::string &path, isolation wanted) {
  using boost::dll::load_mode::type;
  auto mode = type::rtld_now | type::rtld_local | static_cast<type>(RTLD_NODELETE);
  if (wanted == isolation::deepbind) {
    mode = mode | type::rtld_deepbind;
  }
  boost::dll::shared_library library;
  std::error_code error;
  library.load(std::filesystem::path(path), error, mode);
  if (error) {
    // Boost's code always says "bad file descriptor"; the dynamic linker knows the reason.
    const char *reason = ::dlerror();
    throw refusal("the dynamic linker refuses it: " +
                  (reason != nullptr ? printable(reason) : error.message()));
  }
  return library;
}

// dlsym also finds the symbols of a library's dependencies.
template <class Descriptor>
void check_symbol_belongs(const void *symbol, const plugin_file &file) {
  constexpr const char *symbol_name = exported<Descriptor>::symbol;
  Dl_info where{};
  void *entry = nullptr;
  struct stat facts {};
  if (::dladdr1(symbol, &where, &entry, RTLD_DL_SYMENT) == 0 || entry == nullptr ||
      where.dli_fname == nullptr || ::stat(where.dli_fname, &facts) != 0) {
    throw refusal(std::string("cannot find out where its ") + symbol_name + " lies");
  }
  if (facts.st_dev != file.device || facts.st_ino != file.inode) {
    throw refusal(std::string("does not define ") + symbol_name + ": the symbol lies in " +
                  printable(where.dli_fname));
  }
  const auto &facts_of_symbol = *static_cast<const ElfW(Sym) *>(entry);
  if ((facts_of_symbol.st_info & 0x0FU) != STT_OBJECT ||
      facts_of_symbol.st_size < exported<Descriptor>::least_size) {
    throw refusal(std::string("its ") + symbol_name + " is not a descriptor");
  }
}

template <class Descriptor>
const Descriptor *find_descriptor(boost::dll::shared_library &library, const plugin_file &file) {
  constexpr const char *symbol_name = exported<Descriptor>::symbol;
  if (!library.has(symbol_name)) {
    throw refusal(std::string("does not define ") + symbol_name + ": it is not a plugin of unitls");
  }
  const void *const symbol = &library.get<const unsigned char>(symbol_name); // it may be anything as yet
  check_symbol_belongs<Descriptor>(symbol, file);
  if (reinterpret_cast<std::uintptr_t>(symbol) % alignof(Descriptor) != 0) {
    throw refusal(std::string("its ") + symbol_name + " is not a descriptor");
  }
  return static_cast<const Descriptor *>(symbol);
}

// A text of the plugin, which must be there and as the note has it (backend.h, U-50).
void check_text(const char *text, const std::string &in_note, const char *what) {
  if (text == nullptr || ::strnlen(text, longest_text + 1) > longest_text) {
    throw refusal(std::string("its descriptor has no ") + what);
  }
  if (in_note != text) {
    throw refusal(std::string("its note and its descriptor differ in the ") + what + ": \"" + in_note +
                  "\" and \"" + printable(text) + "\"");
  }
}

std::vector<std::string> read_capabilities(const char *const *list, const char *whose) {
  if (list == nullptr) {
    throw refusal(std::string(whose) + " has no list of capabilities");
  }
  std::vector<std::string> result;
  for (; *list != nullptr; ++list) {
    if (result.size() == most_capabilities || ::strnlen(*list, longest_text + 1) > longest_text) {
      throw refusal(std::string(whose) + " has a list of capabilities without an end");
    }
    result.emplace_back(*list);
  }
  return result;
}

// What the descriptors of plugins and layers have in common.
template <class Descriptor>
void check_head(const Descriptor &descriptor, const plugin_note &note) {
  // Everything below reads members that only a known ABI has.
  if (!is_abi_accepted(descriptor.abi_major, descriptor.abi_minor)) {
    throw refusal(abi_mismatch(descriptor.abi_major, descriptor.abi_minor));
  }
  if (descriptor.struct_size < exported<Descriptor>::least_size || descriptor.struct_size > largest_struct) {
    throw refusal("its descriptor has an impossible struct_size: " + std::to_string(descriptor.struct_size));
  }
  check_text(descriptor.id, note.id, "id");
  check_text(descriptor.version, note.version, "version");
  check_text(descriptor.description, note.description, "description");
}

void check_descriptor(const unitls_layer &descriptor, const plugin_note &note) {
  check_head(descriptor, note);
  if (descriptor.wrap == nullptr) {
    throw refusal("its descriptor lacks a function");
  }
}

void check_descriptor(const unitls_plugin &descriptor, const plugin_note &note) {
  check_head(descriptor, note);
  check_text(descriptor.library_build_version, note.library_build_version, "library_build_version");
  if (read_capabilities(descriptor.capabilities, "its descriptor") != note.capabilities) {
    throw refusal("its note and its descriptor differ in the capabilities");
  }
  if (descriptor.library_version == nullptr || descriptor.open == nullptr) {
    throw refusal("its descriptor lacks a function");
  }
}

// Runs a check and puts the path before its sentence.
template <class Function>
auto about(const plugin_file &file, Function function) {
  try {
    return function();
  } catch (const refusal &reason) {
    throw refusal(printable(file.path) + ": " + reason.what(), reason.status(), reason.field());
  }
}

// A plugin or a layer.
template <class Loaded>
struct loaded_file {
  boost::dll::shared_library library;
  isolation has = isolation::none;
  Loaded content;
};

template <class Loaded>
std::unique_ptr<loaded_file<Loaded>> load(plugin_file &&file, isolation wanted) {
  auto result = std::make_unique<loaded_file<Loaded>>();
  result->has = wanted;
  Loaded &content = result->content;
  content.file = std::move(file);
  about(content.file, [&] {
    using descriptor = std::remove_cvref_t<decltype(*content.descriptor)>;
    result->library = load_library(content.file.path, wanted);
    content.descriptor = find_descriptor<descriptor>(result->library, content.file);
    check_descriptor(*content.descriptor, content.file.note);
  });
  return result;
}

// What was loaded, by device and inode. Never destroyed: plugins stay usable until the process has ended.
template <class Loaded>
struct loaded_files {
  std::mutex mutex;
  std::map<std::pair<dev_t, ino_t>, std::unique_ptr<loaded_file<Loaded>>> by_file;
};

template <class Loaded>
loaded_files<Loaded> &every_loaded_file() {
  static auto *const instance = new loaded_files<Loaded>;
  return *instance;
}

// Isolation comes with the first loading: the dynamic linker binds a file once.
template <class Loaded>
const Loaded &load_once(plugin_file inspected, isolation wanted) {
  loaded_files<Loaded> &all = every_loaded_file<Loaded>();
  const std::lock_guard lock(all.mutex);
  std::unique_ptr<loaded_file<Loaded>> &slot = all.by_file[{inspected.device, inspected.inode}];
  if (!slot) {
    slot = load<Loaded>(std::move(inspected), wanted);
  } else if (wanted == isolation::deepbind && slot->has != wanted) {
    throw refusal(
        printable(inspected.path) +
        ": is in this process already, without isolation = \"deepbind\": another registry loaded it");
  }
  return slot->content;
}

[[noreturn]] void open_failed(unitls_status status, unitls_error &error) {
  error.message[sizeof error.message - 1] = '\0';
  if (status > 0) {
    throw refusal("its open answered " + std::to_string(status) + ", which is no answer of open");
  }
  if (status == UNITLS_E_NOMEM) {
    throw std::bad_alloc();
  }
  throw refusal(error.message[0] != '\0'
                    ? printable(error.message)
                    : "its open failed with " + std::to_string(status) + " and no message");
}

} // namespace

void check_table(const unitls_backend &table, const char *const *most, const char *whose) {
  // Trailing members may be missing; the host fills them (backend.h, unitls_backend).
  const std::size_t size = table.struct_size;
  if (size < offsetof(unitls_backend, capabilities) || size > largest_struct || size % sizeof(void *) != 0) {
    throw refusal("its backend has an impossible struct_size: " + std::to_string(size));
  }
  unitls_backend filled;
  adopt_table(table, filled);
  const std::vector<std::string> allowed = read_capabilities(most, whose);
  for (const std::string &each : read_capabilities(filled.capabilities(&filled), "its backend")) {
    if (std::find(allowed.begin(), allowed.end(), each) == allowed.end()) {
      throw refusal("its backend claims the capability \"" + printable(each) + "\", which " + whose +
                    " does not have");
    }
  }
}

const loaded_plugin &load_plugin_file(const std::filesystem::path &file, std::string_view expected_id,
                                      isolation wanted, named_by who) {
  return load_once<loaded_plugin>(inspect_plugin_file(file, expected_id, UNITLS_NOTE_PLUGIN, who), wanted);
}

const loaded_layer &load_layer_file(const std::filesystem::path &file, std::string_view expected_id,
                                    named_by who) {
  return load_once<loaded_layer>(inspect_plugin_file(file, expected_id, UNITLS_NOTE_LAYER, who),
                                 isolation::none);
}

const unitls_backend &open_plugin(const loaded_plugin &plugin, const unitls_host &host) {
  return about(plugin.file, [&]() -> std::reference_wrapper<const unitls_backend> {
    const unitls_plugin &descriptor = *plugin.descriptor;
    const char *version = descriptor.library_version();
    if (version == nullptr || *version == '\0') {
      throw refusal("its library_version answered nothing");
    }
    const unitls_backend *table = nullptr;
    unitls_error error{};
    error.struct_size = sizeof error;
    const unitls_status status = descriptor.open(&host, &table, &error);
    if (status != UNITLS_OK) {
      open_failed(status, error);
    }
    if (table == nullptr) {
      throw refusal("its open answered OK and no backend");
    }
    check_table(*table, descriptor.capabilities, "its descriptor");
    return *table;
  });
}

backend_handle make_backend_ref(const loaded_plugin &plugin, const unitls_backend &table,
                                std::string chosen_by) {
  backend_handle backend(new unitls_backend_ref);
  adopt_backend(table, *backend);
  backend->plugin = plugin.descriptor;
  backend->path = plugin.file.path;
  backend->chosen_by = std::move(chosen_by);
  return backend;
}

} // namespace unitls::loader
