// The ten faults of PEP 748's prototype, in the order of docs/pep-748.md: each must be absent from every backend.
#include <csignal>
#include <filesystem>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fault_fixture.hpp"

namespace unitls::faults {
namespace {

namespace fs = std::filesystem;

client_config usual_client() {
  return {.trust = anchors()};
}
server_config usual_server() {
  return {.identities = {server_identity()}};
}

template <class Check>
void for_each_backend(Check check) {
  for (const backend &tls : every_backend()) {
    CAPTURE(std::string(tls.id()));
    check(tls);
  }
}

// Handles a status that must be one of the vocabulary, with a sentence.
bool is_well_told(const error_info &info) {
  return !to_string(info.status()).starts_with("status ") && !info.text().empty() &&
         info.text().find("E_") == std::string::npos;
}

TEST_CASE("1. A name that is missing is no reason to verify no name") {
  for_each_backend([](const backend &tls) {
    const client_context context(tls, usual_client());
    for (const session_config &session : {session_config{}, session_config{.server_name = "localhost"},
                                          session_config{.reference_names = {""}}}) {
      error_info failure;
      CHECK(!channel::create(context, session, 0, failure));
      CHECK(failure.status() == status::invalid);
      CHECK(failure.field().starts_with("reference_names"));
    }
    unitls_channel *made = nullptr;
    CHECK(::unitls_channel_create(context.native(), nullptr, 0, &made, nullptr) == UNITLS_E_INVALID);
    CHECK(made == nullptr);
    const auto wrong = shake_hands(context, server_context(tls, usual_server()), "other.example");
    CHECK(wrong.client.flags() == verify_flags(UNITLS_VERIFY_NAME_MISMATCH));
  });
}

// While this lives no file can be written to, and temporary files would go to a folder of its own.
class unwritable_files {
public:
  unwritable_files()
      : folder_(fs::temp_directory_path() / ("unitls-unwritable-" + std::to_string(getpid()))) {
    fs::create_directory(folder_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN); // an attempt fails and does not kill
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit nothing{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &nothing);
    setenv("TMPDIR", folder_.c_str(), 1);
  }
  ~unwritable_files() {
    unsetenv("TMPDIR");
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
    std::error_code ignored; // an empty folder
    fs::remove_all(folder_, ignored);
  }
  unwritable_files(const unwritable_files &) = delete;
  unwritable_files &operator=(const unwritable_files &) = delete;

  bool is_untouched() const { return fs::is_empty(folder_); }
  const fs::path &folder() const noexcept { return folder_; }

private:
  fs::path folder_;
  void (*handler_)(int) = nullptr;
  rlimit before_{};
};

// What is written to a file that is opened afresh; the check below would see it.
bool can_write_into(const fs::path &folder) {
  std::FILE *const file = std::fopen((folder / "proof").c_str(), "w");
  const bool wrote = file != nullptr && std::fputs("key", file) >= 0 && std::fflush(file) == 0;
  if (file != nullptr) {
    std::fclose(file);
  }
  fs::remove(folder / "proof");
  return wrote;
}

TEST_CASE("2. Private keys are never written to files, and configurations are not changed") {
  for_each_backend([](const backend &tls) {
    const client_config asking{.trust = trust_store::from_pem(content("ca.pem")),
                               .identity = identity{{certificate::from_pem(content("client.pem"))},
                                                    private_key::from_pem(content("client.key"))}};
    const server_config answering{.client_auth = client_auth::require,
                                  .trust = trust_store::from_pem(content("client-ca.pem")),
                                  .identities = {{{certificate::from_pem(content("server.pem"))},
                                                  private_key::from_pem(content("server.key"))}}};
    const client_config asking_before = asking;
    const server_config answering_before = answering;
    bool guard_works = false;
    bool nothing_was_made = false;
    outcome result;
    {
      const unwritable_files guard;
      guard_works = !can_write_into(guard.folder());
      result = shake_hands(client_context(tls, asking), server_context(tls, answering));
      nothing_was_made = guard.is_untouched();
    }
    CHECK(guard_works);
    CHECK(nothing_was_made);
    CHECK(result.succeeded());
    CHECK(asking == asking_before);
    CHECK(answering == answering_before);
    CHECK(to_string(*asking.identity->private_key).find("PRIVATE") == std::string::npos);
  });
}

TEST_CASE("3. Every name of every certificate counts for SNI, in any case, wildcards too") {
  for_each_backend([](const backend &tls) {
    const server_context server(tls,
                                {.identities = {server_identity("wrong-name"), server_identity("server")}});
    const client_context client(tls, usual_client());
    for (const char *name :
         {"localhost", "example.org", "test.example", "TEST.Example", "any.wild.example", "other.example"}) {
      CAPTURE(name);
      CHECK(shake_hands(client, server, name).succeeded()); // the client verifies the name that it asked for
    }
    CHECK(!shake_hands(client, server, "a.b.wild.example").succeeded());
  });
}

TEST_CASE("4. No common ALPN protocol ends the handshake, and any byte may stand in a name") {
  for_each_backend([](const backend &tls) {
    client_config asking = usual_client();
    server_config answering = usual_server();
    asking.alpn = {"h2"};
    answering.alpn = {"http/1.1"};
    const auto apart = shake_hands(client_context(tls, asking), server_context(tls, answering));
    CHECK(apart.client.alert() == alert::no_application_protocol);
    CHECK(apart.client.alert_direction() == alert_direction::received);
    CHECK(apart.server.alert() == alert::no_application_protocol);
    asking.alpn = answering.alpn = {"\x80\xff\xc3\xa9"};
    const auto together = shake_hands(client_context(tls, asking), server_context(tls, answering));
    CHECK(together.succeeded());
    CHECK(together.info.alpn == "\x80\xff\xc3\xa9");
  });
}

TEST_CASE("5. DER is as good as PEM, for certificates, keys and anchors") {
  for_each_backend([](const backend &tls) {
    const auto leaf = certificate::from_der(der("server.pem"));
    const server_config answering{.identities = {{{leaf, certificate::from_file(file("intermediate.pem"))},
                                                  private_key::from_der(der("server.key"))}}};
    const client_config asking{.trust = trust_store::from_bytes(der("ca.pem"))};
    CHECK(shake_hands(client_context(tls, asking), server_context(tls, answering)).succeeded());
  });
}

TEST_CASE("6. A list with nothing but suites of TLS 1.3 works, or is refused by its name") {
  for_each_backend([](const backend &tls) {
    if (!tls.supports("tls1.3")) {
      return;
    }
    client_config asking = usual_client();
    asking.tls13_cipher_suites = {cipher_suite::TLS_AES_256_GCM_SHA384};
    const server_context server(tls, usual_server());
    error_info refused;
    if (const auto context = client_context::create(tls, asking, refused)) {
      const auto result = shake_hands(*context, server);
      CHECK(result.succeeded());
      CHECK(result.info.cipher_suite == cipher_suite::TLS_AES_256_GCM_SHA384);
    } else { // GnuTLS has one list for both versions: a context without TLS 1.2 can be had
      CHECK(refused.status() == status::unsupported);
      CHECK(refused.field().starts_with("tls13_cipher_suites"));
    }
    asking.min_version = version::tls1_3;
    const auto result = shake_hands(client_context(tls, asking), server);
    CHECK(result.succeeded());
    CHECK(result.info.cipher_suite == cipher_suite::TLS_AES_256_GCM_SHA384);
  });
}

TEST_CASE("7. A default client reaches a server that has TLS 1.2 alone") {
  for_each_backend([](const backend &tls) {
    server_config old = usual_server();
    old.max_version = version::tls1_2;
    const auto result = shake_hands(client_context(tls, usual_client()), server_context(tls, old));
    CHECK(result.succeeded());
    CHECK(result.info.version == version::tls1_2);
  });
}

// Runs what must fail, and takes nothing but an error of the vocabulary.
template <class Call>
void expect_told(status expected, Call call) {
  try {
    call();
    FAIL_CHECK("nothing was refused");
  } catch (const error &caught) {
    CHECK(caught.status() == expected);
    CHECK(is_well_told(caught.info()));
  } // anything else fails the test
}

TEST_CASE("8. Whatever goes wrong is told in the one vocabulary") {
  for_each_backend([](const backend &tls) {
    const auto noise =
        certificate::from_pem("-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n");
    expect_told(status::invalid, [] { (void)certificate::from_file(file("missing.pem")); });
    expect_told(status::invalid,
                [&] { client_context(tls, {.trust = trust_store::from_pem("no PEM at all")}); });
    expect_told(status::invalid, [&] {
      server_context(tls, {.identities = {{{noise}, private_key::from_file(file("server.key"))}}});
    });
    expect_told(status::invalid, [&] {
      server_context(tls, {.identities = {identity::from_files(file("server.pem"), file("client.key"))}});
    });
    expect_told(status::invalid, [&] { client_context(tls, {.trust = anchors(), .alpn = {""}}); });
    expect_told(status::unsupported, [&] {
      client_context(tls, {.trust = anchors(), .options = {{"no.such", "1"}}});
    });
    const client_context context(tls, usual_client());
    expect_told(status::invalid, [&] { channel(context, "embedded\nnewline.example"); });
    expect_told(status::protocol_error, [&] {
      channel client(context, "localhost");
      (void)client.handshake();
      client.feed(as_bytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
      (void)client.handshake();
    });
    expect_told(status::truncated, [&] {
      channel client(context, "localhost");
      (void)client.handshake();
      client.feed_eof();
      (void)client.handshake();
    });
  });
}

TEST_CASE("9. Equal configurations are equal, and a context keeps its own") {
  CHECK(client_config{} == client_config{});
  CHECK(usual_client() == usual_client());
  CHECK(usual_server() == usual_server());
  for_each_backend([](const backend &tls) {
    client_config asking = usual_client();
    asking.alpn = {"first"};
    const client_config copy = asking;
    const client_context context(tls, asking);
    asking.alpn[0] = "second";
    asking.alpn.emplace_back("third");
    CHECK(copy != asking);
    CHECK(context.config() == copy);
    server_config answering = usual_server();
    answering.alpn = {"second", "first"};
    const auto result = shake_hands(context, server_context(tls, answering));
    CHECK(result.info.alpn == "first");
  });
}

TEST_CASE("10. An empty trust store is an error") {
  for_each_backend([](const backend &tls) {
    for (const std::uint32_t flags : {std::uint32_t{0}, std::uint32_t{UNITLS_TRUST_ANCHORS}}) {
      unitls_trust nobody{};
      nobody.struct_size = sizeof nobody;
      nobody.flags = flags;
      unitls_client_config config{};
      config.struct_size = sizeof config;
      config.trust = &nobody;
      unitls_context *made = nullptr;
      error_info failure;
      CHECK(::unitls_client_context_create(tls.native(), &config, &made, failure.receive()) ==
            UNITLS_E_INVALID);
      CHECK(made == nullptr);
      CHECK(failure.field().starts_with("trust"));
    }
    for (const char *text : {"", "\n", "# no certificate\n"}) {
      error_info failure;
      const auto store = trust_store::from_pem(text, failure);
      if (store) {
        CHECK(!client_context::create(tls, {.trust = store}, failure));
      }
      CHECK(failure.status() == status::invalid);
    }
  });
}

} // namespace
} // namespace unitls::faults
