// SPDX-License-Identifier: Apache-2.0
// What convolutions have in common: kernel, bias and passes.
#ifndef ESPALIER_NN_DETAIL_CONVOLUTION_HPP
#define ESPALIER_NN_DETAIL_CONVOLUTION_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/conv2d.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/live_weights.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/initializer.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn::detail {

/// @tparam Rank  axes of the kernel.
template <class T, std::size_t Rank>
class convolution {
 public:
  using value_type = T;
  static constexpr bool in_place = false;

  [[nodiscard]] tensor<T, Rank>& kernel() noexcept { return kernel_; }
  [[nodiscard]] const tensor<T, Rank>& kernel() const noexcept { return kernel_; }
  [[nodiscard]] tensor<T, 1>& bias() noexcept { return bias_; }
  [[nodiscard]] const tensor<T, 1>& bias() const noexcept { return bias_; }
  /// Lets passes skip weights while they are 0.
  /// @param mask  one entry per weight: 0 for those that are to be skipped.
  void skip_dead(std::span<const std::uint8_t> mask) {
    live_ = kernels::pays_to_skip(mask, kernels::conv2d_shape::most_live)
                ? kernels::conv2d_live_weights<T>(shape_, mask)
                : kernels::live_weights<T>();
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return shape_.scratch(); }
  [[nodiscard]] std::size_t forward_scratch() const noexcept { return shape_.forward_scratch(); }

  void forward(const pass<T>& p) const { kernels::conv2d_forward(shape_, arrays(p), false, p.y); }
  void forward_relu(const pass<T>& p) const {
    if (p.pool == kernels::pool_kind::none) {
      kernels::conv2d_forward(shape_, arrays(p), true, p.y);
    } else {
      kernels::conv2d_relu_pool_forward(shape_, arrays(p), p.y);
    }
  }
  /// @return whether a pooling may be taken along.
  [[nodiscard]] bool takes_pool() const noexcept { return shape_.dilation_across == 1; }
  void backward(const pass<T>& p) const { kernels::conv2d_backward_input<T>(shape_, arrays(p), p.dx); }
  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<T>& p, T* d_kernel, T* d_bias) const {
    kernels::conv2d_backward_parameters<Kind, T>(shape_, arrays(p), {d_kernel, d_bias});
  }

 protected:
  /// Allocates and draws the weights of a shape.
  template <class Options>
  void make_weights(const std::array<std::size_t, Rank>& kernel, const Options& options, random_generator& generator) {
    kernel_ = zeros<T, Rank>(kernel);
    bias_ = zeros<T, 1>({options.bias ? shape_.filters : 0});
    options.kernel_initializer.fill(
        elements(kernel_), {shape_.kernel_height * shape_.kernel_width, shape_.channels, shape_.filters}, generator);
  }

  kernels::conv2d_shape shape_;

 private:
  /// The marks of a pooling lie where the output of this layer would.
  [[nodiscard]] kernels::conv2d_pass<T> arrays(const pass<T>& p) const {
    const auto [kernel, bias] = weights_of(p, kernel_, bias_);
    const auto* live = live_.if_zero(kernel, p.trains());
    return {kernel, bias, p.x, p.dy, p.blocks, p.scratch, p.pool, p.between, p.single(), live, p.trains()};
  }

  kernels::live_weights<T> live_;
  tensor<T, Rank> kernel_;
  tensor<T, 1> bias_;
};

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class convolution<float, 4>;
ESPALIER_COMPILED_ONCE class convolution<double, 4>;
#endif

}  // namespace espalier::inline v0::nn::detail

#endif
