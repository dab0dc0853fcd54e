// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/anchor_store.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

namespace unitls::test {

using namespace plugin;

namespace {

blob root(const std::string &name, uint8_t key) {
  certificate_plan plan;
  plan.subject = name;
  plan.issuer = name;
  plan.key = key;
  plan.ca = true;
  return make_certificate(plan);
}

blob leaf_of(const std::string &issuer) {
  certificate_plan plan;
  plan.issuer = issuer;
  return make_certificate(plan);
}

std::shared_ptr<const anchor_store> store_of(const std::vector<blob> &anchors,
                                             anchor_store::native_deleter deleter = nullptr) {
  return anchor_store::create(lend_all(anchors), deleter);
}

// A stand-in for a library's object, counted.
std::atomic<int> alive{0};
std::atomic<int> made{0};

void *make_native(const certificate &) {
  ++alive;
  ++made;
  return new int(1);
}

void delete_native(void *object) noexcept {
  --alive;
  delete static_cast<int *>(object);
}

} // namespace

TEST_CASE("anchors are copied, repeated ones kept once, malformed ones listed") {
  std::vector<blob> given{root("a", 1), root("b", 2), root("a", 1), to_blob("garbage"), root("a", 3), {}};
  const auto store = store_of(given);
  const std::vector<blob> kept = given;
  for (blob &der : given)
    std::fill(der.begin(), der.end(), uint8_t{0});
  CHECK(store->size() == 3);
  CHECK(store->contains(kept[0]));
  CHECK(store->contains(kept[4]));
  CHECK_FALSE(store->contains(given[0]));
  CHECK_FALSE(store->contains(root("a", 9)));
  REQUIRE(store->rejections().size() == 2);
  CHECK(store->rejections()[0].position == 3);
  CHECK(store->rejections()[0].why == malformation::encoding);
  CHECK(store->rejections()[1].position == 5);
}

TEST_CASE("anchors are found by subject in store order") {
  const auto store = store_of({root("b", 1), root("a", 2), root("b", 3), root("c", 4)});
  const auto found = store->by_subject(distinguished_name("b"));
  REQUIRE(found.size() == 2);
  CHECK(found[0]->index == 0);
  CHECK(found[1]->index == 2);
  CHECK(store->by_subject(distinguished_name("B")).empty());
  CHECK(store->by_subject({}).empty());
}

TEST_CASE("an empty store has nothing") {
  const auto store = store_of({});
  CHECK(store->empty());
  CHECK_FALSE(store->contains(root("a", 1)));
  CHECK(store->by_subject(distinguished_name("a")).empty());
}

TEST_CASE("candidates are the issuers of what was sent, and what was sent") {
  const auto store = store_of({root("x", 1), root("r", 2), leaf_of("unknown"), root("r", 3)});
  const auto indexes = [&](const std::vector<blob> &chain) {
    const auto entries = lend_all(chain);
    std::vector<size_t> out;
    for (const anchor *entry : store->candidates(presented_chain(entries)))
      out.push_back(entry->index);
    return out;
  };
  CHECK(indexes({leaf_of("r")}) == std::vector<size_t>{1, 3});
  CHECK(indexes({leaf_of("r"), root("r", 2)}) == std::vector<size_t>{1, 3});
  CHECK(indexes({leaf_of("unknown")}) == std::vector<size_t>{2});
  CHECK(indexes({leaf_of("nobody"), root("x", 9)}) == std::vector<size_t>{0});
  CHECK(indexes({leaf_of("nobody")}).empty());
  CHECK(indexes({to_blob("garbage")}).empty());
}

TEST_CASE("candidates are bounded") {
  std::vector<blob> many;
  for (size_t i = 0; i < anchor_store::candidates_max + 8; ++i)
    many.push_back(root("r", static_cast<uint8_t>(i)));
  const auto store = store_of(many);
  const std::vector<blob> chain{leaf_of("r")};
  const auto entries = lend_all(chain);
  CHECK(store->candidates(presented_chain(entries)).size() == anchor_store::candidates_max);
}

TEST_CASE("native objects are made on demand, once, and freed with the store") {
  alive = 0;
  made = 0;
  {
    const auto store = store_of({root("a", 1), root("b", 2)}, delete_native);
    CHECK(made == 0);
    void *const first = store->native(store->anchors()[0], make_native);
    CHECK(first != nullptr);
    CHECK(store->native(store->anchors()[0], make_native) == first);
    CHECK(made == 1);
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
}

TEST_CASE("a native object that could not be made is tried again") {
  alive = 0;
  const auto store = store_of({root("a", 1)}, delete_native);
  CHECK(store->native(store->anchors()[0], [](const certificate &) -> void * { return nullptr; }) == nullptr);
  CHECK(store->native(store->anchors()[0], make_native) != nullptr);
}

TEST_CASE("threads share one native object, and what they made in vain is freed") {
  alive = 0;
  made = 0;
  constexpr size_t threads = 8;
  for (int round = 0; round < 50; ++round) {
    const auto store = store_of({root("a", 1)}, delete_native);
    std::atomic<size_t> ready{0};
    std::vector<void *> seen(threads);
    std::vector<std::thread> running;
    for (size_t i = 0; i < threads; ++i)
      running.emplace_back([&, i] {
        ++ready;
        while (ready < threads)
          std::this_thread::yield();
        seen[i] = store->native(store->anchors()[0], make_native);
      });
    for (std::thread &one : running)
      one.join();
    for (void *object : seen)
      CHECK(object == seen[0]);
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
}

} // namespace unitls::test
