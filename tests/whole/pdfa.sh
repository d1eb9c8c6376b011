#!/bin/sh
# Every summary.pdf is PDF/A-1b: Apache PDFBox's Preflight says so of the sample tenant's, of one whose
# evidence and template hold whatever text can hold, and of one with a logo, another page size and
# another language; and says no to a changed one. qpdf finds nothing wrong; the same inputs give the
# same bytes; text comes out as it went in, and what the fonts lack comes out as a visible escape.
#
#   pdfa.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
fail() { echo "$*"; exit 1; }
for tool in qpdf pdftotext pdfinfo python3; do
    command -v $tool >/dev/null || fail "$tool is needed (see tests/packages.sh)"
done
evpack=$build/evpack
at=2026-11-22T00:00:00Z

# --- cases ----------------------------------------------------------------------------------------
sample=$source/fixtures/contoso
"$evpack" collect -c sample.db --snapshot demo --collected-at 2026-11-20T06:00:00Z \
    --engagement "$sample/engagement/engagement.json" "$sample/export" >/dev/null 2>&1
"$evpack" map -c sample.db --at $at >/dev/null
# As little as a case can hold: what is judged often.
mkdir small
echo '[{"id":"/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG","name":"RG",
"type":"Microsoft.Resources/resourceGroups","location":"westeurope"}]' >small/groups.json
"$evpack" collect -c small.db --snapshot demo --collected-at 2026-11-20T06:00:00Z small >/dev/null 2>&1
"$evpack" map -c small.db --at $at >/dev/null
mkdir export bold
python3 - <<'END'
import json
names = ["control\u0001\u0007\u001b[31m", "bidi\u202eevil\u2066x", "emoji\U0001F600\U0001F9EA",
         "\u65e5\u672c\u8a9e", "half\ud83d", "a]]>&amp;<b>\"'</b>", "x" * 10000, "g\u0308 combining",
         "\u0393\u03b5\u03b9\u03ac \u041f\u0440\u0438\u0432\u0435\u0442 Gr\u00f6\u00dfe \u20ac",
         "\u2028\u2029\ufeff\ufffe", "(paren\\ )(", "%PDF-1.4 endstream endobj"]
base = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG/providers/"
accounts = [{"id": base + "Microsoft.CognitiveServices/accounts/" + n.replace("/", "_"), "name": n,
             "type": "Microsoft.CognitiveServices/accounts", "kind": "OpenAI", "location": n,
             "tags": {n: n}, "properties": {"publicNetworkAccess": n, "disableLocalAuth": n,
             "networkAcls": {"defaultAction": n}}} for n in names]
json.dump(accounts, open("export/accounts.json", "w"))
title = "Title & <b>\"x\"</b> ]]> \u65e5\u202e\U0001F600 \u0395\u03bb \u0416"
json.dump({"title": title, "subject": "{benchmark} <&> \u0007",
           "cover": {"kicker": "\u03ba\u03cc\u03c3\u03bc\u03bf\u03c2 \u0441\u043b\u043e\u0432\u043e",
                     "subtitle": "s" * 7000}}, open("bold/summary.en.json", "w"))
END
"$evpack" collect -c hostile.db --snapshot "x" --collected-at 2026-11-20T06:00:00Z export >/dev/null 2>&1 ||
    fail "hostile names cannot be collected"
"$evpack" map -c hostile.db --at $at >/dev/null

# --- reports --------------------------------------------------------------------------------------
report() { # NAME CASE OPTIONS...
    name=$1
    case=$2
    shift 2
    for n in 1 2; do
        "$evpack" report -c "$case" -o "$name.$n" --format pdf --at $at "$@" >/dev/null ||
            fail "$name: no report"
        [ $n = 1 ] || cmp -s "$name.1/summary.pdf" "$name.2/summary.pdf" ||
            fail "$name: two runs over the same inputs give different bytes"
    done
    mv "$name.1/summary.pdf" "$name.pdf"
    qpdf --check "$name.pdf" >check 2>&1 || fail "$name: qpdf: $(cat check)"
    pdftotext -layout "$name.pdf" "$name.txt"
}
report small small.db
report sample sample.db
report firm sample.db --template "$source/fixtures/template"
report german sample.db --template "$source/fixtures/template" --language de --page a4
report hostile hostile.db
report bold hostile.db --template bold --page letter

# --- what is in them ------------------------------------------------------------------------------
size() { pdfinfo "$1.pdf" | sed -n 's/^Page size: *//p'; }
case $(size sample) in "595.28 x 841.89"*) ;; *) fail "sample: expected A4, found $(size sample)" ;; esac
case $(size firm) in "612 x 792"*) ;; *) fail "firm: expected Letter, found $(size firm)" ;; esac
case $(size german) in "595.28 x 841.89"*) ;; *) fail "german: expected A4, found $(size german)" ;; esac
has() { tr -d ' \n\f' <"$1.txt" | grep -qF "$2" || fail "$1: expected '$2' in its text"; }
has german "Seite2von"
has firm "NorthwindAssuranceLLP"
qpdf --qdf --object-streams=disable firm.pdf firm.qdf
grep -aq '/Subtype /Image' firm.qdf || fail "firm: the logo is not there"
! grep -aq '/SMask' firm.qdf || fail "firm: the logo is transparent"
has hostile "ΓειάПриветGröße€"
has hostile "emoji⟨U+1F600⟩⟨U+1F9EA⟩"
has hostile "bidi⟨U+202E⟩evil⟨U+2066⟩x"
has hostile "⟨U+65E5⟩⟨U+672C⟩⟨U+8A9E⟩"
has hostile "control⟨U+0001⟩⟨U+0007⟩⟨U+001B⟩[31m"
has bold "κόσμοςслово"
pdfinfo bold.pdf | grep -qF 'Title & <b>"x"</b> ]]> ⟨U+65E5⟩⟨U+202E⟩⟨U+1F600⟩ Ελ Ж' ||
    fail "bold: the title is $(pdfinfo bold.pdf | sed -n 's/^Title: *//p')"

# --- the judge ------------------------------------------------------------------------------------
jars=/usr/share/java
path=
for jar in preflight pdfbox2 fontbox2 xmpbox commons-logging commons-io jaxb-api javax.activation; do
    [ -e $jars/$jar.jar ] || [ $jar = commons-io ] ||
        { echo "No $jar.jar: whether it is PDF/A-1b was not judged (see tests/packages.sh)"; exit 77; }
    path=$path${path:+:}$jars/$jar.jar
done
command -v java >/dev/null || { echo "No java: whether it is PDF/A-1b was not judged"; exit 77; }
# It can say no: another part of the standard, an output intent of another one, a time that differs.
LC_ALL=C sed 's/<pdfaid:part>1</<pdfaid:part>4</' small.pdf >part.pdf
LC_ALL=C sed 's|/GTS_PDFA1|/GTS_PDFX1|' small.pdf >intent.pdf
LC_ALL=C sed 's/<xmp:CreateDate>2026-11-22/<xmp:CreateDate>2026-11-23/' small.pdf >date.pdf
# One run for all, since most of it is Java's own beginning; what german and sample hold is in these.
java -cp "$path" "$source/tests/whole/pdfa/Preflight.java" \
    small.pdf firm.pdf bold.pdf part.pdf intent.pdf date.pdf >said 2>log || :
grep -v '^  ' said >verdicts || fail "the judge said nothing: $(cat log)"
cat >expected <<END
small.pdf: PDF/A-1b
firm.pdf: PDF/A-1b
bold.pdf: PDF/A-1b
part.pdf: not PDF/A-1b
intent.pdf: not PDF/A-1b
date.pdf: not PDF/A-1b
END
cmp -s verdicts expected || fail "expected $(cat expected) and the judge said $(cat said log)"
