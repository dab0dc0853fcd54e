#include "watch.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base64.hpp"
#include "field_reader.hpp"

namespace unitls::conformance {
namespace {

std::vector<std::uint8_t> clear_handshake(const wire &sent) {
  std::vector<std::uint8_t> bytes;
  for (const record &each : records_of(sent)) {
    if (each.type == record_change_cipher_spec) {
      break;
    }
    if (each.type == record_handshake) {
      bytes.insert(bytes.end(), each.fragment.begin(), each.fragment.end());
    }
  }
  return bytes;
}

struct client_hello {
  std::vector<std::uint8_t> cipher_suites;
  std::vector<std::pair<std::uint16_t, std::vector<std::uint8_t>>> extensions;
};

std::vector<std::uint8_t> copy_of(octets bytes) {
  return {bytes.begin(), bytes.end()};
}

client_hello first_client_hello(const wire &sent) {
  const std::vector<std::uint8_t> bytes = clear_handshake(sent);
  field_reader message(bytes);
  if (message.number(1) != message_client_hello) {
    throw std::runtime_error("the client's first message is no ClientHello");
  }
  field_reader fields(message.vector(3));
  client_hello hello;
  fields.take(2 + 32); // legacy_version, random
  fields.vector(1);    // legacy_session_id
  hello.cipher_suites = copy_of(fields.vector(2));
  fields.vector(1); // legacy_compression_methods
  for (field_reader extensions(fields.vector(2)); !extensions.empty();) {
    const auto type = static_cast<std::uint16_t>(extensions.number(2));
    hello.extensions.emplace_back(type, copy_of(extensions.vector(2)));
  }
  return hello;
}

bool is_grease(std::uint16_t number) {
  return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

bool is_signalling_value(std::uint16_t number) {
  return number == 0x00ff || number == 0x5600;
}

std::vector<std::uint16_t> offered_numbers(octets list) {
  std::vector<std::uint16_t> numbers;
  for (field_reader rest(list); !rest.empty();) {
    const auto number = static_cast<std::uint16_t>(rest.number(2));
    if (!is_grease(number) && !is_signalling_value(number)) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::uint16_t> offered_in_extension(const wire &sent, std::uint16_t wanted) {
  for (const auto &[type, content] : first_client_hello(sent).extensions) {
    if (type == wanted) {
      return offered_numbers(field_reader(content).vector(2));
    }
  }
  return {};
}

std::string list_of(const std::vector<std::uint32_t> &numbers) {
  std::string text;
  for (const std::uint32_t each : numbers) {
    text += (text.empty() ? "" : ", ") + std::to_string(each);
  }
  return text.empty() ? "none" : text;
}

std::string alert_text(const unitls_error &error) {
  if (error.alert_direction == UNITLS_ALERT_NONE) {
    return "no alert: " + std::string(error.message);
  }
  return "alert " + std::to_string(error.alert) +
         (error.alert_direction == UNITLS_ALERT_SENT ? " sent: " : " received: ") + error.message;
}

} // namespace

std::vector<std::uint32_t> clear_alerts(const wire &sent) {
  constexpr std::uint8_t fatal = 2;
  std::vector<std::uint32_t> alerts;
  for (const record &each : records_of(sent)) {
    if (each.type == record_alert && each.fragment.size() == 2 && each.fragment[0] == fatal) {
      alerts.push_back(each.fragment[1]);
    }
  }
  return alerts;
}

std::vector<std::uint8_t> clear_handshake_types(const wire &sent) {
  const std::vector<std::uint8_t> bytes = clear_handshake(sent);
  std::vector<std::uint8_t> types;
  for (field_reader messages(bytes); !messages.empty();) {
    types.push_back(static_cast<std::uint8_t>(messages.number(1)));
    messages.vector(3);
  }
  return types;
}

std::vector<std::uint16_t> client_hello_extensions(const wire &sent) {
  std::vector<std::uint16_t> types;
  for (const auto &[type, content] : first_client_hello(sent).extensions) {
    types.push_back(type);
  }
  return types;
}

std::vector<std::uint16_t> offered_cipher_suites(const wire &sent) {
  return offered_numbers(first_client_hello(sent).cipher_suites);
}

std::vector<std::uint16_t> offered_groups(const wire &sent) {
  return offered_in_extension(sent, extension_supported_groups);
}

std::vector<std::uint16_t> offered_signature_schemes(const wire &sent) {
  return offered_in_extension(sent, extension_signature_algorithms);
}

bool has_record(const wire &sent, std::uint8_t type) {
  const std::vector<record> all = records_of(sent);
  return std::any_of(all.begin(), all.end(), [&](const record &each) { return each.type == type; });
}

void expect_alert_sent(const char *clause, const std::string &what, const party &side, const wire &sent,
                       const std::vector<std::uint32_t> &allowed, place at) {
  const unitls_error &error = side.error;
  const bool named = error.alert_direction == UNITLS_ALERT_SENT &&
                     std::find(allowed.begin(), allowed.end(), error.alert) != allowed.end();
  expect(clause, what + ": alert in the error", named, list_of(allowed) + " sent", alert_text(error), at);
  const std::vector<std::uint32_t> clear = clear_alerts(sent);
  const bool agrees = clear.empty() || (clear.size() == 1 && clear.front() == error.alert);
  expect("U-36", what + ": fatal alerts in clear", agrees, "none, or once the one that the error names",
         list_of(clear), at);
}

void expect_alert_received(const std::string &what, const party &side, unitls_status got, std::uint32_t alert,
                           place at) {
  expect_status("U-37", what, got, UNITLS_E_ALERT, at);
  expect("U-37", what + ": alert in the error",
         side.error.alert_direction == UNITLS_ALERT_RECEIVED && side.error.alert == alert,
         std::to_string(alert) + " received", alert_text(side.error), at);
}

void expect_peer_gave_up(const std::string &what, const party &side, unitls_status got, std::uint32_t alert,
                         std::uint16_t version, place at) {
  if (version != UNITLS_TLS_1_3 || got != UNITLS_E_PROTOCOL) {
    expect_alert_received(what, side, got, alert, at);
  }
}

std::vector<std::vector<std::uint8_t>> pem_structures(const std::string &pem_text, const std::string &label) {
  const std::string begin = "-----BEGIN " + label + "-----";
  const std::string end = "-----END " + label + "-----";
  std::vector<std::vector<std::uint8_t>> all;
  std::size_t from = pem_text.find(begin);
  while (from != std::string::npos) {
    from += begin.size();
    const std::size_t to = pem_text.find(end, from);
    if (to == std::string::npos) {
      throw std::runtime_error("a " + label + " has no end");
    }
    all.push_back(decode_base64(std::string_view(pem_text).substr(from, to - from)));
    from = pem_text.find(begin, to);
  }
  return all;
}

std::vector<std::vector<std::uint8_t>> certificates_in(const std::string &pem_text) {
  return pem_structures(pem_text, "CERTIFICATE");
}

} // namespace unitls::conformance
