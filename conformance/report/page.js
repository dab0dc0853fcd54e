// Filters, folds and details. The page is whole without it; what plugins say enters the document as text only.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const svgNames = "http://www.w3.org/2000/svg";

  function element(name, { className = "", text = "", attributes = {} } = {}, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function mark(name) {
    const drawing = document.createElementNS(svgNames, "svg");
    drawing.setAttribute("class", "mark");
    drawing.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(svgNames, "use");
    use.setAttribute("href", `#mark-${name}`);
    drawing.append(use);
    return drawing;
  }

  // ---- what is shown

  const groups = all(".matrix .group").map((body) => ({
    body,
    name: body.dataset.group,
    button: body.querySelector(".fold"),
    folded: body.hasAttribute("data-folded"),
    rows: all("tr[data-case]", body).map((row) => readRow(row)),
  }));

  function readRow(row) {
    const name = row.dataset.case;
    const described = data.cases[name];
    const results = all("button[data-column]", row).map((button) => data.columns[button.dataset.column].results[name]);
    const words = [name, described.sentence, ...described.clauses, ...described.needs];
    for (const result of results) {
      words.push(result.reason ?? "", ...(result.warnings ?? []));
      for (const broken of result.failures ?? []) words.push(broken.what, broken.expected, broken.got, broken.context);
    }
    const verdicts = new Set(results.map((result) => result.verdict));
    return { row, name, verdicts, words: words.join("\n").toLowerCase() };
  }

  const tools = document.querySelector(".tools");
  const text = byId("text");
  const group = byId("group");
  const differ = byId("differ");
  const chips = all(".chip[data-verdict]");

  function readFilter() {
    return {
      words: text.value.toLowerCase().split(/\s+/).filter(Boolean),
      group: group.value,
      verdicts: chips.filter(isPressed).map((chip) => chip.dataset.verdict),
      differ: isPressed(differ),
    };
  }

  function isPressed(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  function isActive(filter) {
    return filter.words.length > 0 || filter.group !== "" || filter.verdicts.length > 0 || filter.differ;
  }

  function fits(filter, entry) {
    return filter.words.every((word) => entry.words.includes(word)) &&
      (filter.verdicts.length === 0 || filter.verdicts.some((verdict) => entry.verdicts.has(verdict))) &&
      (!filter.differ || entry.verdicts.size > 1);
  }

  // With a filter, what fits is shown whether its group is folded or not.
  function show() {
    const filter = readFilter();
    const active = isActive(filter);
    const shown = new Set();
    for (const each of groups) {
      const inGroup = filter.group === "" || filter.group === each.name;
      const isOpen = active || !each.folded;
      let fitting = 0;
      for (const entry of each.rows) {
        const isFitting = inGroup && fits(filter, entry);
        if (isFitting) {
          fitting += 1;
          shown.add(entry.name);
        }
        entry.row.hidden = !isFitting || !isOpen;
      }
      each.body.hidden = fitting === 0;
      each.button.setAttribute("aria-expanded", String(isOpen));
      each.button.disabled = active;
    }
    for (const sheet of all(".matrix-of")) {
      const isEmpty = all(".group", sheet).every((body) => body.hidden);
      sheet.querySelector(".nothing").hidden = !isEmpty;
      sheet.querySelector(".scroll").hidden = isEmpty;
    }
    const total = Object.keys(data.cases).length;
    byId("shown").textContent = active ? `${shown.size} of ${total} cases fit` : `${total} cases`;
    byId("clear").hidden = !active;
    byId("fold").hidden = byId("unfold").hidden = active;
  }

  function foldAll(folded) {
    for (const each of groups) each.folded = folded;
    show();
  }

  function press(chip) {
    chip.setAttribute("aria-pressed", String(!isPressed(chip)));
    show();
  }

  function clear() {
    text.value = "";
    group.value = "";
    for (const chip of [...chips, differ]) chip.setAttribute("aria-pressed", "false");
    show();
  }

  // ---- details

  const detail = byId("detail");
  const verdictClasses = ["pass", "warn", "skip", "fail", "crash", "timeout"].map((name) => `is-${name}`);

  function dress(target, verdict) {
    target.classList.remove(...verdictClasses);
    target.classList.add(`is-${verdict}`);
  }

  function part(title, ...children) {
    return children.length === 0 ? [] : [element("h3", { text: title }), ...children];
  }

  function term(name, value) {
    return value ? [element("dt", { text: name }), element("dd", { text: value })] : [];
  }

  function brokenPart(broken) {
    const title = [broken.clause, broken.what].filter(Boolean).join(": ");
    const place = broken.place && `conformance/${broken.place}`;
    return element("div", { className: "broken" },
      element("strong", { text: title }),
      element("dl", {}, ...term("expected", broken.expected), ...term("got", broken.got),
        ...term("when", broken.context), ...term("at", place)));
  }

  function clauseList(ids) {
    const entries = ids.filter((id) => Object.hasOwn(data.clauses, id)).flatMap((id) =>
      [element("dt", { text: id }), element("dd", { text: data.clauses[id].text })]);
    return entries.length === 0 ? [] : [element("dl", { className: "clauses" }, ...entries)];
  }

  function command(line) {
    const parts = [element("pre", { text: line })];
    if (navigator.clipboard) {
      const copy = element("button", { className: "copy", text: "Copy", attributes: { type: "button" } });
      copy.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(line);
          copy.textContent = "Copied";
        } catch {
          copy.textContent = "Refused";
        }
      });
      parts.push(copy);
    }
    return element("div", { className: "command" }, ...parts);
  }

  function timeText(seconds) {
    return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
  }

  // The clauses that failed come first.
  function clausesOf(described, result) {
    const broken = (result.failures ?? []).map((each) => each.clause);
    return [...new Set([...broken, ...described.clauses])];
  }

  function bodyOf(column, name) {
    const described = data.cases[name];
    const result = data.columns[column].results[name];
    const texts = [result.reason, ...(result.warnings ?? []).map((warning) => `Warning: ${warning}`)].filter(Boolean);
    return [
      ...part("What happened", ...texts.map((each) => element("p", { text: each })),
        ...(result.failures ?? []).map(brokenPart)),
      ...part("Clauses", ...clauseList(clausesOf(described, result))),
      ...part("Output", ...(result.output ? [element("pre", { text: result.output })] : [])),
      ...part("Needs", ...(described.needs.length ? [element("p", { text: described.needs.join(", ") })] : [])),
      ...part("Judged", element("p", { text: data.columns[column].about }),
        ...(result.verdict === "skip" ? [] : [element("p", { text: `in ${timeText(result.seconds)}` })])),
      ...part("Repeat", command(result.repeat)),
    ];
  }

  function tab(column, name, chosen) {
    const { title, results } = data.columns[column];
    const { verdict } = results[name];
    const button = element("button", {
      className: `chip is-${verdict}`,
      attributes: { type: "button", "aria-pressed": String(column === chosen) },
    }, mark(verdict), `${title}: ${verdict}`);
    button.addEventListener("click", () => open(column, name));
    return button;
  }

  function open(column, name) {
    const result = data.columns[column]?.results[name];
    if (!result) return;
    dress(detail.querySelector(".detail-top"), result.verdict);
    byId("detail-verdict").replaceChildren(mark(result.verdict), `${result.verdict} · ${data.columns[column].title}`);
    byId("detail-name").textContent = name;
    byId("detail-sentence").textContent = data.cases[name].sentence;
    const columns = data.columns.map((_, index) => index).filter((index) => name in data.columns[index].results);
    byId("detail-tabs").replaceChildren(...columns.map((each) => tab(each, name, column)));
    byId("detail-body").replaceChildren(...bodyOf(column, name));
    byId("detail-body").scrollTop = 0;
    if (!detail.open) detail.showModal();
    history.replaceState(null, "", `#case=${column}/${encodeURIComponent(name)}`);
  }

  // "#case=0/close%2Fhalf-close", so that a detail can be linked to.
  function openFromAddress() {
    const match = /^#case=(\d+)\/(.+)$/.exec(location.hash);
    if (!match) return;
    try {
      open(Number(match[1]), decodeURIComponent(match[2]));
    } catch (fault) {
      if (!(fault instanceof URIError)) throw fault;
    }
  }

  // ---- wiring

  function keepHeaderBelowTools() {
    const height = getComputedStyle(tools).position === "sticky" ? tools.offsetHeight : 0;
    document.documentElement.style.setProperty("--tools", `${height}px`);
  }

  for (const chip of [...chips, differ]) chip.addEventListener("click", () => press(chip));
  text.addEventListener("input", show);
  group.addEventListener("change", show);
  tools.addEventListener("submit", (event) => event.preventDefault());
  byId("fold").addEventListener("click", () => foldAll(true));
  byId("unfold").addEventListener("click", () => foldAll(false));
  byId("clear").addEventListener("click", clear);
  for (const each of groups) {
    each.button.addEventListener("click", () => {
      each.folded = !each.folded;
      show();
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-column]");
    if (button) open(Number(button.dataset.column), button.closest("tr").dataset.case);
  });
  byId("detail-close").addEventListener("click", () => detail.close());
  detail.addEventListener("click", (event) => {
    if (event.target === detail) detail.close(); // beside the sheet
  });
  detail.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
  addEventListener("hashchange", openFromAddress);
  addEventListener("beforeprint", () => foldAll(false));
  addEventListener("resize", keepHeaderBelowTools);

  tools.hidden = false;
  show();
  keepHeaderBelowTools();
  openFromAddress();
})();
