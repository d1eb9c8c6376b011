"""Wrong outputs: copies of a report in which one number is another.

edits(NAME, BYTES, TEXTS) gives (what was changed, the changed bytes), one after another.
"""
import copy
import csv
import io
import json
import re

from outputs import island_of
from pdf import COMPARED, Pdf

MOST = 24  # changes of one output: spread over all that could be changed


def spread(things, most=MOST):
    step = max(1, -(-len(things) // most))
    return things[::step]


def leaves(node, path, keep, found):
    """Paths of the whole numbers below the members that keep names (None: all)."""
    if isinstance(node, bool):
        return
    if isinstance(node, int):
        found.append(path)
    elif isinstance(node, dict):
        for k, v in node.items():
            if keep is None or k in keep:
                leaves(v, path + (k,), None, found)
    elif isinstance(node, list):
        for i, v in enumerate(node):
            leaves(v, path + (i,), keep, found)


def other_number(root, path):
    changed = copy.deepcopy(root)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] += 1
    return changed


def of_json(root, keep, skip=lambda path: False):
    found = []
    leaves(root, (), keep, found)
    for path in spread([p for p in found if not skip(p)]):
        yield "/".join(map(str, path)) + " plus one", other_number(root, path)


def of_findings(root):
    for i in spread(range(len(root["findings"]))):
        for key in ("status", "control_id", "responsibility", "service", "snapshot", "subscription"):
            if i % 7 == 0 or key == "status":
                changed = dict(root, findings=list(root["findings"]))
                changed["findings"][i] = dict(root["findings"][i], **{key: "other"})
                yield f"finding {i} with another {key}", changed
    yield "one finding fewer", dict(root, findings=root["findings"][1:])
    yield "one finding twice", dict(root, findings=root["findings"] + root["findings"][:1])
    place = copy.deepcopy(root)
    place["findings"][0]["evidence"][0]["offset"] += 1 << 40
    yield "a place beyond the file", place


def changed_at(root, *path):
    """A copy of the root, deep along the path alone, and what stands there."""
    new = copy.copy(root)
    node = new
    for step in path:
        node[step] = copy.copy(node[step])
        node = node[step]
    return new, node


def of_oscal(root):
    """Observations and findings, taken away or changed; a list that is too short; a file's digest."""
    result = ("assessment-results", "results", 0)
    plain = root["assessment-results"]["results"][0]
    for i in spread(range(len(plain["observations"]))):
        props = plain["observations"][i]["props"]
        at = next(k for k, p in enumerate(props) if p["name"] == "status")
        changed, prop = changed_at(root, *result, "observations", i, "props", at)
        prop["value"] = "error"
        yield f"observation {i} with another status", changed
    for i in spread(range(len(plain["findings"])))[::4]:
        changed, some = changed_at(root, *result, "findings")
        del some[i]
        yield f"no finding {i}", changed
        changed, status = changed_at(root, *result, "findings", i, "target", "status")
        status["state"] = "satisfied" if status["state"] == "not-satisfied" else "not-satisfied"
        yield f"finding {i} with another state", changed
    for drop in ("inventory-items", "tasks"):
        changed, some = changed_at(root, *result, "local-definitions", drop)
        some.pop()
        yield f"one of {drop} fewer", changed
    changed, digest = changed_at(root, "assessment-results", "back-matter", "resources", 0, "rlinks", 0,
                                 "hashes", 0)
    digest["value"] = "0" * 64
    yield "a file with another digest", changed


def of_sarif(root):
    results = root["runs"][0]["results"]
    for i in spread(range(len(results))):
        for key, value in (("kind", "informational"), ("ruleIndex", (results[i]["ruleIndex"] + 1)
                                                       % len(root["runs"][0]["tool"]["driver"]["rules"]))):
            changed = dict(root, runs=[dict(root["runs"][0], results=list(results))])
            changed["runs"][0]["results"][i] = dict(results[i], **{key: value})
            if i % 4 == 0 or key == "kind":
                yield f"result {i} with another {key}", changed
    changed = copy.deepcopy(root)
    changed["runs"][0]["artifacts"][0]["length"] += 1
    yield "a file with another length", changed


def of_csv(text, columns):
    rows = list(csv.reader(io.StringIO(text, newline="")))

    def written(rows):
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        return out.getvalue()

    for i in spread(range(1, len(rows))):
        column = columns[i % len(columns)]
        at = rows[0].index(column)
        changed = list(rows)
        was = rows[i][at]
        changed[i] = rows[i][:at] + [str(int(was) + 1) if was.isdigit() else "other"] + rows[i][at + 1:]
        yield f"line {i} with another {column}", written(changed)
    yield "one row fewer", written(rows[:-1])
    yield "one row twice", written(rows + rows[-1:])


COLUMNS = {
    "findings.csv": ("status", "control_id", "service", "responsibility", "snapshot", "raw_status"),
    "evidence-index.csv": ("size", "records", "sha256"),
    "reconciliation.csv": ("verdict",),
    "decisions.csv": ("findings", "decided", "state"),
}
# Numbers of the text that are no counts: times, ids, digests, names, versions, and what is quoted.
QUOTED = re.compile(r"\d{4}-\d\d|[0-9a-fA-F-]{16,}|\d+\.\d+|/subscriptions/|data/evidence/|az |SHA-256|\"")
# Of the controls' own pages, the lines that count; the others quote what was observed.
OF_CONTROL = re.compile(r"\d+ findings?$|\w+( \w+)* \(\d+\)$|\d+ findings?: |Total |Population |Responsibility ")
COUNT = re.compile(r"(?<![\w.,/-])\d{1,3}(?:,\d{3})*(?![\w./-])")


def of_text(text, name, texts):
    """A number in the sections of the PDF that are compared, whole: rows of tables, and sentences."""
    found = []
    for key, lines in Pdf(text, texts).spans.items():
        if key not in COMPARED[name]:
            continue
        for at, line in lines:
            counted = key != "control" or OF_CONTROL.match(line)
            if counted and not QUOTED.search(line):
                found += [(at + m.start(), at + m.end()) for m in COUNT.finditer(line)]
    for start, end in spread(found, 3 * MOST):
        n = int(text[start:end].replace(",", "")) + 1
        near = " ".join(text[max(0, start - 60):end].split())
        yield f"'…{near}' as {n:,}", text[:start] + f"{n:,}" + text[end:]


def edits(name, before, texts):
    text = before.decode("utf-8-sig" if name.endswith(".csv") else "utf-8")
    mark = "\ufeff" if before.startswith(b"\xef\xbb\xbf") else ""
    if name == "findings.json":
        for what, changed in of_findings(json.loads(text)):
            yield what, json.dumps(changed).encode()
    elif name == "oscal-assessment-results.json":
        for what, changed in of_oscal(json.loads(text)):
            yield what, json.dumps(changed).encode()
    elif name == "findings.sarif":
        for what, changed in of_sarif(json.loads(text)):
            yield what, json.dumps(changed).encode()
    elif name == "status.json":
        keep = ("findings", "records", "coverage", "snapshots", "reconciliation", "decisions")
        for what, changed in of_json(json.loads(text), keep,
                                     lambda p: p[-1] in ("document", "offset", "length", "matched")
                                     or "list" in p or "disagreements" in p):
            yield what, json.dumps(changed).encode()
    elif name == "report.html":
        page = island_of(text)
        head = '<script type="application/json" id="data">'
        start = text.index(head) + len(head)
        end = text.index("</script>", start)
        keep = ("totals", "controls", "services", "responsibilities", "reconciled", "decided",
                "engagement", "drift", "samples")
        # Of drift and samples what is compared: the other counts of drift have tests of their own.
        free = {"better", "worse", "new_fails", "first_fails", "other", "fails_gone", "appeared_count",
                "gone_count",
                "first_seen_count", "not_seen_count", "snapshot_count", "id", "resources", "size"}
        for what, changed in of_json(page, keep, lambda p: "rows" in p or "facts" in p
                                     or (p[0] in ("drift", "samples") and p[-1] in free)):
            yield what, (text[:start] + json.dumps(changed) + text[end:]).encode()
    elif name == "custody-log.jsonl":
        yield "one event fewer", text[text.index("\n") + 1:].encode()
    elif name in COMPARED:
        for what, changed in of_text(text, name, texts):
            yield what, changed.encode()
    else:
        for what, changed in of_csv(text, COLUMNS[name]):
            yield what, (mark + changed).encode()
