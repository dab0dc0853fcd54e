#include "clause_reader.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <tuple>

namespace unitls::conformance {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::size_t longest_text = 4096;

struct source_line {
  std::size_t number = 0;
  std::size_t column = 0; // of the text
  std::string_view text;  // of a comment, without what frames it
  bool is_comment = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

source_line read_line(std::string_view line, std::size_t number) {
  source_line result;
  result.number = number;
  std::size_t at = std::min(line.find_first_not_of(blanks), line.size());
  const std::string_view rest = line.substr(at);
  if (!rest.starts_with("/*") && !rest.starts_with("*")) {
    return result;
  }
  result.is_comment = true;
  at += rest.starts_with("/*") ? 2 : 1;
  const std::size_t begin = std::min(line.find_first_not_of(blanks, at), line.size());
  result.column = begin;
  std::string_view text = trimmed(line.substr(begin));
  if (text.ends_with("*/")) {
    text = trimmed(text.substr(0, text.size() - 2));
  }
  if (text == "/") { // the comment's end is no empty line of it
    return {number, 0, "*/", true};
  }
  result.text = text;
  return result;
}

std::vector<source_line> read_lines(std::string_view header) {
  std::vector<source_line> lines;
  while (!header.empty()) {
    const std::size_t end = header.find('\n');
    lines.push_back(read_line(header.substr(0, end), lines.size() + 1));
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
  }
  return lines;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// The number with which a text begins, as "U-07"; empty when it begins with none.
std::string_view leading_id(std::string_view text) {
  std::size_t end = 2;
  while (end < text.size() && is_digit(text[end])) {
    ++end;
  }
  return text.starts_with("U-") && end > 2 ? text.substr(0, end) : std::string_view();
}

// A clause begins with its number and two blanks.
std::string_view clause_id(const source_line &line) {
  const std::string_view id = leading_id(line.text);
  const bool begins = line.is_comment && !id.empty() && line.text.substr(id.size()).starts_with("  ");
  return begins ? id : std::string_view();
}

// "SESSIONS: STATES" as "Sessions: states"
std::string as_sentence(std::string_view title) {
  std::string text(title);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto letter = static_cast<unsigned char>(text[i]);
    text[i] = static_cast<char>(i == 0 ? std::toupper(letter) : std::tolower(letter));
  }
  return text;
}

// Between lines of dashes in a comment of one line: the name of a part of the declarations.
std::string_view banner(const source_line &line) {
  if (!line.text.starts_with("---") || !line.text.ends_with("---")) {
    return {};
  }
  const std::size_t begin = line.text.find_first_not_of('-');
  const std::size_t end = line.text.find_last_not_of('-');
  return begin == std::string_view::npos ? std::string_view()
                                         : trimmed(line.text.substr(begin, end - begin + 1));
}

// Capitals with an empty line after them: a title among the clauses.
bool is_title(const source_line &line, const source_line &next) {
  return line.is_comment && !line.text.empty() && next.is_comment && next.text.empty() &&
         line.text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ :,") == std::string_view::npos;
}

[[noreturn]] void refuse(const source_line &line, const std::string &reason) {
  throw std::runtime_error("line " + std::to_string(line.number) + ": " + reason);
}

// Its first line and those below that stand under its first word. `next` is left behind them.
std::string read_text(const std::vector<source_line> &lines, std::size_t &next, std::string_view id) {
  const source_line &first = lines[next];
  std::string text(trimmed(first.text.substr(id.size())));
  const std::size_t column = first.column + id.size() + 2;
  for (++next; next < lines.size() && lines[next].column == column && !lines[next].text.empty(); ++next) {
    text += " " + std::string(lines[next].text);
  }
  if (text.empty() || text.size() > longest_text) {
    refuse(first, std::string(id) + (text.empty() ? " has no words" : " does not end"));
  }
  return text;
}

void add_clause(std::vector<written_clause> &clauses, written_clause found, const source_line &line) {
  const auto same = [&](const written_clause &each) { return each.id == found.id; };
  if (std::any_of(clauses.begin(), clauses.end(), same)) {
    refuse(line, found.id + " is there twice");
  }
  clauses.push_back(std::move(found));
}

// Whoever writes "(U-32)" must mean a clause that was found.
void check_mentions(const std::vector<source_line> &lines, const std::vector<written_clause> &clauses) {
  for (const source_line &line : lines) {
    for (std::size_t at = line.text.find("U-"); at != std::string_view::npos;
         at = line.text.find("U-", at + 2)) {
      const std::string_view id = leading_id(line.text.substr(at));
      const auto same = [&](const written_clause &each) { return each.id == id; };
      if (!id.empty() && std::none_of(clauses.begin(), clauses.end(), same)) {
        refuse(line, std::string(id) + " is mentioned, and its text is nowhere");
      }
    }
  }
}

// Section by section as the header has them, by number in each.
void sort_clauses(std::vector<written_clause> &clauses) {
  std::vector<std::string> sections;
  for (const written_clause &each : clauses) {
    sections.push_back(each.section);
  }
  const auto place = [&](const written_clause &of) {
    return std::find(sections.begin(), sections.end(), of.section) - sections.begin();
  };
  std::sort(clauses.begin(), clauses.end(), [&](const written_clause &left, const written_clause &right) {
    return std::tuple(place(left), left.id.size(), left.id) <
           std::tuple(place(right), right.id.size(), right.id);
  });
}

} // namespace

std::vector<written_clause> read_clauses(std::string_view header) {
  const std::vector<source_line> lines = read_lines(header);
  std::vector<written_clause> clauses;
  std::string section;
  for (std::size_t i = 0; i < lines.size();) {
    const std::string_view id = clause_id(lines[i]);
    if (!id.empty()) {
      const source_line &first = lines[i];
      add_clause(clauses, {std::string(id), section, read_text(lines, i, id)}, first);
      continue;
    }
    const std::string_view part = banner(lines[i]);
    if (!part.empty() || (i + 1 < lines.size() && is_title(lines[i], lines[i + 1]))) {
      section = as_sentence(part.empty() ? lines[i].text : part);
    }
    ++i;
  }
  if (clauses.empty()) {
    throw std::runtime_error("no clause is found");
  }
  check_mentions(lines, clauses);
  sort_clauses(clauses);
  return clauses;
}

} // namespace unitls::conformance
