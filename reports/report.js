"use strict";
/*
 * Shows the data island. Every value reaches the page through textContent or an attribute that
 * cannot run; nothing is fetched. What hides or reorders text is shown as an escape first.
 */
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.texts;
  const PAGE = 50;
  const HIDDEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u0334-\u0338\u034f\u061c\u115f\u1160\u1680\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u27e8\u27e9\u2800\u3000\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{e0000}-\u{10ffff}]/gu;

  function visible(text) {
    return String(text).replace(HIDDEN, (c) =>
      "\u27e8U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");
  }

  /* An element with attributes and children; strings become text. */
  function el(name, attributes, ...children) {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === "on") { for (const [event, run] of Object.entries(value)) { e.addEventListener(event, run); } }
      else if (value !== null && value !== undefined && value !== false) { e.setAttribute(key, value === true ? "" : value); }
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined) { e.append(child); }
    }
    return e;
  }

  /* Text from the evidence. */
  function value(text, mono) {
    return el("span", { class: mono ? "v mono" : "v" }, visible(text));
  }

  function fill(text, names) {
    return text.replace(/\{(\w+)\}/g, (all, name) => name in names ? names[name] : all);
  }

  const number = (n) => n.toLocaleString("en-US");
  const statusWord = (s) => words.status[s].word;

  function bar(counts, small) {
    const NS = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(NS, "svg");
    const total = data.order.reduce((sum, s) => sum + counts[s], 0);
    const label = data.order.filter((s) => counts[s] > 0).map((s) => statusWord(s) + " " + number(counts[s])).join(", ");
    for (const [k, v] of Object.entries({ class: small ? "bar small" : "bar", viewBox: "0 0 1000 10", preserveAspectRatio: "none", role: "img", "aria-label": label || words.html.nothing })) {
      svg.setAttribute(k, v);
    }
    let x = 0;
    for (const s of data.order) {
      if (counts[s] === 0) { continue; }
      const width = 1000 * counts[s] / total;
      const rect = document.createElementNS(NS, "rect");
      for (const [k, v] of Object.entries({ class: "s-" + s, x: x, y: 0, width: Math.max(width - 2, 2), height: 10 })) { rect.setAttribute(k, v); }
      const title = document.createElementNS(NS, "title");
      title.textContent = statusWord(s) + ": " + number(counts[s]);
      rect.append(title);
      svg.append(rect);
      x += width;
    }
    return svg;
  }

  function state(s) {
    return el("span", { class: "state" }, el("i", { class: "s-" + s, "aria-hidden": "true" }), statusWord(s));
  }

  /* Header ------------------------------------------------------------------------------------ */

  function facts(of) {
    const list = el("dl", { class: "facts" });
    for (const [label, lines, mono] of of) {
      list.append(el("dt", {}, label), el("dd", {}, lines.map((line, i) => [i > 0 ? el("br") : null, value(line, mono)]).flat()));
    }
    return list;
  }

  function figures() {
    return el("ul", { class: "figures" }, data.order.map((s) =>
      el("li", { class: "b-" + s }, el("b", {}, number(data.totals[s])), el("span", {}, statusWord(s)))));
  }

  document.getElementById("top").append(
    el("p", { class: "kicker" }, words.html.kicker),
    el("h1", {}, visible(data.title)),
    el("p", { class: "lead" }, data.headline),
    bar(data.totals), figures(), data.said ? el("p", { class: "note" }, data.said) : null, facts(data.facts));

  /* Totals ------------------------------------------------------------------------------------ */

  function countCells(counts) {
    return data.order.map((s) => el("td", { class: counts[s] === 0 ? "n zero" : "n" }, number(counts[s])));
  }

  function totalsTable(head, rows) {
    return el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "first" }, head), el("th", { scope: "col", class: "share", "aria-label": words.html.share }),
        data.order.map((s) => el("th", { scope: "col", class: "n" }, words.status[s].short || statusWord(s))))),
      el("tbody", {}, rows)));
  }

  function totals(title, head, list, label, filter) {
    const rows = list.map((one) => el("tr", {},
      el("td", {}, el("button", { class: "link", type: "button", on: { click: () => choose(filter, one.id) } }, visible(label(one)[0])),
        label(one)[1] ? [" ", value(label(one)[1])] : null,
        label(one)[2] ? el("div", { class: "note" }, label(one)[2]) : null,
        one.counts.said ? el("div", { class: "note" }, one.counts.said) : null),
      el("td", {}, bar(one.counts, true)), countCells(one.counts)));
    return [el("h2", {}, title), totalsTable(head, rows)];
  }

  /* What Azure and the rules say of one thing --------------------------------------------------- */

  function said(one) {
    if (!one) { return "\u2013"; }
    return [one.status === "mixed" ? words.html.mixed : state(one.status), one.at ? el("div", { class: "note" }, value(one.at)) : null];
  }

  function table(heads, rows) {
    return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, rows)));
  }

  function reconciled() {
    if (!data.reconciled) { return []; }
    const counts = data.reconciled.counts.map(([v, n]) =>
      el("tr", {}, el("td", {}, words.verdict[v].word), el("td", {}, number(n)), el("td", {}, words.verdict[v].means)));
    const rows = data.reconciled.rows.map((r) => el("tr", {}, el("td", {}, r.control_id === null ? "\u2013" : visible(r.control_id)),
      el("td", {}, visible(r.feature || r.topic || ""), el("div", { class: "note" }, value(r.subject, true))),
      el("td", {}, said(r.rule)), el("td", {}, said(r.policy)), el("td", {}, said(r.assessment))));
    return [el("h2", {}, words.html.reconciled), table([words.html.verdict, words.html.rows, words.html.meaning], counts),
      rows.length > 0 ? el("h3", {}, words.html.disagreements) : null,
      rows.length > 0 ? table([words.html.control, words.html.topic, words.html.rule_said, words.html.policy_said, words.html.assessment_said], rows) : null];
  }

  /* Exceptions and attestations: what wants a look comes first ------------------------------------ */

  function decided() {
    if (!data.decided) { return []; }
    const d = data.decided;
    const note = (label, text) => text === null || text === "" ? null : el("div", { class: "note" }, label + ": ", value(text));
    const rows = d.rows.map((r) => el("tr", {},
      el("td", {}, value(r.id), el("div", { class: "note" }, words.decision_kind[r.kind])),
      el("td", { class: "wide" }, value(r.covers), el("div", { class: "note" }, value(r.scope)), r.why === null ? null : el("div", {}, value(r.why)), r.ticket === null ? null : el("div", { class: "note" }, value(r.ticket)), r.note === null ? null : el("div", {}, value(r.note))),
      el("td", {}, r.who === null ? null : value(r.who), note(words.html.owner, r.owner), el("div", { class: "note" }, value((r.since || "") + " \u2013 " + (r.until || "")))),
      el("td", {}, r.state === "in-force" ? words.decision_state[r.state] : el("strong", {}, words.decision_state[r.state]), r.conclusion === null ? null : el("div", { class: "note" }, value(r.conclusion)), el("div", { class: "note" }, number(r.decided)))));
    return [el("h2", {}, words.html.decisions),
      el("p", { class: "note" }, fill(words.html.decisions_note, { pass: number(d.attested.pass), fail: number(d.attested.fail + d.attested.exempt), excused: number(d.excused), exempted: number(d.exempted) })),
      table([words.html.id_kind, words.html.covers, words.html.who, words.html.state], rows),
      d.rows.length < d.total ? el("p", {}, fill(words.html.decisions_left, { n: number(d.total - d.rows.length) })) : null];
  }

  function left(head, rows, total) {
    if (total === 0) { return []; }
    return [el("h3", {}, head + " (" + number(total) + ")"), table([words.html.resource, words.html.why],
      rows.map((r) => el("tr", {}, el("td", {}, value(r.subject, true)), el("td", {}, value(r.why))))),
      total > rows.length ? el("p", {}, fill(words.engagement.rest, { n: number(total - rows.length) })) : null];
  }

  function engagement() {
    const e = data.engagement;
    if (!e) { return []; }
    return [el("h2", {}, words.html.engagement), el("p", { class: "note" }, words.engagement.intro), facts(e.facts),
      ...left(words.html.left_out, e.left, e.left_total), ...left(words.html.left_open, e.open, e.open_total)];
  }

  /* Findings ---------------------------------------------------------------------------------- */

  const filters = { status: "", control: "", service: "", responsibility: "", text: "" };
  const inputs = {};
  let shown = [];
  let page = 0;
  const count = el("p", { class: "note", role: "status" });
  const body = el("tbody");
  const pager = el("div", { class: "pager" });

  /* A place says what the one before it said by null. */
  let last = { path: "", sha256: "", original: "" };
  for (const f of data.findings) {
    f.evidence = f.evidence.map(([path, sha256, original, pointer, start, length]) => {
      if (path !== null) { last = { path, sha256, original }; }
      return { ...last, pointer, start, length };
    });
  }

  function matches(f) {
    const t = data.tests[f.test];
    return (filters.status === "" || f.status === filters.status) &&
      (filters.control === "" || t.control === filters.control) &&
      (filters.service === "" || t.service === filters.service) &&
      (filters.responsibility === "" || t.responsibility === filters.responsibility) &&
      (filters.text === "" || f.search.includes(filters.text));
  }

  function select(name, label, options) {
    const box = el("select", { on: { change: () => { filters[name] = box.value; update(); } } },
      el("option", { value: "" }, words.html.all), options.map(([v, text]) => el("option", { value: v }, visible(text))));
    inputs[name] = box;
    return el("label", {}, label, box);
  }

  function searchBox() {
    let timer = 0;
    const box = el("input", { type: "search", autocomplete: "off", spellcheck: "false", on: { input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => { filters.text = box.value.toLowerCase(); update(); }, 150);
    } } });
    inputs.text = box;
    return el("label", { class: "grow" }, words.html.search, box);
  }

  function reset() {
    for (const name of Object.keys(filters)) { filters[name] = ""; inputs[name].value = ""; }
    update();
  }

  function choose(name, v) {
    reset();
    filters[name] = v;
    inputs[name].value = v;
    update();
    document.getElementById("findings").scrollIntoView();
    inputs[name].focus({ preventScroll: true });
  }

  function place(p) {
    const href = data.linked ? p.path.replace(/^data\//, "").split("/").map(encodeURIComponent).join("/") : null;
    const name = value(p.path + (p.pointer === "" ? "" : "#" + p.pointer), true);
    const small = [fill(words.html.bytes, { from: number(p.start), to: number(p.start + Math.max(p.length - 1, 0)) }) + "  \u00b7  SHA-256 ", value(p.sha256, true)];
    if (!p.path.endsWith("/" + p.original)) { small.push(el("br"), words.html.original + " ", value(p.original)); }
    return el("div", { class: "place" }, href === null ? name : el("a", { href: href }, name), el("small", {}, small));
  }

  function observed(o) {
    const [pointer, text, normalised] = o;
    return el("div", { class: "pair" }, value(pointer, true),
      el("span", {}, text === null ? words.html.absent : value(text, true), normalised ? " (" + words.html.normalised + ")" : null));
  }

  function detail(f) {
    const t = data.tests[f.test];
    const list = el("dl");
    const put = (label, ...content) => list.append(el("dt", {}, label), el("dd", {}, ...content));
    put(words.html.resource, value(f.subject, true));
    if (f.reason) { put(words.html.reason, value(f.reason)); }
    if (f.observed.length > 0) { put(words.html.observed, f.observed.map(observed)); }
    if (f.needs) { put(words.html.needs, value(f.needs), f.command ? el("div", {}, value(f.command, true)) : null); }
    if (f.status === "manual" && t.guidance && !(f.reason || "").includes(t.guidance)) { put(words.html.look, value(t.guidance)); }
    put(words.html.evidence, f.evidence.map(place));
    put(words.html.control, visible((t.control === "none" ? "" : t.control + " ") + t.title) + (t.published ? " (" + fill(words.html.published, { id: t.published }) + ")" : ""));
    put(words.html.test, visible(t.source ? words.source[t.source] + (t.rule ? " " + t.rule : "") : t.rule ? fill(words.html.rule, { rule: t.rule, version: t.version }) : fill(words.html.baseline, { date: t.date })) +
      (t.severity ? "  \u00b7  " + fill(words.html.severity, { severity: t.severity }) : "") + "  \u00b7  " + words.responsibility[t.responsibility].word);
    if (t.claim && !(f.reason || "").includes(t.claim)) { put(words.html.reason, value(t.claim)); }
    if (f.stated) { put(words.html.stated, value(f.stated)); }
    if (f.raw !== f.status) { put(words.html.raw, statusWord(f.raw)); }
    if (f.decided) { put(words.html.decided, value(f.decided)); }
    put(words.html.snapshot, value(f.snapshot), " \u00b7 " + (f.collected ? fill(words.html.collected, { at: f.collected }) : words.html.uncollected));
    put(words.html.id, value(f.id, true));
    return el("tr", { class: "detail" }, el("td", { colspan: 5 }, list));
  }

  function row(f) {
    const t = data.tests[f.test];
    const button = el("button", { class: "link", type: "button", "aria-expanded": "false" }, value(f.name));
    const line = el("tr", { class: "row" }, el("td", {}, state(f.status)), el("td", {}, t.control === "none" ? "\u2013" : visible(t.control)), el("td", { class: "wide" }, visible(t.serviceTitle)),
      el("td", {}, visible(t.feature)), el("td", {}, button));
    line.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      if (open) { line.nextSibling.remove(); } else { line.after(detail(f)); }
    });
    return line;
  }

  function show() {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).map(row));
    const go = (to) => () => { page = to; show(); document.getElementById("findings").scrollIntoView(); };
    pager.replaceChildren(
      el("button", { type: "button", disabled: page === 0, on: { click: go(page - 1) } }, words.html.previous),
      el("span", {}, fill(words.html.page, { page: number(page + 1), pages: number(pages) })),
      el("button", { type: "button", disabled: page + 1 >= pages, on: { click: go(page + 1) } }, words.html.next));
    count.textContent = fill(words.html.count, { n: number(shown.length), all: number(data.findings.length) });
  }

  function update() {
    shown = data.findings.filter(matches);
    page = 0;
    show();
  }

  for (const f of data.findings) {
    const t = data.tests[f.test];
    f.search = [f.subject, f.name, f.reason || "", t.feature, t.control, t.rule || "", f.id].join("\n").toLowerCase();
  }
  document.getElementById("main").append(
    ...engagement().filter((e) => e !== null),
    ...totals(words.html.byControl, words.html.control, data.controls, (c) => [c.id === "none" ? c.title : c.id, c.id === "none" ? null : c.title, c.published ? fill(words.html.published, { id: c.published }) : null], "control"),
    ...totals(words.html.byService, words.html.service, data.services, (s) => [s.title], "service"),
    ...totals(words.html.byResponsibility, words.html.responsibility, data.responsibilities, (r) => [words.responsibility[r.id].word], "responsibility"),
    ...reconciled().filter((e) => e !== null),
    ...decided().filter((e) => e !== null),
    el("h2", { id: "findings" }, words.html.findings),
    data.left ? el("p", {}, data.left) : el("p", { class: "note" }, words.html.complete),
    el("div", { class: "filters", role: "search" },
      select("status", words.html.status, data.order.filter((s) => data.totals[s] > 0).map((s) => [s, statusWord(s)])),
      select("control", words.html.control, data.controls.map((c) => [c.id, (c.id === "none" ? "" : c.id + " ") + c.title])),
      select("service", words.html.service, data.services.map((s) => [s.id, s.title])),
      select("responsibility", words.html.responsibility, data.responsibilities.map((r) => [r.id, words.responsibility[r.id].word])),
      searchBox(),
      el("button", { type: "button", class: "reset", on: { click: reset } }, words.html.reset)),
    count,
    el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {},
      [words.html.status, words.html.control, words.html.service, words.html.feature, words.html.resource].map((h, i) =>
        el("th", { scope: "col", class: i === 2 ? "wide c2" : "c" + i }, h)))), body)),
    pager,
    el("h2", {}, words.html.meanings),
    el("dl", { class: "facts" }, data.order.map((s) => [el("dt", {}, state(s)), el("dd", {}, words.status[s].means)]).flat()));
  document.getElementById("foot").append(el("p", {}, data.foot), el("p", {}, words.html.limits));
  update();
}());
