#include "description.hpp"
#include "error.hpp"
#include "files.hpp"
#include "help.hpp"
#include "make.hpp"
#include "standard.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace unitls::pki {
namespace {

constexpr std::size_t largest_description = 16U << 20U;

struct OutputOptions {
  std::string directory;
  bool force = false;
  bool json = false;
};

struct ValidityOptions {
  std::string not_before;
  std::string not_after;
};

struct AuthorityOptions {
  std::string name = "unitls test authority";
  std::string parent;
  std::string key_type = "p256";
  ValidityOptions validity;
  std::optional<std::uint64_t> path_length;
};

struct LeafOptions {
  std::string authority;
  bool self_signed = false;
  std::string id = "leaf";
  std::vector<std::string> names;
  std::optional<std::string> common_name;
  bool client = false;
  bool server = false;
  std::string key_type = "p256";
  ValidityOptions validity;
};

struct StandardOptions {
  std::string key_type = "p256";
  bool print = false;
};

void set_validity(CertificateDescription &entry, const ValidityOptions &options, Moment life) {
  const Moment now = current_moment();
  entry.not_before =
      parse_moment(options.not_before.empty() ? "-3d" : options.not_before, now, "--not-before");
  entry.not_after =
      options.not_after.empty() ? now + life : parse_moment(options.not_after, now, "--not-after");
  if (entry.not_after < entry.not_before) {
    throw_wrong_input("--not-after", "lies before --not-before");
  }
}

/// Names the issuer: an authority's folder if there is one, else the certificate itself.
void set_issuer(Description &description, CertificateDescription &entry, const std::string &directory) {
  entry.issuer = "self";
  entry.authority_key_identifier = !directory.empty();
  if (directory.empty()) {
    return;
  }
  entry.issuer = "the authority"; // no id of a file can hold a space
  description.authorities.push_back(
      {"--authority", entry.issuer, directory + "/ca.pem", directory + "/ca.key"});
}

Description describe_authority(const AuthorityOptions &options) {
  Description description;
  CertificateDescription entry;
  entry.location = "authority";
  entry.id = "ca";
  entry.common_name = parse_common_name(options.name, "--name");
  if (entry.common_name.empty()) {
    throw_wrong_input("--name", "an authority needs a name");
  }
  entry.key_type = parse_key_type(options.key_type, "--key-type");
  entry.ca = true;
  entry.path_length = options.path_length;
  entry.key_usage = default_key_usage(entry.ca);
  entry.with_intermediates = true;
  set_issuer(description, entry, options.parent);
  set_validity(entry, options.validity, 3650 * one_day);
  description.certificates.push_back(std::move(entry));
  return description;
}

GeneralName name_from_argument(const std::string &text) {
  if (auto octets = address_octets(text)) {
    return {GeneralName::Kind::ip, std::move(*octets)};
  }
  const auto is_odd = [](char c) { return c <= ' ' || c == '\x7f' || c == '/'; };
  if (text.empty() || text.size() > 253 || std::any_of(text.begin(), text.end(), is_odd)) {
    throw_wrong_input(
        "--name", "'" + text + "' is neither a DNS name (ASCII, at most 253 characters) nor an IP address");
  }
  return {GeneralName::Kind::dns, text};
}

Description describe_leaf(const LeafOptions &options) {
  if (options.self_signed == !options.authority.empty()) {
    throw_wrong_input("leaf", "give either --authority DIR or --self-signed");
  }
  Description description;
  CertificateDescription entry;
  entry.location = "leaf";
  entry.id = parse_id(options.id, "--id");
  for (const std::string &name : options.names) {
    entry.subject_alt_names.push_back(name_from_argument(name));
  }
  const std::string &first = options.names.front();
  entry.common_name =
      parse_common_name(options.common_name.value_or(first.size() <= 64 ? first : ""), "--common-name");
  entry.subject_alt_names_critical = entry.common_name.empty();
  entry.key_type = parse_key_type(options.key_type, "--key-type");
  entry.key_usage = default_key_usage(entry.ca);
  if (options.server || !options.client) {
    entry.extended_key_usage.push_back(parse_extended_key_usage("serverAuth", "--server"));
  }
  if (options.client) {
    entry.extended_key_usage.push_back(parse_extended_key_usage("clientAuth", "--client"));
  }
  entry.with_intermediates = true;
  set_issuer(description, entry, options.authority);
  set_validity(entry, options.validity, 365 * one_day);
  description.certificates.push_back(std::move(entry));
  return description;
}

std::string read_all(std::istream &input, const std::string &source) {
  std::string text(largest_description + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (input.bad()) {
    throw_wrong_input(source, "cannot be read");
  }
  if (text.size() > largest_description) {
    throw_wrong_input(source, "is larger than 16 MiB; split the description");
  }
  return text;
}

Description describe_file(const std::string &file) {
  if (file == "-") {
    return parse_description(read_all(std::cin, "standard input"), "standard input", current_moment(),
                             KeyType::p256);
  }
  std::ifstream input(file, std::ios::binary);
  if (!input) {
    throw_wrong_input(file, "cannot be opened for reading");
  }
  return parse_description(read_all(input, file), file, current_moment(), KeyType::p256);
}

Description describe_standard(const StandardOptions &options) {
  return parse_description(standard_description(), "the standard set", current_moment(),
                           parse_key_type(options.key_type, "--key-type"));
}

void report(const OutputFiles &files, const OutputOptions &options) {
  const std::filesystem::path directory(options.directory);
  if (!options.json) {
    for (const OutputFile &file : files.all()) {
      std::cout << (directory / file.name).string() << '\n';
    }
    return;
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const OutputFile &file : files.all()) {
    list.push_back(
        {{"id", file.id}, {"kind", name_of(file.kind)}, {"path", (directory / file.name).string()}});
  }
  const nlohmann::ordered_json result = {{"directory", options.directory}, {"files", std::move(list)}};
  std::cout << result.dump(2) << '\n';
}

void make_and_report(const Description &description, const OutputOptions &options) {
  const OutputFiles files = make(description);
  files.write(options.directory, options.force);
  report(files, options);
}

CLI::Option *add_output_options(CLI::App &command, OutputOptions &options) {
  command.add_flag("--force", options.force, "Replace files that are there already");
  command.add_flag("--json", options.json, "Print the list of files made as JSON");
  return command.add_option("--out", options.directory, "Folder to write to; made if missing")
      ->type_name("DIR");
}

void add_validity_options(CLI::App &command, ValidityOptions &options) {
  command.add_option("--not-before", options.not_before, "A time, or a distance from now (-3d)")
      ->type_name("TIME");
  command.add_option("--not-after", options.not_after, "A time, or a distance from now")->type_name("TIME");
}

void add_key_type(CLI::App &command, std::string &key_type) {
  command
      .add_option("--key-type", key_type,
                  "p256, p384, p521, secp256k1, rsa1024 to rsa4096, ed25519, ed448 (p256)")
      ->type_name("TYPE");
}

class Program {
public:
  Program() : app_("Makes certificate authorities, certificates and chains for tests.", "unitls-pki") {
    app_.footer(program_footer);
    app_.set_version_flag("--version", "unitls-pki " UNITLS_VERSION);
    app_.require_subcommand(1);
    add_authority();
    add_leaf();
    add_make();
    add_standard();
  }

  ExitCode run(int argc, char **argv) {
    try {
      app_.parse(argc, argv);
      return ExitCode::done;
    } catch (const CLI::ParseError &error) {
      if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        app_.exit(error); // prints the help or the version
        return ExitCode::done;
      }
      std::cerr << "unitls-pki: " << error.what() << "; see unitls-pki --help\n";
      return ExitCode::wrong_input;
    }
  }

private:
  void add_authority() {
    CLI::App &command = *app_.add_subcommand("authority", "Make a certificate authority");
    command.footer(authority_footer);
    add_output_options(command, output_)->required();
    command.add_option("--name", authority_.name, "Common name (unitls test authority)")->type_name("NAME");
    command.add_option("--authority", authority_.parent, "Folder of the authority above")->type_name("DIR");
    command.add_option("--path-length", authority_.path_length, "How many authorities may stand below")
        ->type_name("NUMBER")
        ->check(CLI::Range(0, 1000));
    add_key_type(command, authority_.key_type);
    add_validity_options(command, authority_.validity);
    command.callback([this] { make_and_report(describe_authority(authority_), output_); });
  }

  void add_leaf() {
    CLI::App &command = *app_.add_subcommand("leaf", "Make a certificate for a server or a client");
    command.footer(leaf_footer);
    add_output_options(command, output_)->required();
    command.add_option("--name", leaf_.names, "DNS name or IP address; may stand several times")
        ->type_name("NAME")
        ->required();
    command.add_option("--authority", leaf_.authority, "Folder of the issuing authority")->type_name("DIR");
    command.add_flag("--self-signed", leaf_.self_signed, "Let the certificate sign itself");
    command.add_option("--id", leaf_.id, "Stem of the file names (leaf)")->type_name("ID");
    command.add_option("--common-name", leaf_.common_name, "Common name (the first name)")->type_name("NAME");
    command.add_flag("--server", leaf_.server, "For server authentication");
    command.add_flag("--client", leaf_.client, "For client authentication");
    add_key_type(command, leaf_.key_type);
    add_validity_options(command, leaf_.validity);
    command.callback([this] { make_and_report(describe_leaf(leaf_), output_); });
  }

  void add_make() {
    CLI::App &command = *app_.add_subcommand("make", "Make everything that a JSON description asks for");
    command.footer(make_footer);
    add_output_options(command, output_)->required();
    command.add_option("FILE", description_file_, "The description, or - for standard input")->required();
    command.callback([this] { make_and_report(describe_file(description_file_), output_); });
  }

  void add_standard() {
    CLI::App &command = *app_.add_subcommand("standard", "Make the standard set of tests and demo");
    command.footer(standard_footer);
    CLI::Option *out = add_output_options(command, output_);
    command.add_flag("--print", standard_.print, "Print the description of the set instead of making it")
        ->excludes(out);
    add_key_type(command, standard_.key_type);
    command.callback([this, out] {
      if (standard_.print) {
        std::cout << standard_description();
        return;
      }
      if (out->empty()) {
        throw_wrong_input("standard", "give --out DIR or --print");
      }
      make_and_report(describe_standard(standard_), output_);
    });
  }

  CLI::App app_;
  OutputOptions output_;
  AuthorityOptions authority_;
  LeafOptions leaf_;
  StandardOptions standard_;
  std::string description_file_;
};

} // namespace
} // namespace unitls::pki

int main(int argc, char **argv) {
  using unitls::pki::ExitCode;
  ExitCode code = ExitCode::internal;
  try {
    code = unitls::pki::Program().run(argc, argv);
  } catch (const unitls::pki::Failure &failure) {
    std::cerr << "unitls-pki: " << failure.what() << '\n';
    code = failure.code();
  } catch (const std::exception &error) {
    std::cerr << "unitls-pki: internal error: " << error.what() << '\n';
  }
  return static_cast<int>(code);
}
