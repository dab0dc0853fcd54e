// unitls_buffer: immutable, counted bytes. Secrets lie in pages of their own, which core dumps leave out.
#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include <unitls/unitls.h>

#include "refusal.hpp"
#include "regular_file.hpp"

namespace unitls::loader {
namespace {

constexpr std::size_t size_limit = std::size_t{16} << 20;

// Memory for a secret: whole pages, so that neither advice nor wiping touches anybody else's bytes.
class secret_pages {
public:
  explicit secret_pages(std::size_t size) : size_(round_up(size)) {
    void *pages = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
      throw std::bad_alloc();
    }
    data_ = static_cast<std::byte *>(pages);
    // Fails only where the kernel knows no such advice; the secret is then as safe as the program's own memory.
    madvise(data_, size_, MADV_DONTDUMP);
  }
  ~secret_pages() {
    explicit_bzero(data_, size_);
    munmap(data_, size_);
  }
  secret_pages(const secret_pages &) = delete;
  secret_pages &operator=(const secret_pages &) = delete;

  std::byte *data() const noexcept { return data_; }

private:
  static std::size_t round_up(std::size_t size) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
  }

  std::size_t size_;
  std::byte *data_ = nullptr;
};

} // namespace
} // namespace unitls::loader

struct unitls_buffer {
  unitls_buffer(std::size_t length, bool secret) : size(length) {
    if (secret) {
      pages = std::make_unique<unitls::loader::secret_pages>(length);
      data = pages->data();
    } else {
      plain.resize(length);
      data = plain.data();
    }
  }

  std::span<std::byte> content() const noexcept { return {data, size}; }

  std::atomic<unsigned> references{1};
  std::size_t size;
  std::byte *data = nullptr;
  std::vector<std::byte> plain;
  std::unique_ptr<unitls::loader::secret_pages> pages;
};

namespace unitls::loader {
namespace {

struct release_buffer {
  void operator()(unitls_buffer *buffer) const noexcept { unitls_buffer_release(buffer); }
};
using buffer_pointer = std::unique_ptr<unitls_buffer, release_buffer>;

void check_flags(std::uint32_t flags) {
  if ((flags & ~std::uint32_t{UNITLS_BUFFER_SECRET}) != 0) {
    throw refusal("an unknown buffer flag is set", UNITLS_E_UNSUPPORTED, "flags");
  }
}

buffer_pointer make_buffer(std::size_t size, std::uint32_t flags) {
  return buffer_pointer(new unitls_buffer(size, (flags & UNITLS_BUFFER_SECRET) != 0));
}

buffer_pointer copy_bytes(std::span<const std::byte> bytes, std::uint32_t flags) {
  check_flags(flags);
  if (bytes.empty()) {
    throw refusal("there are no bytes", UNITLS_E_INVALID);
  }
  if (bytes.size() > size_limit) {
    throw refusal("the bytes are more than 16 MiB", UNITLS_E_INVALID);
  }
  auto buffer = make_buffer(bytes.size(), flags);
  std::memcpy(buffer->data, bytes.data(), bytes.size());
  return buffer;
}

buffer_pointer read_file(const char *path, std::uint32_t flags) {
  check_flags(flags);
  const regular_file file(path);
  const std::string name = printable(path);
  if (file.size() == 0) {
    throw refusal(name + ": the file is empty", UNITLS_E_INVALID);
  }
  if (file.size() > size_limit) {
    throw refusal(name + ": the file is larger than 16 MiB", UNITLS_E_INVALID);
  }
  auto buffer = make_buffer(static_cast<std::size_t>(file.size()), flags);
  if (!file.read(0, buffer->content())) {
    throw refusal(name + ": the file cannot be read to its end", UNITLS_E_INVALID);
  }
  return buffer;
}

} // namespace
} // namespace unitls::loader

extern "C" {

using namespace unitls::loader;

unitls_status unitls_buffer_create(const uint8_t *data, size_t size, uint32_t flags, unitls_buffer **buffer,
                                   unitls_error *err) {
  *buffer = nullptr;
  try {
    *buffer = copy_bytes({reinterpret_cast<const std::byte *>(data), size}, flags).release();
    return UNITLS_OK;
  } catch (...) {
    return report_current_exception(err);
  }
}

unitls_status unitls_buffer_read_file(const char *path, uint32_t flags, unitls_buffer **buffer,
                                      unitls_error *err) {
  *buffer = nullptr;
  try {
    *buffer = read_file(path, flags).release();
    return UNITLS_OK;
  } catch (...) {
    return report_current_exception(err);
  }
}

void unitls_buffer_retain(unitls_buffer *buffer) {
  buffer->references.fetch_add(1, std::memory_order_relaxed);
}

void unitls_buffer_release(unitls_buffer *buffer) {
  if (buffer != nullptr && buffer->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete buffer;
  }
}

unitls_bytes unitls_buffer_bytes(const unitls_buffer *buffer) {
  return {reinterpret_cast<const uint8_t *>(buffer->data), buffer->size};
}

int32_t unitls_buffer_equal(const unitls_buffer *a, const unitls_buffer *b) {
  if (a->size != b->size) {
    return 0;
  }
  volatile unsigned char difference = 0; // volatile: the loop must not end early
  for (std::size_t i = 0; i < a->size; ++i) {
    difference =
        static_cast<unsigned char>(difference | std::to_integer<unsigned char>(a->data[i] ^ b->data[i]));
  }
  return difference == 0 ? 1 : 0;
}

} // extern "C"
