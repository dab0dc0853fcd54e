// Judges a chain with revocation lists, and acts on single flags of the verdict. The same lists in client_config::crls
// or server_config::crls judge the peers of connections.
//
//     example-revocation CA-FILE CHAIN-FILE NAME CRL-FILE...
#include <iostream>

#include <unitls/unitls.hpp>

namespace {

// Every certificate below the anchor needs a current list of its issuer, so one of each issuer is to be given.
unitls::chain_request request_from(char **begin, char **end) {
  unitls::chain_request request{.chain = {unitls::certificate::from_file(begin[1])},
                                .trust = unitls::trust_store::from_file(begin[0]),
                                .reference_names = {begin[2]}};
  for (char **file = begin + 3; file != end; ++file) {
    request.crls.push_back(unitls::revocation_list::from_file(*file));
  }
  return request;
}

int report(const unitls::chain_verdict &verdict) {
  if (verdict.is_accepted()) {
    std::cout << "accepted, by a path of " << verdict.path.size() << " certificates\n";
    return 0;
  }
  std::cout << verdict.refusal << '\n';
  // Flags are a set: several can hold, and none hides another.
  if (verdict.flags().has(UNITLS_VERIFY_REVOKED)) {
    std::cout << "do not talk to it, whatever else is said about it\n";
  } else if (verdict.flags() == unitls::verify_flags(UNITLS_VERIFY_REVOCATION_UNKNOWN)) {
    std::cout << "nothing is wrong but that a list is missing or too old: fetch it, and ask again\n";
  }
  return 1;
}

} // namespace

int main(int count, char **arguments) {
  if (count < 5) {
    std::cerr << "usage: example-revocation CA-FILE CHAIN-FILE NAME CRL-FILE...\n";
    return 2;
  }
  try {
    const unitls::backend tls = unitls::loader{}.select();
    return report(tls.verify_chain(request_from(arguments + 1, arguments + count)));
  } catch (const unitls::error &problem) {
    std::cerr << problem.what() << '\n';
    return 2;
  }
}
