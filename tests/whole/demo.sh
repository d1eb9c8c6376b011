#!/bin/sh
# The README's main command, on a copy of the project as git has it: from a fresh tree to a
# verified package. The copy stays in BUILD/demo: whole/deb packs the release that was built there.
set -eu
source=$1
work=$2/demo
rm -rf "$work"
mkdir "$work"
cd "$source"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | tar cf - --null --files-from - | tar xf - -C "$work"
else
    tar cf - --exclude=./build --exclude=./out . | tar xf - -C "$work"
fi
cd "$work"
sh fixtures/demo.sh -y >log 2>&1 </dev/null || { echo "the demo failed:"; tail -n 20 log; exit 1; }
for file in evidence.zip evidence.zip.p7s key/cert.pem report/summary.pdf report/report.html; do
    [ -s "out/$file" ] || { echo "expected out/$file from the demo"; exit 1; }
    grep -q "out/$file" log || { echo "the demo does not say where out/$file is"; exit 1; }
done
grep -q '^VERIFIED' log || { echo "expected VERIFIED in the demo's output"; exit 1; }
"$work/build/release/evpack-verify" out/evidence.zip --trust out/key/cert.pem >/dev/null
