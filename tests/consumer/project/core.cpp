// SPDX-License-Identifier: Apache-2.0
#include <espalier/core.hpp>

int main() {
  const espalier::structure::grouping columns(espalier::structure::structured{}, {4, 3});
  return columns.count() == 3 ? 0 : 1;
}
