// Writes HTML in which every text and every value is escaped by construction.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace unitls::conformance {

class html_writer {
public:
  using attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  // Begins an element; names of elements and attributes are the program's own.
  html_writer &open(std::string_view element, attributes values = {});
  html_writer &text(std::string_view bytes);
  html_writer &close(std::string_view element);

  // An element with nothing but text in it.
  html_writer &leaf(std::string_view element, attributes values, std::string_view bytes);

  // One of the page's drawings, which says nothing to who cannot see it.
  html_writer &mark(std::string_view name);

  const std::string &html() const noexcept { return html_; }

private:
  std::string html_;
};

} // namespace unitls::conformance
