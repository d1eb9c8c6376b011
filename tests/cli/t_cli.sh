#!/bin/sh
# The command line as people and scripts see it: exit codes, what goes to which stream, messages that
# name the file and what to do, help for every verb, JSON with the names that stay, and no network.
# The verbs are those that `evpack help` lists: a new one is tested without a change here.
#   t_cli.sh BUILD SOURCE
set -u
build=$1
source=$2
evpack=$build/evpack
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 1
at=2026-11-22T08:00:00Z
failed=0
unset SOURCE_DATE_EPOCH

complain() {
    echo "FAILED: $*"
    failed=1
}

# run CODE ARGUMENTS...: stdout in out, stderr in err.
run() {
    want=$1
    shift
    "$evpack" "$@" >out 2>err </dev/null
    got=$?
    [ "$got" = "$want" ] || complain "evpack $*: expected exit $want, came $got: $(cat err)"
}

# err_has TEXT: in the message of the last run.
err_has() {
    grep -qF -- "$1" err || complain "expected '$1' on standard error, came '$(cat err)'"
}
out_has() {
    grep -qF -- "$1" out || complain "expected '$1' on standard output, came '$(head -n 5 out)'"
}
quiet_out() {
    [ ! -s out ] || complain "expected nothing on standard output, came '$(head -n 2 out)'"
}
quiet_err() {
    [ ! -s err ] || complain "expected nothing on standard error, came '$(head -n 2 err)'"
}
one_line() {
    [ "$(wc -l <err)" -le 2 ] || complain "expected one message, came '$(cat err)'"
}

verbs=$("$evpack" help | sed -n 's/^  evpack \([a-z]*\) .*/\1/p')
[ -n "$verbs" ] || complain "expected verbs in 'evpack help'"

# --- help and version -------------------------------------------------------------------------
run 0 help; quiet_err; out_has "Exit code"
cp out help.txt
run 0 --help; cmp -s out help.txt || complain "expected --help to be help"
run 0 --version; quiet_err; grep -qE '^evpack [0-9]+\.[0-9]+\.[0-9]+$' out || complain "version: $(cat out)"
for verb in $verbs; do
    run 0 help "$verb"; quiet_err; out_has "evpack $verb"
    run 0 "$verb" --help; quiet_err; out_has "$verb"
done

# --- map --check ------------------------------------------------------------------------------
run 0 map --check "$source/mapping"; quiet_err; out_has "no faults"
run 0 map --check "$source/mapping" --json; quiet_err; out_has '"faults":[]'
mkdir -p bad/views
echo "SELECT" >bad/views/v.sql
run 1 map --check bad; quiet_err; out_has "views/v.sql:1:"; out_has "reasons.json: is not there"
run 1 map --check bad --json; quiet_err; out_has '"path":"views/v.sql","line":1,"column":'
run 2 map --check nowhere; quiet_out; err_has "there is no folder of that name"

# --- usage errors: exit 2, a message that says what and how to get help ------------------------
run 2; quiet_out; err_has "expected a verb"
run 2 nosuch; quiet_out; err_has "there is no verb 'nosuch'"
run 2 help nosuch; quiet_out; err_has "there is no verb 'nosuch'"
for verb in $verbs; do
    run 2 "$verb" --no-such-option; quiet_out; one_line
    grep -qE "help $verb|$verb --help" err || complain "$verb: expected how to get help, came '$(cat err)'"
done
for verb in collect map status; do
    run 2 "$verb" --no-such-option; err_has "--no-such-option"
    run 2 "$verb" -c; quiet_out; err_has "'-c'"
done
run 2 collect; err_has "expected at least one PATH"
run 2 map a b; err_has "'a' is one argument too many"
run 2 status a; err_has "'a' is one argument too many"
run 2 plan a; quiet_out; err_has "'a' is one argument too many"
run 2 plan --shell zsh; quiet_out; err_has "--shell 'zsh': expected bash or powershell"
run 2 plan --baseline nosuch; quiet_out; err_has "there is no baseline 'nosuch'; the mapping has azure-cognitive-search, azure-monitor, azure-openai, azure-private-link, cognitive-services, key-vault, machine-learning-service, storage, virtual-network, and"
run 2 plan --baseline; quiet_out; err_has "'--baseline'"
run 2 plan --mapping missing; quiet_out; err_has "missing: there is no folder"
run 2 collect --expect abc x; quiet_out; err_has "--expect 'abc': expected a SHA-256 of 64 hex digits"

# --- files and cases that are not there or are something else ---------------------------------
echo "no database" >notes.txt
: >empty.db
mkdir folder exports
for verb in map status; do
    run 2 "$verb"; quiet_out; err_has "case.db: there is no case of that name; 'evpack collect' makes one"
    run 2 "$verb" -c none.db; quiet_out; err_has "none.db: there is no case"
    run 2 "$verb" -c notes.txt; quiet_out; err_has "notes.txt"
    run 2 "$verb" -c empty.db; quiet_out; err_has "empty.db: is not an evpack case; name one with -c"
    run 2 "$verb" -c folder; quiet_out; err_has "folder: is not a file"
done
[ ! -e none.db ] || complain "expected none.db not to be made"
run 2 collect missing.json; quiet_out; err_has "missing.json: cannot be read"
[ ! -e case.db ] || complain "expected no case after a collect that failed"
echo '[{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a",' \
    '"kind":"OpenAI","properties":{"x":1}}]' >exports/accounts.json
run 2 collect -c notes.txt exports; quiet_out; err_has "notes.txt"
[ "$(cat notes.txt)" = "no database" ] || complain "expected notes.txt to stay as it was"
run 2 collect --snapshot 'a b' exports; quiet_out; err_has "'a b'"
run 2 collect --collected-at yesterday exports; quiet_out; err_has "'yesterday' is not an RFC 3339 time"
run 2 collect --at 2026-13-01T00:00:00Z exports; quiet_out; err_has "RFC 3339"
SOURCE_DATE_EPOCH=soon run 2 collect exports; quiet_out; err_has "SOURCE_DATE_EPOCH is 'soon'"
[ ! -e case.db ] || complain "expected no case after collects that failed"

# --- the plan: a script, the same each time ----------------------------------------------------
for shell in bash powershell; do
    run 0 plan --shell $shell; quiet_err
    cp out plan.$shell
    run 0 plan --shell $shell; cmp -s out plan.$shell || complain "expected the same $shell script twice"
    run 0 plan --shell $shell --baseline azure-openai --baseline cognitive-services; quiet_err
    [ "$(wc -l <out)" -lt "$(wc -l <plan.$shell)" ] || complain "$shell: expected baselines to limit the plan"
done
run 0 plan; cmp -s out plan.bash || complain "expected bash to be the default"
[ "$(head -n 1 out)" = '#!/usr/bin/env bash' ] || complain "expected a bash script, came $(head -n 1 out)"
run 0 plan --mapping "$source/mapping"; quiet_err; cmp -s out plan.bash || complain "expected the built-in mapping to be the folder's"

# --- the way through --------------------------------------------------------------------------
echo 'not JSON' >exports/odd.json
ln -s accounts.json exports/link.json
run 0 collect --snapshot q4 --collected-at 2026-11-20T08:00:00Z --by Ada --reason "Quarterly evidence" --at $at exports
out_has "case.db: snapshot q4: 2 files"
err_has "exports/odd.json: unrecognised: text without a JSON document in it"
err_has "exports/link.json: not collected: a symbolic link"
run 0 collect --snapshot q4 --at $at exports; out_has "2 already there"
run 2 collect --snapshot q4 --collected-at 2026-11-21T08:00:00Z exports; err_has "another --snapshot label"
run 0 collect --snapshot q5 --at $at - </dev/null
run 0 status; quiet_err; out_has "exports/accounts.json"; out_has "evpack map"
run 0 map --at $at; quiet_err; out_has "case.db: "; out_has " findings: "
run 0 map --at $at
run 2 map --reason "$(printf 'two\nlines')"; quiet_out; err_has "--reason: expected one line"
run 2 collect --by "$(printf 'a\033[2J')" exports; quiet_out; err_has "--by: expected one line"
run 0 report -o said --format csv --at $at
grep -q '"by":"Ada","reason":"Quarterly evidence"' said/custody-log.jsonl || complain "expected who and why in the custody log"
run 2 map --mapping missing; quiet_out; err_has "missing: there is no folder"
mkdir half && echo '{}' >half/reasons.json
run 2 map --mapping half; quiet_out; err_has "half: "; err_has "reasons.json"
run 0 status; out_has "mapping built-in"
SOURCE_DATE_EPOCH=1795334400 run 0 map
run 0 status; out_has "2026-11-22T08:00:00Z"

# A result that cannot be written is not a success.
if [ -w /dev/full ]; then
    "$evpack" status >/dev/full 2>err
    [ $? = 2 ] || complain "expected exit 2 when the answer cannot be written"
fi

# --- JSON -------------------------------------------------------------------------------------
run 0 status --json; quiet_err
if command -v jq >/dev/null; then
    jq -e '(.snapshots | type == "array") and (.records | type == "object")
        and (.findings | type == "object") and (.gaps | type == "array")
        and ([.evidence[] | has("path") and has("sha256") and has("size") and has("kind")
              and has("encoding") and has("completeness") and has("records") and has("reason")] | all)
        and ([.gaps[] | has("subject") and has("needs") and has("command")] | all)
        and (.coverage | .records == .assessed + .supporting + .not_covered and .unmapped == 0)
        and (.coverage.records == (.records | add)) and (.baseline_issues | length == 9)
        and (.evidence | length == 3) and (.findings | add > 0)' out >/dev/null ||
        complain "status --json: expected the names of the design, came $(cat out)"
    sum=$(jq -r '.evidence[] | select(.path == "exports/accounts.json") | .sha256' out)
    [ "$sum" = "$(sha256sum <exports/accounts.json | cut -d' ' -f1)" ] ||
        complain "expected the file's own SHA-256, came $sum"
else
    echo "skipped: jq is not installed"
fi

run 0 status --baseline-issues; quiet_err; out_has "control-meant"; out_has "published: LT-4"
run 0 status --baseline-issues --json; quiet_err; out_has '"baseline_issues":{'
run 2 status --baseline-issue=1; quiet_out
run 0 status --framework cis-v8; quiet_err; out_has "Findings by cis-v8"
run 0 status --framework nist-800-53-r4 --json; quiet_err; out_has '"ref":"AC-4"'
run 2 status --framework iso; quiet_out; err_has "it has cis-v7.1, cis-v8, cis-v8.1, nist-800-53-r4, pci-dss-3.2.1"
run 2 status --framework cis-v8 --baseline-issues; quiet_out; err_has "different things"

# --- one JSON object from every verb -----------------------------------------------------------
# is FILTER: of the last answer, which is one object and says who made it.
is() {
    jq -e -s "length == 1 and (.[0] | .evpack.version != null and ($1))" out >/dev/null ||
        complain "expected $1, came $(head -c 600 out)"
}
if command -v jq >/dev/null; then
    contoso=$source/fixtures/contoso
    run 0 collect -c j.db --snapshot s --at $at --engagement "$contoso/engagement/engagement.json" --json "$contoso/export"
    is '.case == "j.db" and .snapshot == "s" and .files == 31 and .records > 50 and .unrecognised == 2
        and .engagement.exceptions == 3 and .ledgers.vouched == 11 and .package == null'
    run 0 map -c j.db --at $at --json; quiet_err
    is '.total == (.findings | add) and .findings.fail > 0 and .broken_rules == 0 and (.mapping_sha256 | length == 64)'
    total=$(jq .total out)
    run 0 report -c j.db -o j --at $at --json; quiet_err
    is '.folder == "j" and (.files | index("j/findings.json") != null)'
    jq -r '.files[]' out >files
    while read -r file; do [ -s "$file" ] || complain "report --json: $file is not there"; done <files
    [ "$(find j -type f | wc -l)" = "$(wc -l <files)" ] || complain "report --json: expected every file, came $(cat out)"
    [ "$(jq '.findings | length' j/findings.json)" = "$total" ] || complain "map --json: expected $total findings"
    run 0 keygen jk --json; quiet_err
    is '.key == "jk/key.pem" and .certificate == "jk/cert.pem" and .type == "rsa-3072"'
    run 0 keygen jr --type p-256 --json; is '.type == "p-256"'
    run 0 package -c j.db -o j.zip --key jk/key.pem --cert jk/cert.pem --at $at --json; quiet_err
    is '.package == "j.zip" and .signature == "j.zip.p7s" and .sequence == 1 and .redactions == 0'
    [ "$(jq -r .sha256 out)" = "$(sha256sum <j.zip | cut -d' ' -f1)" ] || complain "package --json: another SHA-256"
    [ "$(jq .size out)" = "$(wc -c <j.zip)" ] || complain "package --json: another size"
    id=$(jq -r .id out)
    run 0 verify j.zip --trust jk/cert.pem --json; quiet_err
    jq -e --arg id "$id" '.verdict == "verified" and .package.id == $id' out >/dev/null || complain "verify --json: $(cat out)"
    run 0 extract j.zip -o jx --trust jk/cert.pem --json; quiet_err
    jq -e '.verdict == "verified"' out >/dev/null || complain "extract --json: $(cat out)"
    run 0 reperform j.zip --trust jk/cert.pem --json; quiet_err
    jq -e '.verdict == "identical"' out >/dev/null || complain "reperform --json: $(tail -c 300 out)"
    run 0 collect -c jp.db --trust jk/cert.pem --json j.zip
    is ".package.id == \"$id\" and (.package.signer.fingerprint_sha256 | length == 64) and .files == 31"
    run 0 timestamp request j.zip --json; quiet_err
    is '.request == "j.zip.p7s.tsq" and .kept == false and .copy == null'
    run 0 timestamp request j.zip -o j.tsq --json; is '.kept == true and .copy == "j.tsq"'
    run 0 sign j.zip --key jr/key.pem --cert jr/cert.pem --name r --role R --statement S --trust jk/cert.pem --at $at --json
    is ".id == \"$id\" and .signature == \"j.zip.r.p7s\" and .role == \"R\" and .statement == \"S\""
    run 0 plan --json; quiet_err
    is '.shell == "bash" and (.script | startswith("#!"))'
    jq -j .script out >script && run 0 plan && cmp -s script out || complain "plan --json: another script"
    # An error is on standard error alone, and the exit code tells.
    run 2 map -c nowhere.db --json; quiet_out; err_has "nowhere.db"
    run 2 package -c j.db -o j.zip --key jk/key.pem --cert jk/cert.pem --json; quiet_out; err_has "j.zip"

    # --- show ----------------------------------------------------------------------------------
    run 0 show -c j.db NS-2 --json; quiet_err
    is '.kind == "control" and .control.id == "NS-2" and (.control.objective | length > 20)
        and (.counts | add) == (.findings | length) + .more and .findings[0].status == "fail"'
    run 0 show -c j.db NS-2 --all --json; is '.more == 0 and all(.findings[]; .control_id == "NS-2")'
    run 0 show -c j.db oai-lab --json
    is '.kind == "resource" and .records[0].length > 0 and all(.findings[]; .subject | endswith("/accounts/oai-lab"))'
    subject=$(jq -r .subject out)
    run 0 show -c j.db "$subject" --json; [ "$(jq -r .subject out)" = "$subject" ] || complain "show: another subject"
    # Every finding by its id: it is the one of findings.json, and the excerpt has the value observed.
    jq -r '.findings[] | select(.status == "fail" or .status == "pass") | .id' j/findings.json | awk 'NR % 12 == 1' >ids
    while read -r id; do
        run 0 show -c j.db "$id" --json; quiet_err
        is ".kind == \"finding\" and .finding.id == \"$id\" and .control.id == .finding.control_id
            and (.excerpt | (.why != null) or (.text | length > 0))"
        jq -e --slurpfile all j/findings.json '.finding == ($all[0].findings[] | select(.id == "'"$id"'"))' out >/dev/null ||
            complain "show $id: expected the finding of findings.json"
        jq -e '.excerpt.why != null or .excerpt.around or .excerpt.pointer == null or
               (.excerpt as $e | .finding.observed[] | select(.pointer == $e.pointer and .evidence == null) |
                .value | tojson | ascii_downcase) as $v | (.excerpt.text | ascii_downcase | gsub("\\s"; "") |
                contains($v | gsub("\\s"; "")) or (($v | length) > 200))' out >/dev/null ||
            complain "show $id: expected the observed value in the excerpt: $(jq -c '.excerpt, .finding.observed' out)"
    done <ids
    run 0 show -c j.db "$(head -c 8 ids)"; quiet_err; out_has "$(head -n 1 ids)"; out_has "The evidence, export/"; out_has "  > "
    jq -r '.findings[] | select(.id == "'"$(head -n 1 ids)"'") | .evidence[0] | "bytes \(.offset) to \(.offset + .length - 1)"' j/findings.json >bytes
    out_has "$(cat bytes)"
    run 0 show -c j.db "$(head -n 1 ids)" --sql; out_has "SELECT"
fi
run 2 show; quiet_out; err_has "expected one control"
run 2 show NS-77; quiet_out; err_has "near are: NS-1"
run 2 show NS-1 NS-2; quiet_out
run 2 show -c nowhere.db NS-1; quiet_out; err_has "nowhere.db"

# --- the same case and --at give the same findings ---------------------------------------------
if command -v sqlite3 >/dev/null; then
    dump() {
        sqlite3 "$1" "SELECT control_id, feature, subject, status, reason, need, evidence,
            evaluated_at FROM finding_row ORDER BY test_id, record_id"
    }
    for n in 1 2; do
        run 0 collect -c "$n.db" --at $at "$source/fixtures/contoso/export"
        run 0 map -c "$n.db" --at $at
        dump "$n.db" >"$n.txt"
    done
    run 0 map -c 2.db --at $at
    dump 2.db >again.txt
    # feature and test ids go on; what they say does not change
    cmp -s 1.txt 2.txt || complain "expected two cases of one export to have the same findings"
    sort 2.txt >2.sorted; sort again.txt >again.sorted
    cmp -s 2.sorted again.sorted || complain "expected a second map to have the same findings"
else
    echo "skipped: sqlite3 is not installed"
fi

# --- any bag ----------------------------------------------------------------------------------
mkdir -p bag/data
printf 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n' >bag/bagit.txt
printf abc >bag/data/a
(cd bag && md5sum data/a >manifest-md5.txt)
run 0 verify bag --bag-only
out_has "A VALID BAG: bag"
out_has "BagIt 0.97, 1 payload files, 3 bytes, checked by md5"
out_has "who made the bag"
run 0 verify --bag-only --json bag
[ "$(jq -r '.verdict, .bag_only, .bag.version' out | tr '\n' ' ')" = "verified true 0.97 " ] ||
    complain "verify --bag-only --json: came $(cat out)"
printf abd >bag/data/a
run 1 verify bag --bag-only
out_has "file-changed: data/a"
run 2 verify none --bag-only
err_has "none: cannot be opened"
run 2 verify --bag-only
err_has "the folder of a bag"
run 2 verify bag --bag-only --trust net-key/cert.pem
err_has "does not go with --bag-only"

# --- timestamps -------------------------------------------------------------------------------
run 2 timestamp; quiet_out; err_has "expected request or attach"
run 2 timestamp fetch P.zip; err_has "found fetch"
run 2 timestamp request; err_has "expected one package"
run 2 timestamp request none.zip; err_has "none.zip.p7s: cannot be opened"
run 2 timestamp request a.zip --tsa-trust x.pem; err_has "go with attach"
run 2 timestamp attach a.zip; err_has "expected a package and the answer"
run 2 timestamp attach a.zip b.tsr; err_has "--tsa-trust is needed"
run 2 timestamp attach a.zip b.tsr --tsa-trust none.pem; err_has "none.pem: cannot be opened"
run 2 timestamp attach a.zip b.tsr --tsa-trust none.pem -o c; err_has "-o goes with request"
run 2 verify a.zip --trust none.pem --tsa-trust; err_has "--tsa-trust needs a file or folder"

# --- no network -------------------------------------------------------------------------------
# What each verb does here; others are called with --help and without arguments.
words() {
    case $1 in
    collect) echo "collect -c net.db $source/fixtures/contoso/export" ;;
    map) echo "map -c net.db --at $at" ;;
    status) echo "status -c net.db --json" ;;
    show) echo "show -c net.db NS-1" ;;
    report) echo "report -c net.db -o net-report --at $at" ;;
    package) echo "package -c net.db -o net.zip --key net-key/key.pem --cert net-key/cert.pem --at $at" ;;
    verify) echo "verify net.zip --trust net-key/cert.pem" ;;
    timestamp) echo "timestamp request net.zip" ;;
    keygen) echo "keygen net-key" ;;
    plan) echo "plan" ;;
    *) echo "$1 --help" ;;
    esac
}
if ! command -v strace >/dev/null; then
    echo "skipped: strace is not installed"
elif ! strace -f -o trace true 2>/dev/null; then
    echo "skipped: strace may not trace here"
elif [ "${EVPACK_SANITIZED:-}" = 1 ]; then
    echo "skipped: the leak check and strace exclude each other"
else
    # keygen first: package needs its key
    for verb in keygen $(echo "$verbs" | grep -vx keygen); do
        # shellcheck disable=SC2046 # a list of words
        strace -f -e trace=network -o trace "$evpack" $(words "$verb") >out 2>err </dev/null
        got=$?
        [ "$got" = 0 ] || complain "evpack $(words "$verb"): expected exit 0, came $got: $(cat err)"
        if grep -qE 'socket|connect|bind|send|recv' trace; then
            complain "evpack $verb: expected no network, came $(head -n 3 trace)"
        fi
    done
fi
exit $failed
