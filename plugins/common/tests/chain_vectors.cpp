// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "chain_vectors.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>

namespace unitls::test {

namespace {

blob decode_base64(const std::string &text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  blob out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=')
      break;
    const size_t value = alphabet.find(c);
    if (value == std::string_view::npos)
      throw std::runtime_error("not base64: " + text.substr(0, 20));
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<uint8_t>(bits >> count & 0xff));
    }
  }
  return out;
}

std::vector<blob> decode_all(const nlohmann::json &list) {
  std::vector<blob> out;
  for (const auto &text : list)
    out.push_back(decode_base64(text.get<std::string>()));
  return out;
}

unitls_verify_flags flag_of(const std::string &word) {
  static const std::map<std::string, unitls_verify_flags> words{
      {"expired", UNITLS_VERIFY_EXPIRED},
      {"not_yet_valid", UNITLS_VERIFY_NOT_YET_VALID},
      {"unknown_issuer", UNITLS_VERIFY_UNKNOWN_ISSUER},
      {"self_signed", UNITLS_VERIFY_SELF_SIGNED},
      {"bad_signature", UNITLS_VERIFY_BAD_SIGNATURE},
      {"revoked", UNITLS_VERIFY_REVOKED},
      {"revocation_unknown", UNITLS_VERIFY_REVOCATION_UNKNOWN},
      {"weak_key", UNITLS_VERIFY_WEAK_KEY},
      {"weak_algorithm", UNITLS_VERIFY_WEAK_ALGORITHM},
      {"wrong_purpose", UNITLS_VERIFY_WRONG_PURPOSE},
      {"bad_ca", UNITLS_VERIFY_BAD_CA},
      {"path_length", UNITLS_VERIFY_PATH_LENGTH},
      {"name_constraint", UNITLS_VERIFY_NAME_CONSTRAINT},
      {"unknown_critical_extension", UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION},
      {"malformed", UNITLS_VERIFY_MALFORMED},
      {"chain_too_long", UNITLS_VERIFY_CHAIN_TOO_LONG},
  };
  return words.at(word);
}

std::vector<chain_vector> load() {
  std::ifstream file(UNITLS_CHAIN_VECTORS);
  if (!file)
    throw std::runtime_error("cannot read " UNITLS_CHAIN_VECTORS);
  std::vector<chain_vector> out;
  const nlohmann::json document = nlohmann::json::parse(file);
  for (const auto &entry : document.at("cases")) {
    chain_vector one{entry.at("id"),
                     entry.at("description"),
                     entry.at("time"),
                     decode_all(entry.at("chain")),
                     decode_all(entry.at("store")),
                     decode_all(entry.at("crls")),
                     entry.at("crl_check"),
                     0};
    for (const auto &word : entry.at("expected"))
      one.expected |= flag_of(word.get<std::string>());
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace

const std::vector<chain_vector> &chain_vectors() {
  static const std::vector<chain_vector> all = load();
  return all;
}

const chain_vector &find_vector(std::string_view id) {
  for (const chain_vector &entry : chain_vectors()) {
    if (entry.id == id)
      return entry;
  }
  throw std::runtime_error("no such vector: " + std::string(id));
}

std::vector<unitls_bytes> lend_all(const std::vector<blob> &blobs) {
  std::vector<unitls_bytes> out;
  out.reserve(blobs.size());
  for (const blob &bytes : blobs)
    out.push_back({bytes.data(), bytes.size()});
  return out;
}

} // namespace unitls::test
