"""The numbers of each output but the PDF, beside what the case says.

Every function takes the truth, the folder of the reports and a Sheet, and enters claims into it. An
output that holds no claim is a fault of this test: the Sheet says so.
"""
import collections
import csv
import json
import re

from truth import STATUSES, counts

csv.field_size_limit(1 << 30)


class Sheet:
    """What was compared, and what differs."""

    def __init__(self, output):
        self.output = output
        self.compared = 0
        self.wrong = []

    def same(self, what, expected, came):
        self.compared += 1
        if expected != came:
            self.wrong.append(f"{self.output}: {what}: the case has {expected}, came {came}")

    def tally(self, what, expected, came):
        """Two tables of counts. A row that is nought may be left out of either."""
        plain = [{k: v for k, v in t.items() if v} for t in (expected, came)]
        for key in sorted(set(plain[0]) | set(plain[1]), key=str):
            self.same(f"{what} {key}", plain[0].get(key, 0), plain[1].get(key, 0))


def flat(table):
    """{row: {status: n}} as {(row, status): n}."""
    return {(row, status): n for row, by in table.items() for status, n in by.items()}


def findings(truth, rows, sheet, without=()):
    """A list of all findings, each a dict with the names of findings.json; None where there is none.

    without: what this output does not say of each.
    """
    domains = {(c["benchmark"], c["control_id"]): c["domain"] for c in truth.controls}
    for r in rows:
        r["domain"] = domains.get((r["benchmark"], r["control_id"]))
    sheet.same("findings", truth.total(), len(rows))
    sheet.same("different ids", truth.total(), len({r["id"] for r in rows}))
    tables = {
        ("status",): {(r["status"],): r["n"] for r in truth.findings},
        ("raw_status", "status"): {(r["raw"], r["status"]): r["n"] for r in truth.raw},
        ("source", "status"): {(r["source"], r["status"]): r["n"] for r in truth.sources},
        ("benchmark", "control_id", "service", "status"): {
            (r["benchmark"], r["control_id"], r["service"], r["status"]): r["n"] for r in truth.matrix},
        ("responsibility", "status"): flat(counts(truth.responsibilities, "word")),
        ("snapshot", "status"): flat(counts(truth.snapshots_of_findings, "label")),
        ("subscription", "status"): flat(counts(truth.subscriptions_of_findings, "subscription")),
        ("domain", "status"): flat(counts(truth.domains, "domain")),
    }
    for keys, want in tables.items():
        if not set(keys) & set(without):
            sheet.tally(", ".join(keys), want,
                        collections.Counter(tuple(r[k] for k in keys) for r in rows))
    if "evaluated_at" not in without:
        sheet.same("evaluated at", {truth.mapping[0]["evaluated_at"]}, {r["evaluated_at"] for r in rows})


def files(truth):
    return {f"data/evidence/{r['snapshot']}/{r['member']}": r for r in truth.evidence}


def places(truth, found, sheet):
    """Evidence of findings: (path, sha256, offset, length). Names a file of the case, and bytes in it."""
    known = files(truth)
    bad = [p for p in found if p[0] not in known or known[p[0]]["sha256"] != p[1]
           or p[2] + p[3] > known[p[0]]["size"]]
    sheet.same("places that are none of the case", [], bad[:3])


def findings_json(truth, folder, sheet):
    with open(folder / "findings.json", encoding="utf-8") as f:
        report = json.load(f)
    findings(truth, report["findings"], sheet)
    places(truth, [(e["path"], e["sha256"], e["offset"], e["length"])
                   for f in report["findings"] for e in f["evidence"]], sheet)
    sheet.same("mapping", truth.mapping[0]["sha256"], report["run"]["mapping_sha256"])
    sheet.same("left out of scope", truth.left[0]["out"], len(report["scoped_out"]))
    sheet.same("scope open", truth.left[0]["open"], len(report["scope_open"]))


def table(path):
    """The rows of a CSV report, None for an empty cell."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        return [{k: v if v != "" else None for k, v in row.items()} for row in csv.DictReader(f)]


def findings_csv(truth, folder, sheet):
    rows = []
    parts = sorted(folder.glob("findings*.csv"))
    for path in parts:
        rows += table(path)
    findings(truth, rows, sheet)
    places(truth, [(r["evidence_path"], r["evidence_sha256"], int(r["evidence_offset"]),
                    int(r["evidence_length"])) for r in rows], sheet)


def index_csv(truth, folder, sheet):
    known = files(truth)
    rows = table(folder / "evidence-index.csv")
    sheet.same("files", len(known), len(rows))
    sheet.same("bytes", truth.files[0]["bytes"], sum(int(r["size"]) for r in rows))
    sheet.same("records", truth.files[0]["records"], sum(int(r["records"]) for r in rows))
    for r in rows:
        want = known.get(r["member"], {})
        sheet.same(r["member"], (want.get("sha256"), want.get("size"), want.get("records")),
                   (r["sha256"], int(r["size"]), int(r["records"])))


def reconciliation_csv(truth, folder, sheet):
    rows = table(folder / "reconciliation.csv")
    sheet.same("rows", sum(r["n"] for r in truth.reconciled), len(rows))
    sheet.tally("verdict", {r["verdict"]: r["n"] for r in truth.reconciled},
                collections.Counter(r["verdict"] for r in rows))


def decisions_csv(truth, folder, sheet):
    rows = table(folder / "decisions.csv")
    key = ("kind", "key", "state", "matched", "decided")
    want = sorted(tuple(r[k] for k in key) for r in truth.decision_rows)
    came = sorted((r["kind"], r["id"].lower() if r["kind"] == "exemption" else r["id"], r["state"],
                   int(r["findings"]), int(r["decided"])) for r in rows)
    sheet.same("decisions", len(want), len(came))
    for one, other in zip(want, came):
        if one[0] == "exemption":
            one = (one[0], one[1].lower(), *one[2:])
        sheet.same("decision", one, other)


def custody(truth, folder, sheet):
    with open(folder / "custody-log.jsonl", encoding="utf-8") as f:
        sheet.same("events", truth.custody[0]["n"], len(f.readlines()))


def status_json(truth, folder, sheet):
    with open(folder / "status.json", encoding="utf-8") as f:
        s = json.load(f)
    sheet.tally("findings", {r["status"]: r["n"] for r in truth.findings}, s["findings"])
    sheet.tally("records", {r["type"]: r["n"] for r in truth.record_types}, s["records"])
    for want, came in zip(truth.snapshots, s["snapshots"], strict=True):
        sheet.same("snapshot", want, {k: came[k] for k in want})
    tenant = {r["label"] for r in truth.snapshots}
    mine = sorted((r["snapshot"], r["path"], r["sha256"], r["size"], r["records"])
                  for r in truth.evidence if r["snapshot"] in tenant)
    sheet.same("evidence", mine, sorted((e["snapshot"], e["path"], e["sha256"], e["size"], e["records"])
                                        for e in s["evidence"] if e["snapshot"] in tenant))
    want = truth.coverage[0]
    sheet.same("coverage", want, {k: s["coverage"][k] for k in want})
    types = s["coverage"]["types"]
    for k in ("records", "assessed", "supporting", "not_covered", "scoped_out", "unmapped"):
        sheet.same(f"coverage, {k} of the types", s["coverage"][k], sum(t[k] for t in types))
    sheet.same("coverage, all kinds of it", want["records"], sum(
        s["coverage"][k] for k in ("assessed", "supporting", "not_covered", "scoped_out", "unmapped")))
    needs = {r["kind"] for r in truth.needs}
    sheet.tally("gaps of", {r["need"]: r["subjects"] for r in truth.gaps},
                collections.Counter(g["needs"] for g in s["gaps"] if g["needs"] in needs))
    sheet.same("other gaps", [], [g["needs"] for g in s["gaps"] if g["needs"] not in needs
                                  and g["needs"] not in {r["code"] for r in truth.notes}])
    sheet.tally("notes", {r["code"]: r["n"] for r in truth.notes},
                collections.Counter(n["code"] for n in s["notes"]))
    sheet.tally("reconciliation", {r["verdict"]: r["n"] for r in truth.reconciled},
                {k: v for k, v in s["reconciliation"].items() if isinstance(v, int)})
    d = s["decisions"]
    sheet.tally("decisions", {(r["kind"], r["state"]): r["n"] for r in truth.decisions},
                {(k, w): n for k in ("exception", "exemption", "attestation") for w, n in d[k].items()})
    sheet.tally("attested", {r["status"]: r["n"] for r in truth.attested}, d["attested"])
    sheet.same("excused", truth.excused[0], {"exceptions": d["excused"], "exemptions": d["exempted"]})
    sheet.same("left out of scope", truth.left[0],
               {"out": len(s["scoped_out"]), "open": len(s["scope_open"])})


def blocks_of(text, attribute):
    """The data of report.html comes in several blocks (src/report/island.h)."""
    return [json.loads(b) for b in re.findall(r'<script type="application/json" ' + attribute +
                                              r'>(.*?)</script>', text, re.S)]


def island_of(text):
    page = blocks_of(text, 'id="data"')[0]
    page["findings"] = [{"status": page["codes"][code]} for rows in blocks_of(text, 'class="rows"')
                        for code in rows["status"]]
    return page


def only_counts(row):
    """(counts, those of them that are attested), by status."""
    said = row.get("attested", {})
    return ({k: row.get(k, 0) for k in STATUSES}, {k: n for k, n in said.items() if n})


def full(by, said):
    return ({k: by.get(k, 0) for k in STATUSES}, {k: n for k, n in said.items() if n})


def with_attested(rows, *keys):
    """[(key, {status: n}, {status: attested})] in the order of the rows."""
    out = {}
    for r in rows:
        by, said = out.setdefault(tuple(r[k] for k in keys), ({}, {}))
        by[r["status"]] = r["n"]
        said[r["status"]] = r["attested"]
    return [(key, *both) for key, both in out.items()]


def same_rows(what, want, came, sheet):
    """Rows of counts in the order of the case: what stands under none comes last, and is called that."""
    want = [w for w in want if w[0] is not None] + [w for w in want if w[0] is None]
    sheet.same(f"{what}s", [w[0] or "none" for w in want], [c["id"] for c in came])
    for (name, by, said), row in zip(want, came):
        sheet.same(f"{what} {name}", full(by, said), only_counts(row["counts"]))


def island(truth, folder, sheet, texts, cap=None):
    """The data of report.html. cap: of findings, of each of two groups; None: all are there."""
    with open(folder / "report.html", encoding="utf-8") as f:
        page = island_of(f.read())
    sheet.same("totals", full({r["status"]: r["n"] for r in truth.findings},
                              {r["status"]: r["n"] for r in truth.attested}),
               only_counts(page["totals"]))
    same_rows("control", [(key[1], by, said) for key, by, said in
                          with_attested(truth.controls, "benchmark", "control_id")],
              page["controls"], sheet)
    same_rows("service", sorted(((key[0], by, said) for key, by, said in
                                 with_attested(truth.services, "slug")),
                                key=lambda s: (s[0] is None, s[0])), page["services"], sheet)
    words = {key[0]: both for key, *both in with_attested(truth.responsibilities, "word")}
    for c in page["responsibilities"]:
        word = None if c["id"] == "none" else c["id"]
        sheet.same(f"responsibility {c['id']}", full(*words.pop(word, ({}, {}))),
                   only_counts(c["counts"]))
    sheet.same("responsibilities that are missing", {}, words)
    shown = collections.Counter(f["status"] for f in page["findings"])
    attention = sum(truth.total(s) for s in ("fail", "unknown", "error", "exempt"))
    rest = truth.total() - attention
    first = sum(shown[s] for s in ("fail", "unknown", "error", "exempt"))
    other = sum(shown.values()) - first
    if cap is None:
        sheet.tally("findings in the page", {r["status"]: r["n"] for r in truth.findings}, shown)
    else:  # the same number of each test: a few fewer than the cap
        sheet.same("findings that want attention", True, min(cap, attention) * 0.7 <= first <= cap)
        sheet.same("other findings", True, min(cap, rest) * 0.7 <= other <= cap)
        sheet.same("what is left out", texts.fill(
            "html.left", attention=first, attention_all=attention, rest=other, rest_all=rest,
            file=texts.get("common.table_file")), page.get("left"))
    sheet.same("headline", texts.fill("cover.headline", n=truth.total(),
                                      resources=truth.resources[0]["n"],
                                      controls=truth.tested_controls[0]["n"]), page["headline"])
    if "reconciled" in page or truth.reconciled:
        sheet.tally("reconciled", {r["verdict"]: r["n"] for r in truth.reconciled},
                    dict(page["reconciled"]["counts"]))
    if "decided" in page or truth.decisions:
        d = page["decided"]
        sheet.same("excused", truth.excused[0], {"exceptions": d["excused"], "exemptions": d["exempted"]})
        sheet.tally("attested", {r["status"]: r["n"] for r in truth.attested}, d["attested"])
        sheet.same("decisions", len(truth.decision_rows), d["total"])
    if "engagement" in page or truth.left[0]["out"]:
        e = page["engagement"]
        sheet.same("left out", truth.left[0], {"out": e["left_total"], "open": e["open_total"]})
    sheet.same("drift is told", len(truth.snapshots) > 1, "drift" in page)
    if "drift" in page:
        drift(truth, page["drift"], sheet)
    for one in page.get("samples", []):
        of = f"sample {one['id']}"
        population = sum(r["n"] for r in truth.drift_controls if r["label"] == one["snapshot"]
                         and (r["benchmark"], r["control_id"]) == ("mcsb-v1", one["control_id"]))
        sheet.same(f"{of}: population", population, one["population"])
        sheet.same(f"{of}: drawn", min(one["size"], population), len({i["finding_id"] for i in one["items"]}))


def drift(truth, page, sheet):
    """Of two snapshots: how each control stood at both, what changed, and which files."""
    labels = [s["label"] for s in page["snapshots"]]
    sheet.same("drift: snapshots", [s["label"] for s in truth.snapshots], labels)
    want = {}
    for r in truth.drift_controls:
        at = want.setdefault((r["benchmark"], r["control_id"]), [{} for _ in labels])
        at[labels.index(r["label"])][r["status"]] = r["n"]
    came = [(c["control_id"], [only_counts(at)[0] for at in c["at"]]) for c in page["controls"]]
    sheet.same("drift: controls", [(key[1], [full(at, {})[0] for at in of]) for key, of in want.items()],
               [(control if control else None, at) for control, at in came])
    sheet.same("drift: changes", truth.drift_changes[0]["n"], page["change_count"])
    sheet.same("drift: files", truth.drift_files[0]["n"], page["evidence_count"])
