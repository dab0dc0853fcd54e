// A conversation whose bytes travel over a TCP connection of the loopback interface, cut as the kernel cuts them.
#pragma once

#include "party.hpp"

namespace unitls::conformance {

class tcp_conversation {
public:
  // Ends the case when there is no connection to be had.
  tcp_conversation(const client_setup &client_side, const server_setup &server_side);
  ~tcp_conversation();
  tcp_conversation(const tcp_conversation &) = delete;
  tcp_conversation &operator=(const tcp_conversation &) = delete;

  // Calls both sides in turns, and carries what they send, until `step` says of both that they are done. The case ends
  // when neither side moves for a while.
  template <class ClientStep, class ServerStep>
  void run(ClientStep client_step, ServerStep server_step) {
    bool client_done = false;
    bool server_done = false;
    while (!client_done || !server_done) {
      client_done = client_done || client_step();
      server_done = server_done || server_step();
      carry();
    }
  }

  // Both handshakes; the case ends when one fails.
  void require_open();

  // The end of a side's sending, as the kernel tells it to the other side.
  void end_sending(party &side);

private:
  // One direction: what a side sent, what has left it, what has come to the other.
  struct lane {
    wire sent;
    wire arrived;
    int from = -1;
    int to = -1;
  };

  void carry();
  bool push(lane &each);
  bool pull(lane &each);
  void wait();

  context_handle client_context_;
  context_handle server_context_;
  lane to_server_;
  lane to_client_;
  int idle_ = 0;

public:
  party client;
  party server;
};

} // namespace unitls::conformance
