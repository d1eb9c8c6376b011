"""The numbers of the PDF, beside what the case says.

summary.txt is made by `pdftotext -layout`: rows of tables stay rows. summary.raw.txt is made by
`pdftotext -raw`: what stands in one cell stays together. A section is what stands between two headings of the texts. SECTIONS
says, for each, which rows of numbers and which sentences must stand there: a row is a label and its
numbers, a sentence a key of the texts filled in. A row of as many numbers that nothing here asked
for is a fault, too: what is printed and not compared would be compared by nobody.
"""
import collections
import re

from outputs import with_attested
from texts import number
from truth import STATUSES, counts

CONTROLS_MOST = 8  # of the management summary
GAPS_MOST = 4
CELL = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+|·)$")


def squeeze(text):
    return " ".join(text.split())


def value(cell):
    return 0 if cell == "·" else int(cell.replace(",", ""))


class Row:
    """A line with numbers in cells of their own: its words before them, and the numbers."""

    def __init__(self, line):
        cells = [c for c in re.split(r"\s{2,}", line.strip()) if c]
        self.head = cells[0] if cells and not CELL.match(cells[0]) else ""
        self.numbers = []
        for cell in cells[1 if self.head else 0:]:
            tokens = cell.split(" ")
            if all(CELL.match(t) for t in tokens):
                self.numbers += [value(t) for t in tokens]
            elif self.numbers:
                break
        self.line = squeeze(line)
        self.used = False


class Pdf:
    def __init__(self, raw, texts):
        self.texts = texts
        foot = re.compile(re.escape(texts.get("footer.page")).replace(r"\{page\}", r"(\d+)")
                          .replace(r"\{pages\}", r"(\d+)") + r"\s*$")
        titles = {squeeze(self.title(key)): key for key in self.keys()}
        head = squeeze(texts.get("title"))
        lines = []  # (where it begins in raw, the line)
        self.footers = []  # (page, pages) of each
        at = 0
        for page in raw.split("\f")[:-1]:
            feet = [tuple(map(int, f.groups())) for f in map(foot.search, page.split("\n")) if f]
            self.footers.append(feet[-1] if feet else None)
            for line in page.split("\n"):
                words = squeeze(line)
                running = words.startswith(head) and (words[len(head):].strip() in titles
                                                      or words == head)
                if words not in ("", ".") and not foot.search(line) and not running:
                    lines.append((at, line))
                at += len(line) + 1
        self.sections = {"cover": []}
        self.spans = {}  # section: [(where, line)]
        now = "cover"
        for at, line in lines:
            match = re.match(r"\s*(?:\d+\s+)?(\S.*?)\s*$", line)
            key = titles.get(squeeze(match.group(1)))
            if key is not None and key not in self.sections:
                now = key
                self.sections[now] = []
            else:
                self.sections[now].append(line)
                self.spans.setdefault(now, []).append((at, line))
        self.rows = {key: [Row(line) for line in lines] for key, lines in self.sections.items()}

    def keys(self):
        return [k for k, v in self.texts.root.items() if isinstance(v, dict) and "title" in v] + \
            [f"decided.{k}" for k in ("exceptions", "attestations")]

    def title(self, key):
        return self.texts.get(f"{key}_title" if "." in key else f"{key}.title")

    def words(self, key):
        return squeeze(" ".join(self.sections.get(key, [])))


class Section:
    """One section and the sheet: what must stand in it."""

    def __init__(self, pdf, key, sheet):
        self.pdf, self.key, self.sheet = pdf, key, sheet
        sheet.same(f"section {key}", True, key in pdf.sections)
        self.rows = pdf.rows.get(key, [])
        self.text = pdf.words(key)

    def row(self, label, numbers, at_least=None):
        """A row whose words are the label or its beginning (the cell goes on below)."""
        label = squeeze(label)
        near = [r for r in self.rows if not r.used and r.numbers and r.head
                and label.startswith(squeeze(r.head))]
        for r in near:
            if r.numbers == numbers:
                r.used = True
                self.sheet.same(f"{self.key}: {label}", numbers, r.numbers)
                return
        self.sheet.same(f"{self.key}: {label}", numbers, [r.numbers for r in near] or "no such row")

    def sentence(self, key, /, **values):
        text = squeeze(self.pdf.texts.fill(key, **values))
        self.says(text)

    def says(self, text, times=1):
        text = squeeze(text)
        found = self.text.count(text)
        self.sheet.same(f"{self.key}: \"{text}\"", times, found if times > 1 else min(found, 1))

    def no_other_row(self, *widths):
        """Every row of so many numbers was asked for."""
        left = [(r.head, r.numbers) for r in self.rows if not r.used and len(r.numbers) in widths]
        self.sheet.same(f"{self.key}: rows that nothing of the case asks for", [], left)


def eight(by):
    return [by.get(s, 0) for s in STATUSES]


def attested(truth, status, s):
    """What the cover and the management summary say beside the counts."""
    by = {r["status"]: r["n"] for r in truth.attested}
    for word in ("pass", "fail"):
        n = by.get(word, 0)
        if n:
            s.sentence(f"decided.of_{word}", all=status[word], tested=status[word] - n, n=n)
    if len(truth.snapshots) > 1:
        s.sentence("decided.snapshots", n=len(truth.snapshots))
    left = truth.left[0]["out"]
    if left:
        s.sentence("engagement.cover_left" if left != 1 else "engagement.cover_left_one", n=left)


def cover(truth, pdf, sheet):
    s = Section(pdf, "cover", sheet)
    s.sentence("cover.headline", n=truth.total(), resources=truth.resources[0]["n"],
               controls=truth.tested_controls[0]["n"])
    status = {r["status"]: r["n"] for r in truth.findings}
    figures = [r.numbers for r in s.rows if len(r.numbers) == 4]
    sheet.same("cover: the figures", [eight(status)[:4], eight(status)[4:]], figures[:2])
    attested(truth, status, s)
    for p in truth.populations:
        if p["slug"] is not None:
            n = p["resources"]
            s.sentence("cover.service" if n != 1 else "cover.service_one", title=p["title"], n=n)


def engagement(truth, pdf, sheet):
    if "engagement" not in pdf.sections and truth.left[0]["out"] == 0:
        return
    s = Section(pdf, "engagement", sheet)
    of = collections.Counter(r["kind"] for r in truth.decision_rows)
    s.sentence("engagement.lists_value", exceptions=of["exception"], attestations=of["attestation"])
    for word in ("out", "open"):
        n = truth.left[0][word]
        if n:
            s.sentence("engagement.left_title" if word == "out" else "engagement.open_title", n=n)


def assessed(truth, pdf, sheet):
    s = Section(pdf, "assessed", sheet)
    t = pdf.texts
    for p in truth.populations:
        s.row(p["title"] or t.get("breakdown.no_service"), [p["features"], p["resources"], p["findings"]])
    idle = truth.idle_services[0]["n"]
    if idle:
        s.sentence("assessed.services_idle" if idle != 1 else "assessed.services_idle_one", n=idle)
    for one in truth.snapshots:
        s.row(one["label"], [one["files"], one["records"]])
    for one in truth.subscriptions[:60]:
        s.row(one["subscription"], [one["n"]])
    kinds = sorted(truth.kinds, key=lambda k: (k["assessed"] == 0, -k["objects"], k["kind"]))[:24]
    for k in kinds:
        s.row(k["kind"], [k["objects"], k["summaries"], k["assessed"], k["objects"] - k["assessed"]])
    c = truth.coverage[0]
    rest = c["records"] - c["assessed"] - c["scoped_out"] - c["unmapped"]
    pattern = re.escape(squeeze(t.fill("assessed.coverage", records=c["records"], assessed=c["assessed"])))
    pattern = pattern.replace(r"\{supporting\}", r"([\d,]+)").replace(r"\{uncovered\}", r"([\d,]+)")
    found = re.search(pattern, s.text)
    sheet.same("assessed: what the records are", rest,
               found and sum(int(n.replace(",", "")) for n in found.groups()))
    if c["scoped_out"]:
        s.sentence("assessed.coverage_left", n=c["scoped_out"])
    if c["unmapped"]:
        s.sentence("assessed.coverage_unmapped", n=c["unmapped"])
    if truth.untested:
        s.sentence("assessed.untested", list=", ".join(c["control_id"] for c in truth.untested))
    s.no_other_row(2, 3, 4)


def complete(truth, pdf, sheet):
    s = Section(pdf, "complete", sheet)
    t = pdf.texts
    for one in truth.completeness:
        s.row(t.get(f"completeness.{one['completeness']}.word"), [one["files"], one["records"]])
    for g in truth.gaps:
        one = t.get("assessed.gap_line")
        for word, n in (("findings", g["findings"]), ("subjects", g["subjects"])):
            key = f"assessed.gap_{word}" + ("_one" if n == 1 else "")
            one = one.replace("{" + word + "}", t.fill(key, n=n))
        what = squeeze(g["what"])
        lines = [squeeze(x) for x in pdf.sections.get("complete", [])]
        sheet.same(f"complete: {what}", True, any(
            x.endswith(one) and what.startswith(squeeze(x[:-len(one)])) for x in lines))
    for one in truth.ledgers:
        s.sentence("complete.ledger" if one["n"] else "complete.ledger_none", label=one["label"],
                   n=one["n"], confirmed=one["confirmed"])
    s.no_other_row(2)


def some(texts, key, n, /, **values):
    """A key, or its form for one."""
    return texts.fill(key + "_one" if n == 1 and texts.has(key + "_one") else key, n=n, **values)


def management(truth, pdf, sheet):
    s = Section(pdf, "management", sheet)
    t = pdf.texts
    status = {r["status"]: r["n"] for r in truth.findings}
    services = sum(p["slug"] is not None and p["resources"] > 0 for p in truth.populations)
    tested = sum(status.get(w, 0) for w in ("pass", "fail", "exempt"))
    s.says(t.fill("management.subject", resources=truth.resources[0]["n"], services=services,
                  subscriptions=len(truth.subscriptions), files=sum(one["files"] for one in truth.snapshots),
                  benchmark=truth.benchmark[0]["title"]))
    s.says(t.fill("management.all", n=truth.total(), **{"pass": status.get("pass", 0)},
                  fail=status.get("fail", 0), exempt=status.get("exempt", 0), tested=tested,
                  rest=truth.total() - tested))
    for word in ("unknown", "error", "manual", "microsofts", "notapplicable", "inherited"):
        n = status.get("inherited" if word == "microsofts" else word, 0)
        if n:
            s.says(t.fill(f"management.{word}", n=n,
                          findings=t.get("common.finding" if n == 1 else "common.findings")))
    attested(truth, status, s)
    top = truth.severities[:CONTROLS_MOST]
    for r in top:
        label = f"{r['control_id']} {r['title']}" + (f" ({r['benchmark']}, preview)" if r["preview"] else "")
        s.row(label, [r["high"], r["medium"], r["low"], r["none"], r["n"]])
    rest = len(truth.severities) - len(top)
    if rest:
        s.says(some(t, "management.serious_rest", rest))
    waiting = sum(g["findings"] for g in truth.gaps)
    for key, n in (("waiting", waiting), ("otherwise", status.get("unknown", 0) - waiting)):
        if n:
            s.says(t.fill(f"management.{key}", n=n,
                          findings=t.get("common.finding" if n == 1 else "common.findings")))
    largest = sorted((g["findings"] for g in truth.gaps), reverse=True)[:GAPS_MOST]
    named = [g["findings"] for g in truth.gaps
             if squeeze(t.fill("management.gap", what=g["what"], n=g["findings"])) in s.text]
    sheet.same("management: the largest gaps", largest, sorted(named, reverse=True)[:GAPS_MOST])
    s.no_other_row(5)


def share(n, total):
    return f"{100 * n / total:.1f} %"


def listed(texts, by):
    """60 fail, 57 unknown, ..."""
    return ", ".join(f"{number(by[w])} {texts.get('in_words.' + w)}" for w in STATUSES if by.get(w))


def charts(truth, pdf, sheet):
    s = Section(pdf, "charts", sheet)
    t = pdf.texts
    status = {r["status"]: r["n"] for r in truth.findings}
    said = sum(r["n"] for r in truth.attested)
    s.says(t.fill("charts.coverage_note", n=truth.total()))
    shares = {"tested": sum(status.get(w, 0) for w in ("pass", "fail", "exempt")) - said,
              "attested": said or None, "manual": status.get("manual", 0),
              "unknown": status.get("unknown", 0), "error": status.get("error"),
              "inherited": status.get("inherited", 0),
              "notapplicable": status.get("notapplicable", 0)}
    for key, n in shares.items():
        if n is not None:
            s.row(t.get(f"charts.{key}"), [n])
            s.says(f"{t.get('charts.' + key)} {number(n)} {share(n, truth.total())}")
    bars = []
    for word, by in counts(truth.responsibilities, "word").items():
        bars.append((t.get(f"responsibility.{word or 'none'}.word"), by))
    for (slug, preview, domain), by in counts(truth.domains, "benchmark", "preview", "domain").items():
        bars.append((t.fill("controls.preview", domain=domain, benchmark=slug) if preview else
                     domain or t.get("controls.none"), by))
    for label, by in bars:
        s.row(label, [sum(by.values())])
    for text, times in collections.Counter(listed(t, by) for _, by in bars).items():
        # a list may be the end of a longer one
        near = [listed(t, by) for _, by in bars if listed(t, by).endswith(text)]
        s.says(text, max(times, len(near)))
    heat_map(truth, pdf, s)
    s.no_other_row(1)


def heat_map(truth, pdf, s):
    """A letter and a count a cell: the worst status of a control in a service."""
    letters = {"fail": "F", "error": "E", "unknown": "U", "exempt": "X", "manual": "M", "pass": "P",
               "inherited": "I", "notapplicable": "–"}
    services = sorted({r["service"] for r in truth.matrix}, key=lambda x: (x is None, x or ""))
    cells = {}
    for r in truth.matrix:
        cells.setdefault((r["benchmark"], r["control_id"]), {}).setdefault(
            r["service"], {})[r["status"]] = r["n"]
    title = {(r["benchmark"], r["control_id"]): r["title"] or "" for r in truth.controls}
    at = next((i for i, r in enumerate(s.rows) if r.line == squeeze(pdf.texts.get("charts.map_title"))), 0)
    left = [r.line for r in s.rows[at:]]
    for key, of in cells.items():
        want = []
        for service in services:
            worst = next((w for w in letters if of.get(service, {}).get(w)), None)
            if worst is not None:
                quiet = worst in ("inherited", "notapplicable")
                want.append(letters[worst] + ("" if quiet else number(of[service][worst])))
        head = f"{key[1] or '–'} {(title[key] or pdf.texts.get('controls.none'))[:24]}"
        pattern = re.compile(re.escape(head) + r".*?((?: [FEUXMPI–](?: ?[\d,]+)?)+)$")
        near = [re.findall(r"[FEUXMPI–](?: ?[\d,]+)?", m.group(1)) for m in map(pattern.match, left) if m]
        near = [[c.replace(" ", "") for c in cells] for cells in near]
        s.sheet.same(f"charts: {head}", True if want in near else want, True if want in near else near)


def failures(truth, pdf, sheet):
    s = Section(pdf, "failures", sheet)
    n = truth.total("fail")
    s.says(some(pdf.texts, "failures.intro", n) if n else pdf.texts.get("failures.none"))
    for r in truth.failed_tests:
        s.row(r["control_id"] or "–", [r["n"]])
    s.no_other_row(1)


PARTS = (("failed", ("fail",)), ("unknown", ("unknown",)), ("other", ("exempt", "error")))


def by_control(truth, pdf, sheet):
    """Control by control, in the cells: facts, headings with their counts, and what is shown of them."""
    t = pdf.texts
    lines = pdf.sections.get("control", [])
    at = 0
    starts = []
    named = list(with_attested(truth.controls, "control", "control_id", "title", "benchmark", "preview"))
    named = [n for n in named if n[0][0] is not None] + [n for n in named if n[0][0] is None]
    for key, by, _ in named:
        head = t.get("controls.none") if key[0] is None else f"{key[1]} {key[2]}" + (
            f" ({key[3]}, preview)" if key[4] else "")
        start = next((i for i in range(at, len(lines)) if head.startswith(squeeze(lines[i]))
                      and len(squeeze(lines[i])) > 8), None)
        sheet.same(f"control: heading {head}", True, start is not None)
        if start is not None:
            starts.append((start, key, by))
            at = start + 1
    ends = [s[0] for s in starts[1:]] + [len(lines)]
    for (start, key, by), end in zip(starts, ends):
        one_control(truth, t, sheet, key[0], f"{key[1]} {key[3] or ''}", by, lines[start:end])


def one_control(truth, t, sheet, control, name, by, lines):
    text = squeeze(" ".join(lines))
    total = sum(by.values())

    def says(what):
        sheet.same(f"control {name}: \"{what}\"", True, squeeze(what) in text)

    says(", ".join(
        t.fill("control.share_one" if r["n"] == 1 else "control.share",
               word=t.get(f"responsibility.{r['word'] or 'none'}.word"), n=r["n"])
        for r in sorted((r for r in truth.control_responsibilities if r["control"] == control),
                        key=lambda r: r["word"] is None)))
    says(t.fill("control.result_one" if total == 1 else "control.result_all", n=total,
                counts=listed(t, by)))
    size = {p["slug"]: p["resources"] for p in truth.populations}
    population = ", ".join(f"{r['title']} {number(size[r['slug']])}" for r in truth.control_services
                           if r["control"] == control and size[r["slug"]])
    says(population or t.get("control.population_none"))
    for r in truth.control_decisions:
        if r["control"] == control:
            says(t.fill("control.decision", kind=t.get(f"decision_kind.{r['kind']}"),
                        key=r["key"].split("/")[-1], n=r["n"]))
    five = [by.get(w, 0) for w in ("fail", "unknown", "pass", "manual")]
    five.append(total - sum(five))
    totals = [row.numbers for row in map(Row, lines) if row.head == t.get("common.total")] or [
        [value(c) for c in squeeze(x).split(" ")[1:]] for x in lines
        if re.match(re.escape(t.get("common.total")) + r"( [\d,·]+){5}$", squeeze(x))]
    # A control of which nothing but the baseline speaks has no table of tests.
    sheet.same(f"control {name}: total of the tests", five, totals[0] if totals else five)
    heads = [(t.fill(f"{part}.heading", n=sum(by.get(w, 0) for w in words)), words)
             for part, words in PARTS] + [(t.fill("manual.heading", n=by.get("manual", 0)), ("manual",))]
    where = {}
    squeezed = [squeeze(x) for x in lines]
    for head, words in heads:
        n = sum(by.get(w, 0) for w in words)
        sheet.same(f"control {name}: heading \"{head}\"", n > 0, head in squeezed)
        if n and head in squeezed:
            where[words] = squeezed.index(head)
    order = sorted(where.values()) + [len(lines)]
    for words, start in where.items():
        block = squeezed[start + 1:order[order.index(start) + 1]]
        findings_of(t, sheet, f"control {name}, {words[0]}", sum(by.get(w, 0) for w in words), words, block)


def findings_of(t, sheet, name, n, words, block):
    """What is listed adds up to n, and what is left out is said."""
    if words == ("manual",):
        says = [re.fullmatch(r"([\d,]+) resources?", x) for x in block]
        sheet.same(f"{name}: adds up", n, sum(value(m.group(1)) for m in says if m))
        return
    pattern = re.escape(t.get("finding.shown_cap")).replace(r"\{shown\}", r"([\d,]+)").replace(
        r"\{n\}", r"([\d,]+)")
    tests = []
    for line in block:
        cut = re.fullmatch(pattern, line)
        whole = re.fullmatch(r"([\d,]+) findings?", line)
        if cut:
            tests.append((value(cut.group(1)), value(cut.group(2))))
        elif whole:
            tests.append((value(whole.group(1)), value(whole.group(1))))
    shown = len(re.findall(re.escape(t.get("finding.finding")) + r" [0-9a-f]{8}-", " ".join(block)))
    sheet.same(f"{name}: shown", shown, sum(a for a, _ in tests))
    rest = re.escape(t.get("finding.rest")).replace(r"\{n\}", r"([\d,]+)").replace(r"\{file\}", r"\S+")
    one = re.escape(t.get("finding.rest_one")).replace("1", "(1)", 1).replace(r"\{file\}", r"\S+").replace(
        r"\{n\}", r"([\d,]+)")
    left = re.findall(f"{rest}|{one}", " ".join(block))
    said = sum(value(next(x for x in m if x)) for m in left)
    sheet.same(f"{name}: shown and left out", n, shown + said)


def attested_list(by):
    return ", ".join(f"{number(by[w])} {w}" for w in ("pass", "fail", "exempt") if by.get(w))


def rows_of_statuses(truth, pdf, section, rows):
    """rows: (label, {status: n}, {status: attested})."""
    for label, by, said in rows:
        section.row(label, eight(by))
    notes = [attested_list(said) for _, _, said in rows if attested_list(said)]
    for text, times in collections.Counter(notes).items():
        sentence = squeeze(pdf.texts.fill("decided.by_attestation", list=text))
        section.says(sentence, times)


def total_row(truth, pdf):
    by = {r["status"]: r["n"] for r in truth.findings}
    return (pdf.texts.get("common.total"), by, {r["status"]: r["n"] for r in truth.attested})


def controls(truth, pdf, sheet):
    s = Section(pdf, "controls", sheet)
    rows = []
    for key, by, said in with_attested(truth.controls, "control_id", "title", "benchmark", "preview"):
        label = pdf.texts.get("controls.none") if key[0] is None else f"{key[0]} {key[1]}" + (
            f" ({key[2]}, preview)" if key[3] else "")
        rows.append((label, by, said))
    rows_of_statuses(truth, pdf, s, rows + [total_row(truth, pdf)])
    s.no_other_row(8)


def breakdown(truth, pdf, sheet):
    s = Section(pdf, "breakdown", sheet)
    t = pdf.texts
    words = {key[0]: (by, said) for key, by, said in with_attested(truth.responsibilities, "word")}
    rows = []
    for word in ("customer", "microsoft", "shared", "notapplicable"):
        rows.append((t.get(f"responsibility.{word}.word"), *words.pop(word, ({}, {}))))
    rows += [(t.get("responsibility.none.word"), *rest) for rest in words.values()]
    rows.append(total_row(truth, pdf))
    rows += [(key[0] or t.get("breakdown.no_service"), by, said)
             for key, by, said in with_attested(truth.services, "title")]
    rows_of_statuses(truth, pdf, s, rows + [total_row(truth, pdf)])
    s.no_other_row(8)


def reconciled(truth, pdf, sheet):
    if not truth.reconciled:
        sheet.same("section reconciled", False, "reconciled" in pdf.sections)
        return
    s = Section(pdf, "reconciled", sheet)
    by = {r["verdict"]: r["n"] for r in truth.reconciled}
    for word in ("disagree", "agree", "rule-only", "policy-only", "assessment-only", "undecided"):
        s.row(pdf.texts.get(f"verdict.{word}.word"), [by.get(word, 0)])


def decided(truth, pdf, sheet):
    of = collections.Counter(r["kind"] for r in truth.decision_rows)
    if of["exception"] + of["exemption"]:
        s = Section(pdf, "decided.exceptions", sheet)
        s.sentence("decided.exceptions_intro", n=truth.excused[0]["exceptions"],
                   exempted=truth.excused[0]["exemptions"])
    if of["attestation"]:
        s = Section(pdf, "decided.attestations", sheet)
        by = {r["status"]: r["n"] for r in truth.attested}
        s.sentence("decided.attestations_intro", **{"pass": by.get("pass", 0), "fail": by.get("fail", 0)})


def decided_cells(truth, pdf, sheet):
    text = " ".join(pdf.words(f"decided.{k}") for k in ("exceptions", "attestations"))
    said = [int(n.replace(",", "")) for n in re.findall(
        re.escape(pdf.texts.get("decided.decides_one").split("1")[0]) + r"([\d,]+)(?= finding)", text)]
    sheet.same("decided: findings that each decides", sorted(r["decided"] for r in truth.decision_rows),
               sorted(said))
    for r in truth.decision_rows:
        if r["note"]:
            sheet.same(f"decided: note of {r['key']}", True, squeeze(r["note"]) in text)


def index(truth, pdf, sheet, cap=1000):
    s = Section(pdf, "index", sheet)
    shown = [r for r in truth.evidence]
    if len(shown) > cap:
        s.sentence("index.rest", n=len(shown) - cap)
        return
    left = collections.Counter((r["sha256"], r["records"], r["size"]) for r in shown)
    came = collections.Counter((r.head, *r.numbers[-2:]) for r in s.rows
                               if re.fullmatch(r"[0-9a-f]{64}", r.head) and len(r.numbers) >= 2)
    sheet.tally("index: (sha256, records, bytes)", left, came)


def custody(truth, pdf, sheet):
    s = Section(pdf, "custody", sheet)
    n = truth.custody[0]["n"]
    came = len(re.findall(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\s{2,}\S", "\n".join(
        pdf.sections.get("custody", []))))
    sheet.same("custody: events", min(n, 200), came)
    if n > 200:
        s.sentence("custody.rest", n=n - 200)


def drift(truth, pdf, sheet):
    if len(truth.snapshots) < 2:
        sheet.same("section drift", False, "drift" in pdf.sections)
        return
    s = Section(pdf, "drift", sheet)
    s.sentence("drift.findings", n=truth.drift_changes[0]["n"])
    s.sentence("drift.files", n=truth.drift_files[0]["n"])


# What is compared, by the file it is read from; and the sections in which every number is.
ROWS = (cover, management, charts, engagement, assessed, controls, breakdown, failures, reconciled,
        drift, complete, index, custody)
CELLS = (by_control, decided, decided_cells)
COMPARED = {
    "summary.txt": ("cover", "management", "charts", "assessed", "controls", "breakdown", "index"),
    "summary.raw.txt": ("control", "decided.exceptions", "decided.attestations"),
}


def summary(truth, folder, sheet, texts, name):
    pdf = Pdf((folder / name).read_text(encoding="utf-8"), texts)
    n = len(pdf.footers)
    sheet.same("page x of y", [(i + 1, n) for i in range(n)], pdf.footers)
    for part in ROWS if name == "summary.txt" else CELLS:
        part(truth, pdf, sheet)
