"""What is true of a case: every query of truth.sql, run by the sqlite3 shell over the case's tables.

Knows nothing of how the program counts, and reads none of its views.
"""
import json
import pathlib
import re
import subprocess

STATUSES = ("fail", "unknown", "error", "exempt", "pass", "manual", "inherited", "notapplicable")

HEAD = """
WITH newest AS MATERIALIZED (SELECT id, mapping_id, evidence, evaluated_at FROM run
                              ORDER BY id DESC LIMIT 1),
f AS MATERIALIZED (
SELECT fi.test_id, fi.record_id, st.word AS status, coalesce(raw.word, st.word) AS raw, t.source,
       t.feature_id, t.policy_id, coalesce(t.control, fe.control) AS control,
       coalesce(fe.service_id, t.service_id) AS service,
       coalesce(fe.responsibility, t.responsibility) AS responsibility, fi.need, fi.target_id,
       fi.decided, coalesce(ru.severity, po.severity, '') AS severity, t.source = 'attestation' AND t.feature_id IS NOT NULL AS attested
  FROM newest JOIN test t ON t.run_id = newest.id JOIN finding fi ON fi.test_id = t.id
  JOIN status st ON st.code = fi.status LEFT JOIN status raw ON raw.code = fi.raw
  LEFT JOIN feature fe ON fe.id = t.feature_id LEFT JOIN rule ru ON ru.id = t.rule_id
  LEFT JOIN policy po ON po.id = t.policy_id)
"""


def ask(case, sql):
    """The rows of one query, as dicts."""
    done = subprocess.run(["sqlite3", "-batch", "-bail", "-readonly", "-json", case, HEAD + sql],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"sqlite3 refuses: {done.stderr}\n{sql}")
    return json.loads(done.stdout or "[]")


def queries():
    text = (pathlib.Path(__file__).parent / "truth.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def counts(rows, *keys):
    """{key: {status: n}}: the key is a tuple where several columns name a row."""
    out = {}
    for row in rows:
        key = tuple(row[k] for k in keys)
        by = out.setdefault(key[0] if len(keys) == 1 else key, {})
        by[row["status"]] = by.get(row["status"], 0) + row["n"]
    return out


class Truth:
    """One attribute a query: truth.gaps and so on, as rows."""

    def __init__(self, case):
        for name, sql in queries().items():
            setattr(self, name, ask(case, sql))

    def total(self, status=None):
        return sum(r["n"] for r in self.findings if status in (None, r["status"]))
