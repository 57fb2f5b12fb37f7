// SPDX-License-Identifier: Apache-2.0
// Finds weights that cannot matter, because no path leads through them from an input to an output.
#ifndef ESPALIER_SELECT_LIVE_WEIGHTS_HPP
#define ESPALIER_SELECT_LIVE_WEIGHTS_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/select/connection.hpp>
#include <espalier/select/detail/path_finder.hpp>

namespace espalier::inline v0::select {

/// Marks the weights that lie on a path from an input of the network to an output.
/// @param layers  in an order in which data can take them.
/// @return per layer, per weight, 1 if it is present and live.
/// @throws shape_error if a layer has not one entry per weight; argument_error if two layers have one name or an
///         inbound name is no layer's.
/// Complexity: O(weights).
[[nodiscard]] inline std::vector<std::vector<std::uint8_t>> live_weights(const std::vector<connection>& layers) {
  const detail::path_finder paths(layers);
  std::vector<std::vector<std::uint8_t>> live;
  live.reserve(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    live.push_back(paths.live(l));
  }
  return live;
}

}  // namespace espalier::inline v0::select

#endif
