#include "html_writer.hpp"

#include "escape.hpp"

namespace unitls::conformance {

html_writer &html_writer::open(std::string_view element, attributes values) {
  html_ += '<';
  html_ += element;
  for (const auto &[name, value] : values) {
    html_ += ' ';
    html_ += name;
    html_ += "=\"" + markup_text(value) + '"';
  }
  html_ += '>';
  return *this;
}

html_writer &html_writer::text(std::string_view bytes) {
  html_ += markup_text(bytes);
  return *this;
}

html_writer &html_writer::close(std::string_view element) {
  html_ += "</";
  html_ += element;
  html_ += '>';
  return *this;
}

html_writer &html_writer::leaf(std::string_view element, attributes values, std::string_view bytes) {
  return open(element, values).text(bytes).close(element);
}

html_writer &html_writer::mark(std::string_view name) {
  open("svg", {{"class", "mark"}, {"aria-hidden", "true"}});
  open("use", {{"href", "#mark-" + std::string(name)}}).close("use");
  return close("svg");
}

} // namespace unitls::conformance
