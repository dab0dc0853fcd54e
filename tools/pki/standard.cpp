#include "standard.hpp"

namespace unitls::pki {

std::string_view standard_description() {
  return R"json({
  "certificates": [
    {"id": "ca", "issuer": "self", "common_name": "unitls test root", "ca": true},
    {"id": "intermediate", "issuer": "ca", "common_name": "unitls test intermediate", "ca": true, "path_length": 0},
    {"id": "client-ca", "issuer": "self", "common_name": "unitls test client root", "ca": true},
    {"id": "other-ca", "issuer": "self", "common_name": "unitls test root that nobody trusts", "ca": true},

    {"id": "server", "issuer": "intermediate", "with_intermediates": true, "extended_key_usage": ["serverAuth"],
     "dns": ["localhost", "example.org", "test.example", "*.wild.example"], "ip": ["127.0.0.1", "::1"]},
    {"id": "server-rsa", "issuer": "intermediate", "with_intermediates": true, "extended_key_usage": ["serverAuth"],
     "dns": ["localhost", "example.org", "test.example", "*.wild.example"], "ip": ["127.0.0.1", "::1"],
     "key_type": "rsa2048"},
    {"id": "client", "issuer": "client-ca", "extended_key_usage": ["clientAuth"], "dns": ["client.example"]},
    {"id": "client-untrusted", "issuer": "other-ca", "extended_key_usage": ["clientAuth"],
     "dns": ["client.example"]},

    {"id": "expired", "issuer": "intermediate", "with_intermediates": true, "extended_key_usage": ["serverAuth"],
     "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"],
     "not_before": "-3d", "not_after": "-1d"},
    {"id": "not-yet-valid", "issuer": "intermediate", "with_intermediates": true,
     "extended_key_usage": ["serverAuth"], "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"],
     "not_before": "+30d"},
    {"id": "wrong-name", "issuer": "intermediate", "with_intermediates": true,
     "extended_key_usage": ["serverAuth"], "dns": ["other.example"]},
    {"id": "self-signed", "issuer": "self", "extended_key_usage": ["serverAuth"],
     "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"]},
    {"id": "untrusted", "issuer": "other-ca", "extended_key_usage": ["serverAuth"],
     "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"]},
    {"id": "expired-untrusted", "issuer": "other-ca", "extended_key_usage": ["serverAuth"],
     "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"],
     "not_before": "-3d", "not_after": "-1d"},
    {"id": "client-purpose", "issuer": "intermediate", "with_intermediates": true,
     "extended_key_usage": ["clientAuth"], "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"]},
    {"id": "not-a-ca", "issuer": "ca", "common_name": "unitls test issuer that is no authority",
     "key_usage": ["digitalSignature", "keyCertSign"]},
    {"id": "ca-false-issuer", "issuer": "not-a-ca", "with_intermediates": true,
     "extended_key_usage": ["serverAuth"], "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"]},
    {"id": "bad-signature", "issuer": "intermediate", "with_intermediates": true,
     "extended_key_usage": ["serverAuth"], "dns": ["localhost", "test.example"], "ip": ["127.0.0.1", "::1"],
     "corrupt_signature": true}
  ]
}
)json";
}

} // namespace unitls::pki
