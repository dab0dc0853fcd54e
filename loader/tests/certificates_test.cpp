#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <unitls/unitls.hpp>

#include "mock_pair.hpp"
#include "named_store.hpp"
#include "scratch_folder.hpp"

using namespace unitls::testing;
using unitls::status;

namespace {

std::string pem(const std::string &body) {
  return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

std::string text_of(unitls_blob blob) {
  return {reinterpret_cast<const char *>(blob.data), blob.size};
}

std::vector<std::string> anchors_of(const unitls::trust_store &store) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < store.anchor_count(); ++i) {
    all.push_back(text_of(store.native(i)));
  }
  return all;
}

unitls::error_info failure_of(const std::filesystem::path &folder) {
  unitls::error_info failure;
  CHECK_FALSE(unitls::trust_store::from_directory(folder, failure).has_value());
  CHECK(failure.status() == status::invalid);
  CHECK(failure.text().find(folder.string()) == 0);
  return failure;
}

unitls::chain_request request_of(const std::string &leaf) {
  return {.chain = {unitls::certificate::from_pem(leaf)}, .trust = mock_sides::anchors()};
}

} // namespace

TEST_CASE("a folder of anchors is read in order, each content once, PEM or DER") {
  const scratch_folder folder;
  const std::string der = "\x30\x82\x01\x0a-der";
  const auto b = folder.write("b.pem", pem("b"));
  folder.write("a.der", der);
  folder.write("c.crt", pem("b"));
  folder.write("d.cer", "Bag Attributes\n" + pem("d"));
  folder.write("README", "notes");
  std::filesystem::create_directory(folder.path() / "e.pem");
  std::filesystem::create_symlink("b.pem", folder.path() / "0123abcd.0");
  const auto store = unitls::trust_store::from_directory(folder.path());
  CHECK(anchors_of(store) == std::vector<std::string>{pem("b"), der, "Bag Attributes\n" + pem("d")});
  CHECK(store.native(0).format == UNITLS_FORMAT_PEM);
  CHECK(store.native(1).format == UNITLS_FORMAT_DER);
  CHECK(store.path(0) == (folder.path() / "0123abcd.0").string());
  CHECK_FALSE(store.is_system());
  CHECK(store == unitls::trust_store::from_directory(folder.path()));
}

TEST_CASE("a folder that holds no anchors is named with the reason") {
  const scratch_folder folder;
  failure_of(folder.path() / "missing");
  folder.write("README", "notes");
  CHECK(failure_of(folder.path()).text().find("there is no certificate file") != std::string::npos);
  failure_of(folder.path() / "README");
  unitls::error_info failure;
  const auto bad = folder.write("bad.pem", "no certificate");
  CHECK_FALSE(unitls::trust_store::from_directory(folder.path(), failure).has_value());
  CHECK(failure.text() == bad + ": there is no certificate in it, neither PEM nor DER");
  std::filesystem::remove(bad);
  std::filesystem::create_symlink("nowhere", folder.path() / "dangling.pem");
  CHECK_FALSE(unitls::trust_store::from_directory(folder.path(), failure).has_value());
  CHECK(failure.text().find("dangling.pem") != std::string::npos);
}

TEST_CASE("a folder with too much in it is refused") {
  const scratch_folder folder;
  const std::string content = pem(std::string(std::size_t{6} << 20, 'x'));
  folder.write("a.pem", content + "a");
  folder.write("b.pem", content + "b");
  CHECK(anchors_of(unitls::trust_store::from_directory(folder.path())).size() == 2);
  folder.write("c.pem", content + "c");
  CHECK(failure_of(folder.path()).text().find("16 MiB") != std::string::npos);
}

TEST_CASE("a chain is judged by what was asked") {
  mock_sides sides;
  auto request = request_of("leaf");
  request.crls = {unitls::revocation_list::from_pem("list")};
  request.reference_names = {"server.example"};
  request.time = std::chrono::sys_seconds(std::chrono::seconds(1234));
  request.purpose = unitls::purpose::client;
  const auto verdict = sides.backend.verify_chain(request);
  CHECK(verdict.is_accepted());
  CHECK(verdict.path.size() == 3);
  const auto &seen = sides.mock.state.inquiry;
  CHECK(seen.chain == std::vector<std::string>{"leaf"});
  CHECK(seen.names == std::vector<std::string>{"server.example"});
  CHECK(seen.has_crls);
  CHECK(seen.time == 1234);
  CHECK(seen.purpose == UNITLS_PURPOSE_CLIENT);
}

TEST_CASE("a refused chain is an answer with its path and its flags") {
  mock_sides sides;
  sides.mock.state.verify_flags = UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_WEAK_KEY;
  unitls::error_info failure;
  const auto verdict = sides.backend.verify_chain(request_of("leaf"), failure);
  REQUIRE(verdict.has_value());
  CHECK_FALSE(failure);
  CHECK_FALSE(verdict->is_accepted());
  CHECK(verdict->flags().bits() == (UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_WEAK_KEY));
  CHECK(verdict->refusal.status() == status::certificate_rejected);
  CHECK(verdict->path.size() == 3);
}

TEST_CASE("a server's chain ends in the system's store unless told otherwise, a client's in given anchors") {
  const scratch_folder folder;
  const named_store store(folder.write("store.pem", pem("system")));
  mock_sides sides;
  unitls::chain_request request{.chain = {unitls::certificate::from_pem("leaf")}};
  CHECK(sides.backend.verify_chain(request).is_accepted());
  CHECK(sides.mock.state.trust == pem("system"));
  request.purpose = unitls::purpose::client;
  unitls::error_info failure;
  CHECK_FALSE(sides.backend.verify_chain(request, failure).has_value());
  CHECK(failure.status() == status::invalid);
  CHECK(failure.field() == "trust");
}

TEST_CASE("a question that cannot be answered names the file to blame") {
  const scratch_folder folder;
  const auto leaf = folder.write("leaf.pem", pem("leaf"));
  mock_sides sides;
  sides.mock.state.create_failure = mock_error(UNITLS_E_INVALID, "chain[1]", "bad");
  unitls::error_info failure;
  const unitls::chain_request request{
      .chain = {unitls::certificate::from_pem("first"), unitls::certificate::from_file(leaf)},
      .trust = mock_sides::anchors()};
  CHECK_FALSE(sides.backend.verify_chain(request, failure).has_value());
  CHECK(failure.subject() == leaf);
}

TEST_CASE("a backend without the extensions says so by their names") {
  const mock_backend mock(mock_backend::extensions::absent);
  const auto backend = mock_sides::take(mock.ref);
  CHECK(backend.extension("unitls.verify-chain/1") == nullptr);
  unitls::error_info failure;
  CHECK_FALSE(backend.verify_chain(request_of("leaf"), failure).has_value());
  CHECK(failure.status() == status::unsupported);
  CHECK(failure.field() == "unitls.verify-chain/1");
  CHECK(backend.certificate_info(unitls::certificate::from_pem("leaf"), failure).empty());
  CHECK(failure.status() == status::unsupported);
  CHECK(failure.field() == "unitls.certificate-info/1");
}

TEST_CASE("a policy that refuses contexts refuses verdicts") {
  mock_sides sides;
  sides.mock.refuse_by_policy("/etc/unitls/backends.toml:3: [policy] cannot be applied");
  unitls::error_info failure;
  CHECK_FALSE(sides.backend.verify_chain(request_of("leaf"), failure).has_value());
  CHECK(failure.status() == status::forbidden_by_policy);
}

TEST_CASE("what stands in a certificate is copied out") {
  mock_sides sides;
  CHECK(sides.backend.extension("unitls.certificate-info/1") != nullptr);
  const auto all = sides.backend.certificate_info(unitls::certificate::from_pem("leaf"));
  REQUIRE(all.size() == 1);
  const auto &info = all.front();
  CHECK(info.subject == "CN=subject");
  CHECK(info.issuer == "CN=issuer");
  CHECK(info.subject_alt_names ==
        std::vector<unitls::subject_alt_name>{{unitls::name_form::dns, "server.example"},
                                              {unitls::name_form::ip_address, "192.0.2.1"}});
  CHECK(info.not_before == std::chrono::sys_seconds(std::chrono::seconds(1000)));
  CHECK(info.not_after == std::chrono::sys_seconds(std::chrono::seconds(2000)));
  CHECK(info.serial_number.size() == 4);
  CHECK(info.key_type == "EC secp256r1");
  CHECK(info.key_bits == 256);
  CHECK(info.is_ca);
  CHECK(info.path_length == 2U);
  CHECK(info.key_usage == std::nullopt); // has no flag
  CHECK(info.certificate.bytes().size() == 4);
  CHECK(std::equal(info.sha256.begin(), info.sha256.end(), info.pin.bytes().begin()));
  CHECK(info == sides.backend.certificate_info(unitls::certificate::from_pem("leaf")).front());
}

TEST_CASE("a malformed certificate is an error that names its file") {
  const scratch_folder folder;
  const auto path = folder.write("bad.pem", "!bad");
  mock_sides sides;
  unitls::error_info failure;
  CHECK(sides.backend.certificate_info(unitls::certificate::from_file(path), failure).empty());
  CHECK(failure.text() == path + ": the certificate is malformed (certificate)");
}
