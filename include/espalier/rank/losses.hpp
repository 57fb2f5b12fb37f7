// SPDX-License-Identifier: Apache-2.0
// What it costs to prune, and to share, each group of a kernel.
#ifndef ESPALIER_RANK_LOSSES_HPP
#define ESPALIER_RANK_LOSSES_HPP

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
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
void expect_size(const structure::grouping& groups, std::span<const Value> numbers, const char* name) {
  if (numbers.size() != groups.weights()) {
    reject<shape_error>("rank::losses", {numbers.size(), " numbers of the ", name},
                        {groups.weights(), ", one per weight"});
  }
}

template <class Value>
void expect_finite(std::span<const Value> numbers, const char* name) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) {
      reject<numeric_error>("rank::losses", {"number ", i, " of the ", name, " not finite"}, {"finite numbers"});
    }
  }
}

template <ranking Ranking, class Value>
void expect_sizes(const structure::grouping& groups, const weight_data<Value>& data) {
  expect_size(groups, data.kernel, "kernel");
  if constexpr (needs_of<Ranking> != data::nothing) {
    expect_size(groups, data.datum, "data");
  }
}

/// Names the number at fault.
template <ranking Ranking, class Value>
void expect_finite_data(const weight_data<Value>& data) {
  expect_finite(data.kernel, "kernel");
  if constexpr (needs_of<Ranking> != data::nothing) {
    expect_finite(data.datum, "data");
  }
}

/// Whether a number is infinite or none, by its bits, so that a loop over many can be vectorized.
[[nodiscard]] inline bool not_finite(float number) noexcept {
  constexpr std::uint32_t exponent = 0x7F800000U;
  return (std::bit_cast<std::uint32_t>(number) & exponent) == exponent;
}
[[nodiscard]] inline bool not_finite(double number) noexcept {
  constexpr std::uint64_t exponent = 0x7FF0000000000000U;
  return (std::bit_cast<std::uint64_t>(number) & exponent) == exponent;
}

/// @return what a ranking adds to the datum of each weight.
template <additive_ranking Ranking, class Value>
[[nodiscard]] double added_to(std::span<const Value> data, const Ranking& ranking) {
  if constexpr (requires { ranking.added(data); }) {
    return ranking.added(data);
  } else {
    return 0;
  }
}

/// Sums cost(change(group, weight), datum) over each group. Whether all numbers are finite is found on the way, so that
/// memory is read once.
template <additive_ranking Ranking, class Value, class Change>
[[nodiscard]] std::vector<double> sum_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                            const Ranking& ranking, Change&& change) {
  constexpr bool needs_datum = Ranking::needs != data::nothing;
  std::vector<double> sums(groups.count(), 0.0);
  double* const sum = sums.data();
  const Value* const kernel = data.kernel.data();
  const Value* const datum = data.datum.data();
  const double added = added_to(data.datum, ranking);
  unsigned broken = 0;
  groups.visit([&broken, sum, kernel, datum, added, &ranking, &change](std::size_t group, std::size_t index) {
    const Value number = needs_datum ? datum[index] : Value{0};
    broken |= static_cast<unsigned>(not_finite(kernel[index])) | static_cast<unsigned>(not_finite(number));
    sum[group] += ranking.cost(change(group, static_cast<double>(kernel[index])), static_cast<double>(number) + added);
  });
  if (broken != 0) {
    expect_finite_data<Ranking>(data);
  }
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
  detail::expect_sizes<Ranking>(groups, data);
  if constexpr (additive_ranking<Ranking>) {
    return detail::sum_costs(groups, data, ranking, [](std::size_t, double weight) { return weight; });
  } else {
    detail::expect_finite_data<Ranking>(data);
    return ranking.prune(groups, data.kernel);
  }
}

/// Sums of the costs of sharing each group; see prune_costs.
/// @return one sum per group, measured with the same formula on the same scale as pruning.   Complexity: O(n).
template <ranking Ranking, class Value>
[[nodiscard]] std::vector<double> share_costs(const structure::grouping& groups, const weight_data<Value>& data,
                                              const Ranking& ranking = {}) {
  detail::expect_sizes<Ranking>(groups, data);
  if constexpr (additive_ranking<Ranking>) {
    const std::vector<double> means = structure::group_means<Value>(groups, data.kernel);
    return detail::sum_costs(groups, data, ranking,
                             [&](std::size_t group, double weight) { return means[group] - weight; });
  } else {
    detail::expect_finite_data<Ranking>(data);
    return ranking.share(groups, data.kernel);
  }
}

}  // namespace espalier::inline v0::rank

#endif
