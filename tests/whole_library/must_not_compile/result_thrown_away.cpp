// SPDX-License-Identifier: Apache-2.0
// A result that nobody looks at is a mistake: everything that only computes is [[nodiscard]].
// Refused with: ignoring return value
#include <espalier/knapsack/solve.hpp>

void solve(const espalier::knapsack::problem<double>& problem) {
#ifdef ESPALIER_BAD_LINE
  espalier::knapsack::solve(problem);
#else
  static_cast<void>(espalier::knapsack::solve(problem));
#endif
}
