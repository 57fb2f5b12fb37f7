// SPDX-License-Identifier: Apache-2.0
// How strongly the groups of a layer are drawn towards zero, or their weights towards each other.
#ifndef ESPALIER_REGULARIZE_LAYER_STRENGTHS_HPP
#define ESPALIER_REGULARIZE_LAYER_STRENGTHS_HPP

#include <string>

#include <espalier/regularize/group_norms.hpp>

namespace espalier::inline v0::regularize {

/// The strengths of one layer, or of all layers that are not named elsewhere.
struct layer_strengths {
  std::string layer{};              ///< its name; empty: all others
  group_norms_options strengths{};  ///< on the groups that pruning takes together
};

}  // namespace espalier::inline v0::regularize

#endif
