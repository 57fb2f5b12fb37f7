// SPDX-License-Identifier: Apache-2.0
// What windows of convolutions and poolings see beyond the border of an image.
#ifndef ESPALIER_NN_PADDING_HPP
#define ESPALIER_NN_PADDING_HPP

#include <cstdint>

namespace espalier::inline v0::nn {

/// What a window sees beyond the border of an image.
enum class padding : std::uint8_t {
  valid,  ///< no window reaches beyond it; the image shrinks
  same    ///< as much as it takes for one output per step, half before and half (the larger one) behind: a convolution
          ///< sees zeros there, a pooling leaves it out
};

}  // namespace espalier::inline v0::nn

#endif
