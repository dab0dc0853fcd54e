// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/verdict_text.hpp>

#include <unitls/plugin/evaluator.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace unitls::plugin {

namespace {

enum : uint8_t {
  alert_bad_certificate = 42,
  alert_certificate_revoked = 44,
  alert_certificate_expired = 45,
  alert_unknown_ca = 48,
};

struct alert_of_flag {
  unitls_verify_flags flag;
  uint8_t alert;
};

// In the order of first_flag().
constexpr std::array<alert_of_flag, 20> flags_in_order{{
    {UNITLS_VERIFY_MALFORMED, alert_bad_certificate},
    {UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION, alert_bad_certificate},
    {UNITLS_VERIFY_CHAIN_TOO_LONG, alert_bad_certificate},
    {UNITLS_VERIFY_REVOKED, alert_certificate_revoked},
    {UNITLS_VERIFY_BAD_SIGNATURE, alert_bad_certificate},
    {UNITLS_VERIFY_SELF_SIGNED, alert_unknown_ca},
    {UNITLS_VERIFY_UNKNOWN_ISSUER, alert_unknown_ca},
    {UNITLS_VERIFY_BAD_CA, alert_bad_certificate},
    {UNITLS_VERIFY_PATH_LENGTH, alert_bad_certificate},
    {UNITLS_VERIFY_NAME_CONSTRAINT, alert_bad_certificate},
    {UNITLS_VERIFY_WRONG_PURPOSE, alert_bad_certificate},
    {UNITLS_VERIFY_WEAK_ALGORITHM, alert_bad_certificate},
    {UNITLS_VERIFY_WEAK_KEY, alert_bad_certificate},
    {UNITLS_VERIFY_NOT_YET_VALID, alert_certificate_expired},
    {UNITLS_VERIFY_EXPIRED, alert_certificate_expired},
    {UNITLS_VERIFY_NAME_MISMATCH, alert_bad_certificate},
    {UNITLS_VERIFY_PIN_MISMATCH, alert_bad_certificate},
    {UNITLS_VERIFY_MISSING_STAPLE, alert_bad_certificate},
    {UNITLS_VERIFY_REVOCATION_UNKNOWN, alert_bad_certificate},
    {UNITLS_VERIFY_OTHER, alert_bad_certificate},
}};

const alert_of_flag &first_of(unitls_verify_flags flags) noexcept {
  const auto *const found =
      std::find_if(flags_in_order.begin(), flags_in_order.end(),
                   [&](const alert_of_flag &entry) { return (flags & entry.flag) != 0; });
  return found == flags_in_order.end() ? flags_in_order.back() : *found;
}

// Two names fit one message.
constexpr size_t shown_name_max = 64;

std::string quoted(std::string_view name) {
  return '"' + escape(name, shown_name_max) + '"';
}

std::string_view first_dns_name(const certificate &entry) noexcept {
  for (const general_name name : entry.subject_alt_name) {
    if (name.form == name_form::dns_name)
      return as_text(name.value);
  }
  return {};
}

// `certificate of "www.example"`, or what can be said of one without a name.
std::string noun(const certificate *entry) {
  if (!entry)
    return "the certificate";
  std::string_view name = first_dns_name(*entry);
  if (name.empty())
    name = as_text(common_name_of(entry->subject));
  return name.empty() ? "a certificate without a name" : "certificate of " + quoted(name);
}

void append_padded(std::string &out, unsigned number, size_t width) {
  const std::string digits = std::to_string(number);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

// Certificates have years 1 to 9999.
std::string iso_date(int64_t time) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_seconds{seconds{time}})};
  std::string out;
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

// What was judged, parsed again: texts are made only for refusals.
std::vector<certificate> certificates_of(const refusal &what) {
  std::vector<certificate> chain;
  for (const unitls_bytes &entry : what.path) {
    if (const std::optional<certificate> parsed = certificate::parse(view(entry)))
      chain.push_back(*parsed);
  }
  if (chain.empty() && what.presented) {
    const auto all = what.presented->certificates();
    chain.assign(all.begin(), all.end());
  }
  return chain;
}

// The first certificate of which this holds; else the leaf.
template <class Predicate>
const certificate *first_where(const std::vector<certificate> &chain, Predicate holds) {
  if (chain.empty())
    return nullptr;
  const auto found = std::find_if(chain.begin(), chain.end(), holds);
  return found == chain.end() ? &chain.front() : &*found;
}

std::string malformed_text(const refusal &what) {
  if (!what.presented)
    return "a certificate of the peer is malformed";
  if (what.presented->fault() == malformation::none)
    return "the peer sent no certificate";
  return "certificate " + std::to_string(what.presented->certificates().size() + 1) + " of the peer's list " +
         describe(what.presented->fault());
}

std::string unknown_issuer_text(const std::vector<certificate> &chain) {
  if (chain.empty())
    return "the certificate was issued by an authority that is not trusted";
  const std::string_view issuer = as_text(common_name_of(chain.back().issuer));
  return noun(&chain.front()) + " comes from " +
         (issuer.empty() ? "an authority without a name" : quoted(issuer)) + ", which is not trusted";
}

std::string expired_text(const std::vector<certificate> &chain, int64_t time) {
  const certificate *entry = first_where(chain, [&](const certificate &c) { return c.not_after < time; });
  return noun(entry) + (entry ? " expired on " + iso_date(entry->not_after) : " has expired");
}

std::string not_yet_valid_text(const std::vector<certificate> &chain, int64_t time) {
  const certificate *entry = first_where(chain, [&](const certificate &c) { return time < c.not_before; });
  return noun(entry) + " is not valid " + (entry ? "before " + iso_date(entry->not_before) : "yet");
}

std::string name_mismatch_text(const certificate *leaf, std::span<const reference_name> names) {
  if (names.empty())
    return noun(leaf) + " does not have the expected name";
  std::string text = noun(leaf) + " is not for " + quoted(names.front().text());
  if (names.size() > 1)
    text += " nor for the other names that were expected";
  return text;
}

bool relies_on_weak_algorithm(const certificate &entry) noexcept {
  return !entry.signature_kind.strong || entry.key.kind == key_kind::other;
}

std::string sentence(unitls_verify_flags flag, const refusal &what, const std::vector<certificate> &chain) {
  const certificate *const leaf = chain.empty() ? nullptr : &chain.front();
  switch (flag) {
  case UNITLS_VERIFY_MALFORMED:
    return malformed_text(what);
  case UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION:
    return noun(first_where(chain, [](const certificate &c) { return c.has_unknown_critical_extension; })) +
           " has a critical extension that cannot be judged";
  case UNITLS_VERIFY_CHAIN_TOO_LONG:
    return noun(leaf) + " has more than " + std::to_string(limits::intermediates) +
           " intermediates, or too many ways to an anchor to try them all";
  case UNITLS_VERIFY_REVOKED:
    return noun(leaf) + " or one of its issuers is revoked";
  case UNITLS_VERIFY_BAD_SIGNATURE:
    return noun(chain.empty() ? nullptr : &chain.back()) + " has a signature that its issuer did not make";
  case UNITLS_VERIFY_SELF_SIGNED:
    return noun(leaf) + " is self-signed and not trusted";
  case UNITLS_VERIFY_UNKNOWN_ISSUER:
    return unknown_issuer_text(chain);
  case UNITLS_VERIFY_BAD_CA:
    return noun(leaf) + " has an issuer that is not allowed to issue certificates";
  case UNITLS_VERIFY_PATH_LENGTH:
    return noun(leaf) + " has more intermediates than one of its issuers allows";
  case UNITLS_VERIFY_NAME_CONSTRAINT:
    return noun(leaf) + " or one of its issuers has a name that a name constraint forbids";
  case UNITLS_VERIFY_WRONG_PURPOSE:
    return noun(leaf) + " or one of its issuers is not meant for this purpose";
  case UNITLS_VERIFY_WEAK_ALGORITHM:
    return noun(first_where(chain, relies_on_weak_algorithm)) + " relies on a weak or unknown algorithm";
  case UNITLS_VERIFY_WEAK_KEY:
    return noun(first_where(chain, [](const certificate &c) { return !c.key.strong; })) + " has a weak key";
  case UNITLS_VERIFY_NOT_YET_VALID:
    return not_yet_valid_text(chain, what.time);
  case UNITLS_VERIFY_EXPIRED:
    return expired_text(chain, what.time);
  case UNITLS_VERIFY_NAME_MISMATCH:
    return name_mismatch_text(leaf, what.names);
  case UNITLS_VERIFY_PIN_MISMATCH:
    return noun(leaf) + " does not match a pinned key";
  case UNITLS_VERIFY_MISSING_STAPLE:
    return noun(leaf) + " demands a stapled OCSP response, and none was sent";
  case UNITLS_VERIFY_REVOCATION_UNKNOWN:
    return noun(leaf) + " or one of its issuers has no usable revocation list";
  default:
    return noun(leaf) + " was refused by the TLS library";
  }
}

void append_escaped(std::string &out, char character) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto octet = static_cast<unsigned char>(character);
  if (octet < 0x20 || octet > 0x7e) {
    out += {'\\', 'x', digits[octet >> 4], digits[octet & 0xf]};
    return;
  }
  if (character == '"' || character == '\\')
    out += '\\';
  out += character;
}

} // namespace

unitls_verify_flags first_flag(unitls_verify_flags flags) noexcept {
  return flags == 0 ? 0 : first_of(flags).flag;
}

uint8_t alert_for(unitls_verify_flags flags) noexcept {
  return first_of(flags).alert;
}

std::string describe(const refusal &what) {
  return sentence(first_flag(what.flags), what, certificates_of(what));
}

std::string escape(std::string_view text, size_t limit) {
  constexpr std::string_view cut = "...";
  std::string out;
  size_t kept = 0;
  for (const char character : text) {
    append_escaped(out, character);
    if (out.size() > limit) {
      out.resize(kept);
      return out.append(cut);
    }
    if (out.size() + cut.size() <= limit)
      kept = out.size();
  }
  return out;
}

} // namespace unitls::plugin
