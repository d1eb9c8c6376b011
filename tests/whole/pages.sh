#!/bin/sh
# The manual pages of the programs against what is so, both ways: every option that a verb's own code
# takes is in its help text and in the synopsis and the list of its page, and no other; every verb has a
# page and stands in evpack(1); every variable of the environment that is read is named. All pages are
# good mdoc (mandoc -Tlint), and what their examples say is run.
#
#   pages.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
failed=0
complain() { echo "$*"; failed=1; }
. "$source/tests/whole/options.sh"
pages=$source/src/cli/man

# same WHAT IS WANT [ALLOWED]: sorted lists; what may be there beyond WANT is in ALLOWED.
same() {
    for line in $(LC_ALL=C comm -23 "$2" "${4:-$3}"); do complain "$1: $line is there, which is not so"; done
    for line in $(LC_ALL=C comm -13 "$2" "$3"); do complain "$1: $line is missing"; done
}

# --- options ----------------------------------------------------------------------------------------
# groups PAGE: the options of each entry of the lists, the forms of one option on one line.
groups() {
    grep -E '^[.]It Fl ' "$1" | awk '{
        out = ""
        for (i = 3; i <= NF && $i != "Ar" && $i != "Cm"; i++) if ($i != "," && $i != "Fl") out = out " -" $i
        print substr(out, 2) }'
}
synopsis() { # PAGE: the options in it
    awk '/^[.]Sh / { on = $2 == "SYNOPSIS" } on' "$1" | grep -oE 'Fl -?[a-z-]+' | sed 's/^Fl /-/'
}
for verb in $(verbs_of) evpack-verify; do
    program_options "$verb" >program
    [ -s program ] || [ "$verb" = keygen ] || complain "$verb: expected options in its source"
    # The long form of an option with a letter may be left out of the help text.
    tr '\n' ' ' <"$source/src/cli/cmd_${verb#evpack-}.c" | grep -oE '"[a-z-]+", *[a-z]+_argument, *NULL, *.[a-z].' |
        sed "s/\"\([a-z-]*\)\".*'\(.\)'/-\2 --\1/" >forms || true
    while read -r short long; do
        if grep -qxe "$short" program; then echo "$long"; fi
    done <forms >spare
    help_options "$verb" >help
    grep -vxFf spare program >needed || true
    same "src/cli/help/$verb.txt" help needed program
    page=$pages/evpack-${verb#evpack-}.1
    [ -f "$page" ] || { complain "expected a page for $verb: src/cli/man/evpack-$verb.1"; continue; }
    case $verb in
    evpack-verify) continue ;; # its page is that of the verb
    verify) program_options evpack-verify >>program ;;
    esac
    printf '%s\n' -h --help >>program
    LC_ALL=C sort -u -o program program
    groups "$page" | tr ' ' '\n' | LC_ALL=C sort >listed
    same "$(basename "$page"): its list of options" listed program
    synopsis "$page" | LC_ALL=C sort -u >in.synopsis
    LC_ALL=C comm -23 in.synopsis program | grep . && complain "$(basename "$page"): its synopsis has what the program does not take"
    # A number that is taken where an option is not given is the same in both.
    sed 's/^  \(--[a-z-]*\)/\n\1/' "$source/src/cli/help/$verb.txt" | awk -v RS= '/^--/ { if (match($0, /default: [0-9]+/)) print $1, substr($0, RSTART + 9, RLENGTH - 9) }' |
        LC_ALL=C sort >default.help
    awk '/^[.]It/ { name = ""; for (i = 3; i <= NF; i++) if ($i ~ /^-[a-z]/) { name = "-" $i; break } }
        /^Default: [0-9]+[.]$/ { print name, $2 + 0 }' "$page" | LC_ALL=C sort >default.page
    cmp -s default.help default.page || complain "$(basename "$page"): its defaults differ (< help text, > page): $(diff default.help default.page)"
    groups "$page" | while read -r forms; do
        found=
        for form in $forms; do
            if grep -qxe "$form" in.synopsis; then found=1; fi
        done
        [ -n "$found" ] || [ "$forms" = "-h --help" ] || echo "$forms"
    done >lost
    [ ! -s lost ] || complain "$(basename "$page"): its synopsis lacks $(tr '\n' ' ' <lost)"
done

# --- verbs, sections, environment -------------------------------------------------------------------
verbs_of | LC_ALL=C sort >verbs
sed -n 's/^[.]It Cm \([a-z-]*\)$/\1/p' "$pages/evpack.1" | LC_ALL=C sort >named
same "evpack.1: its verbs" named verbs
sed -n 's/^  evpack \([a-z]*\) .*/\1/p' "$source/src/cli/help/evpack.txt" | LC_ALL=C sort -u >named
same "src/cli/help/evpack.txt" named verbs
for page in "$pages"/*.1; do
    name=$(basename "$page" .1)
    verb=${name#evpack-}
    [ "$name" = evpack ] || grep -qx "$verb" verbs || complain "$name.1 is the page of no verb"
    grep -qx "[.]Nm $name" "$page" || complain "$name.1: expected the name $name"
    for section in NAME SYNOPSIS DESCRIPTION "EXIT STATUS" EXAMPLES "SEE ALSO"; do
        grep -qx "[.]Sh $section" "$page" || complain "$name.1: expected a section $section"
    done
    [ "$name" = evpack ] || grep -q "^[.]Xr $name 1" "$pages/evpack.1" || complain "evpack.1 does not refer to $name(1)"
    sed -n 's/^[.]Xr \([^ ]*\) 1.*/\1/p' "$page" | grep '^evpack' | while read -r to; do
        [ -f "$pages/$to.1" ] || echo "$to"
    done >lost
    [ ! -s lost ] || complain "$name.1 refers to pages that are not there: $(tr '\n' ' ' <lost)"
    # Of repetition, --at alone says when.
    code=$source/src/cli/cmd_$verb.c
    if [ "$name" != evpack ] && [ "$verb" != reperform ]; then
        while read -r call variable; do
            if grep -q "$call" "$code" && ! grep -q "Ev $variable" "$page"; then
                complain "$name.1 does not name $variable"
            fi
        done <<'END'
cli_now( SOURCE_DATE_EPOCH
cli_pass( EVPACK_KEY_PASSPHRASE
scratch_run( TMPDIR
END
    fi
done
# By name, or by a table of names.
grep -rhoE 'getenv\("[A-Z_]+"\)|(usual|names)\[\] = [{]?("[A-Z_]+"(, )?)+' "$source/src" --include='*.c' |
    grep -oE '"[A-Z_]+"' | tr -d '"' | LC_ALL=C sort -u >read
sed -n 's/^[.]It Ev //p' "$pages/evpack.1" | LC_ALL=C sort -u >named
same "evpack.1: its environment" named read

# --- mdoc -------------------------------------------------------------------------------------------
command -v mandoc >/dev/null || { echo "mandoc is needed (see tests/packages.sh)"; exit 1; }
for page in "$pages"/*.1 "$source/src/seal/evpack-package.5"; do
    # That the manuals named are installed on this machine is not the page's to see to.
    mandoc -Tlint "$page" 2>&1 | grep -Ev 'mandoc\.db lacks|referenced manual not found' >lint || true
    [ ! -s lint ] || complain "$(cat lint)"
done

# --- examples ---------------------------------------------------------------------------------------
# Literal displays of the section EXAMPLES are commands that work, in order, in a folder of a preparer;
# unfilled ones are for elsewhere. The folder: exports/, audit/, case.db, key/, reviewer/, evidence.zip
# with its signature, before.zip, mapping/, and an authority's answer to come.
mkdir home tools
ln -s "$build/evpack" "$build/evpack-verify" tools/
PATH=$work/tools:$PATH
cp -R "$source/fixtures/contoso/export" home/exports
cp -R "$source/fixtures/contoso/engagement" home/audit
cp -R "$source/mapping" home/mapping
rm -f home/mapping/README.md
sh "$source/tests/seal/authority.sh" make tsa
(
    cd home
    evpack keygen key
    evpack keygen reviewer --type p-256
    evpack collect --snapshot 2026-q3 --collected-at 2026-08-20T06:00:00Z exports
    evpack map
    evpack package -o before.zip --key key/key.pem --cert key/cert.pem
    rm case.db
    evpack collect --snapshot 2026-q4 --collected-at 2026-11-20T06:00:00Z exports
    evpack map
    evpack package -o evidence.zip --key key/key.pem --cert key/cert.pem
    cp ../tsa/root.pem tsa.pem
) >out 2>&1 || { tail out; complain "the folder for the examples could not be made"; }
run=0
for page in "$pages"/*.1; do
    name=$(basename "$page" .1)
    awk '/^[.]Sh / { on = $2 == "EXAMPLES" } !on { next }
        /^[.]Bd -literal/ { take = 1; next } /^[.]Ed/ { take = 0 } take' "$page" | sed 's/\\e/\\/g; s/\\&//g' >commands
    [ -s commands ] || { complain "$name.1: expected examples"; continue; }
    rm -rf here
    cp -R home here
    if [ "$name" = evpack-timestamp ]; then # the courier, between the first example and the next
        sed -i '/timestamp request/a\
sh "$authority" reply ../tsa rsa courier.tsq courier.tsr' commands
    fi
    (cd here && authority=$source/tests/seal/authority.sh sh -eux ../commands) >out 2>err </dev/null || complain "$name.1: an example failed: $(tail -n 3 out err)"
    run=$((run + $(grep -c '^evpack' commands)))
done
[ "$run" -ge 30 ] || complain "expected 30 or more examples, came $run"
[ $failed = 0 ] && echo "$(wc -l <verbs) verbs, $run commands of the examples run"
exit $failed
