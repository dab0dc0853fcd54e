// The two sides of a conversation, for what must hold on both.
#pragma once

#include "party.hpp"
#include "versions.hpp"

namespace unitls::conformance {

// One side and the other, with the lines between them.
struct sides {
  party &near;
  party &far;
  wire &to_near;
  wire &to_far;
};

// Runs a body for a new conversation that is open, seen from the client, and for another one seen from the server.
template <class Body>
void for_each_open_side(const setups_of_version &setups, Body body) {
  {
    const during what("seen from the client");
    conversation talk(setups.client, setups.server);
    talk.require_open();
    body(sides{talk.client, talk.server, talk.to_client, talk.to_server});
  }
  {
    const during what("seen from the server");
    conversation talk(setups.client, setups.server);
    talk.require_open();
    body(sides{talk.server, talk.client, talk.to_server, talk.to_client});
  }
}

} // namespace unitls::conformance
