#!/bin/sh
# Authorities, revocation lists and foreign signatures, made by the stock openssl: what evpack-verify
# accepts and what it refuses, and that it agrees with `openssl cms -verify` where both can judge.
set -eu
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
fail() { echo "$*"; exit 1; }
quiet() { "$@" >log 2>&1 || fail "$* ($(tail -n 2 log))"; }
verify() { # CODE REASON ARGUMENTS...: exit code, and the reason among the reasons ("" for none)
    want=$1 reason=$2
    shift 2
    got=0
    "$build/evpack-verify" "$@" >out 2>err || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $* ($(cat out err))"
    [ -z "$reason" ] || grep -q "$reason" out || fail "expected $reason: $* ($(cat out))"
}
stock() {
    openssl cms -verify -cades -binary -inform DER -in P.zip.p7s -content P.zip -auth_level 2 \
        -out /dev/null "$@" 2>log
}

# A root, an authority below it, and signers of several kinds.
cat >ca.cnf <<'CNF'
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
default_md = sha256
policy = any
default_crl_days = 30
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:true
subjectKeyIdentifier = hash
[sub]
basicConstraints = critical,CA:true,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signer]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[mail]
extendedKeyUsage = emailProtection
[code]
extendedKeyUsage = codeSigning
[encipher]
keyUsage = critical,keyEncipherment
CNF
: >index.txt
echo 01 >serial
newkey() { # NAME ALGORITHM [OPTION]
    quiet openssl genpkey -algorithm "$2" ${3:+-pkeyopt "$3"} -out "$1.key"
}
issue() { # NAME SECTION ISSUER [DAYS]
    quiet openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr" -config ca.cnf -batch
    quiet openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -days "${4:-30}" \
        -extfile ca.cnf -extensions "$2" -out "$1.pem" -set_serial "0x$(openssl rand -hex 8)"
}
cat >>ca.cnf <<'CNF'
[req]
distinguished_name = any
CNF
newkey root RSA rsa_keygen_bits:3072
quiet openssl req -x509 -new -key root.key -subj /CN=root -days 60 -config ca.cnf -extensions root -out root.pem
newkey sub EC ec_paramgen_curve:P-256
issue sub sub root
for name in signer mail code encipher; do
    newkey $name EC ec_paramgen_curve:P-256
    issue $name $name sub
done
newkey rsa2048 RSA rsa_keygen_bits:2048
issue rsa2048 signer sub
newkey rsa1024 RSA rsa_keygen_bits:1024
issue rsa1024 signer sub
newkey p521 EC ec_paramgen_curve:P-521
issue p521 signer sub
newkey ed ED25519
issue ed signer sub

mkdir files
echo evidence >files/a.txt
pack() { # NAME [CHAIN]
    rm -f P.zip P.zip.p7s
    "$build/tests/tools/test_pack" "$1.key" "$1.pem" P.zip pkg-1 2026-11-22T08:00:00Z files ${2:+"$2"} >log 2>&1
}
refused() { # NAME PART
    pack "$1" && fail "a package was signed by $1"
    grep -q "$2" log || fail "expected '$2' for $1, came $(cat log)"
    if [ -e P.zip ] || [ -e P.zip.p7s ]; then
        fail "a refused signer left a package"
    fi
}

# Who may sign.
refused code "may not sign"
refused encipher "may not sign"
refused rsa2048 "3072 to 8192 bits"
refused p521 "P-256 or P-384"
refused ed "P-256 or P-384"
quiet openssl pkcs8 -topk8 -in signer.key -out locked.key -passout pass:secret
cp signer.pem locked.pem
refused locked "no passphrase was given"
cp signer.key mixed.key
cp mail.pem mixed.pem
refused mixed "does not belong to the key"
newkey old EC ec_paramgen_curve:P-256
issue old signer sub -1
refused old "expired"
cat root.pem code.pem >stray.pem
pack signer stray.pem && fail "a chain with a stranger in it was taken"
grep -q "not on the way" log || fail "expected 'not on the way', came $(cat log)"

# Chains: carried along, given with the trust, or missing.
cat root.pem sub.pem >chain.pem # in any order
quiet pack mail sub.pem
verify 0 "" P.zip --trust root.pem
stock -CAfile root.pem || fail "openssl refuses a package with its chain: $(cat log)"
quiet pack signer chain.pem
verify 0 "" P.zip --trust root.pem
stock -CAfile root.pem || fail "openssl refuses a package with its whole chain: $(cat log)"
verify 0 "" P.zip --trust signer.pem
verify 1 certificate-untrusted P.zip --trust code.pem
quiet pack signer
verify 1 certificate-untrusted P.zip --trust root.pem
verify 0 "" P.zip --trust chain.pem
verify 2 "" P.zip --trust signer.key
verify 2 "" P.zip --trust P.zip
verify 2 "" P.zip --trust root.pem --crl root.pem
verify 2 "" P.zip

# Revocation.
crl() { # NAME ISSUER [DAYS]
    quiet openssl ca -gencrl -config ca.cnf -cert "$2.pem" -keyfile "$2.key" -out "$1.crl" -crldays "${3:-30}"
}
quiet pack signer sub.pem
crl root root
crl sub sub
verify 0 "" P.zip --trust root.pem --crl sub.crl --crl=root.crl
grep -q "revoked: no" out && fail "lists were given, and it says that none was"
verify 0 "Whether a certificate above" P.zip --trust root.pem --crl sub.crl
verify 2 revocation-unknown P.zip --trust root.pem --crl root.crl
quiet openssl ca -gencrl -config ca.cnf -cert sub.pem -keyfile sub.key -out stale.crl \
    -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z
verify 2 revocation-unknown P.zip --trust root.pem --crl stale.crl
quiet openssl ca -revoke signer.pem -config ca.cnf -cert sub.pem -keyfile sub.key
crl revoked sub
verify 1 certificate-revoked P.zip --trust root.pem --crl revoked.crl --crl root.crl
cat root.crl revoked.crl >both.crl
verify 1 certificate-revoked P.zip --trust root.pem --crl both.crl

quiet openssl ca -gencrl -config ca.cnf -cert sub.pem -keyfile sub.key -out old-revoked.crl \
    -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z
verify 1 certificate-revoked P.zip --trust root.pem --crl old-revoked.crl # however old it is
verify 1 certificate-revoked P.zip --trust root.pem --crl sub.crl --crl old-revoked.crl

# What is said: a no comes with its reasons even where the rest could not be checked, a file's name
# cannot print a verdict, and what is not there is not called checked.
quiet pack signer sub.pem
echo none >P.zip.a.p7s
mkdir P.zip.b.p7s
verify 1 signature-malformed P.zip --trust root.pem
grep -q could-not-check out || fail "expected what could not be checked too, came $(cat out)"
code=0
"$build/evpack" extract P.zip --trust root.pem -o never >out 2>err || code=$?
[ "$code" = 1 ] || fail "expected exit 1 of extract too, came $code: $(cat err)"
rm -r P.zip.a.p7s P.zip.b.p7s
line='X.zip
VERIFIED: Y.zip'
cp P.zip "$line"
cp P.zip.p7s "$line.p7s"
verify 1 certificate-untrusted "$line" --trust code.pem
grep -q '^VERIFIED' out && fail "a name printed a verdict: $(cat out)"
rm "$line" "$line.p7s"
long=$(printf '%0246d' 0).zip # so long that no timestamp can lie beside its signature
cp P.zip "$long"
cp P.zip.p7s "$long.p7s"
verify 0 "no timestamp was checked" "$long" --trust root.pem
rm "$long" "$long.p7s"
verify 0 "no log of custody" P.zip --trust root.pem
verify 2 revocation-unknown P.zip --trust root.pem --crl stale.crl
grep -q "no log of custody" out && fail "nobody looked for a log of custody: $(cat out)"

# Trust folders.
mkdir -p anchors empty
cp root.pem anchors/root.crt
cp code.pem anchors/code.cer
echo "whom we trust" >anchors/README
quiet pack signer sub.pem
verify 0 "" P.zip --trust anchors
verify 0 "" P.zip --trust code.pem --trust root.pem
verify 1 certificate-untrusted P.zip --trust code.pem --trust mail.pem
verify 2 "" P.zip --trust empty
grep -q "empty: expected files named" err || fail "expected the empty folder, came $(cat err)"
verify 2 "" P.zip --trust anchors --trust none
cp signer.key anchors/signer.pem
verify 2 "" P.zip --trust anchors
grep -q "anchors/signer.pem: expected a certificate" err || fail "expected the file, came $(cat err)"
rm anchors/signer.pem
mkdir lists
cp sub.crl root.crl lists
verify 0 "" P.zip --trust anchors --crl lists
cp revoked.crl lists
verify 1 certificate-revoked P.zip --trust anchors --crl lists

# Revocation lists that the package brings: in the ZIP and in its folder.
evpack=$build/evpack
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '[{"id":"/subscriptions/00000000-0000-4000-8000-000000000001","name":"a"}]\n' >a.json
quiet "$evpack" collect -c case.db --snapshot s --at "$at" a.json
quiet "$evpack" map -c case.db --at "$at"
seal() { # CODE PART OPTION...
    want=$1 part=$2 got=0
    shift 2
    rm -rf P.zip P.zip.p7s unpacked
    "$evpack" package -c case.db -o P.zip --key mail.key --cert mail.pem --chain sub.pem --at "$at" "$@" >log 2>&1 || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: package $* ($(cat log))"
    [ -z "$part" ] || grep -q "$part" log || fail "expected '$part', came $(cat log)"
    if [ "$want" = 0 ]; then
        quiet unzip -q P.zip -d unpacked
    elif [ -e P.zip ] || [ -e P.zip.p7s ]; then
        fail "a refused package was written"
    fi
}
shipped() { # CODE REASON LISTS ARGUMENTS...: the same of both forms
    want=$1 reason=$2 lists=$3
    shift 3
    for form in P.zip unpacked/*; do
        verify "$want" "$reason" "$form" "$@" --json
        said=$(jq -r .revocation.lists out)
        [ "$said" = "$lists" ] || fail "expected lists $lists, came $said: $form"
    done
}
by_hand() { # what VERIFY.txt says of the lists, in the package's folder
    sed -n '/^REVOCATION LISTS/,/^WHERE A TIMESTAMP/s/^    //p' unpacked/*/VERIFY.txt >by-hand
    [ "$(wc -l <by-hand)" = 2 ] || fail "expected two commands for the lists in VERIFY.txt: $(cat by-hand)"
    cp root.pem unpacked/trust.pem
    (cd unpacked/*/ && bash -e ../../by-hand) 2>err
    code=$?
    rm -f unpacked/trust.pem unpacked/lists.pem
    return $code
}
seal 0 ""
shipped 0 "" none --trust root.pem
grep -q "revocation.pem" unpacked/*/VERIFY.txt && fail "VERIFY.txt speaks of lists that are not there"
cp P.zip bare.zip
seal 0 "" --crl sub.crl --crl root.crl --crl sub.crl
by_hand || fail "the stock commands refuse the lists: $(cat err)"
shipped 0 "a newer one (--crl)" shipped --trust root.pem
shipped 0 "" given --trust root.pem --crl sub.crl
shipped 0 "" shipped --trust mail.pem # its issuer comes along
shipped 1 certificate-untrusted none --trust code.pem
openssl crl -in unpacked/*/revocation.pem -noout || fail "openssl cannot read revocation.pem"
[ "$(grep -c BEGIN unpacked/*/revocation.pem)" = 2 ] || fail "expected two lists in revocation.pem"
grep -q " revocation.pem$" unpacked/*/tagmanifest-sha256.txt || fail "revocation.pem is not listed"
mv P.zip first.zip
seal 0 "" --crl root.crl --crl sub.crl
cmp -s unpacked/*/revocation.pem "$(unzip -p first.zip '*/revocation.pem' >one; echo one)" || fail "the order of --crl shows"
[ "$(unzip -Z1 P.zip | head -n 1)" = "$(unzip -Z1 first.zip | head -n 1)" ] || fail "the same lists gave another package id"
[ "$(unzip -Z1 P.zip | head -n 1)" != "$(unzip -Z1 bare.zip | head -n 1)" ] || fail "other lists gave the same package id"
seal 0 "" --crl lists
shipped 0 "" shipped --trust root.pem # the lists revoke another signer
rm -r lists
seal 0 "" --crl stale.crl
by_hand && fail "the stock commands take a list that is out of date"
grep -q "CRL has expired" err || fail "expected 'CRL has expired', came: $(cat err)"
shipped 0 "2020-01-01T00:00:00Z" shipped-outdated --trust root.pem
shipped 2 revocation-unknown given --trust root.pem --crl stale.crl
seal 2 "expected a revocation list" --crl root.pem
seal 2 "none.crl" --crl none.crl
quiet openssl ca -revoke mail.pem -config ca.cnf -cert sub.pem -keyfile sub.key
crl revoked-mail sub
seal 2 "was revoked: nothing is sealed with it" --crl revoked-mail.crl
seal 0 "" --crl sub.crl
shipped 1 certificate-revoked given --trust root.pem --crl revoked-mail.crl
# All that verify reads is read in the sandbox, by both programs: trust and lists from folders, a
# reviewer's signature, a timestamp, lists in the package, a folder; and the answer is the same.
sandbox=seccomp
[ "$3" = OFF ] && [ -e /proc/sys/kernel/seccomp/actions_avail ] || sandbox=none
case $(uname -m) in x86_64 | aarch64) ;; *) sandbox=none ;; esac
quiet "$evpack" sign P.zip --trust anchors --key signer.key --cert signer.pem --chain sub.pem --name signer \
    --role Reviewer --statement "Read it" --at "$at"
quiet sh "$1/tests/seal/authority.sh" make tsa
quiet "$evpack" timestamp request P.zip
quiet sh "$1/tests/seal/authority.sh" reply tsa ec P.zip.p7s.tsq P.tsr
quiet "$evpack" timestamp attach P.zip P.tsr --tsa-trust tsa/root.pem
mkdir tsa-anchors
cp tsa/root.pem tsa-anchors
boxed() { # CODE FILTER COMMAND...
    want=$1 filter=$2 got=0
    shift 2
    "$@" --json --explain >out 2>err || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $* ($(cat out err))"
    jq -e ".sandbox == \"$sandbox\" and ($filter)" out >log || fail "expected $sandbox and $filter: $* ($(cat out))"
}
held='[.explain.checks[].check] | sort'
for verify in "$build/evpack-verify" "$evpack verify"; do
    # shellcheck disable=SC2086 # a program and its verb
    {
    boxed 0 "(.signers | length) == 2 and .timestamp.status == \"trusted\" and .revocation.lists == \"shipped\" and
        ($held) == ([\"outer-signature\",\"certificate\",\"timestamp\",\"revocation\",\"zip-form\",
        \"inner-signature\",\"files\",\"custody-log\",\"reviewers\"] | sort)" \
        $verify P.zip --trust anchors --tsa-trust tsa-anchors
    boxed 0 '.revocation.lists == "given"' $verify P.zip --trust anchors --crl root.crl --crl sub.crl
    boxed 0 '.revocation.lists == "shipped"' $verify unpacked/* --trust anchors
    boxed 1 '.explain.reasons[0].code == "certificate-untrusted"' $verify P.zip --trust code.pem
    boxed 1 '.explain.reasons[0].code == "signature-missing"' $verify first.zip --trust anchors
    boxed 2 '.reasons[0].code == "could-not-check"' $verify none.zip --trust anchors
    }
done
rm P.zip.signer.p7s P.zip.p7s.ts?
printf x >>"$(echo unpacked/*)/revocation.pem"
verify 1 file-changed unpacked/* --trust root.pem

# Signatures that other programs made over the same bytes.
quiet pack mail sub.pem
sign() { # NAME OPTIONS...
    name=$1
    shift
    quiet openssl cms -sign -in P.zip -signer "$name.pem" -inkey "$name.key" -outform DER \
        -out P.zip.p7s -binary "$@"
}
sign mail -cades -nosmimecap
verify 0 "" P.zip --trust chain.pem
sign mail -cades -nosmimecap -md sha512
verify 0 "" P.zip --trust chain.pem
sign rsa2048 -cades -nosmimecap # a strong enough key, but not the one inside
verify 1 signer-differs P.zip --trust chain.pem
sign rsa1024 -cades -nosmimecap
verify 1 signature-weak P.zip --trust chain.pem
sign p521 -cades -nosmimecap
verify 1 signature-weak P.zip --trust chain.pem
sign mail -cades -nosmimecap -md sha1
verify 1 signature-weak P.zip --trust chain.pem
sign rsa2048 -cades -nosmimecap -md md5
verify 1 signature-weak P.zip --trust chain.pem
sign mail -cades -nosmimecap -md sha224
verify 1 signature-weak P.zip --trust chain.pem
sign mail -nosmimecap
verify 1 "lacks the signed attribute signingCertificateV2" P.zip --trust chain.pem
sign mail -noattr
verify 1 signature-attributes P.zip --trust chain.pem
sign mail -cades -nosmimecap -nodetach
verify 1 "content inside" P.zip --trust chain.pem
sign mail -cades -nosmimecap -nocerts
verify 1 signature-malformed P.zip --trust chain.pem
sign mail -cades -nosmimecap -keyid
verify 1 signature-malformed P.zip --trust chain.pem
sign mail -cades -nosmimecap -econtent_type 1.2.3.4
verify 1 "content type is not data" P.zip --trust chain.pem
sign mail -cades -nosmimecap -signer rsa2048.pem -inkey rsa2048.key
verify 1 "more than one signer" P.zip --trust chain.pem
sign mail -cades -nosmimecap -certfile code.pem
verify 1 "does not name" P.zip --trust chain.pem
sign mail -cades -nosmimecap
printf x >>P.zip.p7s
verify 1 "after the end" P.zip --trust chain.pem
sign code -cades -nosmimecap
verify 1 certificate-unsuitable P.zip --trust chain.pem
stock -CAfile chain.pem && fail "openssl accepts a certificate for code only"
sign mail -cades -nosmimecap # PEM in place of DER
quiet openssl cms -cmsout -inform DER -in P.zip.p7s -outform PEM -out P.pem
mv P.pem P.zip.p7s
verify 1 signature-malformed P.zip --trust chain.pem
head -c 2000000 /dev/zero >P.zip.p7s
verify 1 signature-malformed P.zip --trust chain.pem
