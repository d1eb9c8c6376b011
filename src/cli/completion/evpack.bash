# Completion of evpack and evpack-verify for bash 4 and newer. It needs no other function, and starts no
# program: what there is to complete is the table below (src/cli/completion/options.txt).
# shellcheck shell=bash disable=SC2034

_evpack_options='@EVPACK_OPTIONS@'

# The row of a verb's option or argument: sets kind. $2 is a place (1, 2) or an option in either form.
_evpack_row()
{
    local verb option rest form
    kind=
    while IFS='|' read -r verb option kind rest; do
        [[ $verb == "$1" && $option != verb ]] || continue
        if [[ $option == + && $2 == [0-9]* ]]; then
            return 0
        fi
        for form in ${option//,/ }; do
            [[ ${form#\*} == "$2" ]] && return 0
        done
    done <<<"$_evpack_options"
    kind=
    return 1
}

_evpack_words()
{
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# Files that end so, and folders on the way to them; any file where there is none.
_evpack_files()
{
    local ending endings=$1 found
    COMPREPLY=()
    for ending in ${endings//,/ }; do
        mapfile -t found < <(compgen -f -X "!*.$ending" -- "$2")
        COMPREPLY+=("${found[@]}")
    done
    if [[ ${#COMPREPLY[@]} -gt 0 ]]; then
        mapfile -t found < <(compgen -d -- "$2")
        COMPREPLY+=("${found[@]}")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$2")
    fi
    compopt -o filenames 2>/dev/null
}

# Several words, joined by commas: those before the last comma stay.
_evpack_list()
{
    local before= last=$2 i
    if [[ $2 == *,* ]]; then
        before=${2%,*},
        last=${2##*,}
    fi
    _evpack_words "${1//,/ }" "$last"
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=$before${COMPREPLY[i]}
    done
    compopt -o nospace 2>/dev/null
}

_evpack_value()
{
    case $1 in
    file:*) _evpack_files "${1#file:}" "$2" ;;
    pem) _evpack_files pem,crt,cer,crl "$2" ;;
    file | dir)
        mapfile -t COMPREPLY < <(compgen "-${1:0:1}" -- "$2")
        compopt -o filenames 2>/dev/null
        ;;
    one:*)
        local words=${1#one:}
        _evpack_words "${words//,/ }" "$2"
        ;;
    list:*) _evpack_list "${1#list:}" "$2" ;;
    esac
}

# The long options of a verb, and its verbs: the second column of the table.
_evpack_names()
{
    local verb option rest names=
    while IFS='|' read -r verb option rest; do
        if [[ $1 == verbs && $option == verb ]]; then
            names+=" $verb"
        elif [[ $verb == "$1" && $option == *--* ]]; then
            option=${option#\*}
            names+=" ${option#-?,}"
        fi
    done <<<"$_evpack_options"
    printf '%s' "$names"
}

_evpack()
{
    local cur=${COMP_WORDS[COMP_CWORD]} verb=evpack-verify kind= option= place=1 all= i=1 word IFS=$' \t\n'
    COMPREPLY=()
    if [[ ${COMP_WORDS[0]##*/} != evpack-verify ]]; then
        verb=${COMP_WORDS[1]}
        i=2
        if [[ $COMP_CWORD == 1 ]]; then
            _evpack_words "$(_evpack_names verbs) help --help --version" "$cur"
            return
        fi
        if [[ $verb == help ]]; then
            [[ $COMP_CWORD == 2 ]] && _evpack_words "$(_evpack_names verbs)" "$cur"
            return
        fi
    fi
    # What the words before the cursor make of the word at it: the value of an option, or an argument.
    for (( ; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $option ]]; then
            [[ $word == '=' ]] || option=
        elif [[ $word == -- && -z $all ]]; then
            all=1
        elif [[ $word == -?* && -z $all ]]; then
            _evpack_row "$verb" "$word" && [[ $kind != flag ]] && option=$word
        else
            place=$((place + 1))
        fi
    done
    if [[ -n $option ]]; then
        [[ $cur == '=' ]] && cur=
        _evpack_row "$verb" "$option"
        _evpack_value "$kind" "$cur"
    elif [[ $cur == -* && -z $all ]]; then
        _evpack_words "$(_evpack_names "$verb") --help" "$cur"
    elif _evpack_row "$verb" "$place"; then
        _evpack_value "$kind" "$cur"
    fi
}

complete -F _evpack evpack evpack-verify
