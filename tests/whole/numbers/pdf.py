"""The numbers of the PDF, beside what the case says.

summary.txt is made by `pdftotext -layout`: rows of tables stay rows. summary.raw.txt is made by
`pdftotext -raw`: what stands in one cell stays together. A section is what stands between two headings of the texts. SECTIONS
says, for each, which rows of numbers and which sentences must stand there: a row is a label and its
numbers, a sentence a key of the texts filled in. A row of as many numbers that nothing here asked
for is a fault, too: what is printed and not compared would be compared by nobody.
"""
import collections
import re

from texts import number
from truth import STATUSES, counts

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

    def sentence(self, key, **values):
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


def cover(truth, pdf, sheet):
    s = Section(pdf, "cover", sheet)
    s.sentence("cover.headline", n=truth.total(), resources=truth.resources[0]["n"],
               controls=truth.tested_controls[0]["n"])
    status = {r["status"]: r["n"] for r in truth.findings}
    figures = [r.numbers for r in s.rows if len(r.numbers) == 4]
    sheet.same("cover: the figures", [eight(status)[:4], eight(status)[4:]], figures[:2])
    attested = {r["status"]: r["n"] for r in truth.attested}
    for word in ("pass", "fail"):
        n = attested.get(word, 0)
        if n:
            s.sentence(f"decided.of_{word}", all=status[word], tested=status[word] - n, n=n)
    left = truth.left[0]["out"]
    if left:
        s.sentence("engagement.cover_left" if left != 1 else "engagement.cover_left_one", n=left)
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
        lines = [squeeze(x) for x in pdf.sections["complete"]]
        sheet.same(f"complete: {what}", True, any(
            x.endswith(one) and what.startswith(squeeze(x[:-len(one)])) for x in lines))
    s.no_other_row(2)


def of_control(truth):
    """{control id, None: under none: {status: n}}; ids that two benchmarks share have both."""
    out = {}
    for key, by, _ in table(truth.controls, "control_id", "title", "benchmark", "preview"):
        out.setdefault(key[0], []).append(by)
    return out


def management(truth, pdf, sheet):
    s = Section(pdf, "management", sheet)
    by = {r["status"]: r["n"] for r in truth.findings}
    s.sentence("management.all", n=truth.total(), **{"pass": by.get("pass", 0), "fail": by.get("fail", 0)},
               tested=sum(by.get(w, 0) for w in ("pass", "fail", "exempt")))
    for word in ("exempt", "unknown", "error", "manual", "notapplicable"):
        if by.get(word):
            s.sentence(f"management.{word}", n=by[word])
    controls = [k for k, all in of_control(truth).items() for one in all if k and one.get("fail")]
    rows = [r for r in s.rows if len(r.numbers) == 5]
    sheet.same("management: controls that weigh most", min(8, len(controls)), len(rows))
    for r in rows:
        name = r.head.split(" ")[0]
        sheet.same(f"management: {name}: failures", True, any(
            one.get("fail") == r.numbers[4] == sum(r.numbers[:4]) for one in of_control(truth).get(name, [])))
    if len(controls) > 8:
        s.sentence("management.serious_rest" if len(controls) != 9 else "management.serious_rest_one",
                   n=len(controls) - 8)


def charts(truth, pdf, sheet):
    s = Section(pdf, "charts", sheet)
    by = {r["status"]: r["n"] for r in truth.findings}
    attested = sum(r["n"] for r in truth.attested)
    decided = sum(by.get(w, 0) for w in ("pass", "fail", "exempt"))
    want = {"tested": decided - attested, "attested": attested, "error": by.get("error", 0)}
    for word in ("tested", "attested", "manual", "unknown", "error", "inherited", "notapplicable"):
        n = want.get(word, by.get(word, 0))
        if n or word not in ("attested", "error"):
            share = f"{100 * n / max(1, truth.total()):.1f} %"
            s.says(f"{pdf.texts.get(f'charts.{word}')} {number(n)} {share}")


def failures(truth, pdf, sheet):
    s = Section(pdf, "failures", sheet)
    fails = {r["status"]: r["n"] for r in truth.findings}.get("fail", 0)
    if fails:
        s.sentence("failures.intro" if fails != 1 else "failures.intro_one", n=fails)
    words = "|".join(re.escape(w) for w in pdf.texts.get("severity").values())
    found = re.findall(rf"\s(?:{words})\s+([\d,]+)$", "\n".join(pdf.sections.get("failures", [])), re.M)
    sheet.same("failures: the rows add up", fails, sum(int(n.replace(",", "")) for n in found))


def control(truth, pdf, sheet):
    """Below each control its totals: fail, unknown, pass, manual, and the others together."""
    s = Section(pdf, "control", sheet)
    four = ("fail", "unknown", "pass", "manual")
    left = collections.Counter()
    for all in of_control(truth).values():
        for by in all:
            words = ", ".join(f"{number(by[w])} {pdf.texts.get(f'in_words.{w}')}" for w in STATUSES if by.get(w))
            n = sum(by.values())
            s.sentence("control.result_all" if n != 1 else "control.result_one", n=n, counts=words)
            left[tuple(by.get(w, 0) for w in four) + (n - sum(by.get(w, 0) for w in four),)] += 1
    came = collections.Counter(tuple(r.numbers) for r in s.rows
                               if r.head == pdf.texts.get("common.total"))
    sheet.same("control: totals that no control of the case has", {}, dict(came - left))


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


def table(rows, *keys):
    """[(key, {status: n}, {status: attested})] in the order of the rows."""
    out = {}
    for r in rows:
        by, said = out.setdefault(tuple(r[k] for k in keys), ({}, {}))
        by[r["status"]] = r["n"]
        said[r["status"]] = r["attested"]
    return [(key, *both) for key, both in out.items()]


def total_row(truth, pdf):
    by = {r["status"]: r["n"] for r in truth.findings}
    return (pdf.texts.get("common.total"), by, {r["status"]: r["n"] for r in truth.attested})


def controls(truth, pdf, sheet):
    s = Section(pdf, "controls", sheet)
    rows = []
    for key, by, said in table(truth.controls, "control_id", "title", "benchmark", "preview"):
        label = pdf.texts.get("controls.none") if key[0] is None else f"{key[0]} {key[1]}" + (
            f" ({key[2]}, preview)" if key[3] else "")
        rows.append((label, by, said))
    rows_of_statuses(truth, pdf, s, rows + [total_row(truth, pdf)])
    s.no_other_row(8)


def breakdown(truth, pdf, sheet):
    s = Section(pdf, "breakdown", sheet)
    t = pdf.texts
    words = {key[0]: (by, said) for key, by, said in table(truth.responsibilities, "word")}
    rows = []
    for word in ("customer", "microsoft", "shared", "notapplicable"):
        rows.append((t.get(f"responsibility.{word}.word"), *words.pop(word, ({}, {}))))
    rows += [(t.get("responsibility.none.word"), *rest) for rest in words.values()]
    rows.append(total_row(truth, pdf))
    rows += [(key[0] or t.get("breakdown.no_service"), by, said)
             for key, by, said in table(truth.services, "title")]
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


# What is compared, by the file it is read from; and the sections in which every number is.
ROWS = (cover, management, charts, engagement, assessed, controls, breakdown, failures, control,
        reconciled, complete, index, custody)
CELLS = (decided, decided_cells)
COMPARED = {
    "summary.txt": ("cover", "assessed", "controls", "breakdown", "index"),
    "summary.raw.txt": ("decided.exceptions", "decided.attestations"),
}


def summary(truth, folder, sheet, texts, name):
    pdf = Pdf((folder / name).read_text(encoding="utf-8"), texts)
    n = len(pdf.footers)
    sheet.same("page x of y", [(i + 1, n) for i in range(n)], pdf.footers)
    for part in ROWS if name == "summary.txt" else CELLS:
        part(truth, pdf, sheet)
