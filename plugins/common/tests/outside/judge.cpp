// judge ANCHORS CHAIN NAME TIME: judges a chain as a backend written outside of the tree does, with the evaluator, the
// matcher of names and the readers of the public headers. libcrypto is the library behind it.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "../crypto_verifier.hpp"

#include <unitls/plugin/anchor_store.hpp>
#include <unitls/plugin/evaluator.hpp>
#include <unitls/plugin/name_match.hpp>
#include <unitls/plugin/pem.hpp>
#include <unitls/plugin/verdict_text.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace plugin = unitls::plugin;

// The certificates of a file in PEM.
std::vector<plugin::secret_bytes> read_certificates(const char *path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  plugin::pem_reader reader(text);
  std::vector<plugin::secret_bytes> all;
  while (auto block = reader.next())
    all.push_back(std::move(block->der));
  if (!file || !reader.fault().empty() || all.empty())
    throw std::runtime_error(std::string(path) + " holds no certificates; " + reader.fault());
  return all;
}

std::vector<unitls_bytes> lend(const std::vector<plugin::secret_bytes> &all) {
  std::vector<unitls_bytes> views;
  for (const plugin::secret_bytes &der : all)
    views.push_back({der.data(), der.size()});
  return views;
}

// "accepted", or why not.
std::string judge(const char *anchors_path, const char *chain_path, const char *name_text, int64_t time) {
  const auto anchor_bytes = read_certificates(anchors_path);
  const auto chain_bytes = read_certificates(chain_path);
  const auto anchors = plugin::anchor_store::create(lend(anchor_bytes), nullptr);
  const auto entries = lend(chain_bytes);
  const plugin::presented_chain presented(entries);
  const auto name = plugin::reference_name::parse(name_text);
  if (!name)
    throw std::runtime_error("not a name: " + std::string(name_text));
  const plugin::chain_question question{.presented = presented,
                                        .anchors = *anchors,
                                        .crls = {},
                                        .crls_asked = false,
                                        .time = time,
                                        .peer = plugin::purpose::server,
                                        .names = {&*name, 1},
                                        .check_name = true};
  unitls::test::crypto_verifier library(true);
  const plugin::verdict verdict = plugin::judge(question, {}, library);
  return verdict.accepted ? "accepted"
                          : plugin::describe({verdict.flags, verdict.path, &presented, time, question.names});
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 5) {
    std::fputs("usage: judge ANCHORS CHAIN NAME TIME\n", stderr);
    return 2;
  }
  try {
    std::puts(judge(argv[1], argv[2], argv[3], std::strtoll(argv[4], nullptr, 10)).c_str());
  } catch (const std::exception &fault) {
    std::fprintf(stderr, "judge: %s\n", fault.what());
    return 2;
  }
  return 0;
}
