"""The HTML report in headless Chromium: filters, details, widths, contrast; pictures go to BUILD/reports."""

import json

from lib.browser import Browser
from lib.build import BUILD, PLUGINS, backends
from lib.case import SystemTest, main
from lib.conformance import HOSTILE, conformance

PICTURES = BUILD / "reports"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
GROUPS = ("abi/*", "alert/*", "chains/*", "close/*")

VISIBLE_ROWS = "[...document.querySelectorAll('tr[data-case]')].filter((row) => row.offsetParent !== null)"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Contrast by WCAG 2.2, 1.4.3, of everything that shows text of its own on an opaque ground.
LOW_CONTRAST = """
(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = channels(getComputedStyle(at).backgroundColor);
      if (ground.length === 3 || ground[3] === 1) return ground;
    }
    return channels(getComputedStyle(document.body).backgroundColor);
  };
  const seen = new Map();
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || element.offsetParent === null) continue;
    const [ink, ground] = [channels(getComputedStyle(element).color), groundOf(element)];
    const [a, b] = [luminance(ink), luminance(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) seen.set(`${element.tagName}.${element.className}`, ratio.toFixed(2));
  }
  return Object.fromEntries(seen);
})()
"""


class PageTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = PICTURES / "report.html"
        PICTURES.mkdir(parents=True, exist_ok=True)
        plugins = [PLUGINS / f"unitls-{backend.id}.so" for backend in backends()]
        result = conformance(*plugins, HOSTILE, *(f"--filter={group}" for group in GROUPS), "--timeout", 10,
                             "--format", "html", "-o", cls.page, timeout=500)
        if result.code != 1:  # the hostile one loses
            raise AssertionError(str(result))
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.__exit__)
        cls.browser.attach()

    def show(self, size, address="", **how):
        # Another address than before: Chromium does not load a page again for its fragment.
        self.browser.show("about:blank", *SIZES[size])
        self.browser.show(self.page.as_uri() + address, *SIZES[size], **how)
        self.addCleanup(self.check_silence)

    def check_silence(self):
        """Whatever was done, nothing was fetched and nothing failed."""
        self.browser.value("1")
        self.assertEqual(self.browser.foreign_requests(), [])
        self.assertEqual(self.browser.complaints(), [])
        self.assertNotEqual(self.value("document.title"), "owned")

    def value(self, expression):
        return self.browser.value(expression)

    def rows(self):
        """Names of the cases that can be seen."""
        return json.loads(self.value(f"JSON.stringify([...new Set({VISIBLE_ROWS}.map((row) => row.dataset.case))])"))

    def picture(self, name):
        self.browser.picture(PICTURES / f"{name}.png")

    def test_widths_and_schemes(self):
        """on a desktop and on a phone, light and dark, nothing sticks out and every text can be read"""
        for size in SIZES:
            for scheme in ("light", "dark"):
                with self.subTest(f"{size}, {scheme}"):
                    self.show(size, scheme=scheme)
                    self.picture(f"{size}-{scheme}")
                    self.assertLessEqual(self.value(OVERFLOW), 0)
                    self.value("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
                    self.assertEqual(self.value(LOW_CONTRAST), {})
                    self.assertLessEqual(self.value(OVERFLOW), 0)
                    self.value("document.querySelector('#cases').scrollIntoView()")
                    self.picture(f"{size}-{scheme}-cases")
                    self.value("document.querySelector('#capabilities').scrollIntoView()")
                    self.picture(f"{size}-{scheme}-capabilities")

    def test_groups(self):
        """the group of the vectors is closed at first, the others are open; each can be turned"""
        self.show("desktop")
        rows = self.rows()
        self.assertIn("close/half-close", rows)
        self.assertEqual([name for name in rows if name.startswith("chains/")], [])
        self.browser.click('.wide [data-group="chains"] .fold')
        self.assertGreater(len([name for name in self.rows() if name.startswith("chains/")]), 200)
        self.browser.click('.wide [data-group="close"] .fold')
        self.assertNotIn("close/half-close", json.loads(self.value(
            "JSON.stringify([...document.querySelectorAll('.wide tr[data-case]')]"
            ".filter((row) => row.offsetParent !== null).map((row) => row.dataset.case))")))

    def test_filters(self):
        """a verdict, a group, words and disagreement each choose among the cases"""
        self.show("desktop")
        every = self.rows()
        self.browser.click('.chip[data-verdict="fail"]')
        failing = self.rows()
        self.assertIn("abi/list", failing)
        self.assertNotIn("abi/note", failing)
        self.value("document.querySelector('#cases').scrollIntoView()")
        self.picture("desktop-filtered")
        self.browser.click("#clear")
        self.assertEqual(self.rows(), every)

        self.browser.click("#text")
        self.browser.write("half-close U-25")
        self.assertIn("close/half-close", self.rows())
        self.assertLess(len(self.rows()), 5)
        self.browser.click("#clear")
        self.browser.click("#text")
        self.browser.write("no such words anywhere")
        self.assertEqual(self.rows(), [])
        self.assertTrue(self.value("document.querySelector('.nothing').offsetParent !== null"))
        self.browser.click("#clear")

        self.value("(() => { const group = document.querySelector('#group'); group.value = 'alert';"
                   " group.dispatchEvent(new Event('change')); })()")
        self.assertEqual({name.split("/")[0] for name in self.rows()}, {"alert"})
        self.browser.click("#clear")

        self.browser.click("#differ")
        self.assertIn("abi/list", self.rows())
        self.assertNotIn("abi/note", self.rows())

    def test_details(self):
        """a click on a verdict shows sentence, failures, clauses in their own words, output, time and command"""
        column = len(backends())  # the hostile one comes last
        for size in SIZES:
            with self.subTest(size):
                self.show(size)
                self.browser.click(f'.wide tr[data-case="abi/list"] button[data-column="{column}"]')
                text = self.value("document.querySelector('#detail').innerText")
                for part in ("fail · hostile", "abi/list", "Every kind is listed, an unknown one is refused",
                             "A configuration that is wrong is UNITLS_E_INVALID.", "</script><script>document.title",
                             "--filter abi/list --reproduce", "conformance/cases/abi.cpp:"):
                    self.assertIn(part, text)
                self.assertRegex(text, r"in \d+ ms|in [\d.]+ s")
                self.assertLessEqual(self.value(OVERFLOW), 0)
                self.assertEqual(self.value(LOW_CONTRAST), {})
                self.picture(f"{size}-detail")
                self.browser.key("Escape", 27)
                self.assertFalse(self.value("document.querySelector('#detail').open"))

    def test_details_by_address(self):
        """a detail can be linked to"""
        column = len(backends())
        self.show("desktop", f"#case={column}/abi%2Funknown-tail", scheme="dark")
        text = self.value("document.querySelector('#detail').innerText")
        self.assertIn("crash · hostile", text)
        self.assertIn("SIGABRT", text)
        self.assertEqual(self.value(LOW_CONTRAST), {})
        self.picture("desktop-dark-detail")
        self.show("desktop", "#case=99/%E0%A4%A")
        self.assertFalse(self.value("document.querySelector('#detail').open"))

    def test_without_scripts(self):
        """without JavaScript every case is there, also the vectors, and no filter that does nothing"""
        self.show("desktop", scripts=False)
        self.assertEqual(self.value(f"{VISIBLE_ROWS}.length"),
                         self.value("document.querySelectorAll('tr[data-case]').length"))
        self.assertGreater(self.value(f"{VISIBLE_ROWS}.length"), 300)
        self.assertTrue(self.value("document.querySelector('.tools').offsetParent === null"))
        self.browser.call("Emulation.setScriptExecutionDisabled", value=False)


if __name__ == "__main__":
    main()
