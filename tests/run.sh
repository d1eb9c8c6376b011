#!/bin/sh
# Installs what the tests need, builds dev and asan, and runs every test under both.
#
#   sh tests/run.sh             everything; ends on ctest's own summary
#   EVPACK_JOBS=4 sh tests/run.sh
#
# Nothing outside the project is written but packages of the system. It exits non-zero when any
# test failed under either build.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

packages_install "$PACKAGES_BUILD $PACKAGES_TEST"
packages_install "$PACKAGES_TOKEN" || echo "Signing with a token will not be tried." >&2
packages_install "$PACKAGES_JAVA" || echo "PDF/A will not be judged." >&2
packages_install "$PACKAGES_BROWSER" || echo "What wants a browser or npm will not be tried." >&2
packages_install "$PACKAGES_DEB" || echo "The .deb or zsh's completion will not be tried." >&2
jobs=${EVPACK_JOBS:-$(nproc)}
status=0
# dev goes last, so that the last summary is that of the build that people use.
for preset in asan dev; do
    echo "== $preset"
    cmake --preset "$preset" >"build-$preset.log" 2>&1 || { cat "build-$preset.log"; exit 1; }
    rm -f "build-$preset.log"
    cmake --build --preset "$preset" -j "$jobs"
    ctest --preset "$preset" -j "$jobs" || status=1
done
exit "$status"
