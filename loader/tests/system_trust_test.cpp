#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "named_store.hpp"
#include "refusal.hpp"
#include "scratch_folder.hpp"
#include "system_trust.hpp"
#include "trust_expansion.hpp"

using namespace unitls::loader;
using unitls::testing::named_store;
using unitls::testing::scratch_folder;

namespace {

std::string pem(const std::string &body) {
  return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

std::string reason_for(const trust_places &places) {
  try {
    (void)load_system_trust(places);
  } catch (const refusal &reason) {
    CHECK(reason.status() == UNITLS_E_INVALID);
    CHECK(reason.field() == "trust");
    return reason.what();
  }
  return {};
}

unitls_blob blob_of(const std::string &text) {
  return {UNITLS_FORMAT_PEM, 0, reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

unitls_trust anchors_of(const unitls_blob *blobs, std::size_t count) {
  return {sizeof(unitls_trust), UNITLS_TRUST_ANCHORS, 0, blobs, count};
}

} // namespace

TEST_CASE("a named bundle is the store, read once and again when it changed") {
  const scratch_folder folder;
  const auto path = folder.write("ca.pem", pem("one"));
  const auto first = load_system_trust({path.c_str(), nullptr});
  REQUIRE(first->bundles.size() == 1);
  CHECK(first->bundles.front() == pem("one"));
  CHECK(first->generation != 0);
  CHECK(load_system_trust({path.c_str(), nullptr}) == first);

  folder.write("ca.pem", pem("other"));
  const auto second = load_system_trust({path.c_str(), nullptr});
  CHECK(second->bundles.front() == pem("other"));
  CHECK(second->generation != first->generation);
}

TEST_CASE("a bundle that was touched but holds the same keeps its generation") {
  const scratch_folder folder;
  const auto path = folder.write("ca.pem", pem("one"));
  const auto first = load_system_trust({path.c_str(), nullptr});
  std::filesystem::remove(path);
  folder.write("ca.pem", pem("one"));
  CHECK(load_system_trust({path.c_str(), nullptr})->generation == first->generation);
}

TEST_CASE("named folders give their certificate files once each") {
  const scratch_folder folder;
  folder.write("b.pem", pem("b"));
  folder.write("a.crt", pem("a"));
  folder.write("README", "notes");
  std::filesystem::create_symlink("b.pem", folder.path() / "0123abcd.0");
  const auto folders = folder.path().string() + ":";
  const auto store = load_system_trust({nullptr, folders.c_str()});
  CHECK(store->bundles == std::vector<std::string>{pem("b"), pem("a")});
}

TEST_CASE("a folder's files may be DER, and are handed over as what they are") {
  const scratch_folder folder;
  const std::string der = "\x30\x82\x01\x0a-der";
  folder.write("a.der", der);
  folder.write("b.pem", pem("b"));
  const named_store store({}, folder.path().string());
  const auto trust = expanded_trust::for_client(nullptr, store_choice::environments);
  REQUIRE(trust.get()->blob_count == 2);
  CHECK(trust.get()->blobs[0].format == UNITLS_FORMAT_DER);
  CHECK(trust.get()->blobs[0].size == der.size());
  CHECK(trust.get()->blobs[1].format == UNITLS_FORMAT_PEM);
}

TEST_CASE("a store that cannot be used is an error that names the file") {
  const scratch_folder folder;
  const auto missing = (folder.path() / "missing.pem").string();
  CHECK(reason_for({missing.c_str(), nullptr}).find(missing) != std::string::npos);
  const auto empty = folder.write("empty.pem", "");
  CHECK(reason_for({empty.c_str(), nullptr}).find(empty + ": the file is empty") != std::string::npos);
  const auto garbled = folder.write("garbled.pem", "-----BEGIN CERTIFICATE-----\nno end\n");
  CHECK(reason_for({garbled.c_str(), nullptr}).find(garbled + ": there is no PEM") != std::string::npos);
  CHECK(reason_for({folder.path().c_str(), nullptr}).find("folder") != std::string::npos);
  std::filesystem::create_directory(folder.path() / "none");
  const auto none = (folder.path() / "none").string();
  CHECK(reason_for({nullptr, none.c_str()}).find("there is no certificate file") != std::string::npos);
}

TEST_CASE("equal anchors have an equal generation, others another") {
  const std::string one = pem("one");
  const std::string same = pem("one");
  const std::string other = pem("other");
  const unitls_blob blobs[] = {blob_of(one), blob_of(same), blob_of(other)};
  const auto first_trust = anchors_of(&blobs[0], 1);
  const auto same_trust = anchors_of(&blobs[1], 1);
  const auto other_trust = anchors_of(&blobs[2], 1);
  const auto first = expanded_trust::for_client(&first_trust, store_choice::environments);
  CHECK(first.get()->generation != 0);
  CHECK(expanded_trust::for_client(&same_trust, store_choice::environments).get()->generation ==
        first.get()->generation);
  CHECK(expanded_trust::for_client(&other_trust, store_choice::environments).get()->generation !=
        first.get()->generation);
}

TEST_CASE("duplicates among the anchors are given once") {
  const std::string one = pem("one");
  const unitls_blob blobs[] = {blob_of(one), blob_of(one)};
  const auto trust = anchors_of(blobs, 2);
  CHECK(expanded_trust::for_server(&trust, store_choice::environments).get()->blob_count == 1);
}

TEST_CASE("a trust that contradicts itself is refused") {
  const std::string one = pem("one");
  const unitls_blob blob = blob_of(one);
  auto trust = anchors_of(&blob, 1);
  trust.flags = 0;
  CHECK_THROWS_AS(expanded_trust::for_client(&trust, store_choice::environments), refusal);
  trust.flags = 1U << 31;
  CHECK_THROWS_AS(expanded_trust::for_client(&trust, store_choice::environments), refusal);
  trust = anchors_of(nullptr, 0);
  CHECK_THROWS_AS(expanded_trust::for_client(&trust, store_choice::environments), refusal);
  CHECK(expanded_trust::for_server(nullptr, store_choice::environments).get() == nullptr);
}
