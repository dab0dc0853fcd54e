#include "trust_expansion.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <unitls/backend.h>

#include "certificate_folder.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

std::string_view content(const unitls_blob &blob) noexcept {
  return {reinterpret_cast<const char *>(blob.data), blob.size};
}

bool same(const unitls_blob &a, const unitls_blob &b) noexcept {
  return a.format == b.format && content(a) == content(b);
}

// Gives equal lists of blobs equal generations, so that a plugin parses a program's own anchors once. Keeps copies of
// the first lists that come, up to a bound; a list beyond it gets no generation and is parsed each time.
class generation_table {
public:
  std::uint64_t of(std::span<const unitls_blob> blobs) {
    const std::lock_guard lock(mutex_);
    for (const auto &known : lists_) {
      if (known.equals(blobs)) {
        return known.generation;
      }
    }
    std::size_t size = 0;
    for (const auto &blob : blobs) {
      if (blob.size > size_limit - size) {
        return 0;
      }
      size += blob.size;
    }
    if (lists_.size() >= list_limit || size > size_limit - held_) {
      return 0;
    }
    lists_.push_back(list(blobs, next_trust_generation()));
    held_ += size;
    return lists_.back().generation;
  }

private:
  static constexpr std::size_t list_limit = 64;
  static constexpr std::size_t size_limit = std::size_t{4} << 20;

  struct piece {
    std::uint32_t format;
    std::string bytes;
  };

  struct list {
    list(std::span<const unitls_blob> blobs, std::uint64_t number) : generation(number) {
      for (const auto &blob : blobs) {
        pieces.push_back({blob.format, std::string(content(blob))});
      }
    }
    bool equals(std::span<const unitls_blob> blobs) const noexcept {
      return std::equal(pieces.begin(), pieces.end(), blobs.begin(), blobs.end(),
                        [](const piece &held, const unitls_blob &given) {
                          return held.format == given.format && held.bytes == content(given);
                        });
    }

    std::uint64_t generation;
    std::vector<piece> pieces;
  };

  std::mutex mutex_;
  std::vector<list> lists_;
  std::size_t held_ = 0;
};

generation_table &generations() {
  static generation_table table;
  return table;
}

constexpr std::size_t of_the_system = SIZE_MAX;
constexpr std::string_view blob_field = "trust.blobs[";

// The first version of the struct is the whole of it, so far.
void check(const unitls_trust &trust) {
  switch (unitls_check_request(&trust, sizeof trust, sizeof trust)) {
  case UNITLS_OK:
    break;
  case UNITLS_E_UNSUPPORTED:
    throw refusal("the trust has members that this libunitls does not know", UNITLS_E_UNSUPPORTED, "trust");
  default:
    throw refusal("struct_size is too small", UNITLS_E_INVALID, "trust");
  }
  constexpr std::uint32_t known = UNITLS_TRUST_SYSTEM | UNITLS_TRUST_ANCHORS;
  if ((trust.flags & ~known) != 0) {
    throw refusal("an unknown flag is set", UNITLS_E_UNSUPPORTED, "trust.flags");
  }
  const bool anchors = (trust.flags & UNITLS_TRUST_ANCHORS) != 0;
  if (anchors && trust.blob_count == 0) {
    throw refusal("anchors are to be trusted and none are given", UNITLS_E_INVALID, "trust");
  }
  if (!anchors && trust.blob_count != 0) {
    throw refusal("anchors are given and UNITLS_TRUST_ANCHORS is not set", UNITLS_E_INVALID, "trust.flags");
  }
}

} // namespace

void expanded_trust::add(const unitls_blob &blob, std::size_t given_as) {
  const auto is_same = [&blob](const unitls_blob &held) { return same(held, blob); };
  if (std::none_of(blobs_.begin(), blobs_.end(), is_same)) {
    blobs_.push_back(blob);
    given_as_.push_back(given_as);
  }
}

void expanded_trust::add_system(store_choice choice) {
  system_ = load_system_trust(choice);
  for (const auto &bundle : system_->bundles) {
    add({certificate_format(bundle), 0, reinterpret_cast<const std::uint8_t *>(bundle.data()), bundle.size()},
        of_the_system);
  }
}

void expanded_trust::add_anchors(const unitls_trust &trust) {
  for (std::size_t i = 0; i < trust.blob_count; ++i) {
    add(trust.blobs[i], i);
  }
}

void expanded_trust::finish() {
  const bool system_alone = system_ != nullptr && blobs_.size() == system_->bundles.size();
  native_.struct_size = sizeof native_;
  native_.flags = UNITLS_TRUST_ANCHORS;
  native_.generation = system_alone ? system_->generation : generations().of(blobs_);
  native_.blobs = blobs_.data();
  native_.blob_count = blobs_.size();
}

void expanded_trust::restore_field(unitls_error *err) const noexcept {
  if (err == nullptr || err->struct_size < offsetof(unitls_error, message)) {
    return;
  }
  const std::string_view field(err->field, strnlen(err->field, sizeof err->field));
  if (!field.starts_with(blob_field)) {
    return;
  }
  std::size_t index = 0;
  const auto [end, problem] =
      std::from_chars(field.data() + blob_field.size(), field.data() + field.size(), index);
  if (problem != std::errc{} || index >= given_as_.size()) {
    return;
  }
  const std::string_view rest(end, static_cast<std::size_t>(field.data() + field.size() - end));
  std::array<char, UNITLS_ERROR_FIELD_SIZE> restored{};
  if (given_as_[index] == of_the_system) {
    (void)std::snprintf(restored.data(), restored.size(), "trust");
  } else {
    (void)std::snprintf(restored.data(), restored.size(), "trust.blobs[%zu%.*s", given_as_[index],
                        static_cast<int>(rest.size()), rest.data());
  }
  std::memcpy(err->field, restored.data(), restored.size());
}

expanded_trust expanded_trust::for_server(const unitls_trust *trust, store_choice choice) {
  expanded_trust result;
  if (trust == nullptr) {
    return result;
  }
  check(*trust);
  if ((trust->flags & UNITLS_TRUST_SYSTEM) != 0) {
    result.add_system(choice);
  }
  result.add_anchors(*trust);
  result.finish();
  return result;
}

expanded_trust expanded_trust::for_client(const unitls_trust *trust, store_choice choice) {
  if (trust != nullptr) {
    return for_server(trust, choice);
  }
  expanded_trust result;
  result.add_system(choice);
  result.finish();
  return result;
}

} // namespace unitls::loader
