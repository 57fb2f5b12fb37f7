// SPDX-License-Identifier: Apache-2.0
// A prunable model shows all numbers that training changes; without them nothing could be restored.
// Refused with: static.assert
#include <espalier/prune/prunable_model.hpp>

struct network {
  using value_type = float;
  std::vector<espalier::attributes::prunable_layer<float>> layers();
#ifndef ESPALIER_BAD_LINE
  std::vector<std::span<float>> parameters();
#endif
};
static_assert(espalier::prune::prunable_model<network>);
