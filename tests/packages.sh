# Sourced by tests/run.sh and fixtures/demo.sh: the Debian (or Ubuntu) packages that evpack is built
# from and tested with, and how to install the missing ones.
PACKAGES_BUILD="gcc cmake ninja-build pkg-config libc6-dev libsqlite3-dev libcjson-dev libssl-dev
 libarchive-dev zlib1g-dev libhpdf-dev libpng-dev fonts-dejavu-core icc-profiles-free"
PACKAGES_TEST="check libsubunit-dev openssl unzip zip jq sqlite3 strace qpdf poppler-utils coreutils
 clang-format libarchive-tools time gnutls-bin p7zip-full python3 age mandoc"
# What signing with a token is tried with. Where it cannot be had, that part is skipped.
PACKAGES_TOKEN="softhsm2 libengine-pkcs11-openssl"
# Who judges the reports: Preflight for PDF/A; a browser, and npm's axe-core and ajv. Where one cannot
# be had, its tests are skipped, and say so. Node from elsewhere brings npm along, and Debian's would
# not go beside it.
PACKAGES_JAVA="default-jre-headless libpdfbox2-java libfontbox2-java libactivation-java libjaxb-api-java"
PACKAGES_BROWSER="chromium"
command -v npm >/dev/null || PACKAGES_BROWSER="$PACKAGES_BROWSER nodejs npm"
# What the Debian packages are made and installed with, and the other shell with completion; skipped, too.
PACKAGES_DEB="dpkg-dev file mmdebstrap zsh"

# packages_install LIST: installs what is missing. On a terminal it asks first.
packages_install() {
    missing=
    for package in $1; do
        [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ -t 0 ] && [ "${EVPACK_YES:-}" != 1 ]; then
        printf 'These packages are missing:%s\nInstall them? [Y/n] ' "$missing"
        read -r answer
        case $answer in
        "" | y | Y | yes) ;;
        *) echo "Nothing was installed." >&2; return 1 ;;
        esac
    fi
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    echo "Installing:$missing" >&2
    $root apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
