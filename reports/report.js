"use strict";
/*
 * The page's script, in three files that are joined when the page is written: this one (reading the
 * data, making elements), report.overview.js (everything but the findings) and report.findings.js
 * (filters, list, links, the page's state in its address).
 *
 * It is written by hand, without a library: what it needs of one is an element from a name and a
 * list by pages, some sixty lines here; a library would be ten times the code under the signature,
 * to be read by whoever must trust the page, and to be kept up to date in files that never change.
 *
 * Every value from the evidence reaches the page through textContent or an attribute that cannot
 * run; nothing is fetched. What hides or reorders text is shown as an escape first.
 */
const data = JSON.parse(document.getElementById("data").textContent);
const words = data.texts;
/* Words are looked up by what evidence says, which may be "constructor". */
for (const group of Object.values(words)) { Object.setPrototypeOf(group, null); }
const html = words.html;
const HIDDEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u0334-\u0338\u034f\u061c\u115f\u1160\u1680\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u27e8\u27e9\u2800\u3000\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{e0000}-\u{10ffff}]/gu;
const LONG = 1500; /* characters of a value that are shown at once */

function visible(text) {
  return String(text).replace(HIDDEN, (c) =>
    "\u27e8U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9");
}

/* Attributes and children for an element; strings become text, null is nothing. */
function furnish(e, attributes, children) {
  for (const [key, v] of Object.entries(attributes || {})) {
    if (key === "on") { for (const [event, run] of Object.entries(v)) { e.addEventListener(event, run); } }
    else if (v !== null && v !== undefined && v !== false) { e.setAttribute(key, v === true ? "" : v); }
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined) { e.append(child); }
  }
  return e;
}

function el(name, attributes, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return furnish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/* Text from the evidence. What is very long shows its beginning, and the rest on demand. */
function value(text, mono) {
  const all = String(text);
  const span = (part) => el("span", { class: mono ? "v mono" : "v" }, visible(part));
  if (all.length <= LONG) { return span(all); }
  const rest = el("details", {}, el("summary", {}, fill(html.show_all, { n: number(all.length) })));
  rest.addEventListener("toggle", () => rest.append(span(all)), { once: true });
  return el("div", {}, span(all.slice(0, LONG) + "\u2026"), rest);
}

/* For a row of a list: never more than a line or two. */
function short(text) {
  return visible(String(text).length > 160 ? String(text).slice(0, 159) + "\u2026" : text);
}

function fill(text, names) {
  return text.replace(/\{(\w+)\}/g, (all, name) => Object.hasOwn(names, name) ? names[name] : all);
}

/* A control's id names one of each benchmark: where two have it, the later one's key (in addresses and
 * filters) names its benchmark too. The control of a test, or of what changed, is looked up by both. */
const controls = new Map();
{
  const taken = new Set();
  for (const c of data.controls) {
    c.key = taken.has(c.id) ? c.benchmark + ":" + c.id : c.id;
    taken.add(c.key);
    controls.set((c.benchmark || "") + "\n" + c.id, c);
  }
  for (const t of data.tests) { t.key = controlKey(t.benchmark, t.control); }
}

function controlKey(benchmark, id) {
  const c = controls.get((benchmark || "") + "\n" + id);
  return c ? c.key : id;
}

const number = (n) => n.toLocaleString("en-US");
const statusWord = (s) => words.status[s].word;
const present = (counts) => data.order.filter((s) => counts[s] > 0);
const spoken = (counts) => present(counts).map((s) => statusWord(s) + " " + number(counts[s])).join(", ") || html.nothing;
const time = (t) => /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(t) ? t.replace("T", " ").replace("Z", " UTC") : t;

function state(s) {
  return el("span", { class: "state" }, el("i", { class: "s-" + s, "aria-hidden": "true" }), statusWord(s));
}

const withheld = new Set(data.withheld || []);
const copies = new Set(data.copies || []);

/* A path inside the package, as a link from this file, which lies in data/. */
function raw(path, shown) {
  const text = value(shown === undefined ? path : shown, true);
  if (withheld.has(path)) { return [text, " ", el("strong", {}, html.withheld)]; }
  const link = data.linked ? el("a", { href: path.replace(/^data\//, "").split("/").map(encodeURIComponent).join("/") }, text) : text;
  return copies.has(path) ? [link, " ", el("strong", {}, html.copy)] : link;
}

/* A bar of shares: [[class, count, label], ...], drawn in the order given. */
function bar(parts, kind) {
  const total = parts.reduce((sum, p) => sum + p[1], 0);
  const shown = parts.filter((p) => p[1] > 0);
  let x = 0;
  return svg("svg", { class: "bar " + (kind || ""), viewBox: "0 0 1000 10", preserveAspectRatio: "none", role: "img", "aria-label": shown.map((p) => p[2] + " " + number(p[1])).join(", ") || html.nothing },
    shown.map(([name, n, label]) => {
      const width = 1000 * n / total;
      const rect = svg("rect", { class: "s-" + name, x: x, y: 0, width: Math.max(width - 1.5, 1.5), height: 10 }, svg("title", {}, label + ": " + number(n)));
      x += width;
      return rect;
    }));
}

const statusParts = (counts) => data.order.map((s) => [s, counts[s] || 0, statusWord(s)]);

const FEW = 6; /* lines of a fact that are shown at once */
const broken = (lines, mono) => lines.map((line, i) => [i > 0 ? el("br") : null, value(line, mono)]);

function facts(of) {
  return el("dl", { class: "facts" }, of.map(([label, lines, mono]) =>
    [el("dt", {}, label), el("dd", {}, lines.length <= FEW + 2 ? broken(lines, mono) : [broken(lines.slice(0, FEW), mono),
      el("details", {}, el("summary", {}, fill(words.common.more, { n: number(lines.length - FEW) })), broken(lines.slice(FEW), mono))])]));
}

/* A table in a frame that can be scrolled, also by keyboard. heads: texts, or [text, class]. */
function table(label, heads, rows, attributes) {
  return el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label },
    el("table", attributes, el("thead", {}, el("tr", {}, heads.map((h) => Array.isArray(h) ? el("th", { scope: "col", class: h[1] }, h[0]) : el("th", { scope: "col" }, h)))), el("tbody", {}, rows)));
}

/* The first rows of a list; all that the page has when asked; and what it has not. make: a row of
 * cells from one of list. */
function listed(label, heads, list, total, file, make) {
  const FIRST = 15;
  const row = (one) => el("tr", {}, make(one).map((cell) => cell instanceof HTMLTableCellElement ? cell : el("td", {}, cell)));
  const box = table(label, heads, list.slice(0, FIRST).map(row));
  const body = box.querySelector("tbody");
  const paper = el("p", { class: "note paper" }, fill(html.first_rows, { n: number(FIRST), all: number(total) }));
  const all = list.length > FIRST ? el("button", { type: "button", class: "plainbutton", on: { click: () => {
    body.append(...list.slice(FIRST).map(row));
    all.remove();
    paper.remove();
    body.rows[FIRST].tabIndex = -1;
    body.rows[FIRST].focus();
  } } }, fill(html.more_rows, { n: number(list.length) })) : null;
  return [box, all, all ? paper : null, total > list.length ? el("p", { class: "note" }, fill(html.rest, { n: number(total - list.length), file: file })) : null];
}

/* A section of the page, named in its contents; nothing when it has no content. */
function section(id, title, ...content) {
  const inside = content.flat(3).filter((c) => c !== null && c !== undefined);
  if (inside.length === 0) { return null; }
  const head = el("h2", { id: id, tabindex: "-1" }, title);
  return el("section", { "aria-labelledby": id }, head, inside);
}
