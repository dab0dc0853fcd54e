"""Reports of a plugin whose texts are markup in every language, and which fails, crashes, hangs and lacks."""

import html.parser
import json
import re
import xml.etree.ElementTree

from lib import tap
from lib.build import SOURCE, program
from lib.case import SystemTest, main
from lib.conformance import HOSTILE, LOST, SEED, VERDICTS, conformance, hostile_report, judge, repeat_of
from lib.process import run

MARKUP = "</script><script>document.title='owned'</script><!-- ]]> \"'& # \\ {{data}} "
# Bytes that are not UTF-8, and characters that a terminal or an editor would act upon.
BYTES = r"\xff\xfe\x80 \xe2\x80\xae \xe2\x80\xa8 \xc2\x9b \x1b[31m\x01"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufeff\ufffe\uffff]")


class Page(html.parser.HTMLParser):
    """Elements, attributes and the text of each script element."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.scripts, self.texts, self.comments = [], [], [], [], []
        self.inside = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        self.inside.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if self.inside and self.inside[-1] == "script":
            self.scripts[-1] += data
        elif not (self.inside and self.inside[-1] == "style"):
            self.texts.append(data)

    def handle_comment(self, data):
        self.comments.append(data)


class ReportsTest(SystemTest):
    def test_text(self):
        """text says what broke, once in the clause's own words, and how to repeat it"""
        text = hostile_report("text").decode("ascii")  # all of it is printable
        self.assertIsNone(UNSAFE.search(text))
        case = text[text.index("fail    abi/list"):text.index("abi/note")]
        self.assertEqual(case.count("U-09  A configuration that is wrong is UNITLS_E_INVALID."), 1)
        self.assertIn(f"repeat: {repeat_of('abi/list')}\n", case)
        self.assertIn(f"repeat: {repeat_of('abi/sink-stops')}\n", text)
        self.assertIn("skip    abi/copied-table: hostile does not declare server\n", text)
        self.assertIn("hostile: 1 passed, 3 failed, 1 skipped\n", text)

    def test_text_of_several(self):
        """after several plugins a table compares them"""
        result = judge(HOSTILE, HOSTILE, "--filter", "abi/note")
        self.assertEqual(result.code, 0, str(result))
        rows = [line for line in result.out.splitlines() if re.match(r"(plugin|hostile) +\S+ ", line)][-3:]
        self.assertEqual([row.split()[:5] for row in rows],
                         [["plugin", "passed", "warned", "failed", "skipped"]] + 2 * [["hostile", "1", "0", "0", "0"]])
        self.assertEqual(len({len(row) for row in rows}), 1, rows)

    def test_json(self):
        """JSON has every verdict, the clauses in their own words and how to repeat"""
        report = json.loads(hostile_report("json"))
        plugin, = report["plugins"]
        cases = {case["name"]: case for case in plugin["cases"]}
        self.assertEqual({name: case["verdict"] for name, case in cases.items()}, VERDICTS)
        self.assertEqual(cases["abi/list"]["repeat"], repeat_of("abi/list"))
        self.assertIn(MARKUP, cases["abi/unknown-tail"]["output"])
        self.assertIn("UNITLS_E_UNSUPPORTED", report["clauses"]["U-09"]["text"])
        self.assertRegex(report["begin"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_junit_is_valid(self):
        """JUnit XML keeps the schema"""
        path = self.write("report.xml", hostile_report("junit"))
        result = run(program("xmllint"), "--noout", "--nonet", "--schema", SOURCE / "tests/junit.xsd", path)
        self.assertEqual(result.code, 0, str(result))

    def test_junit_schema_can_fail(self):
        """the schema refuses what it should"""
        text = hostile_report("junit").decode()
        for wrong in (text.replace(' tests="5"', ""), text.replace("<error ", "<mistake ").replace("/error>", "/mistake>"),
                      text.replace('time="', 'time="-1')):
            path = self.write("wrong.xml", wrong)
            result = run(program("xmllint"), "--noout", "--nonet", "--schema", SOURCE / "tests/junit.xsd", path)
            self.assertNotEqual(result.code, 0, str(result))

    def test_junit(self):
        """JUnit XML has one suite with each case, its words, its properties and the command that repeats it"""
        suites = xml.etree.ElementTree.fromstring(hostile_report("junit"))
        suite, = suites
        counts = {"tests": "5", "failures": "1", "errors": "2", "skipped": "1"}
        self.assertEqual({name: suite.get(name) for name in counts}, counts)
        properties = {each.get("name"): each.get("value") for each in suite.find("properties")}
        self.assertEqual(properties["seed"], str(SEED))
        self.assertTrue(properties["library version"].startswith(f"Hostile {MARKUP}"), properties)
        cases = {case.get("name"): case for case in suite.findall("testcase")}
        self.assertEqual({case.get("classname") for case in cases.values()}, {"abi"})
        kinds = {"pass": set(), "fail": {"failure", "system-out"}, "crash": {"error", "system-out", "system-err"},
                 "timeout": {"error", "system-out"}, "skip": {"skipped"}}
        self.assertEqual({name: {child.tag for child in case} for name, case in cases.items()},
                         {name: kinds[verdict] for name, verdict in VERDICTS.items()})
        self.assertEqual(cases["abi/list"].find("system-out").text, f"repeat: {repeat_of('abi/list')}")
        self.assertIn("SIGABRT", cases["abi/unknown-tail"].find("error").get("message"))
        self.assertEqual(cases["abi/unknown-tail"].find("system-err").text, MARKUP + "\n...\n" + BYTES)

    def test_tap(self):
        """TAP 14 is what a strict reader takes, with a block of YAML below what was lost"""
        results = tap.read(hostile_report("tap"))
        by_name = {each["description"].removeprefix("hostile: "): each for each in results}
        self.assertEqual(set(by_name), set(VERDICTS))
        for name, verdict in VERDICTS.items():
            each = by_name[name]
            self.assertEqual(each["ok"], verdict in ("pass", "skip"), name)
            self.assertEqual(each["directive"], "SKIP" if verdict == "skip" else None, name)
            self.assertEqual(each["block"].get("verdict"), None if each["ok"] else verdict, name)
        self.assertEqual(by_name["abi/copied-table"]["reason"], "hostile does not declare server")
        self.assertEqual(by_name["abi/list"]["block"]["repeat"], repeat_of("abi/list"))
        self.assertEqual(by_name["abi/unknown-tail"]["block"]["output"], MARKUP + "\n...\n" + BYTES)

    def test_tap_bails_out(self):
        """a plugin that cannot be judged is an end that a reader of TAP sees"""
        result = conformance("/nowhere/unitls-none.so", "--format", "tap")
        self.assertEqual(result.code, 2, str(result))
        self.assertRegex(result.out, r"\ATAP version 14\nBail out! /nowhere/unitls-none\.so: [^\n]+\n\Z")

    def test_html_holds_what_plugins_say(self):
        """no text of a plugin becomes an element, an attribute or a script of the page"""
        text = hostile_report("html").decode()
        self.assertIsNone(UNSAFE.search(text))
        page = Page(text)
        self.assertEqual(page.elements.count("script"), 2)
        self.assertEqual(page.comments, [])
        self.assertEqual([name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style")], [])
        self.assertEqual([value for name, value in page.attributes if name == "href" and not value.startswith("#")], [])
        self.assertNotIn("url(", text)
        self.assertNotIn("@import", text)
        self.assertIn("Hostile " + MARKUP, "".join(page.texts).replace("\\x0a", ""))

    def test_html_data(self):
        """the page's data is JSON with failures, output and clauses"""
        text = hostile_report("html").decode()
        data = json.loads(Page(text).scripts[0])
        results = data["columns"][0]["results"]
        self.assertEqual({name: result["verdict"] for name, result in results.items()}, VERDICTS)
        self.assertEqual(results["abi/unknown-tail"]["output"], MARKUP + "\n...\n" + BYTES)
        self.assertEqual(results["abi/list"]["repeat"], repeat_of("abi/list"))
        self.assertEqual(set(data["cases"]["abi/list"]), {"sentence", "clauses", "needs"})
        self.assertIn("UNITLS_E_UNSUPPORTED", data["clauses"]["U-09"]["text"])

    def test_html_without_scripts(self):
        """every verdict stands in the page as a word, beside its case"""
        text = hostile_report("html").decode()
        for name, verdict in VERDICTS.items():
            row = re.search(rf'<tr data-case="{name}">.*?</tr>', text, re.S)[0]
            self.assertRegex(row, rf"</svg>{verdict}</button>")

    def test_a_report_that_cannot_be_written(self):
        """is said before anything runs, or when the disk is full"""
        for path, sentence in (("/nowhere/report", "No such file or directory"), ("/dev/full", "to its end")):
            result = judge(HOSTILE, "--filter", "abi/note", "-o", path)
            self.assertEqual(result.code, 2, str(result))
            self.assertRegex(result.err, rf"^unitls-conformance: {path}: .*{sentence}$")

    def test_listings_are_text_or_json(self):
        """--list and --clauses refuse formats that report verdicts"""
        for what in ("--list", "--clauses"):
            result = conformance(what, "--format", "html")
            self.assertEqual(result.code, 2, str(result))
            self.assertIn("text or json", result.err)


if __name__ == "__main__":
    main()
