// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/anchor_store.hpp>

#include <algorithm>

namespace unitls::plugin {

namespace {

size_t total_size(std::span<const unitls_bytes> parts) noexcept {
  size_t total = 0;
  for (const unitls_bytes &part : parts)
    total += part.size;
  return total;
}

// Adds an anchor unless it is there or the room is used up.
void add_once(std::vector<const anchor *> &found, const anchor *entry) {
  if (found.size() < anchor_store::candidates_max &&
      std::find(found.begin(), found.end(), entry) == found.end())
    found.push_back(entry);
}

} // namespace

std::shared_ptr<const anchor_store> anchor_store::create(std::span<const unitls_bytes> certificates,
                                                         native_deleter deleter) {
  return std::shared_ptr<const anchor_store>(new anchor_store(certificates, deleter));
}

// All views point into storage_ and all pointers into anchors_, so both get their final size before the first
// of them is filled.
anchor_store::anchor_store(std::span<const unitls_bytes> certificates, native_deleter deleter)
    : deleter_(deleter) {
  storage_.reserve(total_size(certificates));
  anchors_.reserve(certificates.size());
  by_der_.reserve(certificates.size());
  for (size_t position = 0; position < certificates.size(); ++position)
    add(view(certificates[position]), position);
  index_subjects();
  natives_ = std::make_unique<std::atomic<void *>[]>(anchors_.size());
}

anchor_store::~anchor_store() {
  for (size_t i = 0; i < anchors_.size(); ++i) {
    if (void *made = natives_[i].load(std::memory_order_acquire))
      deleter_(made);
  }
}

void anchor_store::add(bytes der, size_t position) {
  if (contains(der))
    return;
  const size_t begin = storage_.size();
  storage_.insert(storage_.end(), der.begin(), der.end());
  malformation why = malformation::none;
  const std::optional<certificate> parsed = certificate::parse(bytes(storage_).subspan(begin), &why);
  if (!parsed) {
    storage_.resize(begin);
    rejections_.push_back({position, why});
    return;
  }
  anchors_.push_back({*parsed, anchors_.size()});
  by_der_.emplace(as_text(parsed->der), &anchors_.back());
}

void anchor_store::index_subjects() {
  sorted_.reserve(anchors_.size());
  for (const anchor &entry : anchors_)
    sorted_.push_back(&entry);
  const auto subject_of = [](const anchor *entry) { return as_text(entry->parsed.subject); };
  std::stable_sort(sorted_.begin(), sorted_.end(), [&](const anchor *left, const anchor *right) {
    return subject_of(left) < subject_of(right);
  });
  for (auto begin = sorted_.begin(); begin != sorted_.end();) {
    const std::string_view subject = subject_of(*begin);
    const auto end =
        std::find_if(begin, sorted_.end(), [&](const anchor *entry) { return subject_of(entry) != subject; });
    by_subject_.emplace(subject, std::span<const anchor *const>(begin, end));
    begin = end;
  }
}

const anchor *anchor_store::find(bytes der) const noexcept {
  const auto found = by_der_.find(as_text(der));
  return found == by_der_.end() ? nullptr : found->second;
}

std::span<const anchor *const> anchor_store::by_subject(bytes name) const noexcept {
  const auto found = by_subject_.find(as_text(name));
  return found == by_subject_.end() ? std::span<const anchor *const>{} : found->second;
}

std::vector<const anchor *> anchor_store::candidates(const presented_chain &chain) const {
  std::vector<const anchor *> found;
  for (const certificate &entry : chain.certificates()) {
    if (const anchor *itself = find(entry.der))
      add_once(found, itself);
    for (const anchor *issuer : by_subject(entry.issuer))
      add_once(found, issuer);
    if (found.size() == candidates_max)
      break;
  }
  std::sort(found.begin(), found.end(),
            [](const anchor *left, const anchor *right) { return left->index < right->index; });
  return found;
}

void *anchor_store::keep(std::atomic<void *> &slot, void *made) const noexcept {
  if (!made)
    return nullptr;
  void *expected = nullptr;
  if (slot.compare_exchange_strong(expected, made, std::memory_order_acq_rel, std::memory_order_acquire))
    return made;
  deleter_(made);
  return expected;
}

} // namespace unitls::plugin
