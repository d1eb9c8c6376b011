#!/bin/sh
# Independent judges of a package: others' programs say yes to a good one, and each is shown to be
# able to say no: to a changed byte of the content, to a changed byte of the signature's value, and to
# another root. All who read the ZIP see the same names. A judge that is not there is named and passed
# over; openssl, certtool, unzip, 7z, bsdtar and Python's zipfile must be there.
#
#   judges.sh SOURCE BUILD
#
# CMS: openssl, certtool (GnuTLS), pkijs (npm, by the lockfile in judges/), gpgsm, and Mono's .NET,
# which is asked what VERIFY.txt asks of .NET in PowerShell. A timestamp: openssl ts. The PowerShell in
# VERIFY.txt itself was never run, for want of one: a grammar of the language judges its form.
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
judges=$source/tests/whole/judges
fail() { echo "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
for tool in openssl certtool unzip 7z bsdtar python3; do
    has $tool || fail "$tool is needed (see tests/packages.sh)"
done

# --- two packages, RSA and P-256, each by a signer below a root ---------------------------------
authority() { # NAME KEY-OPTIONS...
    name=$1
    shift
    openssl req -x509 "$@" -nodes -keyout "$name.root.key" -out "$name.root.pem" -subj "/CN=$name root" \
        -days 3650 -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
    openssl req "$@" -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name signer" 2>/dev/null
    printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature,nonRepudiation \
        subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA "$name.root.pem" -CAkey "$name.root.key" -CAcreateserial \
        -out "$name.pem" -days 3000 -extfile "$name.ext" 2>/dev/null
}
authority rsa -newkey rsa:3072
authority ec -newkey ec -pkeyopt ec_paramgen_curve:P-256
authority other -newkey ec -pkeyopt ec_paramgen_curve:P-256
mkdir files
cp -R "$source/fixtures/contoso/export" files/evidence
cp "$source/reports/VERIFY.txt" files/VERIFY.txt
"$build/tests/tools/test_pack" rsa.key rsa.pem rsa.zip pkg-1 2026-11-22T08:00:00Z files rsa.root.pem >/dev/null
"$build/tests/tools/test_pack" ec.key ec.pem ec.zip pkg-1 2026-11-22T08:00:00Z files ec.root.pem >/dev/null
for name in rsa ec; do
    "$build/evpack-verify" $name.zip --trust $name.root.pem >out || fail "evpack refuses $name.zip: $(cat out)"
done

# flip FILE OFFSET OUT: a copy with one bit of that byte changed.
flip() {
    cp "$1" "$3"
    byte=$(od -An -tu1 -j "$2" -N1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059 # the escape is the point
    printf "\\$(printf %o $(((byte & 254) | (1 - (byte & 1)))))" | dd of="$3" bs=1 seek="$2" conv=notrunc status=none
}

# --- signatures -----------------------------------------------------------------------------------
# Each judge: CONTENT SIGNATURE ROOT; exit code 0 is yes.
by_openssl() {
    openssl cms -verify -cades -binary -inform DER -in "$2" -content "$1" -CAfile "$3" -auth_level 2 -out /dev/null
}
by_certtool() {
    certtool --p7-verify --inder --infile "$2" --load-data "$1" --load-ca-certificate "$3"
}
by_pkijs() {
    node "$judges/cms.js" "$work/$1" "$work/$2" "$work/$3"
}
by_mono() {
    mono cms.exe "$1" "$2" "$3"
}
# gpgsm asks whom its own list trusts: one list for each root.
by_gpgsm() {
    home=$work/gpgsm-$3
    if [ ! -d "$home" ]; then
        mkdir -m 700 "$home"
        echo disable-crl-checks >"$home/gpgsm.conf"
        openssl x509 -in "$3" -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ S relax/' >"$home/trustlist.txt"
        gpgsm --homedir "$home" --batch --import "$3" 2>/dev/null
    fi
    gpgsm --homedir "$home" --batch --status-fd 1 --verify "$2" "$1" 2>gpgsm.err >gpgsm.out
    grep -q 'TRUST_FULLY' gpgsm.out
}
says() { # WANT JUDGE CONTENT SIGNATURE ROOT WHAT
    code=0
    "by_$2" "$3" "$4" "$5" >out 2>err || code=$?
    case $1:$code in
    yes:0) ;;
    no:0) fail "$2 says yes to $6" ;;
    no:*) [ "$code" -lt 126 ] || fail "$2 could not be asked about $6: $(tail -n 2 err)" ;;
    *) fail "$2 says no to $6: $(tail -n 3 out err)" ;;
    esac
}
judge() { # JUDGE NAME: on both signatures of the package NAME.zip
    [ -d "bag-$2" ] || unzip -q "$2.zip" -d "bag-$2"
    inner=bag-$2/pkg-1/signatures/tagmanifest-sha256.txt.p7s
    tags=bag-$2/pkg-1/tagmanifest-sha256.txt
    says yes "$1" "$2.zip" "$2.zip.p7s" "$2.root.pem" "a good $2.zip"
    says yes "$1" "$tags" "$inner" "$2.root.pem" "a good tag manifest ($2)"
    flip "$2.zip" 1000 "bad.zip"
    says no "$1" bad.zip "$2.zip.p7s" "$2.root.pem" "a changed $2.zip"
    flip "$tags" 10 bad.tags
    says no "$1" bad.tags "$inner" "$2.root.pem" "a changed tag manifest ($2)"
    flip "$2.zip.p7s" $(($(stat -c %s "$2.zip.p7s") - 20)) bad.p7s
    says no "$1" "$2.zip" bad.p7s "$2.root.pem" "a changed signature ($2)"
    says no "$1" "$2.zip" "$2.zip.p7s" other.root.pem "another root ($2)"
    asked="$asked $1($2)"
}
asked=
for name in rsa ec; do
    judge openssl $name
    judge certtool $name
done
npm_there=
if has node && has npm; then
    cp "$judges/package.json" "$judges/package-lock.json" .
    if npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0 --fetch-timeout=30000 >npm.log 2>&1; then
        npm_there=yes
        judge pkijs rsa
        judge pkijs ec
    fi
fi
[ -n "$npm_there" ] || echo "no pkijs: node and npm, with its registry, are needed"
if has mcs && has mono; then
    mcs -r:System.Security.dll -out:cms.exe "$judges/cms.cs" >mcs.log 2>&1 || fail "the judge for Mono does not compile: $(cat mcs.log)"
    judge mono rsa # it has no ECDSA
else
    echo "no mcs and mono: .NET was not asked"
fi
if has gpgsm && has gpgconf; then
    judge gpgsm rsa
    for home in gpgsm-*; do
        gpgconf --homedir "$work/$home" --kill all 2>/dev/null || true
    done
else
    echo "no gpgsm: it was not asked"
fi

# --- a timestamp ----------------------------------------------------------------------------------
sh "$source/tests/seal/authority.sh" make tsa
"$build/evpack" timestamp request rsa.zip -o courier.tsq >/dev/null
sh "$source/tests/seal/authority.sh" reply tsa rsa courier.tsq courier.tsr
"$build/evpack" timestamp attach rsa.zip courier.tsr --tsa-trust tsa/root.pem >/dev/null
stamped() { # TSR DATA ROOT
    openssl ts -verify -in "$1" -data "$2" -CAfile "$3" >out 2>&1 && grep -q 'Verification: OK' out
}
stamped rsa.zip.p7s.tsr rsa.zip.p7s tsa/root.pem || fail "openssl ts says no to a good timestamp: $(cat out)"
flip rsa.zip.p7s.tsr $(($(stat -c %s rsa.zip.p7s.tsr) - 20)) bad.tsr
stamped bad.tsr rsa.zip.p7s tsa/root.pem && fail "openssl ts says yes to a changed timestamp"
stamped rsa.zip.p7s.tsr rsa.zip tsa/root.pem && fail "openssl ts says yes to a timestamp of other bytes"
stamped rsa.zip.p7s.tsr rsa.zip.p7s other.root.pem && fail "openssl ts says yes to another authority"

# --- the ZIP --------------------------------------------------------------------------------------
# Each: test FILE, by reading every member; and list FILE.
test_unzip() { unzip -tq "$1"; }
list_unzip() { unzip -Z1 "$1"; }
test_7z() { 7z t -bd "$1"; }
list_7z() { 7z l -ba -slt "$1" | sed -n 's/^Path = //p'; }
test_bsdtar() { bsdtar -xOf "$1" >/dev/null; }
list_bsdtar() { bsdtar -tf "$1"; }
test_python() { python3 -c 'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)' "$1"; }
list_python() { python3 -c 'import sys, zipfile; print("\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))' "$1"; }
LC_ALL=C sort >want <<NAMES
$(cd bag-rsa && find . -type f | sed 's|^\./||')
NAMES
# A byte in the middle of the compressed data, its end cut off, and a central entry that is missing.
flip rsa.zip $(($(stat -c %s rsa.zip) / 3)) data.zip
head -c $(($(stat -c %s rsa.zip) * 2 / 3)) rsa.zip >short.zip
for judge in unzip 7z bsdtar python; do
    "test_$judge" rsa.zip >out 2>err </dev/null || fail "$judge says no to a good ZIP: $(tail -n 3 out err)"
    for bad in data.zip short.zip; do
        "test_$judge" $bad >out 2>err </dev/null && fail "$judge says yes to $bad"
    done
    "list_$judge" rsa.zip | LC_ALL=C sort >got
    cmp -s want got || fail "$judge sees other names: $(diff want got | head -n 3)"
    asked="$asked $judge"
done

# --- PowerShell: its form only --------------------------------------------------------------------
unzip -p rsa.zip pkg-1/VERIFY.txt | sed -n '/^WINDOWS/,/^WHERE A TIMESTAMP/s/^    //p' |
    sed 's/{{zip_name}}/P.zip/g; s/{{package_id}}/pkg-1/g' >windows.ps1
[ "$(wc -l <windows.ps1)" -gt 40 ] || fail "expected the commands for Windows in VERIFY.txt"
# (Without --liftoff-only V8 spends a minute on optimising the grammar's WebAssembly.)
if [ -n "$npm_there" ]; then
    node --liftoff-only "$judges/powershell.js" windows.ps1 || fail "the commands for Windows do not parse"
    sed 's/\$cms\.Decode(/$cms.Decode((/' windows.ps1 >bad.ps1
    node --liftoff-only "$judges/powershell.js" bad.ps1 >/dev/null && fail "the grammar says yes to a parenthesis too many"
fi
echo "asked:$asked"
