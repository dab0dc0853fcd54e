// What layers are made of: options, and the table that hands every call on.
#include <unitls/plugin/layer.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using unitls::plugin::error;
using unitls::plugin::forward;
using unitls::plugin::layer_options;

namespace {

constexpr const char *known[] = {"size", "to"};

// "FIELD: MESSAGE", or nothing.
template <class Function>
std::string complaint(Function function) {
  try {
    function();
    return "";
  } catch (const error &caught) {
    return std::string(caught.value().field) + ": " + caught.value().message;
  }
}

std::string complaint_about(const std::vector<unitls_option> &given) {
  return complaint([&] { const layer_options options("mine", known, given); });
}

std::string number_complaint(const char *value) {
  const unitls_option given[] = {{"size", value}};
  const layer_options options("mine", known, given);
  return complaint([&] { (void)options.number("size", 2, 10); });
}

// Sees everything and changes nothing.
struct quiet {
  static constexpr char id[] = "quiet";
  static constexpr const char *option_names[] = {"size"};
  struct context {
    explicit context(quiet &) {}
  };
  struct session {
    session(quiet &, context &) {}
  };
  quiet(const unitls_host &, const layer_options &) {}
  unitls_status receive(session &, const unitls_transport &outer, std::uint8_t *buffer, std::size_t size,
                        std::size_t *done) noexcept {
    return outer.recv(outer.user, buffer, size, done);
  }
  unitls_status send(session &, const unitls_transport &outer, const std::uint8_t *data,
                     std::size_t size) noexcept {
    return outer.send(outer.user, data, size);
  }
};

using calls = forward<quiet>;

// An inner backend that has one of the two extensions when it has its instance.
const void *UNITLS_CALL find_extension(const unitls_backend *self, const char *id) {
  static constexpr unitls_verify_chain chains{
      sizeof chains, 0,
      [](const unitls_backend *, const unitls_verify_chain_request *, unitls_bytes_sink, void *,
         unitls_error *) -> unitls_status { return UNITLS_E_CERTIFICATE; },
      nullptr};
  return self->instance != nullptr && std::string(id) == "unitls.verify-chain/1" ? &chains : nullptr;
}

unitls_backend inner_with(void *instance) {
  unitls_backend inner{};
  inner.struct_size = sizeof inner;
  inner.instance = instance;
  inner.get_extension = find_extension;
  return inner;
}

constexpr unitls_host host{sizeof host, 0, nullptr, [](void *, std::int32_t, const char *) {}};

unitls_status wrap(const unitls_backend &inner, unitls_backend &table, unitls_error *err,
                   const std::vector<unitls_option> &options = {}) {
  return calls::wrap(&host, &inner, options.data(), options.size(), &table, err, calls::table());
}

unitls_backend sized_table(std::uint32_t size) {
  unitls_backend table{};
  table.struct_size = size;
  return table;
}

} // namespace

TEST_CASE("a layer's options are known, once, and have a value") {
  CHECK(complaint_about({}) == "");
  CHECK(complaint_about({{"to", ""}, {"size", "3"}}) == "");
  CHECK(complaint_about({{"sise", "3"}}) ==
        "options[sise]: the layer mine has no such option; it has: size, to");
  CHECK(complaint_about({{"to", "a"}, {"to", "b"}}) == "options[to]: the option is given twice");
  CHECK(complaint_about({{"to", nullptr}}) == "options: the name or value of an option is NULL");
}

TEST_CASE("a number of an option is within its bounds and nothing else") {
  CHECK(number_complaint("2") == "");
  CHECK(number_complaint("10") == "");
  for (const char *const wrong : {"1", "11", "", "3x", " 3", "-3", "99999999999999999999999"}) {
    CHECK(number_complaint(wrong) ==
          "options[size]: must be a number from 2 to 10, not \"" + std::string(wrong) + "\"");
  }
}

TEST_CASE("a layer shows the extensions that it knows and inner has, and no other") {
  int present = 0;
  unitls_backend table = sized_table(sizeof table);
  REQUIRE(wrap(inner_with(&present), table, nullptr) == UNITLS_OK);
  const auto *const chains =
      static_cast<const unitls_verify_chain *>(table.get_extension(&table, "unitls.verify-chain/1"));
  REQUIRE(chains != nullptr);
  CHECK(chains->verify(&table, nullptr, nullptr, nullptr, nullptr) == UNITLS_E_CERTIFICATE);
  CHECK(table.get_extension(&table, "unitls.certificate-info/1") == nullptr);
  CHECK(table.get_extension(&table, "org.example.none/1") == nullptr);

  unitls_backend other = sized_table(sizeof other);
  REQUIRE(wrap(inner_with(nullptr), other, nullptr) == UNITLS_OK);
  CHECK(other.get_extension(&other, "unitls.verify-chain/1") == nullptr);
}

TEST_CASE("of the caller's table no byte is written past its size") {
  unitls_backend table = sized_table(offsetof(unitls_backend, verified_certificates));
  REQUIRE(wrap(inner_with(nullptr), table, nullptr) == UNITLS_OK);
  CHECK(table.struct_size == offsetof(unitls_backend, verified_certificates));
  CHECK((table.peer_certificates != nullptr));
  CHECK((table.verified_certificates == nullptr));
}

TEST_CASE("a wrap that fails says why and leaves the table alone") {
  unitls_backend table = sized_table(sizeof table);
  unitls_error error{};
  error.struct_size = sizeof error;
  CHECK(wrap(inner_with(nullptr), table, &error, {{"x", "1"}}) == UNITLS_E_UNSUPPORTED);
  CHECK(std::string(error.field) == "options[x]");
  CHECK(table.instance == nullptr);
  CHECK((table.handshake == nullptr));
}
