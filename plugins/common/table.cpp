#include <unitls/plugin/table.hpp>

namespace unitls::plugin {

unitls_status give_item(unitls_item_sink sink, void *user, std::uint32_t number, const char *name) {
  const unitls_item item{sizeof item, number, name, nullptr, nullptr, nullptr};
  return sink(user, &item);
}

unitls_status list_options(const backend_facts &facts, unitls_item_sink sink, void *user) {
  for (const option_description &option : facts.options) {
    const unitls_item item{sizeof item, option.changes,     option.name,
                           option.type, option.description, nullptr};
    const unitls_status status = sink(user, &item);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

} // namespace unitls::plugin
