/*
 * Everything but the findings: the head of the page, charts, totals, and what the findings rest on.
 * Numbers are the case's own (data.totals and so on), but for sums of them.
 */
const STATUSES = Object.keys(data.totals).filter((k) => words.status[k]);

function sumOf(list) {
  const counts = {};
  for (const s of STATUSES) { counts[s] = list.reduce((sum, c) => sum + (c[s] || 0), 0); }
  return counts;
}

function header() {
  document.getElementById("top").append(...[
    el("p", { class: "kicker" }, html.kicker),
    el("h1", {}, visible(data.title)),
    el("p", { class: "lead" }, data.headline),
    bar(statusParts(data.totals)),
    el("ul", { class: "figures" }, data.order.map((s) => el("li", { class: "b-" + s },
      el(data.totals[s] > 0 ? "a" : "span", { href: data.totals[s] > 0 ? "#status=" + s : null, class: "figure" }, el("b", {}, number(data.totals[s])), el("span", {}, statusWord(s)))))),
    data.said ? el("p", { class: "note" }, data.said) : null,
    data.states > 1 ? el("p", { class: "note" }, fill(html.states, { n: number(data.states) })) : null,
    facts(data.facts),
    el("p", { class: "notice" }, html.personal),
    data.redacted ? el("p", { class: "notice" }, fill(html.redacted, { files: number(data.redacted.files), withheld: number(data.redacted.withheld) })) : null,
    data.linked ? null : el("p", { class: "note" }, html.no_files)].filter((e) => e !== null));
}

/* Charts ---------------------------------------------------------------------------------------- */

function chart(title, note, head, rows, legend) {
  return el("figure", {}, el("figcaption", {}, el("h3", {}, title), note ? el("p", { class: "note" }, note) : null),
    el("table", { class: "chart" }, el("thead", { class: "vh" }, el("tr", {}, [head, html.share, html.findings].map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, rows.map(([label, parts]) => el("tr", {}, el("th", { scope: "row" }, label), el("td", {}, bar(parts, "chartbar")),
        el("td", { class: "n" }, number(parts.reduce((sum, p) => sum + p[1], 0))))))),
    el("ul", { class: "legend", "aria-label": html.legend }, legend.map(([name, word]) => el("li", {}, el("i", { class: "s-" + name, "aria-hidden": "true" }), word))));
}

const statusLegend = () => present(data.totals).map((s) => [s, statusWord(s)]);

function byDomain() {
  const domains = new Map();
  for (const c of data.controls) {
    const name = c.domain || html.domain_none;
    domains.set(name, [...(domains.get(name) || []), c.counts]);
  }
  return chart(html.byDomain, null, html.byDomain, [...domains].map(([name, list]) => [visible(name), statusParts(sumOf(list))]), statusLegend());
}

function byResponsibility() {
  return chart(html.byResponsibility, null, html.responsibility, data.responsibilities.filter((r) => STATUSES.some((s) => r.counts[s] > 0)).map((r) =>
    [el("a", { href: "#responsibility=" + r.id }, words.responsibility[r.id].word), statusParts(r.counts)]), statusLegend());
}

/* What findings rest on. An attestation decides without a test. */
function grounds(counts) {
  const by = counts.attested || {};
  const of = (...list) => list.reduce((sum, s) => sum + (counts[s] || 0), 0);
  const attested = STATUSES.reduce((sum, s) => sum + (by[s] || 0), 0);
  return [["pass", of("pass", "fail", "exempt") - attested, html.tested], ["exempt", attested, html.attested], ["unknown", of("unknown", "error"), html.undecided],
    ["manual", of("manual"), statusWord("manual")], ["inherited", of("inherited"), statusWord("inherited")], ["notapplicable", of("notapplicable"), statusWord("notapplicable")]];
}

function coverage() {
  const MOST = 12;
  const sorted = [...data.services].sort((a, b) => grounds(b.counts).reduce((n, g) => n + g[1], 0) - grounds(a.counts).reduce((n, g) => n + g[1], 0));
  const rows = sorted.slice(0, MOST).map((s) => [el("a", { href: "#service=" + encodeURIComponent(s.id) }, visible(s.title)), grounds(s.counts)]);
  const rest = sorted.slice(MOST);
  if (rest.length > 0) {
    const all = rest.map((s) => grounds(s.counts));
    rows.push([fill(html.others, { n: number(rest.length) }), all[0].map((g, k) => [g[0], all.reduce((sum, one) => sum + one[k][1], 0), g[2]])]);
  }
  return chart(html.coverage, html.coverage_note, html.service, rows, grounds(data.totals).map((g) => [g[0], g[2]]));
}

/* A table: it is its own alternative in text, and can be read cell by cell. */
function heat() {
  const MOST = 40;
  const cells = new Map();
  const perService = new Map();
  for (const t of data.tests) {
    const key = t.key + "\n" + t.service;
    const counts = cells.get(key) || {};
    data.codes.forEach((s, code) => { if (code > 0) { counts[s] = (counts[s] || 0) + t.n[code]; } });
    cells.set(key, counts);
    perService.set(t.service, (perService.get(t.service) || 0) + t.n.reduce((a, b) => a + b, 0));
  }
  const shown = new Set([...perService].sort((a, b) => b[1] - a[1]).slice(0, MOST).map((p) => p[0]));
  const services = data.services.filter((s) => shown.has(s.id));
  const few = services.length <= 12; /* room for titles */
  const cell = (c, s) => {
    const counts = cells.get(c.key + "\n" + s.id);
    const worst = counts && present(counts)[0];
    if (!worst) { return el("td", {}); }
    return el("td", { class: "h-" + worst, title: spoken(counts), "data-control": c.key, "data-service": s.id },
      el("span", { "aria-hidden": "true" }, html.letters[worst] + "\u2009" + number(counts[worst])), el("span", { class: "vh" }, spoken(counts)));
  };
  const grid = table(html.heat, [html.control].concat(services.map((s) => [el("a", { href: "#service=" + encodeURIComponent(s.id) }, visible(s.title)), "up"])), data.controls.map((c) =>
    el("tr", {}, el("th", { scope: "row" }, el("a", { href: "#control=" + encodeURIComponent(c.key), title: few ? null : visible(c.title) }, c.id === "none" ? "\u2013" : visible(c.id)), el("span", { class: few ? "heattitle" : "vh" }, " " + visible(c.title))), services.map((s) => cell(c, s)))), { class: few ? "heat" : "heat dense" });
  grid.addEventListener("click", (event) => {
    const at = event.target.closest("td[data-control]");
    if (at) { go({ control: at.dataset.control, service: at.dataset.service }); }
  });
  return [el("p", { class: "note" }, html.heat_note), grid,
    el("ul", { class: "legend", "aria-label": html.legend }, data.order.filter((s) => data.totals[s] > 0).map((s) => el("li", {}, el("span", { class: "key h-" + s }, html.letters[s]), statusWord(s)))),
    data.services.length > services.length ? el("p", { class: "note" }, fill(html.heat_left, { n: number(data.services.length - services.length) })) : null];
}

/* Totals ---------------------------------------------------------------------------------------- */

function totals(name, label, list, texts) {
  const cells = (one) => data.order.map((s) => el("td", { class: one.counts[s] === 0 ? "n zero" : "n" }, one.counts[s] > 0 && (s === "fail" || s === "unknown")
    ? el("a", { href: "#" + name + "=" + encodeURIComponent(one.key || one.id) + "&status=" + s, "aria-label": statusWord(s) + " " + number(one.counts[s]) + ", " + visible(texts(one)[0]) }, number(one.counts[s])) : number(one.counts[s])));
  return table(label, [[label, "first"], [el("span", { class: "vh" }, html.share), "share"]].concat(data.order.map((s) => [words.status[s].short || statusWord(s), "n"])), list.map((one) => {
    const [id, title, note] = texts(one);
    return el("tr", {}, el("th", { scope: "row" }, el("a", { href: "#" + name + "=" + encodeURIComponent(one.key || one.id) }, visible(id)), title ? [" ", value(title)] : null,
      note ? el("div", { class: "note" }, note) : null, one.counts.said ? el("div", { class: "note" }, one.counts.said) : null),
    el("td", {}, bar(statusParts(one.counts), "small")), cells(one));
  }), { class: "totals" });
}

/* What Azure and the rules say of one thing ------------------------------------------------------- */

function said(one) {
  if (!one) { return "\u2013"; }
  return [one.status === "mixed" ? html.mixed : state(one.status), one.at ? el("div", { class: "note" }, value(time(one.at))) : null];
}

function reconciled() {
  const r = data.reconciled;
  if (!r) { return null; }
  const disagree = (r.counts.find((c) => c[0] === "disagree") || [0, 0])[1];
  return [table(html.reconciled, [html.verdict, [html.rows, "n"], html.meaning], r.counts.map(([v, n]) => el("tr", {}, el("td", {}, words.verdict[v].word), el("td", { class: "n" }, number(n)), el("td", {}, words.verdict[v].means)))),
    r.rows.length === 0 ? null : [el("h3", {}, html.disagreements), listed(html.disagreements, [html.control, html.topic, html.rule_said, html.policy_said, html.assessment_said], r.rows, disagree, "reconciliation.csv", (d) =>
      [d.control_id === null ? "\u2013" : visible(d.control_id), [visible(d.feature || d.topic || ""), el("div", { class: "note" }, value(d.subject, true))], said(d.rule), said(d.policy), said(d.assessment)])]];
}

/* Exceptions and attestations: what wants a look comes first --------------------------------------- */

function decided() {
  const d = data.decided;
  if (!d) { return null; }
  const note = (label, text) => text === null || text === "" ? null : el("div", { class: "note" }, label ? label + ": " : null, value(text));
  return [el("p", { class: "note" }, fill(html.decisions_note, { pass: number(d.attested.pass), fail: number(d.attested.fail + d.attested.exempt), excused: number(d.excused), exempted: number(d.exempted) })),
    listed(html.decisions, [[html.id_kind, "c-id"], [html.covers, "c-covers"], [html.who, "c-who"], html.state], d.rows, d.total, "decisions.csv", (r) => [
      [value(r.id), note(null, words.decision_kind[r.kind])],
      [value(r.covers), note(null, r.scope), r.why === null ? null : el("div", {}, value(r.why)), note(null, r.ticket), r.note === null ? null : el("div", {}, value(r.note))],
      [r.who === null ? null : value(r.who), note(html.owner, r.owner), note(null, time(r.since || "") + " \u2013 " + time(r.until || ""))],
      [r.state === "in-force" ? words.decision_state[r.state] : el("strong", {}, words.decision_state[r.state]), note(null, r.conclusion), note(html.waiting, number(r.decided))]])];
}

function engagement() {
  const e = data.engagement;
  if (!e) { return null; }
  const left = (head, rows, total) => total === 0 ? null : [el("h3", {}, head + " (" + number(total) + ")"),
    listed(head, [html.resource, html.why], rows, total, "findings.json", (r) => [value(r.subject, true), value(r.why)])];
  return [el("p", { class: "note" }, words.engagement.intro), facts(e.facts), left(html.left_out, e.left, e.left_total), left(html.left_open, e.open, e.open_total)];
}

/* Drift and samples: members that are there when the case has them ---------------------------------- */

const serviceTitle = (id) => { const s = data.services.find((one) => one.id === id); return s ? s.title : id || ""; };

function drift() {
  const d = data.drift;
  if (!d) { return null; }
  const text = words.drift;
  const status = (s) => s && words.status[s] ? state(s) : s ? visible(s) : "\u2013";
  const some = (title, list, total, heads, make) => !list || list.length === 0 ? null : [el("h3", {}, fill(title, { n: number(total) })), listed(fill(title, { n: number(total) }), heads, list, total, "evpack diff --all", make)];
  const moved = (name) => some(text[name], d[name], d[name + "_count"], [html.resource, html.type, html.snapshot], (c) => [value(c.subject, true), value(c.type || "\u2013"), value(c.snapshot)]);
  return [el("p", {}, text.intro), el("p", { class: "note" }, text.method), d.snapshot_count > d.snapshots.length ? el("p", { class: "note" }, fill(text.earlier, { n: number(d.snapshot_count - d.snapshots.length) })) : null,
    listed(html.drift, [html.control].concat(d.snapshots.map((s) => [[visible(s.label), s.collected_at ? el("div", { class: "note" }, visible(time(s.collected_at))) : null], "snap"]), [html.change]), d.controls, d.controls.length, "", (c) =>
      [c.control_id === null ? text.no_control : [el("a", { href: "#control=" + encodeURIComponent(controlKey(c.benchmark, c.control_id)) }, visible(c.control_id)),
        controlKey(c.benchmark, c.control_id) === c.control_id ? null : el("div", { class: "note" }, visible(c.benchmark))]].concat(c.at.map((counts) => [bar(statusParts(counts), "small"), el("div", { class: "note" }, spoken(counts))]),
        [[words.drift_verdict[c.change] || visible(c.change), ["better", "worse", "new_fails", "first_fails", "other", "fails_gone"].filter((n) => c[n] > 0).map((n) => el("div", { class: "note" }, fill(text["n_" + n], { n: number(c[n]) })))]])),
    some(text.findings, d.changes, d.change_count, [html.control, html.topic, html.resource, html.from, html.to], (c) => [c.control_id === null ? "\u2013" : visible(c.control_id), [visible(c.feature || ""), el("div", { class: "note" }, visible(serviceTitle(c.service)))], value(c.subject, true),
      ...[[c.from, c.before, c.before_id], [c.to, c.after, c.after_id]].map(([s, label, id]) => [status(s), label ? el("div", { class: "note" }, id ? el("a", { href: "#f=" + encodeURIComponent(id) }, visible(label)) : visible(label)) : null])]),
    moved("appeared"), moved("first_seen"), moved("gone"), moved("not_seen"),
    some(text.files, d.evidence, d.evidence_count, [html.file, html.change, html.snapshot], (c) => [value(c.path, true), words.drift_file[c.change] || visible(c.change), value(c.snapshot || "\u2013")])];
}

function samples() {
  if (!data.samples || data.samples.length === 0) { return null; }
  return [el("p", {}, words.samples.intro), el("p", { class: "note" }, words.samples.not), data.samples.map((s) => [el("h3", {}, visible(fill(html.sample_of, { control: s.control_id, size: number(s.size), population: number(s.population) }))),
    facts([s.resources === undefined ? null : [html.population, [fill(html.population_value, { n: number(s.population), resources: number(s.resources), label: s.snapshot || "\u2013" })]], s.population_sha256 ? [html.population_sha, [s.population_sha256], true] : null,
      [html.sample_method, [s.method]], [html.seed, [String(s.seed)]], [html.stratify, [s.stratify || html.not_stratified]], [html.drawn, [time(s.drawn_at)]], s.drawn_by ? [html.drawn_by, [s.drawn_by]] : null].filter((f) => f !== null)),
    s.older ? el("p", { class: "notice" }, html.sample_older) : null,
    listed(html.samples, [html.resource, html.topic, html.stratum, html.status], s.items, s.size, "evpack sample --list", (i) => [i.finding_id ? el("a", { href: "#f=" + encodeURIComponent(i.finding_id) }, value(i.subject, true)) : value(i.subject, true), visible(i.tested || "\u2013"), visible(i.stratum || "\u2013"), words.status[i.status] ? state(i.status) : visible(i.status || "\u2013")])])];
}

/* What the findings rest on ------------------------------------------------------------------------ */

function completeness() {
  const num = (n) => el("td", { class: "n" }, number(n));
  const g = data.gaps;
  return [table(html.completeness, [html.completeness_word, [html.files, "n"], [html.records, "n"], html.meaning], data.completeness.map(([word, files, records]) =>
    el("tr", {}, el("td", {}, words.completeness[word] ? words.completeness[word].word : visible(word)), num(files), num(records), el("td", {}, words.completeness[word] ? words.completeness[word].means : "")))),
  el("h3", { id: "gaps" }, html.gaps), g.total === 0 ? el("p", {}, html.gaps_none) : [el("p", { class: "note" }, fill(html.gaps_note, { findings: number(g.findings) })),
    listed(html.gaps, [html.missing, [html.waiting, "n"], [html.resources, "n"], html.command], g.kinds, g.kinds.length, "", ([what, n, resources, commands, more]) => [value(what), num(n), num(resources), [commands.map((c) => el("div", {}, el("code", {}, value(c, true)))), more ? el("div", { class: "note" }, html.each_below) : null]]),
    el("h3", {}, html.each_gap),
    listed(html.each_gap, [html.missing, [html.waiting, "n"], html.command], g.rows, g.total, "evpack status --json", ([subject, what, n, command]) => [[value(what), el("div", { class: "note" }, value(subject, true))], num(n), command ? el("code", {}, value(command, true)) : "\u2013"])],
  data.notes.total === 0 ? null : [el("h3", {}, html.notes), listed(html.notes, [html.note_text], data.notes.rows, data.notes.total, "evpack status --json", ([snapshot, subject, text, command]) =>
    [[subject ? el("div", {}, value(subject, true)) : null, value(text), el("div", { class: "note" }, visible(snapshot)), command ? el("div", { class: "note" }, html.closes, el("code", {}, value(command, true))) : null]])],
  el("h3", {}, html.kinds), listed(html.kinds, [html.kind, [html.objects, "n"], [html.summaries, "n"], [html.assessed, "n"]], data.kinds.rows, data.kinds.total, "evpack status", ([kind, ...n]) => [value(kind)].concat(n.map(num))),
  data.untested.length === 0 ? null : [el("h3", {}, html.untested), el("p", {}, visible(fill(html.untested_note, { list: data.untested.join(", ") })))]];
}

function files() {
  return [el("p", { class: "note" }, html.index_note), listed(html.index, [html.file, html.kind, html.completeness_word, [html.bytes_size, "n"]], data.files.rows, data.files.total, "evidence-index.csv", ([path, original, sha, kind, whole, records, size, reason, copy]) =>
    [[raw(path), el("div", { class: "note" }, "SHA-256 ", value(sha, true)), original === null ? null : el("div", { class: "note" }, html.original + " ", value(original, true)),
      copy ? el("div", { class: "note" }, html.redacted_as + " ", value(copy, true)) : null, reason ? el("div", { class: "note" }, value(reason)) : null],
    value(kind), words.completeness[whole] ? words.completeness[whole].word : visible(whole), el("td", { class: "n" }, number(size))])];
}

/* The detail of an event is JSON: its members read better than its braces. */
function eventDetail(detail) {
  let members = null;
  try { members = JSON.parse(detail || "{}"); } catch (e) { /* shown as it is */ }
  if (members === null || typeof members !== "object") { return value(detail); }
  return Object.entries(members).filter(([, v]) => v !== null && String(v) !== "").map(([name, v]) =>
    el("div", {}, el("span", { class: "note" }, visible(name.replaceAll("_", " ")) + " "), value(typeof v === "object" ? JSON.stringify(v) : v)));
}

function custody() {
  if (data.custody.total === 0) { return null; }
  return [el("p", { class: "note" }, html.custody_note), listed(html.custody, [html.at, html.event, html.what, html.line_sha], data.custody.rows, data.custody.total, "custody-log.jsonl", ([at, event, by, reason, detail, sha]) =>
    [value(time(at)), [words.event[event] || visible(event), by ? el("div", { class: "note" }, value(by)) : null, reason ? el("div", { class: "note" }, value(reason)) : null], eventDetail(detail), value(sha, true)])];
}

function method() {
  return words.method.parts.map((part) => [el("h3", {}, part.title), part.text.map((t) => el("p", {}, t))]);
}

function verification() {
  return [el("p", {}, words.verify.intro), el("ol", {}, words.verify.steps.map((s) => el("li", {}, s.text, s.command ? el("div", {}, el("code", {}, s.command)) : null))), el("p", {}, words.verify.trust)];
}

function meanings() {
  return el("dl", { class: "facts" }, data.order.map((s) => [el("dt", {}, state(s)), el("dd", {}, words.status[s].means)]),
    Object.entries(words.responsibility).map(([, r]) => [el("dt", {}, html.responsibility + ": " + r.word), el("dd", {}, r.means)]));
}
