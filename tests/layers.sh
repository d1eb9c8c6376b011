#!/bin/sh
# The house's rules that no compiler keeps: who may include whom, which library belongs to which
# file, that every source has its test, and that no file is longer than 600 lines.
#   layers.sh SOURCE            checks SOURCE/src and SOURCE/tests by SOURCE/tests/layers.txt
#   layers.sh SOURCE --self     checks itself: a small sound tree passes, and each bad one fails
set -euf # -f: patterns in the rules are not names of files here
most=600

# values WORD NAME: what the line says; nothing when there is none.
values() {
    awk -v key="$1 $2:" '{ sub(/#.*/, "") } index($0, key) == 1 { print substr($0, length(key) + 1) }' "$rules"
}

known() { # WORD NAME
    awk -v key="$1 $2:" 'index($0, key) == 1 { found = 1 } END { exit !found }' "$rules"
}

# matches TEXT PATTERN...
matches() {
    text=$1
    shift
    for pattern; do
        # shellcheck disable=SC2254 # patterns are meant
        case $text in
        $pattern) return 0 ;;
        esac
    done
    return 1
}

complain() {
    echo "$*"
    bad=1
}

# One include of our own: "room/file.h".
own_include() { # FILE (room/name.c) HEADER
    from=${1%%/*}
    to=${2%%/*}
    if [ ! -e "$root/src/$2" ]; then
        complain "src/$1 includes \"$2\", which is not there"
        return
    fi
    if known file "$1"; then
        allowed=$(values file "$1")
        # shellcheck disable=SC2086 # a list of words
        matches "$to" $allowed || matches "$2" $allowed ||
            complain "src/$1 includes \"$2\"; that file may include:$allowed"
        return
    fi
    # shellcheck disable=SC2046
    [ "$from" = "$to" ] || matches "$to" $(values room "$from") ||
        complain "src/$1 includes \"$2\": room $from may include:$(values room "$from")"
}

# One include of another project's: every header line whose pattern fits must name the file.
foreign_include() { # FILE HEADER
    while IFS= read -r pattern; do
        # shellcheck disable=SC2254
        case $2 in
        $pattern)
            owners=$(values header "$pattern")
            # shellcheck disable=SC2086
            matches "$1" $owners || complain "src/$1 includes <$2>, which belongs to:$owners"
            ;;
        esac
    done <<EOF
$(sed -n 's/#.*//; s/^header \([^:]*\):.*/\1/p' "$rules")
EOF
}

check_includes() { # FILE
    grep -E '^[[:space:]]*#[[:space:]]*include' "$root/src/$1" |
        sed -n 's/^[^"<]*\(["<][^">]*\)[">].*/\1/p' >"$list"
    while IFS= read -r include; do
        header=${include#?}
        case $include in
        '"'*) own_include "$1" "$header" ;;
        *) foreign_include "$1" "$header" ;;
        esac
    done <"$list"
}

check_test() { # FILE (room/name.c)
    room=${1%%/*}
    name=${1##*/}
    if known untested "$room"; then
        # shellcheck disable=SC2046
        matches "${name%.c}" $(values untested "$room") && return
    fi
    [ -e "$root/tests/$room/t_$name" ] ||
        complain "src/$1 has no tests/$room/t_$name"
}

check_tree() {
    root=$1
    rules=$root/tests/layers.txt
    list=$(mktemp)
    bad=0
    files=0
    set +f
    sources=$(cd "$root"; ls -d src/*/*.c src/*/*.h 2>/dev/null || :)
    texts=$(cd "$root"; ls -d src/* src/*/* 2>/dev/null || :)
    set -f
    for path in $sources; do
        path=$root/$path
        file=${path#"$root"/src/}
        room=${file%%/*}
        files=$((files + 1))
        known room "$room" || complain "src/$room is a room that tests/layers.txt does not know"
        check_includes "$file"
        case $file in
        *.c) check_test "$file" ;;
        esac
    done
    for path in $texts; do
        path=$root/$path
        [ -f "$path" ] || continue
        lines=$(wc -l <"$path")
        [ "$lines" -le $most ] || complain "${path#"$root"/} has $lines lines; $most are two rooms' worth"
    done
    rm -f "$list"
    [ $files -gt 0 ] || complain "there are no sources in $root/src"
    return $bad
}

# --- checking itself --------------------------------------------------------------------------
sound_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/src/base" "$tree/src/port" "$tree/src/top" "$tree/tests/base" "$tree/tests/port" \
        "$tree/tests/top"
    cat >"$tree/tests/layers.txt" <<'EOF'
room base:
room port: base # a comment
room top: base port
header sqlite3*.h: port/db.c
file top/small.c: base
untested top: main small
EOF
    echo '#include <stdio.h>' >"$tree/src/base/a.c"
    echo 'int a(void);' >"$tree/src/base/a.h"
    printf '#include "port/db.h"\n#  include <sqlite3.h>\n#include "base/a.h"\n' >"$tree/src/port/db.c"
    echo '#include "base/a.h"' >"$tree/src/port/db.h"
    printf '#include "port/db.h"\n#include "top/main.h"\n' >"$tree/src/top/main.c"
    echo '' >"$tree/src/top/main.h"
    echo '#include "base/a.h"' >"$tree/src/top/small.c"
    for test in base/t_a.c port/t_db.c; do
        echo 'int main(void);' >"$tree/tests/$test"
    done
}

# must_fail TEXT: the tree as it is now is refused, with TEXT in what is said.
must_fail() {
    if said=$(check_tree "$tree"); then
        echo "expected '$1', but the tree passed"
        exit 1
    fi
    case $said in
    *"$1"*) ;;
    *)
        echo "expected '$1', came '$said'"
        exit 1
        ;;
    esac
    sound_tree
}

check_self() {
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' EXIT INT TERM
    sound_tree
    check_tree "$tree" || { echo "expected the sound tree to pass"; exit 1; }

    echo '#include "port/db.h"' >>"$tree/src/base/a.h"
    must_fail 'src/base/a.h includes "port/db.h": room base may include:'
    echo ' # include   "top/main.h" // up' >>"$tree/src/port/db.c"
    must_fail 'src/port/db.c includes "top/main.h": room port may include: base'
    echo '#include <sqlite3.h>' >>"$tree/src/top/main.c"
    must_fail 'src/top/main.c includes <sqlite3.h>, which belongs to: port/db.c'
    echo '#include <sqlite3ext.h>' >>"$tree/src/base/a.c"
    must_fail 'src/base/a.c includes <sqlite3ext.h>'
    echo '#include "port/db.h"' >>"$tree/src/top/small.c"
    must_fail 'src/top/small.c includes "port/db.h"; that file may include: base'
    echo '#include "base/none.h"' >>"$tree/src/top/main.c"
    must_fail 'includes "base/none.h", which is not there'
    rm "$tree/tests/base/t_a.c"
    must_fail 'src/base/a.c has no tests/base/t_a.c'
    mkdir "$tree/src/attic"
    echo '' >"$tree/src/attic/x.c"
    must_fail 'src/attic is a room that tests/layers.txt does not know'
    yes '' | head -n 601 >"$tree/src/base/a.h"
    must_fail 'src/base/a.h has 601 lines'
    yes '' | head -n 601 >"$tree/src/port/long.sql"
    must_fail 'src/port/long.sql has 601 lines'
    rm -r "$tree/src"
    must_fail 'there are no sources'
    echo "the check itself is sound"
}

if [ "${2:-}" = --self ]; then
    check_self
else
    check_tree "$1" && echo "the rooms are in order"
fi
