# SPDX-License-Identifier: Apache-2.0
# Compiles the examples that say so with nothing but espalier_core.hpp beside them, and compares what they print:
# single_header_alone.sh COMPILER FOLDER
set -eu
compiler=$1
folder=$2
tree=$(cd "$(dirname "$0")/../.." && pwd)

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
cp "$tree/single_header/espalier_core.hpp" "$tree/examples/own_network.cpp" .
"$compiler" -std=c++20 -O2 own_network.cpp
./a.out >output
diff "$tree/examples/own_network.expected" output
