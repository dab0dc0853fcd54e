#include "parts.hpp"

#include "honest.hpp"

namespace unitls::mutants {
namespace {

template <class... Members>
std::size_t count_differences(const unitls_backend &one, const unitls_backend &other, Members... members) {
  return (std::size_t{0} + ... + std::size_t{one.*members != other.*members});
}

std::size_t table_differences(const unitls_backend &one, const unitls_backend &other) {
  using table = unitls_backend;
  return count_differences(one, other, &table::capabilities, &table::list, &table::get_extension,
                           &table::client_config_check, &table::server_config_check,
                           &table::client_context_create, &table::server_context_create,
                           &table::context_destroy, &table::session_create, &table::session_destroy,
                           &table::handshake, &table::read, &table::write, &table::shutdown, &table::pending,
                           &table::info, &table::peer_certificates, &table::verified_certificates);
}

unitls_backend honest_table() noexcept {
  unitls_backend table{};
  table.struct_size = sizeof table;
  table.capabilities = honest::capabilities;
  table.list = honest::list;
  table.get_extension = honest::get_extension;
  table.client_config_check = honest::client_config_check;
  table.server_config_check = honest::server_config_check;
  table.client_context_create = honest::client_context_create;
  table.server_context_create = honest::server_context_create;
  table.context_destroy = honest::context_destroy;
  table.session_create = honest::session_create;
  table.session_destroy = honest::session_destroy;
  table.handshake = honest::handshake;
  table.read = honest::read;
  table.write = honest::write;
  table.shutdown = honest::shutdown;
  table.pending = honest::pending;
  table.info = honest::info;
  table.peer_certificates = honest::peer_certificates;
  table.verified_certificates = honest::verified_certificates;
  return table;
}

} // namespace

parts &current() noexcept {
  static parts chosen = honest_parts();
  return chosen;
}

parts honest_parts() noexcept {
  return {honest::open, honest_table(), honest::verify_chain, honest::read_certificate,
          honest::recv, honest::send,   honest::judge};
}

std::size_t differences(const parts &one, const parts &other) noexcept {
  return table_differences(one.table, other.table) + std::size_t{one.open != other.open} +
         std::size_t{one.verify_chain != other.verify_chain} +
         std::size_t{one.read_certificate != other.read_certificate} + std::size_t{one.recv != other.recv} +
         std::size_t{one.send != other.send} + std::size_t{one.judge != other.judge};
}

} // namespace unitls::mutants
