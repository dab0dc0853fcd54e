// unitls/credentials.hpp: certificates, private keys, trust stores and identities.
//
// These are values: cheap to copy, immutable, compared by content, and parsed by nobody before a context is made
// from them. They remember the file that they were read from, so that an error can name it.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unitls/detail/collect.hpp>
#include <unitls/error.hpp>
#include <unitls/unitls.h>

namespace unitls {

enum class format : std::uint32_t {
  pem = UNITLS_FORMAT_PEM,
  der = UNITLS_FORMAT_DER,
  // An opaque name that a backend resolves, such as a PKCS#11 URI (RFC 7512).
  id = UNITLS_FORMAT_ID,
};

inline std::string to_string(format value) {
  switch (value) {
  case format::pem:
    return "PEM";
  case format::der:
    return "DER";
  case format::id:
    return "ID";
  }
  return "format " + std::to_string(static_cast<std::uint32_t>(value));
}

inline std::span<const std::byte> as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

namespace detail {

inline const std::uint8_t *octets(const std::byte *data) noexcept {
  return reinterpret_cast<const std::uint8_t *>(data);
}
inline std::uint8_t *octets(std::byte *data) noexcept {
  return reinterpret_cast<std::uint8_t *>(data);
}
inline std::span<const std::byte> as_span(unitls_bytes bytes) noexcept {
  return {reinterpret_cast<const std::byte *>(bytes.data), bytes.size};
}

// A counted handle of the C API.
template <class Handle, void (*Retain)(Handle *), void (*Release)(Handle *)>
class counted {
public:
  counted() noexcept = default;
  // Takes over one count.
  explicit counted(Handle *handle) noexcept : handle_(handle) {}
  counted(const counted &other) noexcept : handle_(other.handle_) {
    if (handle_ != nullptr) {
      Retain(handle_);
    }
  }
  counted(counted &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  counted &operator=(counted other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~counted() { Release(handle_); }

  Handle *get() const noexcept { return handle_; }

private:
  Handle *handle_ = nullptr;
};

using buffer = counted<unitls_buffer, &::unitls_buffer_retain, &::unitls_buffer_release>;

// PEM has a line that begins so (RFC 7468, 2); DER of a certificate or key never has.
inline format format_of(std::string_view text) noexcept {
  constexpr std::string_view begin = "-----BEGIN ";
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1)) {
    if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r') {
      return format::pem;
    }
  }
  return format::der;
}

// Shared, immutable bytes, their format, and the file that they came from.
class blob {
public:
  static std::optional<blob> from_bytes(std::span<const std::byte> bytes, std::optional<format> known,
                                        std::uint32_t flags, error_info &failure) {
    unitls_buffer *made = nullptr;
    ::unitls_buffer_create(octets(bytes.data()), bytes.size(), flags, &made, failure.receive());
    return failure ? std::nullopt : std::optional(blob(buffer(made), known, {}));
  }

  static std::optional<blob> from_file(const std::filesystem::path &path, std::uint32_t flags,
                                       error_info &failure) {
    unitls_buffer *made = nullptr;
    ::unitls_buffer_read_file(path.c_str(), flags, &made, failure.receive());
    return failure ? std::nullopt : std::optional(blob(buffer(made), std::nullopt, path.string()));
  }

  // Keeps a buffer that was read from `path`.
  static blob of_file(unitls_buffer *content, const char *path) {
    ::unitls_buffer_retain(content);
    return blob(buffer(content), std::nullopt, path);
  }

  unitls::format format() const noexcept { return format_; }
  const std::string &path() const noexcept { return path_; }
  unitls_bytes bytes() const noexcept { return ::unitls_buffer_bytes(buffer_.get()); }
  unitls_blob native() const noexcept {
    const unitls_bytes content = bytes();
    return {static_cast<std::uint32_t>(format_), 0, content.data, content.size};
  }

  friend bool operator==(const blob &a, const blob &b) noexcept {
    return a.format_ == b.format_ && ::unitls_buffer_equal(a.buffer_.get(), b.buffer_.get()) != 0;
  }

private:
  blob(buffer content, std::optional<unitls::format> known, std::string path)
      : buffer_(std::move(content)), format_(known.value_or(unitls::format::der)), path_(std::move(path)) {
    if (!known) {
      const unitls_bytes held = bytes();
      format_ = format_of({reinterpret_cast<const char *>(held.data), held.size});
    }
  }

  buffer buffer_;
  unitls::format format_;
  std::string path_;
};

// What certificate, private_key and the anchors of a trust_store have in common. `Flags` are unitls_buffer's.
template <class Value, std::uint32_t Flags>
class credential {
public:
  // PEM or DER; which, is seen from the bytes.
  static Value from_bytes(std::span<const std::byte> bytes) {
    return value_or_throw([&](error_info &failure) { return from_bytes(bytes, failure); });
  }
  static std::optional<Value> from_bytes(std::span<const std::byte> bytes, error_info &failure) {
    return made(blob::from_bytes(bytes, std::nullopt, Flags, failure));
  }
  static Value from_pem(std::string_view text) {
    return value_or_throw([&](error_info &failure) { return from_pem(text, failure); });
  }
  static std::optional<Value> from_pem(std::string_view text, error_info &failure) {
    return made(blob::from_bytes(as_bytes(text), unitls::format::pem, Flags, failure));
  }
  static Value from_der(std::span<const std::byte> bytes) {
    return value_or_throw([&](error_info &failure) { return from_der(bytes, failure); });
  }
  static std::optional<Value> from_der(std::span<const std::byte> bytes, error_info &failure) {
    return made(blob::from_bytes(bytes, unitls::format::der, Flags, failure));
  }
  // PEM or DER, read now; at most 16 MiB.
  static Value from_file(const std::filesystem::path &path) {
    return value_or_throw([&](error_info &failure) { return from_file(path, failure); });
  }
  static std::optional<Value> from_file(const std::filesystem::path &path, error_info &failure) {
    return made(blob::from_file(path, Flags, failure));
  }
  // A name that a backend with the capability "id.SCHEME" resolves.
  static Value from_id(std::string_view id) {
    return value_or_throw([&](error_info &failure) { return from_id(id, failure); });
  }
  static std::optional<Value> from_id(std::string_view id, error_info &failure) {
    return made(blob::from_bytes(as_bytes(id), unitls::format::id, Flags, failure));
  }

  friend bool operator==(const credential &, const credential &) noexcept = default;

private:
  static std::optional<Value> made(std::optional<blob> content) {
    return content ? std::optional(Value(std::move(*content))) : std::nullopt;
  }
};

} // namespace detail

// One certificate, or several in one PEM text.
class certificate : public detail::credential<certificate, 0> {
public:
  unitls::format format() const noexcept { return blob_.format(); }
  std::span<const std::byte> bytes() const noexcept { return detail::as_span(blob_.bytes()); }
  // The file that it was read from; empty when it was not.
  const std::string &path() const noexcept { return blob_.path(); }
  unitls_blob native() const noexcept { return blob_.native(); }

  friend bool operator==(const certificate &, const certificate &) noexcept = default;

private:
  friend class detail::credential<certificate, 0>;
  explicit certificate(detail::blob content) : blob_(std::move(content)) {}

  detail::blob blob_;
};

// A certificate revocation list (RFC 5280, 5), or several in one PEM text.
class revocation_list : public detail::credential<revocation_list, 0> {
public:
  unitls::format format() const noexcept { return blob_.format(); }
  std::span<const std::byte> bytes() const noexcept { return detail::as_span(blob_.bytes()); }
  const std::string &path() const noexcept { return blob_.path(); }
  unitls_blob native() const noexcept { return blob_.native(); }

  friend bool operator==(const revocation_list &, const revocation_list &) noexcept = default;

private:
  friend class detail::credential<revocation_list, 0>;
  explicit revocation_list(detail::blob content) : blob_(std::move(content)) {}

  detail::blob blob_;
};

// A private key: one shared buffer, kept out of core dumps and wiped on its last release. Compared in constant time.
class private_key : public detail::credential<private_key, UNITLS_BUFFER_SECRET> {
public:
  unitls::format format() const noexcept { return blob_.format(); }
  std::size_t size() const noexcept { return blob_.bytes().size; }
  const std::string &path() const noexcept { return blob_.path(); }
  unitls_blob native() const noexcept { return blob_.native(); }

  friend bool operator==(const private_key &, const private_key &) noexcept = default;

private:
  friend class detail::credential<private_key, UNITLS_BUFFER_SECRET>;
  explicit private_key(detail::blob content) : blob_(std::move(content)) {}

  detail::blob blob_;
};

// Type and length, never content.
inline std::string to_string(const private_key &key) {
  return "private key (" + to_string(key.format()) + ", " + std::to_string(key.size()) + " bytes)";
}
inline std::ostream &operator<<(std::ostream &out, const private_key &key) {
  return out << to_string(key);
}

// Whom to trust: the system's store, anchors of one's own, or both:
//
//     trust_store::system() + trust_store::from_file("company-ca.pem")
class trust_store : public detail::credential<trust_store, 0> {
public:
  static trust_store system() {
    trust_store store;
    store.system_ = true;
    return store;
  }

  // The certificate files of a folder (unitls_trust_read_folder), read now.
  static trust_store from_directory(const std::filesystem::path &folder) {
    return detail::value_or_throw([&](error_info &failure) { return from_directory(folder, failure); });
  }
  static std::optional<trust_store> from_directory(const std::filesystem::path &folder, error_info &failure) {
    trust_store store;
    detail::collect<const char *, unitls_buffer *>(
        [&](auto sink, void *user) {
          return ::unitls_trust_read_folder(folder.c_str(), sink, user, failure.receive());
        },
        [&store](const char *path, unitls_buffer *content) {
          store.anchors_.push_back(detail::blob::of_file(content, path));
        });
    return failure ? std::nullopt : std::optional(std::move(store));
  }

  bool is_system() const noexcept { return system_; }
  std::size_t anchor_count() const noexcept { return anchors_.size(); }
  const std::string &path(std::size_t anchor) const { return anchors_.at(anchor).path(); }
  unitls_blob native(std::size_t anchor) const { return anchors_.at(anchor).native(); }

  friend trust_store operator+(trust_store a, const trust_store &b) {
    a.system_ = a.system_ || b.system_;
    a.anchors_.insert(a.anchors_.end(), b.anchors_.begin(), b.anchors_.end());
    return a;
  }
  friend bool operator==(const trust_store &, const trust_store &) noexcept = default;

private:
  friend class detail::credential<trust_store, 0>;
  trust_store() = default;
  explicit trust_store(detail::blob anchors) { anchors_.push_back(std::move(anchors)); }

  bool system_ = false;
  std::vector<detail::blob> anchors_;
};

// What one side presents: its chain, leaf first, without the root, and the leaf's key.
struct identity {
  std::vector<certificate> certificates{};
  // Unset: the key stands among the PEM blocks of the certificates.
  std::optional<unitls::private_key> private_key{};

  static identity from_files(const std::filesystem::path &chain, const std::filesystem::path &key) {
    return {{certificate::from_file(chain)}, unitls::private_key::from_file(key)};
  }
  static std::optional<identity> from_files(const std::filesystem::path &chain,
                                            const std::filesystem::path &key, error_info &failure) {
    auto certificates = certificate::from_file(chain, failure);
    if (!certificates) {
      return std::nullopt;
    }
    auto secret = unitls::private_key::from_file(key, failure);
    if (!secret) {
      return std::nullopt;
    }
    return identity{{std::move(*certificates)}, std::move(secret)};
  }

  friend bool operator==(const identity &, const identity &) = default;
};

} // namespace unitls
