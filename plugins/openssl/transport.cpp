#include "transport.hpp"

#include <new>

namespace unitls::openssl {
namespace {

plugin::transport_link &link_of(BIO *bio) {
  return *static_cast<plugin::transport_link *>(BIO_get_data(bio));
}

// The retry flags are looked at only after a failure, and so only then set right.
int receive(BIO *bio, char *buffer, std::size_t size, std::size_t *done) {
  const unitls_status status = link_of(bio).receive(reinterpret_cast<std::uint8_t *>(buffer), size, *done);
  if (status == UNITLS_OK) {
    return 1;
  }
  BIO_clear_retry_flags(bio);
  if (status == UNITLS_WANT_READ) {
    BIO_set_retry_read(bio);
  }
  return 0;
}

int send(BIO *bio, const char *data, std::size_t size, std::size_t *done) {
  if (link_of(bio).send(reinterpret_cast<const std::uint8_t *>(data), size) == UNITLS_OK) {
    *done = size;
    return 1;
  }
  BIO_clear_retry_flags(bio);
  *done = 0;
  return 0;
}

// BIO_CTRL_EOF is answered 0 on purpose: then the end of the transport puts nothing into the error queue.
long control(BIO *, int command, long, void *) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *make_method() {
  BIO_METHOD *const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "unitls transport");
  if (method == nullptr || BIO_meth_set_read_ex(method, receive) != 1 ||
      BIO_meth_set_write_ex(method, send) != 1 || BIO_meth_set_ctrl(method, control) != 1) {
    throw std::bad_alloc();
  }
  return method;
}

} // namespace

bio_handle make_transport_bio(plugin::transport_link &link) {
  static BIO_METHOD *const method = make_method(); // one for the process, for ever
  bio_handle bio(BIO_new(method));
  if (bio == nullptr) {
    throw std::bad_alloc();
  }
  BIO_set_data(bio.get(), &link);
  BIO_set_init(bio.get(), 1);
  return bio;
}

} // namespace unitls::openssl
