# Sourced by the tests of what is written about options: what each program's own code takes, and what
# its help text says. $source is the source tree.

# verbs_of: the verbs that have a help text.
verbs_of() {
    for text in "$source"/src/cli/help/*.txt; do
        text=$(basename "$text" .txt)
        case $text in
        evpack*) ;; # the overview, and the other program
        *) echo "$text" ;;
        esac
    done
}

# program_options VERB: -x or --name, one a line, from the tables and comparisons in the verb's own
# source. --help is every verb's, and is left out.
program_options() {
    verb=$1
    set -- "$source/src/cli/cmd_$verb.c"
    case $verb in
    evpack-verify) set -- "$source/src/cli/cmd_verify.c" "$source/src/cli/verify_main.c" ;;
    verify) set -- "$source/src/cli/cmd_verify.c" "$source/src/cli/cmd_bag.c" ;;
    esac
    if grep -q 'trust_take(' "$@"; then
        set -- "$@" "$source/src/cli/trust.c"
    fi
    cat "$@" | tr '\n' ' ' | {
        text=$(cat)
        printf '%s' "$text" | grep -oE '"[a-z][a-z-]*", *(required|no)_argument' | sed 's/^"\([^"]*\).*/--\1/'
        printf '%s' "$text" | grep -oE '"--?[a-z][a-z-]*"' | tr -d '"'
        printf '%s' "$text" | grep -oE 'getopt_long\(argc, argv, "[^"]*"' | sed 's/.*"\(.*\)"/\1/' | grep -oE '[a-z]' | sed 's/^/-/'
    } | grep -vxe --help -e -h | LC_ALL=C sort -u
}

# help_options VERB: the same from the help text's synopsis (up to the first empty line) and list (lines
# that begin with an option).
help_options() {
    awk 'NF == 0 { body = 1 } !body || /^  +-/' "$source/src/cli/help/$1.txt" |
        awk '/^  +-/ { line = $0; sub(/^ +/, "", line); out = ""; n = split(line, word, " ")
                 for (i = 1; i <= n && word[i] ~ /^-|^[A-Z0-9][A-Z0-9a-z.|]*,?$/; i++) out = out " " word[i]
                 print out; next } { print }' |
        grep -oE '(^|[^a-zA-Z0-9-])--?[a-z][a-z-]*' | sed 's/^[^-]*//' | grep -vxe --help -e -h | LC_ALL=C sort -u
}
