// Asio and Beast, compiled once. The headers of this release have warnings of their own: they come as system headers.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
