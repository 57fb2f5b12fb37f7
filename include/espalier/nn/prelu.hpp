// SPDX-License-Identifier: Apache-2.0
// A rectifier whose slope of negative numbers is trained.
#ifndef ESPALIER_NN_PRELU_HPP
#define ESPALIER_NN_PRELU_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Settings of `prelu`.
struct prelu_options {
  bool per_channel = false;  ///< whether the places of an image or steps of a sequence share the slope of a channel
  std::string name{};        ///< empty: prelu_1, prelu_2, ... by place in the model
};

/// x where that is positive, else slope x, with slopes that are trained, one per number of a sample or one per channel;
/// they begin at 0. The derivative at 0 is 0, as in Keras.
/// Source: He et al. 2015, arXiv 1502.01852.
/// @tparam T  float or double.
template <class T = float>
class prelu : public detail::keeps_shape<T> {
 public:
  static constexpr bool in_place = false;
  static constexpr bool keeps_rank = true;
  static constexpr const char* default_name = "prelu";
  static constexpr bool piecewise_linear = true;

  /// @param options  see prelu_options.
  explicit prelu(prelu_options options = {}) : options_(std::move(options)) {}

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    if (input.rank() == 0 || input.size() == 0) {
      detail::refuse_input(default_name, name, input, {"a shape without 0"});
    }
    options_.name = name;
    kernel_ = zeros<T, 1>({options_.per_channel ? input.back() : input.size()});
    bias_ = zeros<T, 1>({0});
    return detail::keeps_shape<T>::build(name, input, generator);
  }

  /// @return the slopes.
  [[nodiscard]] tensor<T, 1>& kernel() noexcept { return kernel_; }
  [[nodiscard]] const tensor<T, 1>& kernel() const noexcept { return kernel_; }
  /// @return nothing: there is none.
  [[nodiscard]] tensor<T, 1>& bias() noexcept { return bias_; }
  [[nodiscard]] const tensor<T, 1>& bias() const noexcept { return bias_; }
  [[nodiscard]] std::size_t scratch() const noexcept { return kernel_.size() * kernels::lanes; }

  void forward(const pass<T>& p) const {
    const T* slopes = slopes_of(p);
    for (std::size_t i = 0; i < this->count(p); ++i) {
      const T x = p.x[i];
      p.y[i] = x > 0 ? x : slopes[place(i)] * x;
    }
  }
  void backward(const pass<T>& p) const {
    const T* slopes = slopes_of(p);
    for (std::size_t i = 0; i < this->count(p); ++i) {
      const T x = p.x[i];
      p.dx[i] = p.dy[i] * (x > 0 ? T{1} : (x < 0 ? slopes[place(i)] : T{0}));
    }
  }
  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<T>& p, T* d_slopes, T* /*d_bias*/) const {
    const std::size_t sums = kernel_.size() * kernels::lanes;
    const std::size_t in_block = p.blocks == 0 ? 0 : this->count(p) / p.blocks;
    for (std::size_t block = 0; block < p.blocks; ++block) {
      std::fill_n(p.scratch, sums, T{0});
      for (std::size_t i = 0; i < in_block; ++i) {
        const T x = p.x[block * in_block + i];
        p.scratch[i % sums] += x < 0 ? x * p.dy[block * in_block + i] : T{0};
      }
      for (std::size_t i = 0; i < sums; ++i) {
        const T own = p.scratch[i];
        d_slopes[i / kernels::lanes] += Kind == kernels::gradient_kind::squared ? own * own : own;
      }
    }
  }

 private:
  [[nodiscard]] const T* slopes_of(const pass<T>& p) const noexcept {
    return p.kernel != nullptr ? p.kernel : kernel_.data();
  }
  /// Features come channel by channel, and blocks are whole numbers of them.
  [[nodiscard]] std::size_t place(std::size_t i) const noexcept { return i / kernels::lanes % kernel_.size(); }

  prelu_options options_;
  tensor<T, 1> kernel_;
  tensor<T, 1> bias_;
};
static_assert(trained_layer<prelu<float>>);

}  // namespace espalier::inline v0::nn

#endif
