#!/usr/bin/env python3
"""check.py CASE FOLDER TEXTS [--html-cap N] [--selftest]: compares every number in FOLDER (the
reports, status.json, and the PDF's text in summary.txt and summary.raw.txt) with the case. Exits 1 and says which differ.

--selftest changes one number after another in a copy of each output, and exits 1 when the comparison
does not see it.
"""
import argparse
import pathlib
import shutil
import sys
import tempfile

import exchange
import outputs
import pdf
import selftest
from texts import Texts
from truth import Truth


def readers(a):
    """File name -> the function that enters what it says into a sheet."""
    texts = Texts(a.texts)
    return {
        "findings.json": outputs.findings_json,
        "findings.csv": outputs.findings_csv,
        "evidence-index.csv": outputs.index_csv,
        "reconciliation.csv": outputs.reconciliation_csv,
        "decisions.csv": outputs.decisions_csv,
        "custody-log.jsonl": outputs.custody,
        "status.json": outputs.status_json,
        "report.html": lambda t, f, s: outputs.island(t, f, s, texts, a.html_cap),
        "oscal-assessment-results.json": exchange.oscal,
        "findings.sarif": exchange.sarif,
        "summary.txt": lambda t, f, s: pdf.summary(t, f, s, texts, "summary.txt"),
        "summary.raw.txt": lambda t, f, s: pdf.summary(t, f, s, texts, "summary.raw.txt"),
    }


def judge(read, truth, folder, name):
    sheet = outputs.Sheet(name)
    try:
        read(truth, folder, sheet)
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as e:
        sheet.wrong.append(f"{name}: not as expected: {e!r}")
    return sheet


def compare(truth, a):
    sound = True
    for name, read in readers(a).items():
        sheet = judge(read, truth, a.folder, name)
        for line in sheet.wrong[:10]:
            print(line)
        if len(sheet.wrong) > 10:
            print(f"{name}: and {len(sheet.wrong) - 10} more")
        if sheet.compared == 0:
            print(f"{name}: nothing was compared")
        sound = sound and not sheet.wrong and sheet.compared > 0
        print(f"{name}: {sheet.compared} numbers and tables compared, {len(sheet.wrong)} wrong")
    return sound


def prove(truth, a):
    sound = True
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch)
        for path in a.folder.iterdir():
            if path.suffix != ".pdf":
                shutil.copy(path, copy)
        for name, read in readers(a).items():
            before = (copy / name).read_bytes()
            seen = 0
            missed = []
            for what, after in selftest.edits(name, before, Texts(a.texts)):
                (copy / name).write_bytes(after)
                if judge(read, truth, copy, name).wrong:
                    seen += 1
                else:
                    missed.append(what)
            (copy / name).write_bytes(before)
            for what in missed:
                print(f"{name}: expected the comparison to see {what}")
            if seen == 0:
                print(f"{name}: nothing was changed")
            sound = sound and not missed and seen > 0
            print(f"{name}: {seen} changes seen, {len(missed)} not")
    return sound


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("case")
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("texts")
    arguments.add_argument("--html-cap", type=int)
    arguments.add_argument("--selftest", action="store_true")
    a = arguments.parse_args()
    truth = Truth(a.case)
    sys.exit(0 if (prove if a.selftest else compare)(truth, a) else 1)


main()
