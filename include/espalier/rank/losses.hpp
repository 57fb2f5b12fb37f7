// SPDX-License-Identifier: Apache-2.0
// What it costs to prune, and to share, each group of a kernel.
#ifndef ESPALIER_RANK_LOSSES_HPP
#define ESPALIER_RANK_LOSSES_HPP

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/structure/group_means.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::rank {

/// A kernel with the numbers that a ranking needs.
/// @tparam Value  float or double.
template <class Value>
struct weight_data {
  std::span<const Value> kernel;  ///< one per weight, row-major
  std::span<const Value> datum;   ///< gradient, curvature or Fisher information; empty where none is needed
};

namespace detail {

template <class Value>
void expect_numbers(const structure::grouping& groups, std::span<const Value> numbers, const char* name) {
  if (numbers.size() != groups.weights()) {
    throw shape_error(error_message("rank::losses", std::to_string(numbers.size()) + " numbers of the " + name,
                                    std::to_string(groups.weights()) + ", one per weight"));
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) {
      throw numeric_error(error_message("rank::losses",
                                        std::string("number ") + std::to_string(i) + " of the " + name + " not finite",
                                        "finite numbers"));
    }
  }
}

template <ranking Ranking, class Value>
void expect_data(const structure::grouping& groups, const weight_data<Value>& data) {
  expect_numbers(groups, data.kernel, "kernel");
  if constexpr (needs_of<Ranking> != data::nothing) {
    expect_numbers(groups, data.datum, "data");
  }
}

/// Sums cost(change(group, weight), datum) over each group.
template <additive_ranking Ranking, class Value, class Change>
[[nodiscard]] std::vector<double> sum_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                            const Ranking& ranking, Change&& change) {
  std::vector<double> sums(groups.count(), 0.0);
  groups.visit([&](std::size_t group, std::size_t index) {
    const double datum = Ranking::needs == data::nothing ? 0.0 : static_cast<double>(data.datum[index]);
    sums[group] += ranking.cost(change(group, static_cast<double>(data.kernel[index])), datum);
  });
  return sums;
}

}  // namespace detail

/// Sums of the costs of pruning each group: the losses before the ranking finishes them. A group_ranking has no sums;
/// these are its losses.
/// @param groups   a partition of the kernel.
/// @param data     the kernel and, if the ranking needs it, one number per weight.
/// @param ranking  how to rank.
/// @return one sum per group.
/// @throws shape_error if sizes differ; numeric_error if a number is not finite.
/// Complexity: O(n), memory read once; that of the ranking if it looks at all groups together.
template <ranking Ranking, class Value>
[[nodiscard]] std::vector<double> prune_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                              const Ranking& ranking = {}) {
  detail::expect_data<Ranking>(groups, data);
  if constexpr (additive_ranking<Ranking>) {
    return detail::sum_costs(groups, data, ranking, [](std::size_t, double weight) { return weight; });
  } else {
    return ranking.prune(groups, data.kernel);
  }
}

/// Sums of the costs of sharing each group; see prune_costs.
/// @return one sum per group, measured with the same formula on the same scale as pruning.   Complexity: O(n).
template <ranking Ranking, class Value>
[[nodiscard]] std::vector<double> share_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                              const Ranking& ranking = {}) {
  detail::expect_data<Ranking>(groups, data);
  if constexpr (additive_ranking<Ranking>) {
    const std::vector<double> means = structure::group_means<Value>(groups, data.kernel);
    return detail::sum_costs(groups, data, ranking,
                             [&](std::size_t group, double weight) { return means[group] - weight; });
  } else {
    return ranking.share(groups, data.kernel);
  }
}

}  // namespace espalier::inline v0::rank

#endif
