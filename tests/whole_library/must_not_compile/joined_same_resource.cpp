// SPDX-License-Identifier: Apache-2.0
// Joined objectives count different resources: their budgets could not be told apart.
// Refused with: two of the objectives count a resource of the same name
#include <espalier/objective/joined.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>

using espalier::objective::joined;
using espalier::objective::parameters;
using espalier::objective::vivado_dsp;
using espalier::objective::vivado_dsp_bram;

#ifdef ESPALIER_BAD_LINE
using both = joined<vivado_dsp, vivado_dsp_bram>;
#else
using both = joined<parameters, vivado_dsp_bram>;
#endif

int main() {
  return both::resources.size() == 3 ? 0 : 1;
}
