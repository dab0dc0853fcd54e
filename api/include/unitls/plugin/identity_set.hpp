// Which of a server's identities a client gets, by the server name that it sent (backend.h, U-60).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <unitls/plugin/configuration.hpp>

namespace unitls::plugin {

// Groups of identities that have a name in common. The library picks within a group, by what the client can verify.
class identity_set {
public:
  // Positions of identities, in their order.
  using group = std::vector<std::size_t>;

  identity_set() = default;
  // Reads the names of the leaves; a leaf that cannot be read has none. Nothing of `identities` is kept. May throw
  // std::bad_alloc.
  explicit identity_set(std::span<const identity> identities);

  // All groups that `select` can answer with, the default one first. None without identities.
  std::span<const group> groups() const noexcept { return groups_; }

  // The position in groups() for this server name: letters without case, an exact name before a wildcard. `unknown`
  // when none has it, also of a text that is no DNS name; 0, the default, for an empty name.
  static constexpr std::size_t unknown = static_cast<std::size_t>(-1);
  std::size_t select(std::string_view server_name) const noexcept;

private:
  struct without_case {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept;
  };
  using name_map = std::map<std::string, std::size_t, without_case>;

  std::size_t number_of(const group &members);

  std::vector<group> groups_;
  name_map exact_;     // DNS name: group
  name_map wildcards_; // what follows "*.": group
};

} // namespace unitls::plugin
