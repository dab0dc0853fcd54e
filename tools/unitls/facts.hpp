// What was negotiated and who the peer is, as text and as JSON.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include <unitls/connection_info.hpp>

namespace unitls::tool {

struct connection_facts {
  std::string backend; // "openssl (OpenSSL 3.0.22)"
  connection_info info;
  std::vector<certificate> peer;
};

// Lines "name  value".
std::string facts_text(const connection_facts &facts);
nlohmann::ordered_json facts_json(const connection_facts &facts);

// "TLSv1.3 TLS_AES_256_GCM_SHA384", for one line about a connection.
std::string short_text(const connection_info &info);

} // namespace unitls::tool
