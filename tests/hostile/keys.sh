#!/bin/sh
# Keys, certificates and revocation lists for the hostile packages, by openssl:
#   keys.sh DIR
# Every certificate is fit to sign and issued by root.pem, but for what its name says. They last a
# few days, and are made anew by each run.
set -eu
cd "$1"
cat >ca.cnf <<'CNF'
[req]
distinguished_name = any
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
default_crl_days = 30
[any]
organizationName = optional
commonName = optional
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[sign]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,nonRepudiation
[code]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
[encipher]
basicConstraints = critical,CA:false
keyUsage = critical,keyEncipherment
CNF
: >index
echo 1000 >serial
key() { # NAME OPTIONS...
    name=$1
    shift
    openssl genpkey "$@" -out "$name.key" 2>/dev/null
}
curve() {
    key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:${2:-P-256}"
}
authority() { # NAME SUBJECT
    curve "$1"
    openssl req -x509 -new -key "$1.key" -subj "/O=evpack tests/CN=$2" -days 60 -config ca.cnf \
        -extensions authority -out "$1.pem"
}
issue() { # NAME SUBJECT ISSUER SECTION [OPTIONS of openssl ca...]
    name=$1 subject=$2 issuer=$3 section=$4
    shift 4
    openssl req -new -key "$name.key" -subj "/O=evpack tests/CN=$subject" -config ca.cnf -out "$name.csr"
    [ $# -gt 0 ] || set -- -days 30
    openssl ca -batch -notext -config ca.cnf -in "$name.csr" -cert "$issuer.pem" -keyfile "$issuer.key" \
        -extensions "$section" "$@" -out "$name.pem" 2>/dev/null
}
list() { # NAME ISSUER OPTIONS...
    name=$1 issuer=$2
    shift 2
    openssl ca -gencrl -config ca.cnf -cert "$issuer.pem" -keyfile "$issuer.key" "$@" -out "$name.crl" 2>/dev/null
}

authority root root
authority twin root       # the same name, another key
authority stranger nobody # another name
key signer -algorithm RSA -pkeyopt rsa_keygen_bits:3072
issue signer signer root sign
for name in other reviewer expired future code encipher oldcert below self; do
    curve $name
done
issue other other root sign
issue reviewer reviewer root sign
issue expired signer root sign -startdate 20200101000000Z -enddate 20210101000000Z
issue future signer root sign -startdate 20490101000000Z -enddate 20490601000000Z
issue code signer root code
issue encipher signer root encipher
issue oldcert signer root sign -md sha1 -days 30
issue below below other sign # by one who is no authority
cp signer.key twinned.key
issue twinned signer twin sign
openssl req -x509 -new -key self.key -subj "/O=evpack tests/CN=signer" -days 60 -config ca.cnf \
    -extensions sign -out self.pem
key short -algorithm RSA -pkeyopt rsa_keygen_bits:1024
issue short signer root sign
curve p521 P-521
issue p521 signer root sign

list good root
list stale root -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z
list twin twin
list stranger stranger
openssl ca -config ca.cnf -cert root.pem -keyfile root.key -revoke signer.pem 2>/dev/null
list revoked root
