// SPDX-License-Identifier: Apache-2.0
// Brings every channel to mean 0 and variance 1 over the mini-batch, then to a mean and spread that are trained.
#ifndef ESPALIER_NN_BATCH_NORMALIZATION_HPP
#define ESPALIER_NN_BATCH_NORMALIZATION_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/batch_normalization.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Settings of `batch_normalization`.
struct batch_normalization_options {
  double momentum = 0.99;  ///< share that the moving averages keep of themselves at each step, in [0, 1]
  double epsilon = 1e-3;   ///< added to variances, > 0
  bool center = true;      ///< whether there is a trained mean, beta
  bool scale = true;       ///< whether there is a trained spread, gamma
  std::string name{};      ///< empty: batch_normalization_1, ... by place in the model
};

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta for each channel, the last axis.
///
/// In training by `fit` mean and variance are those of the mini-batch, over samples and positions, and moving averages
/// of them are kept; else they are those averages. As in Keras 2 the average of images' variances is of the unbiased
/// one. The kernel is gamma, the bias beta.
/// Source: Ioffe and Szegedy 2015, arXiv 1502.03167.
/// @tparam T  float or double.
template <class T = float>
class batch_normalization {
 public:
  using value_type = T;
  static constexpr bool in_place = false;
  static constexpr bool keeps_rank = true;
  static constexpr const char* default_name = "batch_normalization";
  static constexpr bool piecewise_linear = true;

  /// @param options  see batch_normalization_options.
  /// @throws argument_error if momentum or epsilon are out of range.
  explicit batch_normalization(batch_normalization_options options = {}) : options_(std::move(options)) {
    if (!(options_.momentum >= 0 && options_.momentum <= 1 && options_.epsilon > 0)) {
      reject<argument_error>("nn::batch_normalization",
                             {"momentum ", options_.momentum, " and epsilon ", options_.epsilon},
                             {"a momentum from 0 to 1 and a positive epsilon"});
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    if (input.rank() == 0 || input.size() == 0) {
      detail::refuse_input("batch_normalization", name, input, {"a shape that ends with the channels"});
    }
    options_.name = name;
    unbiased_ = input.rank() == 3;
    channels_ = input.back();
    positions_ = input.size() / channels_;
    gamma_ = tensor<T, 1>(std::array<std::size_t, 1>{options_.scale ? channels_ : 0}, T{1});
    beta_ = zeros<T, 1>({options_.center ? channels_ : 0});
    moving_ = zeros<T, 2>({2, channels_});
    std::fill_n(moving_.data() + channels_, channels_, T{1});
    return input;
  }

  [[nodiscard]] tensor<T, 1>& kernel() noexcept { return gamma_; }
  [[nodiscard]] const tensor<T, 1>& kernel() const noexcept { return gamma_; }
  [[nodiscard]] tensor<T, 1>& bias() noexcept { return beta_; }
  [[nodiscard]] const tensor<T, 1>& bias() const noexcept { return beta_; }
  /// The moving averages: means, then variances.
  [[nodiscard]] tensor<T, 2>& moving() noexcept { return moving_; }
  [[nodiscard]] const tensor<T, 2>& moving() const noexcept { return moving_; }
  [[nodiscard]] std::size_t scratch() const noexcept { return 4 * channels_; }

  void forward(const pass<T>& p) const { normalize(p, moving_moments()); }
  void backward(const pass<T>& p) const {
    return_gradient(p, moving_moments(), [](std::size_t) { return kernels::channel_slopes{}; });
  }
  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<T>& p, T* d_gamma, T* d_beta) const {
    const auto moments = moving_moments();
    for (std::size_t c = 0; c < channels_; ++c) {
      add_slopes(c, kernels::slopes_of<Kind>(shape(p), p.x, p.dy, c, line(moments, c)), {d_gamma, d_beta});
    }
  }

  // What a slot collects: how many numbers, means, spreads; then slopes in their place. What is combined: how many
  // numbers, means, variances, then slopes of both kinds.
  [[nodiscard]] std::size_t sums() const noexcept { return 1 + 4 * channels_; }
  void collect(const pass<T>& p) const {
    p.slot_sums[0] = static_cast<double>(p.samples * positions_);
    for (std::size_t c = 0; c < channels_; ++c) {
      const auto moments = kernels::moments_of(shape(p), p.x, c);
      p.slot_sums[1 + c] = moments.mean;
      p.slot_sums[1 + channels_ + c] = moments.squares;
    }
  }
  void combine(const slot_sums& of_slots, double* batch) const {
    for (std::size_t c = 0; c < channels_; ++c) {
      kernels::channel_moments all;
      double count = 0;
      for (std::size_t slot = 0; slot < of_slots.size(); ++slot) {
        const double* own = of_slots[slot];
        all = kernels::joined(all, count, {own[1 + c], own[1 + channels_ + c]}, own[0]);
        count += own[0];
      }
      batch[0] = count;
      batch[1 + c] = all.mean;
      batch[1 + channels_ + c] = all.squares / count;
    }
  }
  void forward_batch(const pass<T>& p) const { normalize(p, batch_moments(p.batch_sums)); }
  void collect_slopes(const pass<T>& p) const {
    const auto moments = batch_moments(p.batch_sums);
    for (std::size_t c = 0; c < channels_; ++c) {
      const auto slopes = kernels::slopes_of<kernels::gradient_kind::plain>(shape(p), p.x, p.dy, c, line(moments, c));
      p.slot_sums[1 + c] = slopes.plain;
      p.slot_sums[1 + channels_ + c] = slopes.normalized;
    }
  }
  void combine_slopes(const slot_sums& of_slots, double* batch) const {
    double* to = batch + 1 + 2 * channels_;
    for (std::size_t i = 0; i < 2 * channels_; ++i) {
      to[i] = 0;
      for (std::size_t slot = 0; slot < of_slots.size(); ++slot) {
        to[i] += of_slots[slot][1 + i];
      }
    }
  }
  void backward_batch(const pass<T>& p) const {
    const double* slopes = p.batch_sums + 1 + 2 * channels_;
    const double count = p.batch_sums[0];
    return_gradient(p, batch_moments(p.batch_sums), [&](std::size_t c) {
      return kernels::channel_slopes{slopes[c] / count, slopes[channels_ + c] / count};
    });
  }
  void add_slopes(const pass<T>& p, T* d_gamma, T* d_beta) const {
    for (std::size_t c = 0; c < channels_; ++c) {
      add_slopes(c, {p.slot_sums[1 + c], p.slot_sums[1 + channels_ + c]}, {d_gamma, d_beta});
    }
  }
  void remember(const double* batch) {
    const double unbias = unbiased_ && batch[0] > 1 ? batch[0] / (batch[0] - 1) : 1;
    for (std::size_t i = 0; i < 2 * channels_; ++i) {
      T& average = moving_.data()[i];
      const double fresh = batch[1 + i] * (i < channels_ ? 1 : unbias);
      average = static_cast<T>(static_cast<double>(average) * options_.momentum + fresh * (1 - options_.momentum));
    }
  }

  /// Takes the layer into the one before it, by its moving averages, and becomes one that changes nothing.
  /// @param kernel  whose last axis are the channels.   @param bias  one per channel.
  /// @throws shape_error if they are of other sizes.
  void fold_into(std::span<T> kernel, std::span<T> bias) {
    if (bias.size() != channels_ || kernel.size() % channels_ != 0) {
      reject<shape_error>(
          "nn::batch_normalization::fold_into",
          {"a layer of ", kernel.size(), " weights and ", bias.size(), " biases before '", options_.name, "'"},
          {"one with ", channels_, " units, each with a bias"});
    }
    const auto moments = moving_moments();
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      kernel[i] *= line(moments, i % channels_).scale * gamma(i % channels_);
    }
    for (std::size_t c = 0; c < channels_; ++c) {
      const auto l = line(moments, c);
      bias[c] = (bias[c] - l.mean) * l.scale * gamma(c) + beta(c);
    }
    // A variance of 1 - epsilon and gamma 1, or a gamma that is not there, leave everything as it is.
    std::fill(gamma_.begin(), gamma_.end(), T{1});
    std::fill(beta_.begin(), beta_.end(), T{0});
    std::fill_n(moving_.data(), channels_, T{0});
    std::fill_n(moving_.data() + channels_, channels_, static_cast<T>(1 - options_.epsilon));
  }

 private:
  /// Means and variances, of the batch or of all batches so far.
  struct source {
    const double* batch = nullptr;
    const T* moving = nullptr;
  };
  struct gradients {
    T* gamma;
    T* beta;
  };

  [[nodiscard]] source moving_moments() const noexcept { return {nullptr, moving_.data()}; }
  [[nodiscard]] static source batch_moments(const double* batch) noexcept { return {batch + 1, nullptr}; }

  [[nodiscard]] kernels::channels_shape shape(const pass<T>& p) const noexcept {
    return {positions_, channels_, p.samples};
  }
  [[nodiscard]] T gamma(std::size_t c) const { return options_.scale ? gamma_.data()[c] : T{1}; }
  [[nodiscard]] T beta(std::size_t c) const { return options_.center ? beta_.data()[c] : T{0}; }

  /// What normalizes a channel.
  [[nodiscard]] kernels::channel_line<T> line(const source& m, std::size_t c) const {
    const double mean = m.batch != nullptr ? m.batch[c] : static_cast<double>(m.moving[c]);
    const double variance = m.batch != nullptr ? m.batch[channels_ + c] : static_cast<double>(m.moving[channels_ + c]);
    return {static_cast<T>(mean), static_cast<T>(1 / std::sqrt(variance + options_.epsilon))};
  }

  void normalize(const pass<T>& p, const source& m) const {
    auto* lines = p.scratch;
    for (std::size_t c = 0; c < channels_; ++c) {
      const auto l = line(m, c);
      lines[c] = l.mean;
      lines[channels_ + c] = l.scale * gamma(c);
      lines[2 * channels_ + c] = beta(c);
    }
    kernels::normalize<T>(shape(p), {lines, lines + channels_, lines + 2 * channels_}, p.x, p.y);
  }

  /// @param slopes  mean slopes of a channel, 0 if its moments do not depend on the input.
  template <class Slopes>
  void return_gradient(const pass<T>& p, const source& m, const Slopes& slopes) const {
    auto* ways = p.scratch;
    for (std::size_t c = 0; c < channels_; ++c) {
      const auto l = line(m, c);
      const T scale = l.scale * gamma(c);
      const kernels::channel_slopes s = slopes(c);
      ways[c] = l.mean;
      ways[channels_ + c] = scale;
      ways[2 * channels_ + c] = scale * l.scale * static_cast<T>(s.normalized);
      ways[3 * channels_ + c] = scale * static_cast<T>(s.plain);
    }
    const T* begin = ways;
    kernels::return_gradient<T>(shape(p), {begin, begin + channels_, begin + 2 * channels_, begin + 3 * channels_},
                                {p.x, p.dy, p.dx});
  }

  void add_slopes(std::size_t c, const kernels::channel_slopes& slopes, const gradients& to) const {
    if (options_.scale) {
      to.gamma[c] += static_cast<T>(slopes.normalized);
    }
    if (options_.center) {
      to.beta[c] += static_cast<T>(slopes.plain);
    }
  }

  batch_normalization_options options_;
  bool unbiased_ = false;
  std::size_t channels_ = 0;
  std::size_t positions_ = 0;
  tensor<T, 1> gamma_;
  tensor<T, 1> beta_;
  tensor<T, 2> moving_;
};
static_assert(batch_layer<batch_normalization<float>>);

}  // namespace espalier::inline v0::nn

#endif
