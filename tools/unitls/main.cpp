// unitls: the command line. What the commands do is in files of their own.
#include <cstdio>
#include <functional>
#include <iostream>
#include <new>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "failure.hpp"
#include "text/readable.hpp"

namespace unitls::tool {
namespace {

constexpr const char *exit_codes = R"(
Exit codes:
  0  done
  1  the peer, the network or the transfer failed
  2  what was given is wrong: arguments, certificates, keys, files
  3  no usable backend, or a policy forbids it
  4  the peer's certificate, or the chain to verify, was rejected
  5  internal error)";

constexpr const char *program_footer = R"(Examples:
  unitls list
  unitls get https://example.org/file -o file
  UNITLS_BACKEND=gnutls unitls connect example.org:443
  unitls serve --listen 127.0.0.1:8443
  unitls verify --ca ca.pem --chain server.pem --name www.example.org
  unitls inspect server.pem)";

void add_backend(CLI::App &command, backend_choice &choice) {
  command.add_option("--backend", choice.id, "Use this backend and no other, whatever UNITLS_BACKEND says")
      ->type_name("ID");
}

void add_timeout(CLI::App &command, std::optional<double> &timeout, const char *text) {
  command.add_option("--timeout", timeout, text)->type_name("SECONDS")->check(CLI::Range(0.001, 1e6));
}

void add_versions(CLI::App &command, version_range &versions) {
  command.add_option("--min", versions.min, "Lowest TLS version: 1.2 or 1.3")->type_name("VERSION");
  command.add_option("--max", versions.max, "Highest TLS version: 1.2 or 1.3")->type_name("VERSION");
}

// An option that may be given several times, each time with one value.
CLI::Option *add_repeated(CLI::App &command, const char *name, std::vector<std::string> &values,
                          const char *text) {
  return command.add_option(name, values, text)->allow_extra_args(false);
}

// An option with a list that is separated by commas, or given in several pieces.
void add_values(CLI::App &command, const char *name, std::vector<std::string> &values, const char *text) {
  add_repeated(command, name, values, text)->delimiter(',')->type_name("A,B");
}

void add_parameter_lists(CLI::App &command, parameter_lists &lists) {
  add_values(command, "--suite", lists.suites,
             "These cipher suites and no others, by IANA's names, the preferred one first");
  add_values(command, "--group", lists.groups, "These groups for the key exchange and no others");
  add_values(command, "--scheme", lists.schemes, "These signature schemes and no others");
}

void add_tls_options(CLI::App &command, tls_options &options) {
  command
      .add_option("--alpn", options.alpn, "Protocols for ALPN in order of preference, separated by commas")
      ->type_name("A,B");
  add_versions(command, options.versions);
  add_parameter_lists(command, options.parameters);
  add_repeated(command, "--option", options.options, "A setting of one library; `unitls info ID` lists them")
      ->type_name("NAME=VALUE");
}

CLI::Option *add_crls(CLI::App &command, std::vector<std::string> &crls, const char *text) {
  return add_repeated(command, "--crl", crls, text)->type_name("FILE");
}

void add_server_judgement(CLI::App &command, server_judgement &judgement) {
  auto *const ca =
      command.add_option("--ca", judgement.ca, "Trust the certificates in this file or folder and no others");
  ca->type_name("FILE");
  auto *const system =
      command.add_flag("--system-trust", judgement.system_trust, "With --ca: trust the system's store, too")
          ->needs(ca);
  auto *const crl =
      add_crls(command, judgement.crls, "Refuse what this revocation list names, and what no list speaks of");
  add_repeated(command, "--pin", judgement.pins,
               "One of these keys must be in the server's path; `unitls inspect` prints them")
      ->type_name("sha256/BASE64");
  auto *const name = command.add_flag("--insecure-no-name-check", judgement.no_name_check,
                                      "Accept a certificate for any other name");
  command
      .add_flag("--insecure-no-verification", judgement.no_verification,
                "Accept any certificate, unless --pin refuses it: anybody can pose as the server")
      ->excludes(ca)
      ->excludes(system)
      ->excludes(crl)
      ->excludes(name);
}

constexpr const char *client_timeout =
    "Limit of connecting, of the handshake, of silence and of closing (10, 10, 30 and 5 s)";

// What is to be run once the command line has been read.
using action = std::function<void()>;

void add_list(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("list", "List the backends that were found, the preferred one first");
  const auto options = std::make_shared<list_options>();
  command->add_flag("--probe", options->probe, "Load each of them, in a process of its own");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Reads files only, unless --probe is given: no plugin is loaded.\n\nExamples:\n  unitls list\n"
      "  unitls list --probe\n  unitls list --json");
  command->callback([&run, options] { run = [options] { run_list(*options); }; });
}

// Started by `list --probe`; not shown.
void add_probe(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand(probe_command)->group("");
  const auto options = std::make_shared<probe_options>();
  command->add_option("id", options->id)->required();
  command->callback([&run, options] { run = [options] { run_probe(*options); }; });
}

void add_env(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("env", "Tell which environment variables are set, and what they do");
  const auto options = std::make_shared<env_options>();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("What comes of them all is told by `unitls explain`.\n\nExamples:\n  unitls env\n"
                  "  unitls env --json");
  command->callback([&run, options] { run = [options] { run_env(*options); }; });
}

void add_check(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("check", "Judge a plugin file before it is registered");
  const auto options = std::make_shared<check_options>();
  command->add_option("file", options->file, "The plugin, whoever owns it")->required()->type_name("FILE");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Reads its note, loads it in other processes and runs the quick cases of unitls-conformance.\n"
      "Ends with 3 when it cannot be loaded or breaks the contract.\n\nExamples:\n"
      "  unitls check ./unitls-acme.so\n  unitls check ./unitls-acme.so --json");
  command->callback([&run, options] { run = [options] { run_check(*options); }; });
}

void add_root(CLI::App &command, std::string &root) {
  command.add_option("--root", root, "The folder that will be /, for who makes packages and images")
      ->type_name("FOLDER");
}

void add_register(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("register", "Install a plugin for every program on this machine");
  const auto options = std::make_shared<register_options>();
  command->add_option("file", options->file, "The plugin")->required()->type_name("FILE");
  add_root(*command, options->root);
  command->footer(
      "Checks the file as `unitls check` does, copies it to /usr/local/lib/unitls, and names it in a\n"
      "file of its own in /etc/unitls/backends.d. Files of other people are left alone.\n\nExamples:\n"
      "  unitls register ./unitls-acme.so\n  unitls register ./unitls-acme.so --root ./image");
  command->callback([&run, options] { run = [options] { run_register(*options); }; });
}

void add_unregister(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("unregister", "Undo what `register` did");
  const auto options = std::make_shared<unregister_options>();
  command->add_option("id", options->id, "The backend")->required()->type_name("ID");
  add_root(*command, options->root);
  command->footer(
      "Tells who names the backend when it was not registered.\n\nExamples:\n  unitls unregister acme");
  command->callback([&run, options] { run = [options] { run_unregister(*options); }; });
}

void add_explain(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("explain", "Select a backend and tell every file and decision on the way");
  const auto options = std::make_shared<explain_options>();
  add_backend(*command, options->backend);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Ends with 3 when nothing can be used, and says why.\n\nExamples:\n  unitls explain\n"
      "  UNITLS_BACKEND=gnutls,openssl unitls explain\n  unitls explain --backend mbedtls --json");
  command->callback([&run, options] { run = [options] { run_explain(*options); }; });
}

void add_info(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("info", "Load a backend and show what it has");
  const auto options = std::make_shared<info_options>();
  command->add_option("id", options->id, "The backend")->required()->type_name("ID");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Examples:\n  unitls info openssl\n  unitls info gnutls --json");
  command->callback([&run, options] { run = [options] { run_info(*options); }; });
}

void add_get(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("get", "Download a file over https");
  const auto options = std::make_shared<get_options>();
  command->add_option("url", options->url, "https://HOST[:PORT]/PATH")->required()->type_name("URL");
  add_server_judgement(*command, options->judgement);
  add_parameter_lists(*command, options->parameters);
  add_backend(*command, options->backend);
  add_repeated(*command, "--resolve", options->resolve, "Connect to ADDR for this host and port")
      ->type_name("HOST:PORT:ADDR");
  command->add_option("-o,--output", options->output, "Write to this file, which appears when it is complete")
      ->type_name("FILE");
  add_timeout(*command, options->timeout, client_timeout);
  command->footer(
      "Examples:\n  unitls get https://example.org/\n  unitls get https://localhost:8443/file --ca ca.pem "
      "-o file\n  unitls get https://example.org/ --resolve example.org:443:127.0.0.1 --backend gnutls");
  command->callback([&run, options] { run = [options] { run_get(*options); }; });
}

void add_connect(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("connect", "Connect, show what was negotiated, and send a request");
  const auto options = std::make_shared<connect_options_of_tool>();
  command->add_option("endpoint", options->endpoint, "HOST:PORT or [ADDRESS]:PORT; port 443 if none is given")
      ->required()
      ->type_name("HOST:PORT");
  add_backend(*command, options->backend);
  command->add_option("--name", options->name, "The peer must be this DNS name or IP address (default: HOST)")
      ->type_name("NAME");
  auto *const sni =
      command->add_option("--sni", options->sni, "Send this server name (default: --name, else HOST)")
          ->type_name("NAME");
  command->add_flag("--no-sni", options->no_sni, "Send no server name")->excludes(sni);
  add_server_judgement(*command, options->judgement);
  auto *const cert = command->add_option("--cert", options->certificate, "Our certificate chain, leaf first")
                         ->type_name("FILE");
  command->add_option("--key", options->key, "Its private key (default: in the same file)")
      ->type_name("FILE")
      ->needs(cert);
  add_tls_options(*command, options->tls);
  command
      ->add_option("--request", options->request,
                   "Send this file, then print the answer; - is standard input")
      ->type_name("FILE");
  add_timeout(*command, options->timeout, client_timeout);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Succeeds only after a verified handshake and a clean close by both sides.\n\nExamples:\n"
                  "  unitls connect example.org:443 --alpn h2,http/1.1\n"
                  "  unitls connect 127.0.0.1:8443 --name localhost --ca ca.pem --request request.txt\n"
                  "  unitls connect mail.example:465 --cert me.pem --key me.key --min 1.3 --json\n"
                  "  unitls connect example.org:443 --suite TLS_AES_256_GCM_SHA384 --min 1.3 --group x25519\n"
                  "  unitls connect device.local:443 --ca ca.pem --crl ca.crl --pin sha256/BASE64");
  command->callback([&run, options] { run = [options] { run_connect(*options); }; });
}

void add_serve(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("serve", "Serve files over https until told to stop");
  const auto options = std::make_shared<serve_options>();
  command->add_option("--listen", options->listen, "Where to listen; port 0 takes a free one")
      ->required()
      ->type_name("ADDR:PORT");
  add_backend(*command, options->backend);
  auto *const cert =
      add_repeated(*command, "--cert", options->certificates,
                   "Certificate chain, leaf first; several are chosen by the client's server "
                   "name and by what it can verify. Without any a throw-away authority is made");
  cert->type_name("FILE");
  add_repeated(*command, "--key", options->keys,
               "Its private key (default: in the same file); as many as --cert, in the same order")
      ->type_name("FILE")
      ->needs(cert);
  command->add_flag("--strict-sni", options->strict_sni,
                    "Refuse clients whose server name fits no certificate");
  auto *const ca = command->add_option("--ca", options->ca, "The clients' authorities: a file or a folder");
  ca->type_name("FILE");
  auto *const auth =
      command->add_option("--client-auth", options->client_auth, "Ask clients for certificates")
          ->check(CLI::IsMember({"request", "require"}))
          ->type_name("request|require")
          ->needs(ca);
  ca->needs(auth);
  add_crls(*command, options->crls,
           "Refuse clients that this revocation list names, or of whom no list speaks")
      ->needs(ca);
  add_tls_options(*command, options->tls);
  command->add_option("--root", options->root, "Serve the files below this folder")->type_name("DIR");
  add_timeout(*command, options->timeout, "Limit of the handshake and of silence (10 and 60 s)");
  command->footer(
      "Prints \"listening on ADDR:PORT\", then one line for each connection that has ended.\n\nExamples:\n"
      "  unitls serve --listen 127.0.0.1:8443\n"
      "  unitls serve --listen 0.0.0.0:443 --cert server.pem --key server.key --root /srv/www\n"
      "  unitls serve --listen [::1]:0 --cert s.pem --key s.key --ca clients.pem --client-auth require\n"
      "  unitls serve --listen [::]:443 --cert a.pem --key a.key --cert b.pem --key b.key --strict-sni");
  command->callback([&run, options] { run = [options] { run_serve(*options); }; });
}

void add_matrix(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("matrix", "Let every backend talk to every backend, in TLS 1.2 and 1.3, over TCP");
  const auto options = std::make_shared<matrix_options>();
  command->add_flag("--json", options->json, "Print JSON");
  command->add_option("--bytes", options->bytes, "How much is sent each way")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 30));
  command->footer("Examples:\n  unitls matrix\n  unitls matrix --json --bytes 10000000");
  command->callback([&run, options] { run = [options] { run_matrix(*options); }; });
}

void add_verify(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("verify", "Judge a certificate chain as a handshake does, without a connection");
  const auto options = std::make_shared<verify_options>();
  add_repeated(*command, "--chain", options->chain,
               "The chain, leaf first, as PEM or DER; may be given several times")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--ca", options->ca,
                   "Trust the certificates in this file or folder (default: the system's store)")
      ->type_name("FILE");
  command->add_flag("--system-trust", options->system_trust, "Trust the system's store, also with --ca");
  add_repeated(*command, "--name", options->names,
               "The leaf must be for one of these DNS names or IP addresses; without any no name is checked")
      ->type_name("NAME");
  command
      ->add_option("--time", options->time,
                   "When it is to be valid: 2026-06-01T12:00:00Z, or seconds since 1970")
      ->type_name("TIME");
  add_crls(*command, options->crls, "Refuse what this revocation list names, and what no list speaks of");
  command->add_option("--purpose", options->purpose, "What the leaf is to be good for")
      ->check(CLI::IsMember({"server", "client"}))
      ->type_name("server|client")
      ->capture_default_str();
  add_backend(*command, options->backend);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Ends with 0 when the chain is accepted and with 4 when it is refused.\n\nExamples:\n"
      "  unitls verify --chain server.pem --name www.example.org\n"
      "  unitls verify --ca ca.pem --chain server.pem --name 192.0.2.1 --time 2030-01-01T00:00:00Z\n"
      "  unitls verify --ca ca.pem --chain client.pem --purpose client --crl ca.crl --json");
  command->callback([&run, options] { run = [options] { run_verify(*options); }; });
}

void add_inspect(CLI::App &app, action &run) {
  auto *const command = app.add_subcommand("inspect", "Show what stands in certificates");
  const auto options = std::make_shared<inspect_options>();
  command->add_option("file", options->file, "PEM with any number of certificates, or DER with one")
      ->required()
      ->type_name("FILE");
  add_backend(*command, options->backend);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Judges nothing: see `unitls verify`.\n\nExamples:\n  unitls inspect server.pem\n"
                  "  unitls inspect ca.der --json");
  command->callback([&run, options] { run = [options] { run_inspect(*options); }; });
}

void print(const char *text) {
  std::cout << std::flush;
  // What a plugin, a peer or a file brought stands in it, too.
  std::fprintf(stderr, "unitls: %s\n", text::readable_lines(text).c_str());
}

// What is wrong with the first word when it is no command: CLI11 says that there is none. Empty when it is one.
std::string unknown_command(const CLI::App &app, const std::string &word) {
  std::string known;
  for (const CLI::App *const each : app.get_subcommands([](const CLI::App *) { return true; })) {
    if (each->get_name() == word) {
      return {};
    }
    if (!each->get_group().empty()) { // it is shown
      known += (known.empty() ? "" : ", ") + each->get_name();
    }
  }
  return "\"" + word + "\" is no command; there are " + known;
}

int as_int(exit_code code) {
  return static_cast<int>(code);
}

int run_command(const action &run) {
  try {
    run();
    return as_int(exit_code::done);
  } catch (const failure &caught) {
    print(caught.what());
    return as_int(caught.code());
  } catch (const error &caught) {
    print(caught.what());
    return as_int(exit_code_of(caught.status()));
  } catch (const std::bad_alloc &) {
    print("out of memory");
  } catch (const std::exception &caught) {
    print(caught.what());
  }
  return as_int(exit_code::internal);
}

} // namespace

} // namespace unitls::tool

int main(int count, char **arguments) {
  using namespace unitls::tool;
  CLI::App app("One TLS for many libraries: list, look at and use the backends of unitls.", "unitls");
  app.set_version_flag("--version", std::string("unitls ") + unitls_version());
  app.footer(std::string(program_footer) + "\n" + exit_codes);
  app.require_subcommand(1);
  action run;
  add_list(app, run);
  add_explain(app, run);
  add_info(app, run);
  add_env(app, run);
  add_check(app, run);
  add_register(app, run);
  add_unregister(app, run);
  add_probe(app, run);
  add_get(app, run);
  add_connect(app, run);
  add_serve(app, run);
  add_matrix(app, run);
  add_verify(app, run);
  add_inspect(app, run);
  if (const std::string first = count > 1 ? arguments[1] : "-"; first.front() != '-') {
    if (const std::string wrong = unknown_command(app, first); !wrong.empty()) {
      print(wrong.c_str());
      return as_int(exit_code::wrong_input);
    }
  }
  try {
    app.parse(count, arguments);
  } catch (const CLI::Success &asked) { // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError &wrong) {
    app.exit(wrong);
    return static_cast<int>(exit_code::wrong_input);
  }
  return run_command(run);
}
