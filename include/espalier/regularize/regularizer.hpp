// SPDX-License-Identifier: Apache-2.0
// The concept of a regularizer: a penalty on the weights of a layer, group by group, and its gradient.
#ifndef ESPALIER_REGULARIZE_REGULARIZER_HPP
#define ESPALIER_REGULARIZE_REGULARIZER_HPP

#include <concepts>
#include <span>
#include <vector>

#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::regularize {

/// What a regularizer says of a kernel.
/// @tparam Value  float or double.
template <class Value>
struct regularization {
  double penalty = 0;             ///< to add to the loss, >= 0
  std::vector<Value> gradient{};  ///< of the penalty, one number per weight
};

/// Called with a partition of a kernel and its weights: the penalty and its gradient.
template <class Regularizer>
concept regularizer = requires(const Regularizer& r, const structure::grouping& groups, std::span<const float> narrow,
                               std::span<const double> wide) {
  { r(groups, narrow) } -> std::same_as<regularization<float>>;
  { r(groups, wide) } -> std::same_as<regularization<double>>;
};

}  // namespace espalier::inline v0::regularize

#endif
