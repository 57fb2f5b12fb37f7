// SPDX-License-Identifier: Apache-2.0
// A layer that computes with rounded weights while exact ones are trained.
#ifndef ESPALIER_NN_QUANTIZED_HPP
#define ESPALIER_NN_QUANTIZED_HPP

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/quantize/quantizer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// A layer with quantized weights: forward and backward see rounded ones, gradients go to the exact ones behind them,
/// multiplied by the quantizer's slope. A weight that is exactly 0 stays 0 whatever the quantizer makes of 0, so that
/// `masked<quantized<L, Q>>` holds pruned weights at 0.
/// Source: Bengio, Leonard and Courville 2013, arXiv 1308.3432, for the gradient.
/// @tparam Layer      a layer with a kernel.
/// @tparam Quantizer  of its weights, one by one, or of all weights of a kernel with scales that it finds.
template <weighted_layer Layer, class Quantizer>
requires quantize::quantizer<Quantizer> || quantize::tensor_quantizer<Quantizer>
class quantized : public Layer {
 public:
  using value_type = typename Layer::value_type;
  using options_type = typename Layer::options_type;

  /// @param options  of the layer.
  /// @param kernel   rounds the kernel.
  /// @param bias     rounds the bias; none: the bias is not rounded.
  /// @throws argument_error if a setting is out of range.
  explicit quantized(options_type options, Quantizer kernel = {}, std::optional<Quantizer> bias = {})
      : Layer(std::move(options)), for_kernel_(std::move(kernel)), for_bias_(std::move(bias)) {
    for_kernel_.validate();
    if (for_bias_) {
      for_bias_->validate();
    }
  }

  /// @param w  a weight of the kernel.   @return what the layer computes with.
  [[nodiscard]] value_type rounded(value_type w) const requires quantize::quantizer<Quantizer> {
    return rounded(for_kernel_, w);
  }

  /// Numbers that a workspace keeps: the weights last seen, what they are rounded to, and gradients.
  [[nodiscard]] std::size_t kept() const noexcept { return 3 * weights(); }

  void forward(const pass<value_type>& p) const { Layer::forward(with_rounded(p)); }
  void forward_relu(const pass<value_type>& p) const requires requires(const Layer& l) { l.forward_relu(p); }
  { Layer::forward_relu(with_rounded(p)); }
  void backward(const pass<value_type>& p) const { Layer::backward(with_rounded(p)); }

  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<value_type>& p, value_type* d_kernel, value_type* d_bias) const {
    through_slopes<Kind>(p, d_kernel, d_bias, [this](const auto& q, value_type* k, value_type* b) {
      this->Layer::template backward_parameters<Kind>(q, k, b);
    });
  }

 private:
  [[nodiscard]] std::size_t weights() const noexcept { return this->kernel().size() + this->bias().size(); }

  [[nodiscard]] static value_type rounded(const Quantizer& q, value_type w) {
    return w == 0 ? w : static_cast<value_type>(q.value(static_cast<double>(w)));
  }

  static void round_all(const Quantizer& q, [[maybe_unused]] const extents& shape, std::span<const value_type> from,
                        value_type* to) {
    if constexpr (quantize::tensor_quantizer<Quantizer>) {
      static_cast<void>(q.round(shape, from, std::span<value_type>(to, from.size())));
      for (std::size_t i = 0; i < from.size(); ++i) {
        to[i] = from[i] == 0 ? value_type{0} : to[i];
      }
    } else {
      std::transform(from.begin(), from.end(), to, [&](value_type w) { return rounded(q, w); });
    }
  }

  /// The pass with rounded weights. They are rounded anew only where the weights are not those last seen.
  [[nodiscard]] pass<value_type> with_rounded(const pass<value_type>& p) const {
    const auto kernel = elements(this->kernel());
    const auto bias = elements(this->bias());
    value_type* seen = p.kept;
    value_type* to = p.kept + weights();
    const bool known = std::memcmp(seen, kernel.data(), kernel.size_bytes()) == 0 &&
                       (bias.empty() || std::memcmp(seen + kernel.size(), bias.data(), bias.size_bytes()) == 0);
    if (!known) {
      std::copy(bias.begin(), bias.end(), std::copy(kernel.begin(), kernel.end(), seen));
      round_all(for_kernel_, extents(std::span<const std::size_t>(this->kernel().shape())), kernel, to);
      if (for_bias_) {
        round_all(*for_bias_, {bias.size()}, bias, to + kernel.size());
      } else {
        std::copy(bias.begin(), bias.end(), to + kernel.size());
      }
    }
    pass<value_type> result = p;
    result.kernel = to;
    result.bias = to + kernel.size();
    return result;
  }

  /// Adds gradients times slopes.
  template <kernels::gradient_kind Kind, class Action>
  void through_slopes(const pass<value_type>& p, value_type* d_kernel, value_type* d_bias, const Action& action) const {
    const auto q = with_rounded(p);
    if constexpr (requires { requires Quantizer::straight; }) {
      action(q, d_kernel, d_bias);
    } else {
      const std::size_t count = this->kernel().size();
      value_type* own = p.kept + 2 * weights();
      std::fill_n(own, weights(), value_type{0});
      action(q, own, own + count);
      for (std::size_t i = 0; i < weights(); ++i) {
        const bool of_kernel = i < count;
        const double w = static_cast<double>(p.kept[i]);
        const double slope = of_kernel ? for_kernel_.slope(w) : (for_bias_ ? for_bias_->slope(w) : 1.0);
        (of_kernel ? d_kernel[i] : d_bias[i - count]) +=
            own[i] * static_cast<value_type>(Kind == kernels::gradient_kind::squared ? slope * slope : slope);
      }
    }
  }

  Quantizer for_kernel_;
  std::optional<Quantizer> for_bias_;
};

}  // namespace espalier::inline v0::nn

#endif
