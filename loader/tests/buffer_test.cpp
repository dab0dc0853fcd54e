#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/stat.h>

#include <unitls/credentials.hpp>

#include "scratch_folder.hpp"

using unitls::testing::scratch_folder;

namespace {

std::string reason_for(const std::string &path) {
  unitls_error error{};
  error.struct_size = sizeof error;
  unitls_buffer *buffer = nullptr;
  CHECK(unitls_buffer_read_file(path.c_str(), 0, &buffer, &error) == UNITLS_E_INVALID);
  CHECK(buffer == nullptr);
  CHECK(error.status == UNITLS_E_INVALID);
  return error.message;
}

// Whether the mapping that holds `address` is left out of core dumps ("dd" in its VmFlags).
bool is_kept_out_of_dumps(const void *address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::istringstream head(line);
    if (head >> std::hex >> begin >> dash >> end && dash == '-') {
      inside = begin <= wanted && wanted < end;
    }
    if (inside && line.starts_with("VmFlags:")) {
      return line.find(" dd") != std::string::npos;
    }
  }
  return false;
}

} // namespace

TEST_CASE("a file that cannot be read is named with its reason") {
  const scratch_folder folder;
  const auto in = [&folder](const char *name) { return (folder.path() / name).string(); };
  CHECK(reason_for(in("missing")).starts_with(in("missing") + ": "));
  CHECK(reason_for(folder.path().string()).find("folder") != std::string::npos);
  CHECK(reason_for(folder.write("empty", "")).find("empty") != std::string::npos);
}

TEST_CASE("a FIFO is refused at once") {
  const scratch_folder folder;
  const auto path = (folder.path() / "fifo").string();
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  CHECK(reason_for(path).find("regular file") != std::string::npos);
}

TEST_CASE("a file of 16 MiB is read and a larger one is refused") {
  const scratch_folder folder;
  const auto path = folder.write("large", "x");
  std::filesystem::resize_file(path, (std::uintmax_t{16} << 20) + 1);
  CHECK(reason_for(path).find("16 MiB") != std::string::npos);
  std::filesystem::resize_file(path, std::uintmax_t{16} << 20);
  CHECK(unitls::certificate::from_file(path).bytes().size() == std::size_t{16} << 20);
}

TEST_CASE("an unknown flag is refused") {
  const std::uint8_t byte = 1;
  unitls_buffer *buffer = nullptr;
  CHECK(unitls_buffer_create(&byte, 1, 2, &buffer, nullptr) == UNITLS_E_UNSUPPORTED);
  CHECK(unitls_buffer_create(&byte, 0, 0, &buffer, nullptr) == UNITLS_E_INVALID);
}

TEST_CASE("a private key is shared, equal by content, and printed without it") {
  const auto key = unitls::private_key::from_pem("-----BEGIN PRIVATE KEY-----\nsecret\n");
  const auto copy = key; // NOLINT(performance-unnecessary-copy-initialization): the copy is what is tested
  CHECK(copy.native().data == key.native().data);
  CHECK(key == unitls::private_key::from_pem("-----BEGIN PRIVATE KEY-----\nsecret\n"));
  CHECK(key != unitls::private_key::from_pem("-----BEGIN PRIVATE KEY-----\nsecreT\n"));
  CHECK(key != unitls::private_key::from_pem("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(unitls::to_string(key) == "private key (PEM, 35 bytes)");
}

TEST_CASE("a private key's pages are left out of core dumps") {
  const auto key = unitls::private_key::from_pem("secret");
  CHECK(is_kept_out_of_dumps(key.native().data));
}

TEST_CASE("PEM and DER are told apart by content, and the path is remembered") {
  const scratch_folder folder;
  const auto pem = folder.write("a.pem", "a note\n-----BEGIN CERTIFICATE-----\n");
  const auto der = folder.write("a.der", "0\x82 -----BEGIN inside");
  CHECK(unitls::certificate::from_file(pem).format() == unitls::format::pem);
  CHECK(unitls::certificate::from_file(pem).path() == pem);
  CHECK(unitls::certificate::from_file(der).format() == unitls::format::der);
  CHECK(unitls::private_key::from_id("pkcs11:token=a").format() == unitls::format::id);
}

TEST_CASE("trust stores combine") {
  const auto anchors = unitls::trust_store::from_pem("-----BEGIN CERTIFICATE-----\n");
  const auto both = unitls::trust_store::system() + anchors;
  CHECK(both.is_system());
  CHECK(both.anchor_count() == 1);
  CHECK(both == unitls::trust_store::system() + anchors);
  CHECK(both != anchors);
}
