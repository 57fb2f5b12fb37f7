// SPDX-License-Identifier: Apache-2.0
// Settings of poolings.
#ifndef ESPALIER_NN_POOL2D_OPTIONS_HPP
#define ESPALIER_NN_POOL2D_OPTIONS_HPP

#include <array>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/padding.hpp>

namespace espalier::inline v0::nn {

/// Settings of `max_pool2d` and `average_pool2d`.
struct pool2d_options {
  std::array<std::size_t, 2> pool{2, 2};     ///< height and width of a window, >= 1
  std::array<std::size_t, 2> strides{0, 0};  ///< from one window to the next, down and across; 0: as large as a window
  nn::padding padding = nn::padding::valid;
};

namespace detail {

/// @param layer  whose settings they are.   @throws argument_error if the window is empty.
inline void expect_window(const std::string& layer, const pool2d_options& options) {
  if (options.pool[0] == 0 || options.pool[1] == 0) {
    reject<argument_error>("nn::" + layer, {"a window of ", options.pool[0], " x ", options.pool[1]},
                           {"at least 1 x 1"});
  }
}

[[nodiscard]] inline kernels::pool_axis pool_axis(const pool2d_options& options, const extents& input,
                                                  std::size_t axis) {
  const std::size_t step = options.strides[axis] == 0 ? options.pool[axis] : options.strides[axis];
  return options.padding == padding::same ? kernels::pool_axis::same(input[axis], options.pool[axis], step)
                                          : kernels::pool_axis::valid(input[axis], options.pool[axis], step);
}

/// What a layer is called: its kind and its name in the model.
struct titles {
  std::string kind;
  std::string name;
};

/// @throws shape_error with both shapes if no window fits.
[[nodiscard]] inline kernels::pool2d_shape pool2d_shape(const pool2d_options& options, const extents& input,
                                                        const titles& layer) {
  const bool image = input.rank() == 3 && input.size() > 0;
  const bool fits = options.padding == padding::same || (input[0] >= options.pool[0] && input[1] >= options.pool[1]);
  if (!image || !fits) {
    refuse_input(layer.kind, layer.name, input,
                 {"an image (height, width, channels) no smaller than the window (", options.pool[0], ", ",
                  options.pool[1], ")"});
  }
  return {pool_axis(options, input, 0), pool_axis(options, input, 1), input[2]};
}

}  // namespace detail

}  // namespace espalier::inline v0::nn

#endif
