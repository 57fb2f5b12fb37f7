// SPDX-License-Identifier: Apache-2.0
// A solver of knapsacks returns a solution; one that returns only the value is none.
// Refused with: static.assert
#include <espalier/knapsack/solver.hpp>

struct sloppy {
#ifdef ESPALIER_BAD_LINE
  double operator()(const espalier::knapsack::problem<double>& p) const {
    return espalier::knapsack::solve(p).value;
  }
#else
  auto operator()(const espalier::knapsack::problem<double>& p) const {
    return espalier::knapsack::solve(p);
  }
#endif
};
static_assert(espalier::knapsack::solver<sloppy>);
