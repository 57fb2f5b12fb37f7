// SPDX-License-Identifier: Apache-2.0
// A layer of a network with the weights that are left of it.
#ifndef ESPALIER_SELECT_CONNECTION_HPP
#define ESPALIER_SELECT_CONNECTION_HPP

#include <cstdint>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>

namespace espalier::inline v0::select {

/// One layer of a network with the weights that are left of it.
struct connection {
  const attributes::layer_attributes* layer = nullptr;
  std::vector<std::uint8_t> present;  ///< one per weight: 1 if it is not pruned
};

}  // namespace espalier::inline v0::select

#endif
