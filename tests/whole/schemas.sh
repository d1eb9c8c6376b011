#!/bin/sh
# The schemas of the engagement's files, held against files that are right and wrong by another
# checker than evpack's own (the Python package jsonschema): tests/collect/t_engagement_text.c holds the
# reader against the same table. Skipped without that package.
#
#   schemas.sh SOURCE
set -eu
python3 -c 'import jsonschema' 2>/dev/null || { echo "the Python package jsonschema is not there"; exit 77; }
exec python3 - "$1" <<'PYTHON'
import json, sys
import jsonschema

root = sys.argv[1]
faults = 0
checkers = {}
for line in open(root + "/fixtures/engagement/expected.tsv", encoding="utf-8"):
    name, schema, valid = line.rstrip("\n").split("\t")[:3]
    if valid == "text":
        continue
    if schema not in checkers:
        with open(f"{root}/mapping/schema/{schema}.schema.json", encoding="utf-8") as f:
            text = json.load(f)
        jsonschema.Draft202012Validator.check_schema(text)
        checkers[schema] = jsonschema.Draft202012Validator(text)
    with open(f"{root}/fixtures/engagement/{name}", encoding="utf-8-sig") as f:
        came = checkers[schema].is_valid(json.load(f))
    if came != (valid in ("yes", "reader")):
        print(f"{name}: expected {valid}, came {came}")
        faults += 1
sys.exit(faults > 0 or not checkers)
PYTHON
