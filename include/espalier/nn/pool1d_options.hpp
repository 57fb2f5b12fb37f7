// SPDX-License-Identifier: Apache-2.0
// Settings of poolings of sequences.
#ifndef ESPALIER_NN_POOL1D_OPTIONS_HPP
#define ESPALIER_NN_POOL1D_OPTIONS_HPP

#include <cstddef>

#include <espalier/nn/padding.hpp>

namespace espalier::inline v0::nn {

/// Settings of `max_pool1d` and `average_pool1d`.
struct pool1d_options {
  std::size_t pool = 2;    ///< steps of a window, >= 1
  std::size_t stride = 0;  ///< from one window to the next; 0: as large as a window
  nn::padding padding = nn::padding::valid;
};

}  // namespace espalier::inline v0::nn

#endif
