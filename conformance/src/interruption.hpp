// Ctrl-C and its kin end a run in order: children are killed, the folder of certificates is removed.
#pragma once

namespace unitls::conformance {

// Thrown by whatever waits when a signal asks for the end.
struct interrupted {};

// From now on SIGHUP, SIGINT and SIGTERM are told by the descriptor instead of ending the process. Once a process,
// before its first thread. Throws std::system_error.
void watch_interruptions();

// Readable for ever from the first signal on; -1, which poll passes over, when nobody watches. [thread-safe]
int interruption_descriptor() noexcept;

// Ends the process by the signal that came, as its parent expects it.
[[noreturn]] void end_by_interruption() noexcept;

} // namespace unitls::conformance
