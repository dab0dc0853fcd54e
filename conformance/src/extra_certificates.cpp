#include "extra_certificates.hpp"

#include <nlohmann/json.hpp>

namespace unitls::conformance {
namespace {

constexpr const char *certificates = R"json([
  {"id": "common-name-only", "issuer": "ca", "common_name": "localhost", "extended_key_usage": ["serverAuth"]},
  {"id": "address-as-dns", "issuer": "ca", "dns": ["127.0.0.1"], "extended_key_usage": ["serverAuth"]},
  {"id": "partial-wildcard", "issuer": "ca", "dns": ["w*.wild.example"], "extended_key_usage": ["serverAuth"]},
  {"id": "top-level-wildcard", "issuer": "ca", "dns": ["*.example"], "extended_key_usage": ["serverAuth"]},
  {"id": "nul-in-name", "issuer": "ca", "dns": ["localhost\u0000.evil.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "path-0", "issuer": "ca", "ca": true, "path_length": 0},
  {"id": "below-path-0", "issuer": "path-0", "ca": true},
  {"id": "path-length", "issuer": "below-path-0", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "constrained", "issuer": "ca", "ca": true, "name_constraints": {"permitted": {"dns": ["good.example"]}}},
  {"id": "name-constraint", "issuer": "constrained", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "inside-constraint", "issuer": "constrained", "with_intermediates": true, "dns": ["www.good.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "missing-intermediate", "issuer": "below-path-0", "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "upper", "issuer": "ca", "ca": true},
  {"id": "lower", "issuer": "upper", "ca": true},
  {"id": "below-two", "issuer": "lower", "dns": ["localhost"], "extended_key_usage": ["serverAuth"]},
  {"id": "client-expired", "issuer": "client-ca", "dns": ["client.example"], "extended_key_usage": ["clientAuth"],
   "not_before": "-3d", "not_after": "-1d"},
  {"id": "client-server-purpose", "issuer": "client-ca", "dns": ["client.example"],
   "extended_key_usage": ["serverAuth"]}
])json";

constexpr const char *chains = R"json([
  {"id": "chain-unordered", "members": ["below-two", "upper", "lower"]},
  {"id": "chain-with-strangers", "members": ["below-two", "path-0", "lower", "below-path-0", "upper"]}
])json";

} // namespace

std::string extra_certificates(const std::string &folder) {
  nlohmann::json description;
  for (const std::string id : {"ca", "client-ca"}) {
    description["authorities"].push_back(
        {{"id", id}, {"certificate", folder + "/" + id + ".pem"}, {"key", folder + "/" + id + ".key"}});
  }
  description["certificates"] = nlohmann::json::parse(certificates);
  description["chains"] = nlohmann::json::parse(chains);
  return description.dump();
}

} // namespace unitls::conformance
