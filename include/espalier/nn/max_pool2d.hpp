// SPDX-License-Identifier: Apache-2.0
// Keeps the largest number in each window of an image.
#ifndef ESPALIER_NN_MAX_POOL2D_HPP
#define ESPALIER_NN_MAX_POOL2D_HPP

#include <array>
#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random.hpp>
#include <espalier/kernels/max_pool2d.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// Settings of `max_pool2d`.
struct max_pool2d_options {
  std::array<std::size_t, 2> pool{2, 2};  ///< height and width of a window, >= 1; also the stride
};

/// The largest number in each window, channel by channel; windows touch, and what does not fill one is left out. In a
/// tie the gradient goes to the first of them.
/// @tparam T  float or double.
template <class T = float>
class max_pool2d {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "max_pool2d";

  /// @param options  see max_pool2d_options.
  /// @throws argument_error if the window is empty.
  explicit max_pool2d(const max_pool2d_options& options = {}) : pool_(options.pool) {
    if (pool_[0] == 0 || pool_[1] == 0) {
      throw argument_error(error_message("nn::max_pool2d",
                                         "a window of " + std::to_string(pool_[0]) + " x " + std::to_string(pool_[1]),
                                         "at least 1 x 1"));
    }
  }

  extents build(const std::string& name, const extents& input, random& /*generator*/) {
    if (input.rank() != 3 || input[0] < pool_[0] || input[1] < pool_[1]) {
      detail::refuse_input("max_pool2d", name, input,
                           "an image (height, width, channels) no smaller than the window (" +
                               std::to_string(pool_[0]) + ", " + std::to_string(pool_[1]) + ")");
    }
    shape_ = {input[0], input[1], input[2], pool_[0], pool_[1]};
    return {shape_.output_height(), shape_.output_width(), shape_.channels};
  }

  /// @return whether windows are 2 x 2: then a convolution and a rectifier before it can take it along.
  [[nodiscard]] bool takes_fours() const noexcept { return pool_ == std::array<std::size_t, 2>{2, 2}; }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& p) const { kernels::max_pool2d_forward(shape_, p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::max_pool2d_backward<T>(shape_, p.x, p.dy, p.dx, p.blocks); }

 private:
  std::array<std::size_t, 2> pool_;
  kernels::pool2d_shape shape_;
};
static_assert(layer<max_pool2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
