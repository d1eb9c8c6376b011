#!/bin/sh
# A timestamp authority for tests, by openssl: the independent judge of what evpack asks and accepts.
#   authority.sh make DIR                  keys and certificates; takes a second
#   authority.sh reply DIR NAME TSQ OUT    answers a request as the authority NAME
#   authority.sh forge DIR NAME TST OUT    a token (CMS) over a TSTInfo, as one that openssl ts would
#                                          not let sign
#   authority.sh crl DIR CA OUT LAST NEXT [NAME WHEN[,REASON]]
#                                          a revocation list; times YYYYMMDDHHMMSSZ,
#                                          WHEN without the century
set -eu
what=$1
dir=$2

# issue NAME KEY ISSUER DAYS EXTENSIONS: the certificate NAME.pem, signed by ISSUER.pem.
issue() {
    openssl req -new -key "$dir/$2.key" -subj "/O=evpack tests/CN=$1" -out "$dir/$1.csr" 2>/dev/null
    printf '%s\n' "$5" >"$dir/ext"
    serial=$(($(cat "$dir/serial") + 1))
    echo $serial >"$dir/serial"
    if [ "$3" = "$1" ]; then
        set -- "$@" -signkey "$dir/$2.key"
    else
        set -- "$@" -CA "$dir/$3.pem" -CAkey "$dir/$3.key"
    fi
    name=$1 days=$4
    shift 5
    openssl x509 -req -in "$dir/$name.csr" "$@" -set_serial $serial -days "$days" -sha256 \
        -extfile "$dir/ext" -out "$dir/$name.pem" 2>/dev/null
}

case $what in
make)
    mkdir -p "$dir"
    echo 4096 >"$dir/serial"
    ca='basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash'
    end='basicConstraints=CA:false
keyUsage=critical,digitalSignature'
    for name in root sub signroot signer ec plain soft more old other; do
        openssl ecparam -name prime256v1 -genkey -noout -out "$dir/$name.key"
    done
    openssl genrsa -out "$dir/rsa.key" 2048 2>/dev/null
    openssl genrsa -out "$dir/short.key" 1024 2>/dev/null
    issue root root root 400 "$ca"
    issue other other other 400 "$ca"
    issue sub sub root 400 "$ca"
    cat "$dir/sub.pem" "$dir/other.pem" >"$dir/both.pem"
    issue signroot signroot signroot 400 "$ca"
    issue signer signer signroot 30 "$end
extendedKeyUsage=emailProtection"
    stamps='extendedKeyUsage=critical,timeStamping'
    issue rsa rsa sub 300 "$end
$stamps"
    issue ec ec sub 300 "$end
$stamps"
    issue short short sub 300 "$end
$stamps"
    issue plain plain sub 300 "$end"
    issue soft soft sub 300 "$end
extendedKeyUsage=timeStamping"
    issue more more sub 300 "$end
extendedKeyUsage=critical,timeStamping,emailProtection"
    # One that has expired: openssl ca takes both dates.
    openssl req -new -key "$dir/old.key" -subj "/O=evpack tests/CN=old" -out "$dir/old.csr"
    printf '%s\n' "$end" "$stamps" >"$dir/ext"
    cat >"$dir/ca.cnf" <<END
[ca]
default_ca=d
[d]
database=$dir/index
serial=$dir/caserial
new_certs_dir=$dir
default_md=sha256
policy=p
unique_subject=no
[p]
organizationName=optional
commonName=optional
END
    : >"$dir/index"
    echo 2000 >"$dir/caserial"
    openssl ca -batch -notext -config "$dir/ca.cnf" -in "$dir/old.csr" -cert "$dir/sub.pem" \
        -keyfile "$dir/sub.key" -startdate 20200101000000Z -enddate 20210101000000Z \
        -extfile "$dir/ext" -out "$dir/old.pem" 2>/dev/null
    cat >"$dir/ts.cnf" <<END
[ts]
default_tsa=t
[t]
serial=$dir/tsserial
default_policy=1.2.3.4.1
digests=sha256,sha512
accuracy=secs:1,millisecs:500
ordering=yes
tsa_name=yes
ess_cert_id_chain=no
ess_cert_id_alg=sha256
signer_digest=sha256
[old_ts]
default_tsa=o
[o]
serial=$dir/tsserial
default_policy=1.2.3.4.1
digests=sha256
ess_cert_id_alg=sha1
signer_digest=sha512
END
    echo 01 >"$dir/tsserial"
    ;;
reply)
    openssl ts -reply -config "$dir/ts.cnf" -section "${TS_SECTION:-t}" -queryfile "$4" \
        -signer "$dir/$3.pem" -inkey "$dir/$3.key" -chain "$dir/${TS_CHAIN:-sub}.pem" -out "$5" 2>/dev/null
    ;;
forge)
    openssl cms -sign -binary -nodetach -cades -nosmimecap -md sha256 -in "$4" \
        -econtent_type 1.2.840.113549.1.9.16.1.4 -signer "$dir/$3.pem" -inkey "$dir/$3.key" \
        -certfile "$dir/sub.pem" -outform DER -out "$5"
    ;;
crl)
    : >"$dir/revoked"
    if [ $# -gt 6 ]; then
        serial=$(openssl x509 -in "$dir/$7.pem" -noout -serial | cut -d= -f2)
        printf 'R\t491231235959Z\t%s\t%s\tunknown\t/CN=x\n' "$8" "$serial" >"$dir/revoked"
    fi
    sed "s|^database=.*|database=$dir/revoked|" "$dir/ca.cnf" >"$dir/crl.cnf"
    openssl ca -gencrl -config "$dir/crl.cnf" -cert "$dir/$3.pem" -keyfile "$dir/$3.key" \
        -crl_lastupdate "$5" -crl_nextupdate "$6" -out "$4" 2>/dev/null
    ;;
esac
