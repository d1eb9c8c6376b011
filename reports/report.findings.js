/*
 * The findings: filters, a list by pages, what one opens to. The state of all that is the address's
 * part after #, and nothing else: status=fail&control=NS-2&q=text&page=2&f=ID. Whatever is pressed
 * changes the address, and the page follows the address; so it can be linked, reloaded, gone back in.
 *
 * Findings are columns of numbers over all blocks; a block of details is parsed when one of its
 * findings is opened. Pages, not an endless list: a page has a beginning and an end for who listens
 * or goes by keyboard, and the browser's own search sees all of it.
 */
const PAGE = 50;
const FILTERS = ["status", "control", "service", "responsibility", "subscription", "snapshot", "group", "q"];
const list = { test: [], status: [], subject: [], reason: [], snapshot: [], ids: [], starts: [] };
const many = data.states > 1; /* findings of the only state of the tenant do not say so */
const subjects = [];
const reasons = [];
const subscriptions = new Map();

function load() {
  for (const block of document.querySelectorAll("script.rows")) {
    const rows = JSON.parse(block.textContent);
    list.starts.push(list.test.length);
    list.ids.push(rows.id);
    for (const column of ["test", "status", "subject", "reason", "snapshot"]) {
      for (const n of rows[column]) { list[column].push(n); }
    }
    for (const s of rows.subjects) {
      const id = Array.isArray(s) ? s[0] : s;
      const parts = /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/([^/]+))?/.exec(id.toLowerCase()) || [];
      subjects.push({ id: id, name: Array.isArray(s) ? s[1] : id.slice(id.lastIndexOf("/") + 1), subscription: parts[1] || "", group: parts[2] || "" });
      subscriptions.set(parts[1] || "", true);
    }
    for (const r of rows.reasons) { reasons.push(r); }
    block.remove();
  }
}

/* A finding's block, and its place in it. */
function blockOf(i) {
  let low = 0;
  let high = list.starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list.starts[middle] <= i) { low = middle; } else { high = middle; }
  }
  return [low, i - list.starts[low]];
}

const dashed = (h) => [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");

function idOf(i) {
  const [block, at] = blockOf(i);
  return dashed(list.ids[block].slice(at * 32, at * 32 + 32));
}

/* -1: not in this page. */
function findId(id) {
  const hex = id.toLowerCase().replace(/-/g, "");
  if (!/^[0-9a-f]{32}$/.test(hex)) { return -1; }
  for (let block = 0; block < list.ids.length; block++) {
    for (let at = list.ids[block].indexOf(hex); at >= 0; at = list.ids[block].indexOf(hex, at + 1)) {
      if (at % 32 === 0) { return list.starts[block] + at / 32; }
    }
  }
  return -1;
}

const parsed = { block: -1, all: [] };

function more(i) {
  const [block, at] = blockOf(i);
  if (parsed.block !== block) {
    parsed.all = JSON.parse(document.querySelectorAll("script.more")[block].textContent);
    parsed.block = block;
    /* A place says what the one before it said by null. */
    let last = {};
    for (const f of parsed.all) {
      f.evidence = f.evidence.map(([path, sha256, original, pointer, start, length]) => {
        if (path !== null) { last = { path, sha256, original }; }
        return { ...last, pointer, start, length };
      });
    }
  }
  return parsed.all[at];
}

/* The state ---------------------------------------------------------------------------------------- */

let now = { page: 1, f: "" };
let shown = [];
let follow = false; /* the next change of the address was asked for outside the list: go there */
const inputs = {};

function readHash() {
  const to = { page: 1, f: "" };
  for (const name of FILTERS) { to[name] = ""; }
  for (const part of location.hash.slice(1).split("&")) {
    const at = part.indexOf("=");
    const name = part.slice(0, at);
    if (at < 0 || !Object.hasOwn(to, name)) { continue; }
    try { to[name] = decodeURIComponent(part.slice(at + 1)); } catch (e) { /* no escape of ours: not taken */ }
  }
  to.page = Math.max(1, Math.floor(Number(to.page)) || 1);
  for (const name of FILTERS) {
    if (!inputs[name]) { to[name] = ""; }
    if (inputs[name] instanceof HTMLSelectElement && ![...inputs[name].options].some((o) => o.value === to[name])) { to[name] = ""; }
  }
  return to;
}

function hashOf(to) {
  const parts = FILTERS.filter((name) => to[name]).map((name) => name + "=" + encodeURIComponent(to[name]));
  if (to.page > 1) { parts.push("page=" + to.page); }
  if (to.f) { parts.push("f=" + encodeURIComponent(to.f)); }
  return "#" + (parts.join("&") || "all=");
}

/* Goes to a state: what is not named begins anew. */
function go(to) {
  follow = true;
  set({ page: 1, f: "", ...Object.fromEntries(FILTERS.map((name) => [name, ""])), ...to });
}

function set(to, replace) {
  const hash = hashOf({ ...now, ...to });
  if (hash === location.hash) { apply(); } else if (replace) { location.replace(hash); } else { location.hash = hash; }
}

/* Which findings a text speaks of: every word must stand in the subject, the reason, what was tested
 * or the id. Looked up once a subject, a reason and a test, not once a finding. */
function searcher(text) {
  const low = (s) => s.toLowerCase();
  const each = text.toLowerCase().split(/\s+/).filter((w) => w !== "").map((word) => ({
    word: word,
    subject: subjects.map((s) => (s.low = s.low || low(s.id + "\n" + s.name)).includes(word)),
    reason: reasons.map((r) => low(r).includes(word)),
    test: data.tests.map((t) => (t.low = t.low || low([t.feature, t.control, t.title, t.published || "", t.rule || "", t.serviceTitle].join("\n"))).includes(word)),
    id: /^[0-9a-f-]{8,}$/.test(word),
  }));
  return (i) => each.every((w) => w.subject[list.subject[i]] || w.test[list.test[i]] || (list.reason[i] >= 0 && w.reason[list.reason[i]]) || (w.id && idOf(i).includes(w.word)));
}

function filtered(s) {
  const status = data.codes.indexOf(s.status);
  const test = data.tests.map((t) => (s.control === "" || t.key === s.control) && (s.service === "" || t.service === s.service) && (s.responsibility === "" || t.responsibility === s.responsibility));
  const group = s.group.toLowerCase();
  const snapshot = data.snapshots.indexOf(s.snapshot);
  const wanted = s.subscription === "-" ? "" : s.subscription;
  const subject = subjects.map((u) => (s.subscription === "" || u.subscription === wanted) && u.group.includes(group));
  const said = s.q.trim() === "" ? () => true : searcher(s.q);
  const out = [];
  for (let i = 0; i < list.test.length; i++) {
    if ((s.status === "" || list.status[i] === status) && (s.snapshot === "" || !many || list.snapshot[i] === snapshot) && test[list.test[i]] && subject[list.subject[i]] && said(i)) { out.push(i); }
  }
  return out;
}

/* What one finding opens to -------------------------------------------------------------------------- */

function place(p) {
  const small = [fill(html.bytes, { from: number(p.start), to: number(p.start + Math.max(p.length - 1, 0)) }) + "  \u00b7  SHA-256 ", value(p.sha256, true)];
  if (!p.path.endsWith("/" + p.original)) { small.push(el("br"), html.original + " ", value(p.original)); }
  return el("div", { class: "place" }, raw(p.path, p.path + (p.pointer === "" ? "" : "#" + p.pointer)), el("small", {}, small));
}

function observed([pointer, text, normalised]) {
  return el("div", { class: "pair" }, value(pointer, true),
    el("span", {}, text === null ? html.absent : value(text, true), normalised ? " (" + html.normalised + ")" : null));
}

/* The excerpt's text is visible already: it is made so where it is cut from the file. */
function excerpt(x, places) {
  const [at, before, marked, after, flags] = x;
  const notes = ["cut", "around", "laid_out", "masked"].filter((n, k) => flags & (1 << k)).map((n) => html[n]);
  return el("figure", { class: "excerpt" }, el("figcaption", { class: "note" }, value(places[at] ? places[at].path : "", true)),
    el("pre", {}, el("code", {}, before, marked === "" ? null : el("mark", {}, marked), after)),
    notes.length > 0 ? el("p", { class: "note" }, notes.join(" ")) : null);
}

function ruleText(id) {
  if (!Object.hasOwn(data.rules, id)) { return null; }
  const r = data.rules[id];
  return el("details", { class: "rule" }, el("summary", {}, visible(fill(html.rule_of, { rule: id, version: r.version }) + ": " + r.title)),
    el("dl", {}, [[html.rule_tests, value(r.tests)], [html.rule_absent, value(r.absent)], [html.rule_file, raw("data/mapping/" + r.path)], [html.rule_sql, el("pre", {}, el("code", {}, visible(r.sql).replaceAll("\u27e8U+000A\u27e9", "\n").replaceAll("\u27e8U+0009\u27e9", "\t")))]]
      .map(([label, content]) => [el("dt", {}, label), el("dd", {}, content)])));
}

function detail(i) {
  const t = data.tests[list.test[i]];
  const f = more(i);
  const status = data.codes[list.status[i]];
  const subject = subjects[list.subject[i]];
  const reason = list.reason[i] >= 0 ? reasons[list.reason[i]] : "";
  const dl = el("dl");
  const put = (label, ...content) => dl.append(el("dt", {}, label), furnish(el("dd"), {}, content));
  put(html.resource, value(subject.id, true));
  if (reason) { put(html.reason, value(reason)); }
  if (f.observed) { put(html.observed, f.observed.map(observed)); }
  if (f.excerpt) { put(html.excerpt, typeof f.excerpt === "string" ? el("span", { class: "note" }, f.excerpt) : excerpt(f.excerpt, f.evidence)); }
  if (f.needs) { put(html.needs, value(f.needs), f.command ? el("div", {}, el("code", {}, value(f.command, true))) : null); }
  if (status === "manual" && t.guidance && !reason.includes(t.guidance)) { put(html.look, value(t.guidance)); }
  put(html.evidence, f.evidence.map(place));
  const control = data.controls.find((c) => c.key === t.key) || {};
  put(html.control, visible((t.control === "none" ? "" : t.control + " ") + t.title) + (t.published ? " (" + fill(html.published, { id: t.published }) + ")" : ""), control.objective ? el("div", { class: "note" }, visible(control.objective)) : null, control.crosswalk ? el("div", { class: "note" }, visible(control.crosswalk)) : null);
  put(html.test, visible(t.source ? words.source[t.source] + (t.rule ? " " + t.rule : "") : t.rule ? fill(html.rule, { rule: t.rule, version: t.version }) : fill(html.baseline, { date: t.date })) +
    (t.severity ? "  \u00b7  " + fill(html.severity, { severity: t.severity }) : "") + "  \u00b7  " + words.responsibility[t.responsibility].word,
  t.rule && !t.source ? ruleText(t.rule) : null);
  if (t.claim && !reason.includes(t.claim)) { put(html.reason, value(t.claim)); }
  if (f.stated) { put(html.stated, value(f.stated)); }
  if (f.raw) { put(html.raw, statusWord(f.raw)); }
  if (f.decided) { put(html.decided, value(f.decided)); }
  put(html.snapshot, value(f.snapshot), " \u00b7 " + (f.collected ? fill(html.collected, { at: time(f.collected) }) : html.uncollected));
  put(html.id, value(idOf(i), true), " \u00b7 ", el("a", { class: "here", href: "#f=" + idOf(i) }, html.link));
  return el("tr", { class: "detail", id: "detail", role: "row" }, el("td", { colspan: 4, role: "cell" }, dl));
}

/* The list ------------------------------------------------------------------------------------------- */

const count = el("p", { class: "note", role: "status", id: "count", tabindex: "-1" });
const told = el("p", { class: "notice", hidden: true });
const body = el("tbody", { role: "rowgroup" });
const pager = {};

function row(i) {
  const t = data.tests[list.test[i]];
  const subject = subjects[list.subject[i]];
  const id = idOf(i);
  const open = now.f === id;
  const button = el("button", { class: "link", type: "button", "aria-expanded": String(open), "aria-controls": open ? "detail" : null }, el("span", { class: "v" }, short(subject.name)));
  const cell = (name, ...content) => el("td", { role: "cell", class: name }, content);
  const line = el("tr", { class: open ? "row opened" : "row", role: "row", "data-id": id }, cell("c-status", state(data.codes[list.status[i]])), cell("c-control", t.control === "none" ? "\u2013" : visible(t.control)),
    cell("c-feature", visible(t.feature), el("div", { class: "note" }, visible(t.serviceTitle))), cell("c-resource", button, subject.group ? el("div", { class: "note" }, el("span", { class: "v" }, short(subject.group))) : null,
      many ? el("div", { class: "note" }, el("span", { class: "v" }, short(data.snapshots[list.snapshot[i]]))) : null));
  line.addEventListener("click", (event) => {
    if (!event.target.closest("a") && String(window.getSelection()) === "") { set({ f: now.f === id ? "" : id }); }
  });
  return line;
}

function showList() {
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  now.page = Math.min(now.page, pages);
  const lines = [];
  for (const i of shown.slice((now.page - 1) * PAGE, now.page * PAGE)) {
    lines.push(row(i));
    if (idOf(i) === now.f) { lines.push(detail(i)); }
  }
  body.replaceChildren(...lines);
  for (const [name, off] of [["previous", now.page <= 1], ["next", now.page >= pages]]) { pager[name].setAttribute("aria-disabled", String(off)); }
  pager.text.textContent = fill(html.page_of, { page: number(now.page), pages: number(pages) });
  count.textContent = shown.length === 0 ? html.none_match + (data.left ? " " + html.none_beyond : "") : fill(html.count, { n: number(shown.length), all: number(list.test.length) });
}

/* The page as the address says. */
function apply() {
  const to = readHash();
  const before = now;
  const changed = FILTERS.some((name) => to[name] !== before[name]);
  const opened = to.f !== "" && to.f !== before.f;
  const active = document.activeElement && document.activeElement.closest("tr[data-id]");
  const activeId = active ? active.dataset.id : "";
  now = to;
  if (changed) {
    shown = filtered(now);
    for (const name of FILTERS) { if (inputs[name] && (document.activeElement !== inputs[name] || inputs[name].value.trim() !== now[name])) { inputs[name].value = now[name]; } }
  }
  told.hidden = true;
  if (now.f !== "") {
    const i = findId(now.f);
    const at = i < 0 ? -1 : shown.indexOf(i);
    if (at >= 0) {
      now.f = idOf(i);
      now.page = Math.floor(at / PAGE) + 1;
    } else {
      told.textContent = i < 0 ? html.not_here : html.hidden_by;
      told.hidden = false;
    }
  }
  showList();
  const line = [...body.children].find((r) => r.dataset.id === (opened ? now.f : activeId));
  if (line && (activeId !== "" || follow || opened)) { line.querySelector("button").focus({ preventScroll: activeId === (opened ? now.f : activeId) }); }
  else if (activeId !== "") { count.focus(); }
  if (follow) {
    follow = false;
    if (line && opened) { line.scrollIntoView({ block: "start" }); }
    else { document.getElementById("findings").scrollIntoView(); if (!line) { count.focus({ preventScroll: true }); } }
  } else if (opened && line && activeId !== now.f) { line.scrollIntoView({ block: "nearest" }); }
}

/* The filters ---------------------------------------------------------------------------------------- */

function select(name, label, options) {
  const box = el("select", { on: { change: () => set({ [name]: box.value, page: 1, f: "" }) } },
    el("option", { value: "" }, html.all), options.map(([v, text]) => el("option", { value: v }, short(text))));
  inputs[name] = box;
  return el("label", {}, label, box);
}

function input(name, label, attributes) {
  let timer = 0;
  const box = el("input", { autocomplete: "off", spellcheck: "false", ...attributes, on: { input: () => {
    clearTimeout(timer);
    timer = setTimeout(() => set({ [name]: box.value.trim(), page: 1, f: "" }, true), 150);
  } } });
  inputs[name] = box;
  return el("label", { class: "grow" }, label, box);
}

function turn(by) {
  return () => {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    const page = now.page + by;
    if (page < 1 || page > pages) { return; }
    set({ page: page, f: "" });
    document.getElementById("findings").scrollIntoView();
  };
}

function findings() {
  const names = new Map((data.subscriptions || []).map(([id, name]) => [id.toLowerCase(), name]));
  const subscriptionOptions = [...subscriptions.keys()].sort().map((id) => [id === "" ? "-" : id, id === "" ? html.no_subscription : (names.get(id) ? names.get(id) + "  " : "") + id]);
  pager.previous = el("button", { type: "button", on: { click: turn(-1) } }, html.previous);
  pager.next = el("button", { type: "button", on: { click: turn(1) } }, html.next);
  pager.text = el("span");
  return [data.left ? el("p", { class: "notice" }, data.left) : el("p", { class: "note" }, html.complete),
    el("div", { class: "filters", role: "search", "aria-label": html.findings },
      input("q", html.search, { type: "search" }),
      select("status", html.status, data.order.filter((s) => data.totals[s] > 0).map((s) => [s, statusWord(s)])),
      select("control", html.control, data.controls.map((c) => [c.key, (c.id === "none" ? "" : c.id + " ") + c.title])),
      select("service", html.service, data.services.map((s) => [s.id, s.title])),
      select("responsibility", html.responsibility, data.responsibilities.map((r) => [r.id, words.responsibility[r.id].word])),
      select("subscription", html.subscription, subscriptionOptions),
      many ? select("snapshot", html.snapshot, data.snapshots.map((s) => [s, s])) : null,
      input("group", html.group, { type: "text", placeholder: html.group_hint }),
      el("button", { type: "button", class: "reset", on: { click: () => set(Object.fromEntries([...FILTERS.map((name) => [name, ""]), ["page", 1], ["f", ""]])) } }, html.reset)),
    count, told,
    el("table", { class: "list", role: "table", "aria-label": html.findings }, el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
      [[html.status, "c-status"], [html.control, "c-control"], [html.feature, "c-feature"], [html.resource, "c-resource"]].map(([h, name]) => el("th", { scope: "col", role: "columnheader", class: name }, h)))), body),
    el("div", { class: "pager" }, pager.previous, pager.text, pager.next)];
}

/* The page ------------------------------------------------------------------------------------------- */

function start() {
  load();
  header();
  const plain = (list, name, label, texts) => totals(name, label, list, texts);
  const sections = [
    section("overview", html.overview, byDomain(), byResponsibility(), coverage()),
    section("heat", html.heat, heat()),
    section("findings", html.findings, findings()),
    section("controls", html.byControl, plain(data.controls, "control", html.control, (c) => [c.id === "none" ? c.title : c.id, c.id === "none" ? null : c.title, c.published ? fill(html.published, { id: c.published }) : null])),
    section("services", html.byService, plain(data.services, "service", html.service, (s) => [s.title])),
    section("responsibilities", html.byResponsibility, plain(data.responsibilities, "responsibility", html.responsibility, (r) => [words.responsibility[r.id].word])),
    section("drift", html.drift, drift()),
    section("samples", html.samples, samples()),
    section("decisions", html.decisions, decided()),
    section("reconciled", html.reconciled, reconciled()),
    section("engagement", html.engagement, engagement()),
    section("completeness", html.completeness, completeness()),
    section("index", html.index, files()),
    section("custody", html.custody, custody()),
    section("method", html.method, method()),
    section("verify", html.verify, verification()),
    section("meanings", html.meanings, meanings())].filter((s) => s !== null);
  document.getElementById("main").append(...sections);
  furnish(document.getElementById("nav"), { "aria-label": html.contents }, [el("ul", {}, sections.map((s) => {
    const head = s.querySelector("h2");
    return el("li", {}, el("a", { href: "#" + head.id }, head.textContent));
  }))]);
  document.getElementById("foot").append(el("p", {}, data.foot), el("p", {}, html.limits));
  /* A link to a section leaves the address alone, which holds the state of the list. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) { return; }
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (target) {
      event.preventDefault();
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    } else { follow = true; if (link.hash === location.hash) { apply(); } }
  });
  window.addEventListener("hashchange", apply);
  follow = location.hash.includes("=");
  apply();
}

start();
