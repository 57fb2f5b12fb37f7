#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and prunes a LeNet on Fashion-MNIST. Usage: sh examples/run.sh [OUT] [OPTION ...]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/packages.sh"

need_packages g++ cmake make libxtensor-dev zlib1g-dev libzip-dev pkg-config nlohmann-json3-dev libcli11-dev \
    gnuplot-nox dataset-fashion-mnist

cmake -S "$root" -B "$root/build/run" -DCMAKE_BUILD_TYPE=Release -DESPALIER_BUILD_TESTS=OFF >/dev/null
cmake --build "$root/build/run" --target prune_lenet -- --no-print-directory
exec "$root/build/run/examples/prune_lenet" "$@"
