// SPDX-License-Identifier: Apache-2.0
// A regularizer that draws whole groups towards zero, and the weights of a group towards each other.
#ifndef ESPALIER_REGULARIZE_GROUP_NORMS_HPP
#define ESPALIER_REGULARIZE_GROUP_NORMS_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/regularize/regularizer.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::regularize {

/// Over how groups add up.
enum class norm_over_groups : std::uint8_t {
  one,  ///< the sum over groups (group lasso), which empties whole groups
  two   ///< the root of the sum of squares over groups
};

/// Settings of `group_norms`.
struct group_norms_options {
  double alpha = 0;                               ///< strength of the norms, finite, >= 0
  double beta = 0;                                ///< strength of the variances, finite, >= 0
  norm_over_groups norm = norm_over_groups::one;  ///< over the groups
};

/// alpha sum_g ||w_g||_2 + beta sum_g Var(w_g); with norm two alpha (sum_g ||w_g||_2^2)^(1/2) and
/// beta (sum_g Var(w_g)^2)^(1/2) instead. Where every weight is a group the variance is that of all weights. A filter
/// is one group. The gradient at a group of zeros is 0.
///
/// alpha prepares pruning, beta weight sharing.
/// Source: Yuan and Lin 2006, "Model selection and estimation in regression with grouped variables".
class group_norms {
 public:
  /// @param options  see group_norms_options.
  /// @throws argument_error if a strength is negative or not finite.
  explicit group_norms(const group_norms_options& options = {}) : options_(options) {
    for (const double strength : {options.alpha, options.beta}) {
      if (!(strength >= 0 && std::isfinite(strength))) {
        reject<argument_error>("regularize::group_norms", {"a strength of ", strength}, {"finite strengths >= 0"});
      }
    }
  }

  /// @return its settings.
  [[nodiscard]] const group_norms_options& options() const noexcept { return options_; }

  /// @param groups  a partition of the kernel.
  /// @param kernel  one weight per index of the partition.
  /// @return penalty and gradient.
  /// @throws shape_error if sizes differ.   Complexity: O(n).
  template <class Value>
  [[nodiscard]] regularization<Value> operator()(const structure::grouping& groups,
                                                 std::span<const Value> kernel) const;

 private:
  /// Count, mean and variance. Sums are of distances to the first weight, which are small where the variance is.
  struct distribution {
    double count = 0;
    double first = 0;
    double sum = 0;      // of distances to the first weight
    double squares = 0;  // of these

    void add(double weight) {
      first = count == 0 ? weight : first;
      count += 1;
      sum += weight - first;
      squares += (weight - first) * (weight - first);
    }
    [[nodiscard]] double mean() const { return first + sum / count; }
    [[nodiscard]] double variance() const {
      const double spread = count > 0 ? (squares - sum * sum / count) / count : 0;
      return spread > 0 ? spread : 0;
    }
  };

  struct moments {
    distribution spread{};
    double length_squared = 0;
    [[nodiscard]] double length() const { return std::sqrt(length_squared); }
  };

  template <class Value>
  [[nodiscard]] static std::vector<moments> moments_of(std::span<const std::size_t> group_of, std::size_t groups,
                                                       std::span<const Value> kernel) {
    std::vector<moments> result(groups);
    for (std::size_t index = 0; index < kernel.size(); ++index) {
      const auto weight = static_cast<double>(kernel[index]);
      moments& own = result[group_of[index]];
      own.spread.add(weight);
      own.length_squared += weight * weight;
    }
    return result;
  }

  /// The distribution of the weights of groups of one weight.
  [[nodiscard]] static distribution spread_of(const std::vector<moments>& groups) {
    distribution all;
    for (const moments& one : groups) {
      all.add(one.spread.first);
    }
    return all;
  }

  group_norms_options options_;
};

template <class Value>
regularization<Value> group_norms::operator()(const structure::grouping& groups, std::span<const Value> kernel) const {
  if (kernel.size() != groups.weights()) {
    reject<shape_error>("regularize::group_norms", {kernel.size(), " weights"},
                        {groups.weights(), ", as the groups have"});
  }
  std::vector<std::size_t> group_of(kernel.size());  // by one visit, as each is compiled for all rules
  groups.visit([own = group_of.data()](std::size_t group, std::size_t index) { own[index] = group; });
  std::vector<moments> norms = moments_of<Value>(view_of(group_of), groups.count(), kernel);
  const bool single = groups.count() == groups.weights();
  if (single) {
    const distribution all = spread_of(norms);
    for (moments& one : norms) {
      one.spread = all;
    }
  }
  const bool sum = options_.norm == norm_over_groups::one;
  double lengths = 0;
  double variances = 0;
  for (const moments& one : norms) {
    lengths += sum ? one.length() : one.length_squared;
    variances += sum ? one.spread.variance() : one.spread.variance() * one.spread.variance();
  }
  lengths = sum ? lengths : std::sqrt(lengths);
  variances = single ? norms[0].spread.variance() : sum ? variances : std::sqrt(variances);
  regularization<Value> result;
  result.penalty = options_.alpha * lengths + options_.beta * variances;
  result.gradient.resize(kernel.size());
  for (std::size_t index = 0; index < kernel.size(); ++index) {
    const auto weight = static_cast<double>(kernel[index]);
    const moments& own = norms[group_of[index]];
    const distribution& spread = own.spread;
    const double length = sum ? own.length() : lengths;
    const double part = sum || single ? 1.0 : variances > 0 ? spread.variance() / variances : 0.0;
    result.gradient[index] = static_cast<Value>(options_.alpha * (length > 0 ? weight / length : 0.0) +
                                                options_.beta * part * 2 * (weight - spread.mean()) / spread.count);
  }
  return result;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE regularization<float> group_norms::operator()(const structure::grouping& groups,
                                                                     std::span<const float> kernel) const;
ESPALIER_COMPILED_ONCE regularization<double> group_norms::operator()(const structure::grouping& groups,
                                                                      std::span<const double> kernel) const;
#endif
static_assert(regularizer<group_norms>);

}  // namespace espalier::inline v0::regularize

#endif
