#!/bin/sh
# Keys from every place (encrypted PEM, PKCS#12, a PKCS#11 token) with the passphrase from each
# source, and reviewers' signatures beside a package: made by evpack, judged by the stock openssl,
# required by --require. The tokens need softhsm2 and OpenSSL's engine, and are skipped without.
set -eu
build=$2
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"
unset EVPACK_KEY_PASSPHRASE
evpack=$build/evpack
at=2026-11-22T08:00:00Z
fail() { echo "$*"; exit 1; }
quiet() { "$@" >log 2>&1 || fail "$* ($(tail -n 2 log))"; }
expect() { # CODE PART COMMAND...: exit code, and PART somewhere in what it says
    want=$1 part=$2
    shift 2
    got=0
    "$@" >out 2>err </dev/null || got=$?
    [ "$got" = "$want" ] || fail "expected exit $want, came $got: $* ($(tail -n 1 err) $(head -n 4 out))"
    [ -z "$part" ] || cat out err | grep -qF -- "$part" || fail "expected '$part': $* ($(cat out err))"
}
stock() { # SIGNATURE TRUST
    quiet openssl cms -verify -cades -binary -inform DER -in "$1" -content P.zip -CAfile "$2" \
        -auth_level 2 -out /dev/null
}

# An authority with reviewers of three kinds, and the preparer's own key.
printf '%s\n' '[req]' distinguished_name=d '[d]' '[root]' basicConstraints=critical,CA:true \
    subjectKeyIdentifier=hash '[signer]' basicConstraints=critical,CA:false \
    keyUsage=critical,digitalSignature subjectKeyIdentifier=hash authorityKeyIdentifier=keyid \
    '[encipher]' basicConstraints=critical,CA:false keyUsage=critical,keyEncipherment >ca.cnf
newkey() { quiet openssl genpkey -algorithm "$2" -pkeyopt "$3" -out "$1.key"; }
issue() { # NAME SECTION DAYS [DIGEST]
    quiet openssl req -new -key "$1.key" -subj "/O=Firm/CN=$1" -out "$1.csr" -config ca.cnf
    quiet openssl x509 -req -in "$1.csr" -CA root.pem -CAkey root.key -days "$3" "-${4:-sha256}" \
        -extfile ca.cnf -extensions "$2" -out "$1.pem" -set_serial "0x$(openssl rand -hex 8)"
}
newkey root EC ec_paramgen_curve:P-384
quiet openssl req -x509 -new -key root.key -subj /CN=root -days 60 -config ca.cnf -extensions root -out root.pem
newkey alice RSA rsa_keygen_bits:3072
newkey bob EC ec_paramgen_curve:P-256
newkey carol EC ec_paramgen_curve:P-384
for name in alice bob carol; do issue $name signer 30; done
"$evpack" keygen key >/dev/null
printf '[{"id":"/subscriptions/00000000-0000-4000-8000-000000000001","name":"a"}]\n' >a.json
quiet "$evpack" collect -c case.db --snapshot s --at $at a.json
quiet "$evpack" map -c case.db --at $at
pack() { rm -f P.zip P.zip.p7s; "$evpack" package -c case.db -o P.zip --at "$now" "$@"; }
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# An encrypted PEM key: passphrase by descriptor, by variable, by the usual variable.
secret='open, sesame ü'
quiet openssl pkcs8 -topk8 -in alice.key -out locked.key -passout "pass:$secret"
printf '%s\nnot this\n' "$secret" >secret
alice="--key locked.key --cert alice.pem"
# shellcheck disable=SC2086 # lists of words
{
expect 2 "no terminal to ask at" setsid "$evpack" package -c case.db -o P.zip $alice
[ ! -e P.zip ] || fail "a package without a key"
pack $alice --pass-fd 3 3<secret >log 2>&1 || fail "--pass-fd: $(cat log)"
WORD=$secret expect 0 "" pack $alice --pass-env WORD
EVPACK_KEY_PASSPHRASE=$secret expect 0 "" pack $alice
WORD=wrong expect 2 "the passphrase does not open the key" pack $alice --pass-env WORD
grep -q wrong out err && fail "a message holds the passphrase"
expect 2 "which is not set" pack $alice --pass-env NOT_SET
WORD= expect 2 "is empty" pack $alice --pass-env WORD
expect 2 "exclude each other" pack $alice --pass-env WORD --pass-fd 3
expect 2 "the number of a file descriptor" pack $alice --pass-fd three
expect 2 "cannot be read from descriptor 77" pack $alice --pass-fd 77
}
# By prompt, without echo.
if command -v script >/dev/null; then
    rm -f P.zip P.zip.p7s
    { sleep 1; printf '%s\n' "$secret"; sleep 1; } | script -qec \
        "$evpack package -c case.db -o P.zip --key locked.key --cert alice.pem --at $now" typescript >/dev/null ||
        fail "the prompt: $(cat typescript)"
    grep -q "Passphrase for locked.key" typescript || fail "no prompt: $(cat typescript)"
    grep -q sesame typescript && fail "the passphrase was shown"
    [ -e P.zip ] || fail "the prompt gave no package"
else
    echo "script is not installed: the prompt was not tried"
fi

# PKCS#12, with and without a passphrase, with its own certificates or others.
quiet openssl pkcs12 -export -inkey bob.key -in bob.pem -certfile root.pem -out bob.p12 -passout "pass:$secret"
quiet openssl pkcs12 -export -inkey bob.key -in bob.pem -out open.p12 -passout pass:
quiet openssl pkcs12 -export -nocerts -inkey bob.key -out bare.p12 -passout pass:
cp bob.p12 bob.anything
WORD=$secret expect 0 "CN=bob" pack --key bob.anything --pass-env WORD
expect 0 "" "$build/evpack-verify" P.zip --trust root.pem
expect 0 "" pack --key open.p12
expect 0 "" pack --key open.p12 --cert bob.pem --chain root.pem
expect 2 "no certificate comes with the key" pack --key bare.p12
expect 2 "no certificate comes with the key" pack --key bob.key
expect 2 "does not belong to the key" pack --key open.p12 --cert alice.pem
WORD=wrong expect 2 "the passphrase does not open the file" pack --key bob.p12 --pass-env WORD
head -c 700 bob.p12 >cut.p12
expect 2 "expected a private key in PEM or a PKCS#12 file" pack --key cut.p12
{ cat open.p12; printf x; } >longer.p12
expect 2 "expected a private key in PEM or a PKCS#12 file" pack --key longer.p12

# Certificates that may not sign.
for name in sha1 encipher late; do cp bob.key $name.key; done
issue sha1 signer 30 sha1
issue encipher encipher 30
issue late signer -1
sleep 1
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
expect 2 "the certificate is weak" pack --key bob.key --cert sha1.pem
expect 2 "may not sign" pack --key bob.key --cert encipher.pem
expect 2 "has expired" pack --key bob.key --cert late.pem
now=2020-01-01T00:00:00Z expect 2 "not valid yet" pack --key bob.key --cert bob.pem
[ ! -e P.zip ] || fail "a refused certificate left a package"

# Reviewers.
expect 0 "" pack --key key/key.pem --cert key/cert.pem
cat key/cert.pem root.pem >trust.pem
review() { # NAME KEY CERT STATEMENT [OPTION...]
    name=$1 key=$2 cert=$3 text=$4
    shift 4
    "$evpack" sign P.zip --trust key/cert.pem --key "$key" --cert "$cert" --name "$name" \
        --role "Engagement quality reviewer" --statement "$text" --at "$now" "$@"
}
sum=$(sha256sum P.zip P.zip.p7s)
WORD=$secret expect 0 "signature P.zip.alice.p7s" review alice locked.key alice.pem \
    "Reviewed the findings on Key Vault: ok, geprüft" --pass-env WORD
[ "$sum" = "$(sha256sum P.zip P.zip.p7s)" ] || fail "signing changed the package"
stock P.zip.alice.p7s root.pem
openssl cms -cmsout -print -inform DER -in P.zip.alice.p7s | grep -q "Key Vault" || fail "openssl does not show the statement"
expect 0 "statement     Reviewed the findings on Key Vault: ok, geprüft" "$evpack" verify P.zip --trust trust.pem
grep -q "role          Engagement quality reviewer" out || fail "no role: $(cat out)"
expect 0 "" "$build/evpack-verify" P.zip --trust trust.pem --json
jq -e '.verdict == "verified" and (.signers | length) == 2 and .signers[0].role == null and
    .signers[1].role == "Engagement quality reviewer" and .signers[1].trusted and
    (.signers[1].statement | startswith("Reviewed")) and .signers[1].subject == "CN=alice,O=Firm" and
    .signers[1].file == "P.zip.alice.p7s" and .signers[1].signing_time != null' out >/dev/null || fail "JSON: $(cat out)"

# A second one signs, who trusts both; then who must have.
expect 1 "certificate-untrusted" review bob bob.key bob.pem "Read it"
sign_bob() { "$evpack" sign P.zip --trust trust.pem --key bob.key --cert bob.pem --name bob --role Partner --statement "Read it" "$@"; }
expect 0 "" sign_bob
expect 2 "is there already" sign_bob
"$evpack" sign P.zip --trust trust.pem --key carol.key --cert carol.pem --chain root.pem --name carol-2 \
    --role Partner --statement "With P-384" >log 2>&1 || fail "carol: $(cat log)"
stock P.zip.bob.p7s root.pem
stock P.zip.carol-2.p7s root.pem
# As VERIFY.txt says, and it shows the words.
sed -n '/^REVIEWERS/,/^WHAT THIS/s/^    //p' "$source/reports/VERIFY.txt" |
    sed 's/{{zip_name}}/P.zip/g; s/NAME/bob/g; s/reviewer.pem/root.pem/' >commands
[ "$(wc -l <commands)" = 2 ] || fail "expected 2 commands for reviewers in VERIFY.txt"
sh -e commands >out 2>err || fail "VERIFY.txt: $(cat err)"
grep -q "Partner" out && grep -q "Read it" out || fail "openssl does not show the words: $(cat out)"
print=$(openssl x509 -in bob.pem -noout -fingerprint -sha256 | cut -d= -f2)
verify="$build/evpack-verify P.zip --trust trust.pem"
# shellcheck disable=SC2086
{
expect 0 "" $verify --require "$print" --require CN=alice,O=Firm --require "CN=evpack trial signer"
expect 0 "" $verify --require "$(echo "$print" | tr -d : | tr A-F a-f)"
expect 1 required-signer-missing $verify --require CN=dave,O=Firm
expect 1 required-signer-missing $verify --require CN=alice
mv P.zip.bob.p7s away
expect 1 required-signer-missing $verify --require "$print" --json
jq -e '.reasons == [.reasons[] | select(.code == "required-signer-missing")]' out >/dev/null || fail "$(cat out)"
expect 0 "leaves no trace" $verify
mv away P.zip.bob.p7s
expect 1 required-signer-untrusted "$build/evpack-verify" P.zip --trust key/cert.pem --require "$print"
grep -q "Read it" out && fail "the words of an untrusted signer were repeated"
expect 1 certificate-untrusted "$build/evpack-verify" P.zip --trust key/cert.pem
expect 2 "" $verify --require ""

# What is not a reviewer's signature of this package.
broken() { # REASON
    expect 1 "$1" $verify
    rm -f P.zip.mallory.p7s
}
cp P.zip.p7s P.zip.mallory.p7s; broken signature-attributes
cp a.json P.zip.mallory.p7s; broken signature-malformed
: >P.zip.mallory.p7s; broken signature-malformed
{ cat P.zip.bob.p7s; printf x; } >P.zip.mallory.p7s; broken signature-trailing-bytes
head -c 100000 /dev/zero >P.zip.mallory.p7s; broken signature-malformed
cp P.zip.bob.p7s "P.zip.bob (1).p7s"; expect 1 signature-malformed $verify; rm "P.zip.bob (1).p7s"
cp a.json P.zip.other.zip.p7s; expect 0 "" $verify
mkdir P.zip.folder.p7s; expect 2 "" $verify; rmdir P.zip.folder.p7s
openssl cms -sign -cades -binary -nosmimecap -in P.zip -signer bob.pem -inkey bob.key -outform DER \
    -out P.zip.mallory.p7s 2>log || fail "$(cat log)"; broken signature-attributes
mkdir else; cp P.zip.bob.p7s else/
expect 0 "" pack --key bob.key --cert bob.pem
mkdir kept; mv P.zip.alice.p7s P.zip.bob.p7s P.zip.carol-2.p7s kept
expect 0 "" $verify
cp kept/P.zip.bob.p7s P.zip.bob.p7s; expect 1 signature-mismatch $verify --require "$print"
rm P.zip.bob.p7s
expect 0 "" sign_bob
expect 0 "" $verify
cp P.zip.bob.p7s P.zip.p7s; expect 1 signer-differs $verify
}

# Who signs must see a package that verifies, and says something.
expect 1 "does not verify, and is not signed" sign_bob --name again
[ ! -e P.zip.again.p7s ] || fail "a package that does not verify was signed"
rm P.zip.bob.p7s
expect 0 "" pack --key key/key.pem --cert key/cert.pem
expect 2 "--name is" sign_bob --name ../bob
expect 2 "the role is" sign_bob --role ""
expect 2 "the statement is" sign_bob --statement "$(printf 'two\nlines')"
expect 2 "the statement is" sign_bob --statement "$(printf 'turned \342\200\256around')"
expect 2 "expected --trust" "$evpack" sign P.zip --key bob.key --cert bob.pem --name x --role y --statement z
expect 2 "has expired" sign_bob --cert late.pem
[ ! -e P.zip.bob.p7s ] || fail "a refused signer left a signature"

# A token.
module=$(find /usr/lib -name libsofthsm2.so 2>/dev/null | head -n 1)
engine=$(find /usr/lib -path '*engines-3/pkcs11.so' 2>/dev/null | head -n 1)
if [ -z "$module" ] || [ -z "$engine" ] || [ -z "$(command -v softhsm2-util)" ]; then
    echo "softhsm2 or libengine-pkcs11-openssl is not installed: no token was tried"
    exit 0
fi
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$work" >softhsm2.conf
SOFTHSM2_CONF=$work/softhsm2.conf
export SOFTHSM2_CONF
quiet softhsm2-util --init-token --free --label audit --pin 246810 --so-pin 1234
n=1
for name in alice bob carol; do
    quiet openssl pkcs8 -topk8 -nocrypt -in $name.key -out $name.p8
    quiet softhsm2-util --import $name.p8 --token audit --label $name --id a$n --pin 246810
    n=$((n + 1))
done
# The engine keeps what it allocates until the end; its leaks are not ours.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
uri="pkcs11:token=audit;type=private"
printf '246810\n' >pin
for name in alice bob carol; do
    rm -f P.zip P.zip.p7s
    "$evpack" package -c case.db -o P.zip --at "$now" --key "$uri;object=$name?module-path=$module" \
        --cert $name.pem --chain root.pem --pass-fd 3 3<pin >log 2>&1 || fail "token, $name: $(cat log)"
    expect 0 "" "$build/evpack-verify" P.zip --trust root.pem
    stock P.zip.p7s root.pem
done
PIN=246810 expect 0 "" sign_bob --key "$uri;object=bob?module-path=$module" --pass-env PIN
expect 0 "" "$build/evpack-verify" P.zip --trust root.pem --require CN=bob,O=Firm
rm P.zip.bob.p7s
PIN=111111 expect 2 "the token gives no such private key" sign_bob --key "$uri;object=bob?module-path=$module" --pass-env PIN
PIN=246810 expect 2 "the token gives no such private key" sign_bob --key "$uri;object=none?module-path=$module" --pass-env PIN
PIN=246810 expect 2 "does not belong to the key" sign_bob --key "$uri;object=alice?module-path=$module" --pass-env PIN
expect 2 "a PIN does not belong in an argument" sign_bob --key "$uri;object=bob?pin-value=246810"
expect 2 "" sign_bob --key "$uri;object=bob?module-path=/nowhere.so" --pass-env PIN
[ ! -e P.zip.bob.p7s ] || fail "a refused token left a signature"
