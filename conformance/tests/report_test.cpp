#include "report.hpp"

#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace unitls::conformance;

namespace {

case_result passed(const std::string &name) {
  return {{name, "It works", {"U-01"}, {}, name}, {}};
}

case_result failed(const std::string &name) {
  case_result result{{name, "It works", {"U-01", "U-53"}, {}, name}, {}};
  result.judged.result = outcome::fail;
  result.judged.failures = {{"U-53", "what", "<expected>", "]]> got", "when", "cases/a.cpp:1"},
                            {"U-53", "again", "this", "that", "", ""}};
  return result;
}

case_result crashed(const std::string &name) {
  case_result result{{name, "It lives", {"U-06"}, {}, name}, {}};
  result.judged.result = outcome::crash;
  result.judged.reason = "the process of the case was killed by SIGSEGV";
  result.judged.output = "\xff</script>";
  return result;
}

case_result timed_out(const std::string &name) {
  case_result result{{name, "It ends", {"U-23"}, {}, name}, {}};
  result.judged.result = outcome::timeout;
  return result;
}

case_result skipped(const std::string &name) {
  case_result result{{name, "It has it", {"U-49"}, {"server"}, name}, {}};
  result.judged.result = outcome::skip;
  result.judged.reason = "mine does not declare server # \\";
  return result;
}

run_result run_of(std::vector<case_result> cases) {
  plugin_result plugin;
  plugin.given_path = "./it's mine.so";
  plugin.facts = {"/tmp/mine.so", "mine", "1.0", "Mine", "Mine 1.0 {{data}}", {"client"}};
  plugin.cases = std::move(cases);
  run_result run;
  run.seed = 7;
  run.plugins.push_back(std::move(plugin));
  return run;
}

std::string written(void (*report)(std::ostream &, const run_result &), const run_result &run) {
  std::ostringstream out;
  report(out, run);
  return out.str();
}

std::size_t occurrences(const std::string &text, const std::string &part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

} // namespace

TEST_CASE("what is repeated is a command of the shell") {
  run_result run = run_of({});
  plugin_result &plugin = run.plugins.front();
  CHECK(repeat_command(run, plugin, failed("a/b")) ==
        "unitls-conformance './it'\\''s mine.so' --filter a/b --reproduce 7");
  plugin.layers = {"./layer.so:seed=1", "./other.so"};
  CHECK(repeat_command(run, plugin, failed("a/b")) ==
        "unitls-conformance './it'\\''s mine.so' --layer './layer.so:seed=1' --layer ./other.so "
        "--filter a/b --reproduce 7");
}

TEST_CASE("what is repeated has every option that the case depends on") {
  run_result run = run_of({});
  run.thorough = true;
  run.given_certificates = "/tmp/its own";
  plugin_result &plugin = run.plugins.front();
  plugin.given_path = "./mine.so";
  plugin.given_server = "../other.so";
  plugin.server = plugin.facts;
  plugin.layers = {"./layer.so"};
  CHECK(repeat_command(run, plugin, failed("a/b")) ==
        "unitls-conformance ./mine.so --server ../other.so --layer ./layer.so --certificates '/tmp/its own' "
        "--thorough --filter a/b --reproduce 7");
}

TEST_CASE("a case that did not end in time is repeated where the runner ends it, after the same time") {
  run_result run = run_of({});
  run.timeout = std::chrono::milliseconds(2500);
  run.plugins.front().given_path = "./mine.so";
  CHECK(repeat_command(run, run.plugins.front(), timed_out("a/b")) ==
        "unitls-conformance ./mine.so --filter a/b --seed 7 --timeout 2.5");
}

TEST_CASE("a case that ran out of memory is repeated where memory is limited") {
  run_result run = run_of({});
  run.plugins.front().given_path = "./mine.so";
  case_result hoarded = crashed("a/b");
  hoarded.judged.met_a_limit = true;
  CHECK(repeat_command(run, run.plugins.front(), hoarded) ==
        "unitls-conformance ./mine.so --filter a/b --seed 7");
}

TEST_CASE("broken clauses are shown once; those of the case when the plugin died") {
  CHECK(clauses_to_show(passed("a/b")).empty());
  CHECK(clauses_to_show(skipped("a/b")).empty());
  REQUIRE(clauses_to_show(failed("a/b")).size() == 1);
  CHECK(clauses_to_show(failed("a/b")).front()->id == "U-53");
  REQUIRE(clauses_to_show(crashed("a/b")).size() == 1);
  CHECK(clauses_to_show(crashed("a/b")).front()->id == "U-06");
}

TEST_CASE("text has the clause's own words once below a case that fails") {
  std::ostringstream out;
  report_text(out, run_of({passed("a/a"), failed("a/b")}), false);
  CHECK(occurrences(out.str(), "U-53  `context_destroy` and `session_destroy` of NULL do nothing.") == 1);
  CHECK(out.str().find("U-01  ") == std::string::npos);
  CHECK(out.str().find("\nplugin") == std::string::npos); // one plugin is compared with none
}

TEST_CASE("text ends with a comparison when several plugins were judged") {
  run_result run = run_of({passed("a/a"), failed("a/b")});
  run.plugins.push_back(run.plugins.front());
  std::ostringstream out;
  report_text(out, run, false);
  CHECK(out.str().find("\nplugin   passed   warned   failed   skipped    time\n"
                       "mine          1        0        1         0   0.0 s\n"
                       "mine          1        0        1         0   0.0 s\n") != std::string::npos);
}

TEST_CASE("TAP numbers its lines and has YAML below what failed") {
  const std::string text = written(report_tap, run_of({passed("a/a"), failed("a/b"), skipped("a/c")}));
  CHECK(text.starts_with("TAP version 14\n1..3\n"));
  CHECK(text.find("\nok 1 - mine: a/a\nnot ok 2 - mine: a/b\n  ---\n  verdict: \"fail\"\n") !=
        std::string::npos);
  CHECK(text.find("\n  ...\nok 3 - mine: a/c # SKIP mine does not declare server \\# \\\\\n") !=
        std::string::npos);
  CHECK(written(report_tap, run_of({})).find("1..0 # SKIP ") != std::string::npos);
}

TEST_CASE("TAP says why nothing was judged") {
  std::ostringstream out;
  report_tap_end(out, "no # such\nplugin");
  CHECK(out.str() == "TAP version 14\nBail out! no \\# such plugin\n");
}

TEST_CASE("JUnit tells a broken clause from a plugin that died") {
  const std::string text =
      written(report_junit, run_of({passed("a/a"), failed("a/b"), crashed("a/c"), skipped("a/d")}));
  CHECK(text.find("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\"") != std::string::npos);
  CHECK(text.find("<testcase classname=\"a\" name=\"a/a\" time=\"0.000\"/>") != std::string::npos);
  CHECK(
      text.find(
          "<failure message=\"U-53: what: expected &lt;expected&gt;, got ]]&gt; got (when)\" type=\"fail\">") !=
      std::string::npos);
  CHECK(text.find("type=\"crash\"") != std::string::npos);
  CHECK(text.find("<system-err>\\xff&lt;/script&gt;</system-err>") != std::string::npos);
}

TEST_CASE("JSON has the clauses and what becomes of each case") {
  const auto read = nlohmann::json::parse(written(report_json, run_of({failed("a/b"), crashed("a/c")})));
  CHECK(read.at("clauses").at("U-53").at("section") == "Plugin");
  CHECK(read.at("plugins").at(0).at("counts").at("failed") == 2);
  CHECK(read.at("begin") == "1970-01-01T00:00:00Z");
}

TEST_CASE("no text of a plugin leaves its place in the page") {
  const std::string text = written(report_html, run_of({failed("a/b"), crashed("a/c")}));
  CHECK(occurrences(text, "</script>") == 2);
  CHECK(occurrences(text, "<script") == 2);
  CHECK(occurrences(text, "<!--") == 0);
  CHECK(text.find("Mine 1.0 {{data}}") != std::string::npos); // not filled in a second time
  const std::size_t begin = text.find("id=\"data\">") + 10;
  const auto data = nlohmann::json::parse(text.substr(begin, text.find("</script>", begin) - begin));
  CHECK(data.at("columns").at(0).at("results").at("a/c").at("output") == "\\xff</script>");
}

TEST_CASE("a run without plugins is a page too") {
  run_result nothing;
  CHECK(written(report_html, nothing).find("Nothing ran") != std::string::npos);
}
