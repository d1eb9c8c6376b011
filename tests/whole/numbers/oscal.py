"""OSCAL beside the case: rows of findings are made again from the document alone, by its references."""
import collections
import copy
import json

import outputs


def prop(of, name):
    return next((p["value"] for p in of.get("props", []) if p["name"] == name), None)


def by_uuid(things):
    return {t["uuid"]: t for t in things}


def rows_of(doc):
    """A dict for each observation, with the names of findings.json, and its places."""
    local = doc["local-definitions"]
    result = doc["results"][0]
    mine = result["local-definitions"]
    controls = {o["control-id"]: (prop(o, "benchmark"), prop(o, "control-id"))
                for o in local.get("objectives-and-methods", [])}
    activities = by_uuid(local.get("activities", []))
    tasks = by_uuid(mine.get("tasks", []))
    items = by_uuid(mine.get("inventory-items", []))
    resources = by_uuid(doc["back-matter"]["resources"])
    rows = []
    places = []
    for o in result.get("observations", []):
        task = tasks[o["origins"][0]["related-tasks"][0]["task-uuid"]]
        activity = activities[task["associated-activities"][0]["activity-uuid"]]
        selected = activity.get("related-controls", {"control-selections": []})["control-selections"]
        control = controls[selected[0]["include-controls"][0]["control-id"]] if selected else (None, None)
        item = items[o["subjects"][0]["subject-uuid"]]
        subject = prop(item, "asset-id").lower()
        parts = subject.split("/")
        status = prop(o, "status")
        rows.append({
            "id": o["uuid"], "status": status, "raw_status": prop(o, "raw-status") or status,
            "source": prop(activity, "source"), "benchmark": control[0], "control_id": control[1],
            "service": prop(activity, "service"), "responsibility": prop(activity, "responsibility"),
            "snapshot": prop(item, "snapshot"),
            "subscription": parts[2] if subject.startswith("/subscriptions/") and parts[2] else None,
            "evaluated_at": prop(doc["metadata"], "evaluated-at")})
        for e in o["relevant-evidence"]:
            file = resources[e["href"][1:]]
            offset, length = prop(e, "byte-range").split("+")
            places.append((file["title"].replace("\\", ""), file["rlinks"][0]["hashes"][0]["value"],
                           int(offset), int(length)))
    return rows, places


def results(truth, folder, sheet):
    with open(folder / "oscal-assessment-results.json", encoding="utf-8") as f:
        doc = json.load(f)["assessment-results"]
    rows, places = rows_of(doc)
    outputs.findings(truth, rows, sheet)
    outputs.places(truth, places, sheet)
    sheet.same("mapping", truth.mapping[0]["sha256"], prop(doc["metadata"], "mapping-sha256"))
    # Of the controls' findings, those that passed and failed are OSCAL's findings, and no others.
    state = {r["id"]: r for r in rows}
    came = collections.Counter()
    for f in doc["results"][0].get("findings", []):
        row = state[f["related-observations"][0]["observation-uuid"]]
        want = f"{row['benchmark']}_{row['control_id']}_obj".lower()
        came[(want == f["target"]["target-id"], row["status"], f["target"]["status"]["state"])] += 1
    of = collections.Counter()
    for r in truth.matrix:
        if r["control_id"] is not None and r["status"] in ("pass", "fail"):
            of[(True, r["status"], "satisfied" if r["status"] == "pass" else "not-satisfied")] += r["n"]
    sheet.tally("findings", dict(of), dict(came))
    known = {f"{c['benchmark']}_{c['control_id']}".lower() for c in truth.matrix if c["control_id"]}
    sheet.same("reviewed controls", known, {
        c["control-id"] for s in doc["results"][0]["reviewed-controls"]["control-selections"]
        for c in s["include-controls"]})


def edits(root):
    """Wrong documents."""
    def changed(what, change):
        other = copy.deepcopy(root)
        change(other["assessment-results"], other["assessment-results"]["results"][0])
        return what, other

    def set_prop(of, name, value):
        next(p for p in of["props"] if p["name"] == name)["value"] = value

    count = len(root["assessment-results"]["results"][0]["observations"])
    for i in range(0, count, max(1, count // 8)):
        yield changed(f"observation {i} with another status",
                      lambda d, r, i=i: set_prop(r["observations"][i], "status", "other"))
    yield changed("one observation fewer", lambda d, r: r["observations"].pop())
    yield changed("one finding fewer", lambda d, r: r["findings"].pop())
    yield changed("one finding twice", lambda d, r: r["findings"].append(r["findings"][0]))
    yield changed("a finding of the other state", lambda d, r: r["findings"][0]["target"]["status"].update(
        state={"satisfied": "not-satisfied", "not-satisfied": "satisfied"}[
            r["findings"][0]["target"]["status"]["state"]]))
    yield changed("a finding of another control",
                  lambda d, r: r["findings"][0]["target"].update({"target-id": "mcsb-v1_other_obj"}))
    yield changed("a test of another responsibility",
                  lambda d, r: set_prop(next(a for a in d["local-definitions"]["activities"]
                                             if prop(a, "responsibility")), "responsibility", "other"))
    yield changed("a resource of another snapshot",
                  lambda d, r: set_prop(r["local-definitions"]["inventory-items"][0], "snapshot", "other"))
    yield changed("a control that is not reviewed",
                  lambda d, r: r["reviewed-controls"]["control-selections"][0]["include-controls"].pop())
    yield changed("a place beyond the file", lambda d, r: set_prop(
        r["observations"][0]["relevant-evidence"][0], "byte-range", f"{1 << 40}+1"))
