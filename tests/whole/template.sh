#!/bin/sh
# A firm's template from the command line: reports and a package with it, the digest that both name,
# the page's policy over a style and a script of the firm's own, and refusals that write nothing.
#
#   template.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
fail() { echo "$*"; exit 1; }
evpack=$build/evpack
at=2026-11-22T00:00:00Z
mkdir export
echo '[{"id":"/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG","name":"RG",
"type":"Microsoft.Resources/resourceGroups","location":"westeurope"}]' >export/groups.json
"$evpack" collect -c case.db --snapshot demo --collected-at 2026-11-20T06:00:00Z export >/dev/null 2>&1
"$evpack" map -c case.db --at $at >/dev/null
cp -R "$source/fixtures/template" firm
printf 'body { background: #fffdf5 }\n' >firm/report.css
{ cat "$source/reports/report.js"; echo '// the firm was here'; } >firm/report.js

# --- the page: its policy allows this style, this script and the logo -------------------------------
"$evpack" report -c case.db -o out --format pdf,html --at $at --template firm --page a4 >/dev/null
python3 - "$source" <<'END' || fail "the page's policy does not fit"
import base64, hashlib, re, sys
page = open("out/report.html", encoding="utf-8").read()
policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
def allows(directive, text):
    sha = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"{directive} 'sha256-{sha}'" in policy, (directive, sha, policy)
style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
script = re.findall(r"<script>(.*?)</script>", page, re.S)[-1]
allows("style-src", style)
allows("script-src", script)
assert style == open("firm/report.css").read() and "the firm was here" in script
assert "img-src data:" in policy and "default-src 'none'" in policy
logo = re.search(r'src="data:image/png;base64,([^"]*)"', page).group(1)
assert base64.b64decode(logo) == open("firm/logo.png", "rb").read()
assert "Northwind Assurance LLP" in page
END
digest=$(grep -o 'template SHA-256 [0-9a-f]*' out/report.html | head -n 1 | cut -d' ' -f3)
[ ${#digest} = 64 ] || fail "the page does not name the template's SHA-256"
pdftotext -layout out/summary.pdf - | tr -d ' \n' | grep -qF "$digest" || fail "the PDF does not name it"

# --- a package: its id follows from the template, and it is verified as any other -------------------
"$evpack" keygen key >/dev/null 2>&1
seal() { # NAME OPTIONS...
    name=$1
    shift
    "$evpack" package -c case.db -o "$name.zip" --key key/key.pem --cert key/cert.pem --at $at "$@" >"$name.out" ||
        fail "$name: $(cat "$name.out")"
    sed -n 's/.*: package \([^,]*\),.*/\1/p' "$name.out"
}
# Each from the same state of the case: packaging is an event of it.
cp case.db kept.db
with=$(seal with --template firm --page a4)
cp kept.db case.db
again=$(seal again --template firm --page a4)
cp kept.db case.db
without=$(seal without)
[ "$with" = "$again" ] || fail "the same template gives $with and $again"
[ "$with" != "$without" ] || fail "the id $with does not follow from the template"
cmp -s with.zip again.zip || fail "the same inputs give different packages"
"$build/evpack-verify" with.zip --trust key/cert.pem >verdict || fail "$(cat verdict)"
unzip -p with.zip '*/data/report.html' | grep -qF "$digest" || fail "the sealed page does not name the template"

# --- what is refused: exit code 2, the place named, nothing written ---------------------------------
refused() { # WANT OPTIONS...
    want=$1
    shift
    for verb in report package; do
        rm -rf new new.zip
        code=0
        if [ $verb = report ]; then
            "$evpack" report -c case.db -o new "$@" >said 2>&1 || code=$?
        else
            "$evpack" package -c case.db -o new.zip --key key/key.pem --cert key/cert.pem "$@" >said 2>&1 || code=$?
        fi
        [ $code = 2 ] || fail "$verb $*: expected exit code 2, came $code: $(cat said)"
        grep -qF "$want" said || fail "$verb $*: expected '$want' in: $(cat said)"
        [ ! -e new ] && [ ! -e new.zip ] || fail "$verb $*: something was written"
    done
}
mkdir bad
echo '{"cover": {"kiker": "x"}}' >bad/summary.en.json
refused "bad/summary.en.json: 'cover.kiker': is not known" --template bad
echo '{"cover": {"kicker": "x",}}' >bad/summary.en.json
refused "bad/summary.en.json: line 1" --template bad
rm bad/summary.en.json
echo '{"page": {"left": 590}}' >bad/summary.layout.json
refused "bad/summary.layout.json: 'page.(the room between the margins)'" --template bad
rm bad/summary.layout.json
echo x >bad/VERIFY.txt
refused "bad/VERIFY.txt: a template has no such file" --template bad
refused "nowhere: cannot be read as a template folder" --template nowhere
refused "the language 'xx' is not known" --language xx
refused "the page 'a5' is not known: expected one of 'a4', 'letter'" --page a5
