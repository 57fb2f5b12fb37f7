// SPDX-License-Identifier: Apache-2.0
// A regularizer at work on one layer: its groups and its strengths.
#ifndef ESPALIER_REGULARIZE_LAYER_PENALTY_HPP
#define ESPALIER_REGULARIZE_LAYER_PENALTY_HPP

#include <string>

#include <espalier/regularize/group_norms.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::regularize {

/// What is added to the loss for one layer in training.
struct layer_penalty {
  std::string layer;           ///< its name
  structure::grouping groups;  ///< of its kernel
  group_norms penalty{};       ///< on these groups
};

}  // namespace espalier::inline v0::regularize

#endif
