#!/bin/sh
# Writes README.md here from cases.tsv, so that it says what the test judges; a test compares.
#   sh tests/hostile/readme.sh >tests/hostile/README.md
set -eu
table=$(dirname "$0")/cases.tsv
tricks=$(grep -cv -e '^case' -e '^control' "$table")
reasons=$(grep -v -e '^case' -e '^control' "$table" | cut -f3 | LC_ALL=C sort -u | wc -l)
cat <<END
# Packages that were made to deceive

$tricks packages, each of which is a good one with one trick. Where a good signature would hide the trick it is signed
anew, so that the trick must be found by its own check. \`evpack-verify\` must refuse each with the exit code and the
first reason below ($reasons words in all), by the library in process and as a program, in 64 MiB of address space,
without writing a file. The controls, which have no trick, are verified.

\`\`\`sh
build/dev/tests/hostile/hostile_make DIR         # makes them: DIR/CASE/P.zip, P.zip.p7s, ...; "args" has verify's options
ctest --preset dev -R hostile                    # judges them
\`\`\`

The list is \`cases.tsv\`, whose last column is a command of another program (unzip, bsdtar, openssl) that shows the trick;
the test runs it too. Keys and certificates are made by each run and last for days. This page is written by
\`readme.sh\`, and a test compares.

Exit code 1 is "no"; 2 is "could not decide": a revocation list that cannot be believed is neither.
END
awk -F '\t' '
function heading(name) {
    if (name ~ /^control/) return "Controls: no trick"
    if (name ~ /^(zip|deflate|bomb)/) return "The ZIP file"
    if (name ~ /^(name|top)/) return "Names"
    if (name ~ /^(bag|manifest|tagmanifest|custody)/) return "The bag"
    if (name ~ /^(inner|sig)/) return "Signatures"
    if (name ~ /^(cert|crl)/) return "Certificates and revocation lists"
    if (name ~ /^review/) return "Reviewers"
    return "Timestamps"
}
NR == 1 { next }
{
    now = heading($1)
    if (now != before) printf "\n## %s\n\n| case | trick | reason | exit |\n|---|---|---|---|\n", now
    before = now
    gsub(/\|/, "\\|", $2)
    gsub(/\*/, "\\*", $2)
    printf "| `%s` | %s | %s | %s |\n", $1, $2, $3 == "-" ? "verified" : "`" $3 "`", $4
}' "$table"
