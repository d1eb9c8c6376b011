"""OSCAL and SARIF: the numbers in the files that other programs read."""
import collections
import json

from outputs import files, findings, places

SATISFIED = {"pass": "satisfied", "fail": "not-satisfied"}
KINDS = {"pass": {"pass"}, "fail": {"fail"}, "unknown": {"open"}, "manual": {"review"},
         "notapplicable": {"notApplicable"}, "inherited": {"notApplicable"},
         "exempt": {"fail", "open"}, "error": {"open"}}


def props(node):
    return {p["name"]: p["value"] for p in node.get("props", [])}


def control_of(ids):
    """mcsb-v1_ns-2 -> (mcsb-v1, NS-2)"""
    if not ids:
        return None, None
    benchmark, _, control = ids[0].rpartition("_")
    return benchmark, control.upper()


def selected(node):
    return [c["control-id"] for s in node.get("control-selections", []) for c in s["include-controls"]]


def oscal(truth, folder, sheet):
    with open(folder / "oscal-assessment-results.json", encoding="utf-8") as f:
        root = json.load(f)["assessment-results"]
    result, = root["results"]
    tests = {}  # uuid of a task -> what all observations of that test share
    activities = {a["uuid"]: a for a in root["local-definitions"]["activities"]}
    for task in result["local-definitions"]["tasks"]:
        activity = activities[task["associated-activities"][0]["activity-uuid"]]
        said = props(activity)
        benchmark, control = control_of(selected(activity.get("related-controls", {})))
        tests[task["uuid"]] = {"benchmark": benchmark, "control_id": control,
                               "service": said.get("service"), "source": said["source"],
                               "responsibility": said.get("responsibility")}
    rows = {}
    for one in result["observations"]:
        said = props(one)
        test = tests[one["origins"][0]["related-tasks"][0]["task-uuid"]]
        rows[one["uuid"]] = dict(test, id=one["uuid"], status=said["status"],
                                 raw_status=said.get("raw-status", said["status"]))
    sheet.same("observations", truth.total(), len(result["observations"]))
    findings(truth, list(rows.values()), sheet, without=("snapshot", "subscription", "evaluated_at"))
    want = collections.Counter()
    for r in truth.matrix:
        if r["control_id"] is not None and r["status"] in SATISFIED:
            want[f"{r['benchmark']}_{r['control_id'].lower()}_obj", SATISFIED[r["status"]]] += r["n"]
    sheet.tally("findings", want, collections.Counter(
        (f["target"]["target-id"], f["target"]["status"]["state"]) for f in result["findings"]))
    about = [f["related-observations"][0]["observation-uuid"] for f in result["findings"]]
    sheet.same("findings whose observation says otherwise", [], [
        u for u, f in zip(about, result["findings"])
        if SATISFIED.get(rows[u]["status"]) != f["target"]["status"]["state"]])
    sheet.same("attested, and told as tested", [], [
        o["uuid"] for o in result["observations"]
        if props(o).get("decision") == "attestation" and o["methods"] != ["EXAMINE"]])
    sheet.same("observations with a finding", len(about), len(set(about)))
    sheet.same("reviewed controls", truth.tested_controls[0]["n"],
               len(set(selected(result["reviewed-controls"]))))
    sheet.same("objectives", truth.tested_controls[0]["n"],
               len(root["local-definitions"]["objectives-and-methods"]))
    sheet.same("inventory items", truth.subjects[0]["n"],
               len(result["local-definitions"]["inventory-items"]))
    # Without an engagement one resource stands for the assessment plan that was not given: no file.
    resources = {r["uuid"]: r for r in root["back-matter"]["resources"] if "rlinks" in r}
    sheet.same("resources that are no file", True,
               len(root["back-matter"]["resources"]) - len(resources) <= 1)
    known = files(truth)
    found = [(e["href"].lstrip("#"), e) for o in result["observations"]
             for e in o.get("relevant-evidence", [])]
    sheet.tally("resources", {(p, r["sha256"]): 1 for p, r in known.items()}, collections.Counter(
        (r["title"], r["rlinks"][0]["hashes"][0]["value"]) for r in resources.values()))
    ranges = []
    for uuid, e in found:
        start, length = map(int, props(e).get("byte-range", "0+0").split("+"))
        r = resources[uuid]
        ranges.append((r["title"], r["rlinks"][0]["hashes"][0]["value"], start, length))
    places(truth, ranges, sheet)


def sarif(truth, folder, sheet):
    with open(folder / "findings.sarif", encoding="utf-8") as f:
        run, = json.load(f)["runs"]
    rules = run["tool"]["driver"]["rules"]
    rows = []
    for one in run["results"]:
        said = dict(rules[one["ruleIndex"]]["properties"], **one["properties"])
        rows.append({k: said.get(k) for k in ("benchmark", "control_id", "service", "responsibility",
                                              "source", "status", "raw_status", "snapshot")})
        rows[-1]["id"] = one["guid"]
    findings(truth, rows, sheet, without=("subscription", "evaluated_at"))
    sheet.same("rules by another name", [], [
        r["guid"] for r in run["results"] if rules[r["ruleIndex"]]["id"] != r["ruleId"]])
    sheet.same("kinds that do not fit", [], [
        r["guid"] for r in run["results"] if r["kind"] not in KINDS[r["properties"]["status"]]])
    known = files(truth)
    sheet.tally("artifacts", {(p, r["sha256"], r["size"]): 1 for p, r in known.items()},
                collections.Counter(("data/" + a["location"]["uri"], a["hashes"]["sha-256"], a["length"])
                                    for a in run["artifacts"]))
    sheet.same("mapping", truth.mapping[0]["sha256"], run["properties"]["mapping_sha256"])
