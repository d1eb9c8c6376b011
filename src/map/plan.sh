#!/usr/bin/env bash
# Exports evidence for evpack with the Azure CLI. It only reads, and asks for no secrets.
#@made
#
#   bash FILE [FOLDER]      FOLDER is made, and must not be there (default: evpack-export-TIME)
#
# Every command's output goes to a file of its own, and collection.jsonl, the ledger, has a line for
# each: what was run, by whom, when, with which result, and the SHA-256 of the file. A command that
# fails is written down and does not stop the others. Needs az, signed in, and bash 3.2 or newer; no
# jq and no python. EVPACK_RETRY_WAIT: seconds before a throttled command is tried again (5).
# shellcheck disable=SC2016 # the words of the plan are as they are
set -u
umask 077
# Bytes are bytes; az writes UTF-8 all the same. Git Bash must leave /subscriptions/x as it is.
export LC_ALL=C PYTHONUTF8=1 MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'
export AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no

PAGES_MAX=1000
TRIES_MAX=4
ERROR_MAX=4000
RETRY_WAIT=${EVPACK_RETRY_WAIT:-5}
COUNT=0
COMMANDS=0
FAILED=0
FILE=
subject=
subscription=

die() {
    printf 'evpack export: %s\n' "$*" >&2
    exit 2
}

now() {
    date -u +%Y-%m-%dT%H:%M:%SZ
}

# What may be shown on a terminal.
shown() {
    REPLY=${1//[[:cntrl:]]/?}
}

# sha256 FILE: its SHA-256 into REPLY.
sha256() {
    if command -v sha256sum >/dev/null 2>&1; then
        REPLY=$(sha256sum <"$1")
    elif command -v shasum >/dev/null 2>&1; then
        REPLY=$(shasum -a 256 <"$1")
    else
        REPLY=$(openssl dgst -sha256 -r <"$1")
    fi
    REPLY=${REPLY%%[!0-9a-f]*}
}

# json TEXT: a JSON string into REPLY.
json() {
    local text=$1 out='' i c code
    for ((i = 0; i < ${#text}; i++)); do
        c=${text:i:1}
        case $c in
        '"') out=$out'\"' ;;
        \\) out=$out$c$c ;;
        [[:cntrl:]])
            printf -v code '\\u%04x' "'$c"
            out=$out$code
            ;;
        *) out=$out$c ;;
        esac
    done
    REPLY="\"$out\""
}

# json_or_null TEXT: null for an empty text.
json_or_null() {
    if [ -n "$1" ]; then
        json "$1"
    else
        REPLY=null
    fi
}

# utf8 CODE_POINT: its bytes into REPLY.
utf8() {
    local c=$1 escaped
    if ((c < 0x80)); then
        printf -v escaped '\\x%02x' "$c"
    elif ((c < 0x800)); then
        printf -v escaped '\\x%02x\\x%02x' $((0xc0 | c >> 6)) $((0x80 | c & 0x3f))
    elif ((c < 0x10000)); then
        printf -v escaped '\\x%02x\\x%02x\\x%02x' $((0xe0 | c >> 12)) $((0x80 | c >> 6 & 0x3f)) \
            $((0x80 | c & 0x3f))
    else
        printf -v escaped '\\x%02x\\x%02x\\x%02x\\x%02x' $((0xf0 | c >> 18)) \
            $((0x80 | c >> 12 & 0x3f)) $((0x80 | c >> 6 & 0x3f)) $((0x80 | c & 0x3f))
    fi
    # shellcheck disable=SC2059 # the escapes are the format
    printf -v REPLY "$escaped"
}

# hex4 TEXT: four hex digits as a number into REPLY.
hex4() {
    case $1 in
    [0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]) REPLY=$((16#$1)) ;;
    *) return 1 ;;
    esac
}

# unescape TEXT AT: the escape whose letter stands at AT, into REPLY; TAKEN is its length from there.
unescape() {
    local high
    TAKEN=1
    case ${1:$2:1} in
    '"') REPLY='"' ;;
    \\) REPLY=\\ ;;
    /) REPLY=/ ;;
    b) REPLY=$'\b' ;;
    f) REPLY=$'\f' ;;
    n) REPLY=$'\n' ;;
    r) REPLY=$'\r' ;;
    t) REPLY=$'\t' ;;
    u)
        TAKEN=5
        hex4 "${1:$2 + 1:4}" || return 1
        if ((REPLY >= 0xd800 && REPLY < 0xdc00)); then
            high=$REPLY
            TAKEN=11
            [ "${1:$2 + 5:2}" = '\u' ] && hex4 "${1:$2 + 7:4}" || return 1
            ((REPLY >= 0xdc00 && REPLY < 0xe000)) || return 1
            REPLY=$((0x10000 + ((high - 0xd800) << 10) + REPLY - 0xdc00))
        elif ((REPLY == 0 || (REPLY >= 0xdc00 && REPLY < 0xe000))); then
            return 1
        fi
        utf8 "$REPLY"
        ;;
    *) return 1 ;;
    esac
}

# values LINE: a JSON array of strings and nulls into VALUES, null as an empty text.
values() {
    local text=$1 at=1 value c
    VALUES=()
    [ "${text:0:1}" = '[' ] || return 1
    while :; do
        value=
        if [ "${text:at:4}" = null ]; then
            at=$((at + 4))
        elif [ "${text:at:1}" = '"' ]; then
            at=$((at + 1))
            while :; do
                c=${text:at:1}
                case $c in
                '') return 1 ;;
                '"') break ;;
                \\)
                    unescape "$text" $((at + 1)) || return 1
                    value=$value$REPLY
                    at=$((at + 1 + TAKEN))
                    ;;
                *)
                    value=$value$c
                    at=$((at + 1))
                    ;;
                esac
            done
            at=$((at + 1))
        else
            return 1
        fi
        VALUES+=("$value")
        case ${text:at} in
        ']') return 0 ;;
        ,*) at=$((at + 1)) ;;
        *) return 1 ;;
        esac
    done
}

# run OUT ARGUMENT...: az with its output in OUT and its errors in $work/err; sets CODE, START, END
# and TRIES. What Azure throttles is tried again, later and later.
run() {
    local out=$1 pause=$RETRY_WAIT
    shift
    TRIES=0
    while :; do
        TRIES=$((TRIES + 1))
        START=$(now)
        az "$@" </dev/null >"$out" 2>"$work/err"
        CODE=$?
        END=$(now)
        if [ "$CODE" -eq 0 ] || [ "$TRIES" -ge "$TRIES_MAX" ] ||
            ! grep -qiE 'too *many *requests|throttl|code:? *429|\(429\)' "$work/err"; then
            return 0
        fi
        sleep "$pause"
        pause=$((pause * 3))
    done
}

# What az said on standard error, bounded and in UTF-8, into REPLY.
said() {
    head -c "$ERROR_MAX" "$work/err" >"$work/said"
    if command -v iconv >/dev/null 2>&1; then
        REPLY=$(iconv -c -f UTF-8 -t UTF-8 <"$work/said" 2>/dev/null | tr -d '\000')
    else
        REPLY=$(tr -c '\011\012\015\040-\176' '?' <"$work/said")
    fi
}

# record ID KIND NOTE PAGE ARGUMENT...: a line of the ledger for what run did; FILE is the file's
# name, empty when there is none. A failed command that printed nothing leaves no file.
record() {
    local id kind note page=$4 arguments='' file=null sum=null argument line
    json "$1"
    id=$REPLY
    json_or_null "$2"
    kind=$REPLY
    json_or_null "$3"
    note=$REPLY
    shift 4
    for argument in "$@"; do
        json "$argument"
        arguments=$arguments${arguments:+,}$REPLY
    done
    if [ -n "$FILE" ] && [ "$CODE" != 0 ] && [ ! -s "$FOLDER/$FILE" ]; then
        rm -f "$FOLDER/$FILE"
    elif [ -n "$FILE" ]; then
        json "$FILE"
        file=$REPLY
        sha256 "$FOLDER/$FILE"
        sum="\"$REPLY\""
    fi
    line="{\"evpack_collection\":1,\"plan\":$id,\"kind\":$kind,\"command\":\"az\",\"arguments\":[$arguments]"
    line="$line,\"file\":$file,\"sha256\":$sum,\"start\":\"$START\",\"end\":\"$END\",\"exit_code\":$CODE"
    json "$AZ_VERSION"
    line="$line,\"tries\":$TRIES,\"az_version\":$REPLY"
    json "$ACCOUNT"
    line="$line,\"account\":$REPLY"
    json "$TENANT"
    line="$line,\"tenant\":$REPLY"
    json_or_null "$subscription"
    line="$line,\"subscription\":$REPLY"
    json_or_null "$subject"
    line="$line,\"subject\":$REPLY,\"page\":$page,\"note\":$note"
    said
    if [ "$CODE" != 0 ]; then
        FAILED=$((FAILED + 1))
        argument=$REPLY
        shown "${argument%%$'\n'*}"
        REPLY=${REPLY:0:200}
        [ "$CODE" = null ] || REPLY="failed (exit $CODE): $REPLY"
        printf '        %s\n' "$REPLY" >&2
        REPLY=$argument
    fi
    json_or_null "$REPLY"
    line="$line,\"error\":$REPLY}"
    COMMANDS=$((COMMANDS + 1))
    printf '%s\n' "$line" >>"$LEDGER" || die "$LEDGER cannot be written"
}

# refuse ID KIND PAGE WHY ARGUMENT...: a line for what was not run.
refuse() {
    local id=$1 kind=$2 page=$3
    printf 'not run: %s\n' "$4" >"$work/err"
    shift 4
    START=$(now)
    END=$START
    CODE=null
    TRIES=0
    FILE=
    record "$id" "$kind" '' "$page" "$@"
}

# name_file ID: the next file's name into FILE. The number keeps names apart, the rest is for people.
name_file() {
    local word=${subject##*/}
    word=${word//[!A-Za-z0-9._-]/_}
    COUNT=$((COUNT + 1))
    printf -v FILE '%05d-%s%s.json' "$COUNT" "$1" "${word:+-${word:0:40}}"
    shown "$subject"
    printf '[%s] %s %s\n' "$COUNT" "$1" "$REPLY" >&2
}

# get ID KIND NOTE ARGUMENT...: one command, one file.
get() {
    local id=$1 kind=$2 note=$3
    shift 3
    name_file "$id"
    run "$FOLDER/$FILE" "$@" -o json
    record "$id" "$kind" "$note" 0 "$@" -o json
}

# next_link FILE: the link to the next page into REPLY, empty when this is the last. az prints JSON
# with two blanks for each level, one member a line.
next_link() {
    REPLY=$(sed -n -e 's/^  "nextLink": "\(.*\)".*$/\1/p' -e 's/^  "@odata.nextLink": "\(.*\)".*$/\1/p' \
        -e 's/^  "@nextLink": "\(.*\)".*$/\1/p' "$1" | head -n 1)
}

# pages ID KIND NOTE rest --method get --url URL: a list that az does not page, one file a page.
pages() {
    local id=$1 kind=$2 note=$3 page=0 stem url
    shift 3
    url=${!#}
    set -- "${@:1:$#-1}"
    name_file "$id"
    stem=${FILE%.json}
    case $url in
    *[\\\"\<\>\#[:cntrl:]]* | *\?*\?*)
        refuse "$id" "$kind" 1 'a name in the URL holds what a URL cannot' "$@" "$url"
        return
        ;;
    esac
    while :; do
        page=$((page + 1))
        printf -v FILE '%s.page-%04d.json' "$stem" "$page"
        run "$FOLDER/$FILE" "$@" "$url" -o json
        record "$id" "$kind" "$note" "$page" "$@" "$url" -o json
        [ "$CODE" -eq 0 ] || return 0
        next_link "$FOLDER/$FILE"
        [ -n "$REPLY" ] || return 0
        url=$REPLY
        # az sends its token to whatever begins like an endpoint: it must be one.
        case $url in
        *\\*) refuse "$id" "$kind" $((page + 1)) 'the link to the next page cannot be read' "$@" "$url" ;;
        "$ARM"/* | "$GRAPH"/*)
            [ "$page" -lt "$PAGES_MAX" ] && continue
            refuse "$id" "$kind" $((page + 1)) "there are more than $PAGES_MAX pages" "$@" "$url"
            ;;
        *) refuse "$id" "$kind" $((page + 1)) 'the link to the next page leads elsewhere' "$@" "$url" ;;
        esac
        return 0
    done
}

# usable VALUE...: whether az takes each as a value. It reads @FILE, and options begin with -.
usable() {
    local value
    for value in "$@"; do
        case $value in
        '' | -* | *@*) return 1 ;;
        esac
    done
}

# each LOOP QUERY ARGUMENT...: LOOP_commands for each row that the query gives.
each() {
    local loop=$1 query=$2 row
    shift 2
    run "$work/rows" "$@" --query "$query" -o tsv
    FILE=
    record "each-$loop" '' '' 0 "$@" --query "$query" -o tsv
    [ "$CODE" -eq 0 ] || return 0
    tr -d '\r' <"$work/rows" | sort -u >"$work/rows.$loop"
    while IFS= read -r row <&4; do
        [ -n "$row" ] || continue
        if values "$row" && usable "${VALUES[@]}"; then
            "${loop}_commands" "${VALUES[@]}"
        else
            refuse "each-$loop" '' 0 "a name that az would not take as it is: $row" "$@"
        fi
    done 4<"$work/rows.$loop"
}

# host_label URL: the first word of its host into REPLY.
host_label() {
    REPLY=${1#*://}
    REPLY=${REPLY%%[!A-Za-z0-9-]*}
}

#@commands

usage() {
    printf 'bash export.sh [FOLDER]\n\n'
    printf 'Exports evidence for evpack with az into FOLDER, which is made, and writes its ledger,\n'
    printf 'FOLDER/collection.jsonl. It only reads. Sign in with az login first.\n'
}

prepare() {
    command -v az >/dev/null 2>&1 || die "az is not found; install the Azure CLI and sign in with 'az login'"
    FOLDER=${1:-evpack-export-$(date -u +%Y%m%dT%H%M%SZ)}
    case $FOLDER in
    -*) FOLDER=./$FOLDER ;;
    esac
    LEDGER=$FOLDER/collection.jsonl
    work=$(mktemp -d "${TMPDIR:-/tmp}/evpack-export.XXXXXX") || die 'there is no room for temporary files'
    trap 'rm -rf "$work"' EXIT
    trap 'printf "evpack export: interrupted; the export in %s is not whole\n" "$FOLDER" >&2; exit 130' INT TERM HUP
    : >"$work/err"
    sha256 "$work/err"
    [ "$REPLY" = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ] ||
        die 'SHA-256 cannot be computed here; install sha256sum, shasum or openssl'
    run "$work/version" version -o json
    [ "$CODE" -eq 0 ] || die "'az version' fails: $(head -n 1 "$work/err")"
    AZ_VERSION=$(sed -n 's/^  "azure-cli": "\([0-9A-Za-z.+-]*\)".*$/\1/p' "$work/version" | head -n 1)
    run "$work/row" account show --query 'to_string([user.name,user.type,tenantId,id])' -o tsv
    [ "$CODE" -eq 0 ] || die "az is not signed in; run 'az login' first. az says: $(head -n 1 "$work/err")"
    values "$(tr -d '\r' <"$work/row")" || die "what 'az account show' prints cannot be read"
    ACCOUNT=${VALUES[0]}
    ACCOUNT_TYPE=${VALUES[1]}
    TENANT=${VALUES[2]}
    run "$work/row" cloud show \
        --query 'to_string([name,endpoints.resourceManager,endpoints.microsoftGraphResourceId])' -o tsv
    [ "$CODE" -eq 0 ] || die "'az cloud show' fails: $(head -n 1 "$work/err")"
    values "$(tr -d '\r' <"$work/row")" || die "what 'az cloud show' prints cannot be read"
    CLOUD=${VALUES[0]}
    ARM=${VALUES[1]%/}
    GRAPH=${VALUES[2]%/}
    GRAPH=${GRAPH:-https://graph.microsoft.com}
    run "$work/subscriptions" account list --all \
        --query "[?state=='Enabled'].to_string([id,tenantId,cloudName,name])" -o tsv
    [ "$CODE" -eq 0 ] || die "'az account list --all' fails: $(head -n 1 "$work/err")"
    mkdir "$FOLDER" || die "$FOLDER cannot be made; name a folder that is not there"
    : >"$LEDGER" || die "$LEDGER cannot be written"
}

announce() {
    local row others=''
    shown "$ACCOUNT ($ACCOUNT_TYPE), tenant $TENANT, cloud $CLOUD"
    printf 'Exporting evidence for evpack with az %s\n' "$AZ_VERSION"
    printf '  signed in as   %s\n' "$REPLY"
    printf '  into           %s\n' "$FOLDER"
    printf '  it runs        %s; each only reads\n' "$PLAN"
    printf '  subscriptions  all that are enabled and visible to this account, with the roles it has:\n'
    while IFS= read -r row <&3; do
        values "$row" || continue
        [ "${VALUES[2]}" = "$CLOUD" ] || continue
        shown "${VALUES[0]} ${VALUES[3]}"
        printf '                 %s\n' "$REPLY"
        [ "${VALUES[1]}" = "$TENANT" ] || others=yes
    done 3<"$work/subscriptions"
    if [ -n "$others" ]; then
        printf '  note           some are in other tenants; what is asked once is asked of %s only:\n' "$TENANT"
        printf '                 better make one export for each tenant, signed in to one at a time\n'
    fi
}

main() {
    local row home
    case ${1:-} in
    -h | --help)
        usage
        exit 0
        ;;
    esac
    [ "$#" -le 1 ] || die 'expected one folder at most'
    prepare "$@"
    announce
    home=$TENANT
    once_commands
    while IFS= read -r row <&3; do
        row=${row%$'\r'}
        [ -n "$row" ] || continue
        if ! values "$row" || ! usable "${VALUES[0]}"; then
            refuse each-subscription '' 0 "a subscription that cannot be read: $row" account list --all
            continue
        fi
        [ "${VALUES[2]}" = "$CLOUD" ] || continue
        subscription=${VALUES[0]}
        TENANT=${VALUES[1]}
        subject=/subscriptions/$subscription
        subscription_commands
    done 3<"$work/subscriptions"
    TENANT=$home
    subscription=
    subject=
    get end subscription 'the plan ran to its end' account show
    printf 'Done: %s commands, %s of them failed%s.\n' "$COMMANDS" "$FAILED" \
        "$([ "$FAILED" = 0 ] || printf '; the ledger names each, and why')"
    printf 'All subscriptions means: those visible to this account, with the roles in own-roles and role-assignments.\n'
    sha256 "$LEDGER"
    printf "The ledger's SHA-256, to be sent to the preparer by another way than the files:\n%s  %s\n" "$REPLY" "$LEDGER"
}

main "$@"
