#!/bin/sh
# Completion for bash and zsh: their one table (src/cli/completion/options.txt) has every option that a
# verb's own code takes, and no other, in the same forms; its words are those of the help texts and pages. Then
# both shells are asked: bash by its own function, zsh at a terminal of its own (zpty).
#
#   completion.sh SOURCE BUILD
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
failed=0
complain() { echo "$*"; failed=1; }
. "$source/tests/whole/options.sh"
table=$source/src/cli/completion/options.txt
grep '^[a-z]' "$table" >rows

# --- the table --------------------------------------------------------------------------------------
[ -z "$(cut -d '|' -f 5- rows | tr -d '\n')" ] || complain "expected four columns: $(grep '|.*|.*|.*|' rows)"
cut -d '|' -f 4 rows | grep "[]['\":]" && complain "a text has quotes, colons or brackets"
cut -d '|' -f 3 rows | grep -vxE '(flag|text|file(:[a-z0-9,]+)?|dir|pem|(one|list):[A-Za-z0-9.,@-]+|)' && complain "a kind that is not known"
verbs_of | LC_ALL=C sort >verbs
grep '|verb|' rows | cut -d '|' -f 1 | LC_ALL=C sort >named
cmp -s verbs named || complain "verbs: $(diff named verbs)"
for verb in $(cat verbs) evpack-verify; do
    program_options "$verb" >program
    awk -F '|' -v verb="$verb" '$1 == verb && $2 ~ /-/ { gsub(/[*]/, "", $2); gsub(/,/, "\n", $2); print $2 }' rows | LC_ALL=C sort >named
    cmp -s program named || complain "$verb: (< table, > program) $(diff named program)"
    # Whether a value follows: so says getopt's table, where the verb has one.
    code=$source/src/cli/cmd_$verb.c
    if [ -f "$code" ] && grep -Eq '(no|required)_argument' "$code"; then
        tr '\n' ' ' <"$code" | grep -oE '"[a-z-]+", *(no|required)_argument' | sed 's/"\([a-z-]*\)", *\([a-z]*\)_.*/--\1 \2/' | grep -v help | LC_ALL=C sort >want
        awk -F '|' -v verb="$verb" '$1 == verb && $2 ~ /--/ { sub(/.*--/, "--", $2); print $2, $3 == "flag" ? "no" : "required" }' rows | LC_ALL=C sort >got
        cmp -s want got || complain "$verb: (< table, > program) $(diff got want)"
    fi
done
grep -E '[|](one|list):' rows | while IFS='|' read -r verb _ kind _; do
    for word in $(echo "${kind#*:}" | tr , ' '); do
        [ "$word" = @BASELINES@ ] || grep -qwF -e "$word" "$source/src/cli/help/$verb.txt" "$source/src/cli/man/evpack-$verb.1" || echo "$verb $word"
    done
done >lost
[ ! -s lost ] || complain "words that neither the help text nor the page has: $(tr '\n' ';' <lost)"

# --- bash -------------------------------------------------------------------------------------------
bash -n "$build/completion/evpack.bash" || complain "bash does not understand the completion"
grep -q '@' "$build/completion/evpack.bash" && grep -n '@[A-Z_]*@' "$build/completion/evpack.bash" "$build/completion/_evpack" && complain "a placeholder is left"
mkdir -p home/folder home/other.d
(cd home && touch 'a b.zip' P.zip P.zip.p7s key.pem root.crt case.db answer.tsr "folder/in.zip")
cat >ask.bash <<'SH'
. "$1"
shift
complete -p "$1" >/dev/null || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_evpack
printf '%s\n' "${COMPREPLY[@]}"
SH
# ask WANT WORDS...: the words that bash offers, sorted, joined by spaces (a space in one is shown as _).
ask() {
    want=$1
    shift
    got=$(cd home && bash ../ask.bash "$build/completion/evpack.bash" "$@" | tr ' ' _ | LC_ALL=C sort | tr '\n' ' ')
    [ "$got" = "$want " ] || complain "bash: $*: expected '$want', came '$got'"
}
for verb in $(cat verbs) evpack-verify; do
    want=$( (program_options "$verb" | grep -e -- && echo --help) | LC_ALL=C sort | tr '\n' ' ')
    if [ "$verb" = evpack-verify ]; then
        ask "${want% }" evpack-verify --
    else
        ask "${want% }" evpack "$verb" --
    fi
done
ask "$( (cat verbs; printf '%s\n' help --help --version) | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')" evpack ''
ask "$(tr '\n' ' ' <verbs | sed 's/ $//')" evpack help ''
ask 'map' evpack m
ask 'bash powershell' evpack plan --shell ''
ask 'powershell' evpack plan --shell = p
ask 'bash powershell' evpack plan --shell =
ask 'azure-openai' evpack plan --baseline azure-openai
ask 'pdf,csv' evpack report --format pdf,c
ask 'P.zip a_b.zip folder other.d' evpack verify ''
ask 'P.zip' evpack-verify --trust root.crt P
ask 'folder key.pem other.d root.crt' evpack-verify P.zip --trust ''
ask 'P.zip' evpack verify -- P.z
ask 'folder other.d' evpack report -o ''
ask 'case.db folder other.d' evpack status -c ''
ask 'folder/in.zip' evpack extract folder/
ask 'attach request' evpack timestamp ''
ask 'P.zip a_b.zip folder other.d' evpack timestamp attach ''
ask 'answer.tsr folder other.d' evpack timestamp attach --replace P.zip ''
ask '' evpack verify P.zip --require ''
ask '' evpack collect --by ''
ask 'p-256 p-384' evpack keygen --type p-

# --- zsh --------------------------------------------------------------------------------------------
if ! command -v zsh >/dev/null; then
    echo "no zsh: its completion was not tried"
else
    zsh -n "$build/completion/_evpack" || complain "zsh does not understand the completion"
    mkdir functions
    cp "$build/completion/_evpack" functions/
    cat >ask.zsh <<'SH'
# What a zsh at a terminal makes of a LINE and Tab twice: the list that it shows, and the line as it is
# then. Arguments: folder of the function, working folder, LINE. What compinit found out stands in a
# file for the next time.
zmodload zsh/zpty
zpty z zsh -f -i
# A word is said when the line editor is there to read; none of the words below is one that is echoed.
zpty -w z 'PS1=; unset zle_bracketed_paste; unsetopt prompt_cr prompt_sp beep auto_menu; LISTMAX=9999; stty cols 200 rows 200'
zpty -w z "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -d ${(q)2}.dump; cd ${(q)2}"
zpty -w z 'show() { print -r -- "LINE<$BUFFER>"; exit }; zle -N show; bindkey "^X" show'
zpty -w z 'zle-line-init() { print -r "REA""DY" }; zle -N zle-line-init'
zpty -r z text '*READY*'
zpty -n -w z "$3"$'\t\t\x18'
zpty -r z text '*LINE<*>*'
print -r -- "$text"
zpty -d z
SH
    # asks WANT... -- LINE: what zsh shows for LINE and Tab has each WANT.
    asks() {
        : >want
        while [ "$1" != -- ]; do
            printf '%s\n' "$1" >>want
            shift
        done
        timeout 200 zsh -f ask.zsh "$work/functions" "$work/home" "$2" >got 2>&1 </dev/null || complain "zsh: no answer for '$2': $(cat got)"
        grep -oFf want got | LC_ALL=C sort -u >found || true
        LC_ALL=C sort -u want | LC_ALL=C comm -23 - found >lost
        [ ! -s lost ] || complain "zsh: $2: expected $(tr '\n' ' ' <lost), came: $(cat -v got)"
    }
    asks 'collect' 'reperform' 'keygen' -- 'evpack '
    for verb in $(cat verbs) evpack-verify; do
        line="evpack $verb"
        [ "$verb" != evpack-verify ] || line=$verb
        # shellcheck disable=SC2046 # words
        asks $(program_options "$verb" | grep -e -- | grep -v pass-) -- "$line --"
    done
    asks 'LINE<evpack report --format pdf' -- 'evpack report --format p'
    asks 'LINE<evpack verify P.zip ' -- 'evpack verify P'
    asks 'LINE<evpack-verify P.zip --trust root.crt ' -- 'evpack-verify P.zip --trust r'
    asks 'LINE<evpack timestamp attach P.zip answer.tsr ' -- 'evpack timestamp attach P.zip a'
    asks 'bash' 'powershell' -- 'evpack plan --shell='
    asks 'LINE<evpack status --framework=nist-800-53-r4 ' -- 'evpack status --framework=n'
fi
[ $failed = 0 ] && echo "$(wc -l <rows) rows"
exit $failed
