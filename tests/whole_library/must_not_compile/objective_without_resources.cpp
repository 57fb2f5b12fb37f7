// SPDX-License-Identifier: Apache-2.0
// An objective names what it counts.
// Refused with: static.assert
#include <espalier/objective/objective.hpp>

struct free_of_charge {
  static constexpr std::string_view name = "free";
#ifndef ESPALIER_BAD_LINE
  static constexpr std::array<std::string_view, 1> resources{"nothing"};
#endif
  espalier::objective::layer_savings<1> operator()(const espalier::attributes::layer_attributes&) const;
};
static_assert(espalier::objective::objective<free_of_charge>);
