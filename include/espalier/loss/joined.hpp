// SPDX-License-Identifier: Apache-2.0
// The loss of a network with several outputs: a weighted sum of losses, one for each.
#ifndef ESPALIER_LOSS_JOINED_HPP
#define ESPALIER_LOSS_JOINED_HPP

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// sum over outputs of weight x loss of that output. It needs targets: one row per sample, those of the first output,
/// then those of the second, and so on, as the outputs of nn::graph stand. A softmax or sigmoid at the end of an output
/// belongs to its loss where it would for that loss alone.
/// @tparam Losses  2 to 15, all of which take targets, and targets alone.
template <loss... Losses>
requires(sizeof...(Losses) >= 2 && sizeof...(Losses) <= 15 &&
         ((takes_targets<Losses>() && !needs_labels_and_targets<Losses>()) && ...)) struct joined {
  static constexpr kernels::score_kind scores =
      kernels::joined_kinds(std::array<kernels::score_kind, sizeof...(Losses)>{scores_of<Losses>()...});
  static constexpr bool takes_targets = true;
  [[nodiscard]] static constexpr std::size_t classes(std::size_t /*outputs*/) noexcept { return 0; }

  std::array<std::size_t, sizeof...(Losses)> outputs{};  ///< how many numbers each output has, >= 1
  std::array<double, sizeof...(Losses)> weights{};       ///< of the losses, finite; all 0: 1 each
  std::tuple<Losses...> losses{};

  /// @throws shape_error if the outputs do not add up to those of the network; argument_error if a weight is not finite
  ///         or a setting of a loss out of range; here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    expect_fitting(a.classes);
    double total = 0;
    for_each_output([&](const auto& l, std::size_t output, std::size_t begin) {
      const answers<T> part = part_of(a, output, begin);
      const double weight = weight_of(output);
      total += weight * (to == nullptr ? l.sum(part)
                                       : l.gradient(part, scale * static_cast<T>(weight), to + begin * kernels::lanes));
    });
    return total;
  }

  /// See curved_loss: those of the first output, then those of the second, and so on.
  [[nodiscard]] std::size_t curvature_factors(std::size_t /*outputs*/) const requires(curved_loss<Losses>&&...) {
    std::size_t count = 0;
    for_each_output(
        [&](const auto& l, std::size_t output, std::size_t) { count += l.curvature_factors(outputs[output]); });
    return count;
  }
  /// @throws shape_error as `gradient`; argument_error if a weight is negative.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t which, T* to) const requires(curved_loss<Losses>&&...) {
    expect_fitting(a.classes);
    a.clear(to);
    std::size_t first = 0;
    for_each_output([&](const auto& l, std::size_t output, std::size_t begin) {
      const std::size_t own = l.curvature_factors(outputs[output]);
      if (which >= first && which < first + own) {
        const answers<T> part = part_of(a, output, begin);
        l.curvature_factor(part, which - first, to + begin * kernels::lanes);
        scale_by(part, root_of_weight<T>(output), to + begin * kernels::lanes);
      }
      first += own;
    });
  }

 private:
  /// Calls action(loss, number of the output, where its scores begin).
  template <class Action>
  void for_each_output(const Action& action) const {
    std::size_t begin = 0;
    [&]<std::size_t... Places>(std::index_sequence<Places...>) {
      ((action(std::get<Places>(losses), Places, begin), begin += outputs[Places]), ...);
    }
    (std::make_index_sequence<sizeof...(Losses)>{});
  }

  /// The answers of one output.
  template <class T>
  [[nodiscard]] answers<T> part_of(const answers<T>& a, std::size_t output, std::size_t begin) const {
    answers<T> part = a;
    part.row = a.row == 0 ? a.classes : a.row;
    part.scores += begin * kernels::lanes;
    part.targets += begin * kernels::lanes;
    part.classes = outputs[output];
    return part;
  }
  template <class T>
  static void scale_by(const answers<T>& part, T factor, T* to) {
    for (std::size_t sample = 0; sample < part.samples(); ++sample) {
      for (std::size_t score = 0; score < part.classes; ++score) {
        to[part.place(sample, score)] *= factor;
      }
    }
  }
  template <class T>
  [[nodiscard]] T root_of_weight(std::size_t output) const {
    const double weight = weight_of(output);
    if (weight < 0) {
      reject<argument_error>("loss::joined", {"weight ", weight, " for a curvature"},
                             {"weights that are not negative"});
    }
    return static_cast<T>(std::sqrt(weight));
  }
  [[nodiscard]] double weight_of(std::size_t output) const noexcept {
    return weights == std::array<double, sizeof...(Losses)>{} ? 1 : weights[output];
  }
  void expect_fitting(std::size_t all) const {
    std::size_t total = 0;
    bool none_empty = true;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      total += outputs[i];
      none_empty = none_empty && outputs[i] > 0;
      if (!std::isfinite(weights[i])) {
        reject<argument_error>("loss::joined", {"weight ", weights[i], " of output ", i}, {"a finite number"});
      }
    }
    if (total != all || !none_empty) {
      reject<shape_error>("loss::joined", {total, " numbers in all outputs"},
                          {all, ", as the network has, and one or more in each"});
    }
  }
};

}  // namespace espalier::inline v0::loss

#endif
