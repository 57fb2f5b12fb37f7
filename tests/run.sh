#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs everything that continuous integration runs, cheap checks first, on Debian 12: sh tests/run.sh
# Installs what is missing if it may. Ends with "N passed, N failed" and exits with 1 if anything failed.
set -u
tree=$(cd "$(dirname "$0")/.." && pwd)
cd "$tree" || exit 1
. scripts/packages.sh

need_packages g++ clang libclang-rt-dev clang-format clang-tidy cmake make pkg-config python3 doctest-dev libxtensor-dev \
    zlib1g-dev libzip-dev nlohmann-json3-dev libcli11-dev libbenchmark-dev coinor-libcbc-dev \
    gnuplot-nox dataset-fashion-mnist libfann-doc

jobs=$(nproc)
passed=0
failed=0
begun=$(date +%s)

step() {
    now=$(date +%s)
    echo
    echo "==== $((now - begun)) s: $*"
}

# fail WHAT: counts a failure outside of ctest.
fail() {
    echo "FAILED: $*"
    failed=$((failed + 1))
}

# configure PRESET OPTION...
configure() {
    cmake --preset "$@" >build/"$1".log 2>&1 || {
        cat build/"$1".log
        fail "configuring $1"
    }
}

# build PRESET: goes on after an error, so that one run shows all of them.
build() {
    step "build $1"
    cmake --build --preset "$1" -j "$jobs" -- -k --no-print-directory >build/"$1".log 2>&1 || {
        grep -v '^\[' build/"$1".log
        fail "building $1"
    }
}

# run_tests PRESET OPTION...: runs some tests of a build and adds to the counts.
run_tests() {
    preset=$1
    shift
    step "test $preset $*"
    ctest --preset "$preset" -j "$jobs" "$@" 2>&1 | tee build/ctest.log
    summary=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' build/ctest.log)
    if [ -z "$summary" ]; then
        fail "testing $preset $*: ctest did not run"
    else
        failed=$((failed + ${summary% *}))
        passed=$((passed + ${summary#* } - ${summary% *}))
    fi
}

mkdir -p build
step "configure"
configure dev -DESPALIER_BUILD_BENCHMARKS=ON
run_tests dev -L source
build dev
run_tests dev -LE 'source|consumer|late'
# clang, the sanitizers and the single header watch the suite together: one build where there could be three.
configure sanitize -DESPALIER_SINGLE_HEADER=ON
run_tests sanitize -R must_not_compile
build sanitize
run_tests sanitize -LE 'source|consumer|late'
run_tests dev -L consumer
run_tests dev -L late -V

step "done"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
