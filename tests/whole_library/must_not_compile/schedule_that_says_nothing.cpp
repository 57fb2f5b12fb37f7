// SPDX-License-Identifier: Apache-2.0
// A schedule says whether its target moved; one whose update returns nothing would never end a run.
// Refused with: static.assert
#include <espalier/schedule/schedule.hpp>

struct fixed {
  double sparsity() const { return 0.5; }
#ifdef ESPALIER_BAD_LINE
  void update() {}
#else
  bool update() {
    return false;
  }
#endif
  bool repair() {
    return false;
  }
};
static_assert(espalier::schedule::schedule<fixed>);
