// The commands and what the command line gives them. Each throws failure, and says what it has to say by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <unitls/unitls.hpp>

#include "configuration.hpp"

namespace unitls::tool {

struct backend_choice {
  std::string id; // empty: UNITLS_BACKEND, else the registry's choice
};

// Loads it. Throws failure with exit_code::no_backend.
backend select_backend(const backend_choice &choice);

struct list_options {
  bool probe = false;
  bool json = false;
};
void run_list(const list_options &options);

// Not for people: loads a backend and prints as JSON what came of it, for `list --probe`.
constexpr const char *probe_command = "probe-backend";
struct probe_options {
  std::string id;
};
void run_probe(const probe_options &options);

struct info_options {
  std::string id;
  bool json = false;
};
void run_info(const info_options &options);

struct explain_options {
  backend_choice backend;
  bool json = false;
};
// Tells every file that was looked at and every decision, also when nothing can be used; that is a failure then.
void run_explain(const explain_options &options);

struct env_options {
  bool json = false;
};
void run_env(const env_options &options);

struct check_options {
  std::string file;
  bool json = false;
};
// Judges a plugin file that a person names, in processes of its own. A bad file is a failure.
void run_check(const check_options &options);

struct register_options {
  std::string file;
  std::string root = "/";
};
// Installs a plugin file for every program on the machine, if it passes the check.
void run_register(const register_options &options);

struct unregister_options {
  std::string id;
  std::string root = "/";
};
void run_unregister(const unregister_options &options);

// Limits of waiting; a --timeout replaces them all.
struct time_limits {
  std::chrono::nanoseconds connect = std::chrono::seconds(10);
  std::chrono::nanoseconds handshake = std::chrono::seconds(10);
  std::chrono::nanoseconds progress = std::chrono::seconds(30);
  std::chrono::nanoseconds close_notify = std::chrono::seconds(5);

  static time_limits of(std::optional<double> seconds);
};

struct get_options {
  std::string url;
  server_judgement judgement;
  parameter_lists parameters;
  backend_choice backend;
  std::vector<std::string> resolve; // HOST:PORT:ADDRESS
  std::optional<std::string> output;
  std::optional<double> timeout;
};
void run_get(const get_options &options);

struct connect_options_of_tool {
  std::string endpoint;
  backend_choice backend;
  std::optional<std::string> name;
  std::optional<std::string> sni;
  bool no_sni = false;
  server_judgement judgement;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  tls_options tls;
  std::optional<std::string> request;
  std::optional<double> timeout;
  bool json = false;
};
void run_connect(const connect_options_of_tool &options);

struct serve_options {
  std::string listen;
  backend_choice backend;
  std::vector<std::string> certificates;
  std::vector<std::string> keys; // as many, or none
  bool strict_sni = false;
  std::optional<std::string> ca; // a file or a folder
  std::string client_auth;
  std::vector<std::string> crls;
  tls_options tls;
  std::optional<std::string> root;
  std::optional<double> timeout;
};
void run_serve(const serve_options &options);

struct matrix_options {
  bool json = false;
  std::uint64_t bytes = 1 << 20;
};
void run_matrix(const matrix_options &options);

struct verify_options {
  std::vector<std::string> chain; // files, the leaf's first
  std::optional<std::string> ca;  // a file or a folder
  bool system_trust = false;
  std::vector<std::string> names;
  std::optional<std::string> time;
  std::vector<std::string> crls;
  std::string purpose = "server";
  backend_choice backend;
  bool json = false;
};
void run_verify(const verify_options &options);

struct inspect_options {
  std::string file;
  backend_choice backend;
  bool json = false;
};
void run_inspect(const inspect_options &options);

} // namespace unitls::tool
