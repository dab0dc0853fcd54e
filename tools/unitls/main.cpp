// unitls: the command line. What the commands do is in files of their own.
#include <cstdio>
#include <functional>
#include <iostream>
#include <new>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "failure.hpp"

namespace unitls::tool {
namespace {

constexpr const char *exit_codes = R"(
Exit codes:
  0  done
  1  the peer, the network or the transfer failed
  2  what was given is wrong: arguments, certificates, keys, files
  3  no usable backend, or a policy forbids it
  4  the peer's certificate was rejected
  5  internal error)";

constexpr const char *program_footer = R"(Examples:
  unitls list
  unitls get https://example.org/file -o file
  UNITLS_BACKEND=gnutls unitls connect example.org:443
  unitls serve --listen 127.0.0.1:8443)";

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

void add_tls_options(CLI::App &command, std::string &alpn, version_range &versions,
                     std::vector<std::string> &options) {
  command.add_option("--alpn", alpn, "Protocols for ALPN in order of preference, separated by commas")
      ->type_name("A,B");
  add_versions(command, versions);
  command.add_option("--option", options, "A setting of one library; `unitls info ID` lists them")
      ->type_name("NAME=VALUE");
}

constexpr const char *client_timeout =
    "Limit of connecting, of the handshake, of silence and of closing (10, 10, 30 and 5 s)";

// What is to be run once the command line has been read.
using action = std::function<void()>;

void add_list(CLI::App &app, action &run) {
  auto *const command =
      app.add_subcommand("list", "List the backends that were found, the preferred one first");
  const auto options = std::make_shared<list_options>();
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Reads files only: no plugin is loaded.\n\nExamples:\n  unitls list\n  unitls list --json");
  command->callback([&run, options] { run = [options] { run_list(*options); }; });
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
  command->add_option("--ca", options->ca, "Trust the certificates in this file and no others")
      ->type_name("FILE");
  add_backend(*command, options->backend);
  command->add_option("--resolve", options->resolve, "Connect to ADDR for this host and port")
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
  auto *const ca =
      command->add_option("--ca", options->ca, "Trust the certificates in this file and no others")
          ->type_name("FILE");
  command->add_flag("--system-trust", options->system_trust, "With --ca: trust the system's store, too")
      ->needs(ca);
  auto *const cert = command->add_option("--cert", options->certificate, "Our certificate chain, leaf first")
                         ->type_name("FILE");
  command->add_option("--key", options->key, "Its private key (default: in the same file)")
      ->type_name("FILE")
      ->needs(cert);
  add_tls_options(*command, options->alpn, options->versions, options->options);
  command
      ->add_option("--request", options->request,
                   "Send this file, then print the answer; - is standard input")
      ->type_name("FILE");
  add_timeout(*command, options->timeout, client_timeout);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Succeeds only after a verified handshake and a clean close by both sides.\n\nExamples:\n"
                  "  unitls connect example.org:443 --alpn h2,http/1.1\n"
                  "  unitls connect 127.0.0.1:8443 --name localhost --ca ca.pem --request request.txt\n"
                  "  unitls connect mail.example:465 --cert me.pem --key me.key --min 1.3 --json");
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
      command
          ->add_option("--cert", options->certificate,
                       "Certificate chain, leaf first; without it a throw-away authority is made")
          ->type_name("FILE");
  command->add_option("--key", options->key, "Its private key (default: in the same file)")
      ->type_name("FILE")
      ->needs(cert);
  auto *const ca = command->add_option("--ca", options->ca, "The clients' authorities")->type_name("FILE");
  auto *const auth =
      command->add_option("--client-auth", options->client_auth, "Ask clients for certificates")
          ->check(CLI::IsMember({"request", "require"}))
          ->type_name("request|require")
          ->needs(ca);
  ca->needs(auth);
  add_tls_options(*command, options->alpn, options->versions, options->options);
  command->add_option("--root", options->root, "Serve the files below this folder")->type_name("DIR");
  add_timeout(*command, options->timeout, "Limit of the handshake and of silence (10 and 60 s)");
  command->footer(
      "Prints \"listening on ADDR:PORT\", then one line for each connection that has ended.\n\nExamples:\n"
      "  unitls serve --listen 127.0.0.1:8443\n"
      "  unitls serve --listen 0.0.0.0:443 --cert server.pem --key server.key --root /srv/www\n"
      "  unitls serve --listen [::1]:0 --cert s.pem --key s.key --ca clients.pem --client-auth require");
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

void print(const char *text) {
  std::cout << std::flush;
  std::fprintf(stderr, "unitls: %s\n", text);
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

std::optional<version> parse_version(const std::optional<std::string> &text, const char *option) {
  if (!text) {
    return std::nullopt;
  }
  if (*text == "1.2") {
    return version::tls1_2;
  }
  if (*text == "1.3") {
    return version::tls1_3;
  }
  throw failure(exit_code::wrong_input, std::string(option) + " \"" + *text + "\": write 1.2 or 1.3");
}

std::vector<std::string> split_list(const std::string &text) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<option> parse_options(const std::vector<std::string> &texts) {
  std::vector<option> options;
  for (const std::string &text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw failure(exit_code::wrong_input, "--option \"" + text + "\": write NAME=VALUE");
    }
    options.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return options;
}

} // namespace unitls::tool

int main(int count, char **arguments) {
  using namespace unitls::tool;
  CLI::App app("One TLS for many libraries: list, look at and use the backends of unitls.", "unitls");
  app.set_version_flag("--version", std::string("unitls ") + unitls_version());
  app.footer(std::string(program_footer) + "\n" + exit_codes);
  app.require_subcommand(1);
  action run;
  add_list(app, run);
  add_info(app, run);
  add_get(app, run);
  add_connect(app, run);
  add_serve(app, run);
  add_matrix(app, run);
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
