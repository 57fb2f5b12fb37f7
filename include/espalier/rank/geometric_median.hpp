// SPDX-License-Identifier: Apache-2.0
// Ranking: how far a group is from all others of its layer, so that what others can stand in for goes first.
#ifndef ESPALIER_RANK_GEOMETRIC_MEDIAN_HPP
#define ESPALIER_RANK_GEOMETRIC_MEDIAN_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/rank/ranking.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::rank {

/// Sum of the Euclidean distances of a group's weights, as a vector in memory order, to those of all other groups of
/// the layer; a shorter vector is padded with zeros. Sharing costs the part ||mean - w|| / ||w|| of it.
/// Complexity: O(groups n); O(n log n) where all groups have one weight.
/// Source: He et al. 2019, "Filter pruning via geometric median for deep convolutional neural networks acceleration",
/// arXiv 1811.00250.
struct geometric_median {
  /// @return one loss per group.
  template <class Value>
  [[nodiscard]] std::vector<double> prune(const structure::grouping& groups, std::span<const Value> kernel) const {
    const vectors all(groups, kernel);
    return all.longest() == 1 ? distances_on_a_line(all.numbers) : distances(all);
  }

  /// @return one loss per group.
  template <class Value>
  [[nodiscard]] std::vector<double> share(const structure::grouping& groups, std::span<const Value> kernel) const {
    std::vector<double> losses = prune(groups, kernel);
    const vectors all(groups, kernel);
    for (std::size_t group = 0; group < losses.size(); ++group) {
      losses[group] *= part_off_the_mean(all.of(group));
    }
    return losses;
  }

 private:
  /// The weights of all groups, group by group.
  struct vectors {
    std::vector<std::size_t> begins;
    std::vector<double> numbers;

    template <class Value>
    vectors(const structure::grouping& groups, std::span<const Value> kernel)
        : begins(groups.count() + 1, 0), numbers(kernel.size()) {
      const std::vector<std::size_t> sizes = groups.sizes();
      for (std::size_t group = 0; group < sizes.size(); ++group) {
        begins[group + 1] = begins[group] + sizes[group];
      }
      std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
      groups.visit(
          [&](std::size_t group, std::size_t index) { numbers[next[group]++] = static_cast<double>(kernel[index]); });
    }

    [[nodiscard]] std::size_t count() const { return begins.size() - 1; }
    [[nodiscard]] std::span<const double> of(std::size_t group) const {
      return {numbers.data() + begins[group], begins[group + 1] - begins[group]};
    }
    [[nodiscard]] std::size_t longest() const {
      std::size_t size = 0;
      for (std::size_t group = 0; group < count(); ++group) {
        size = (std::max)(size, of(group).size());
      }
      return size;
    }
  };

  [[nodiscard]] static double distance(std::span<const double> a, std::span<const double> b) {
    double square = 0;
    for (std::size_t i = 0; i < (std::max)(a.size(), b.size()); ++i) {
      const double difference = (i < a.size() ? a[i] : 0.0) - (i < b.size() ? b[i] : 0.0);
      square += difference * difference;
    }
    return std::sqrt(square);
  }

  [[nodiscard]] static std::vector<double> distances(const vectors& all) {
    std::vector<double> sums(all.count(), 0.0);
    for (std::size_t a = 0; a < sums.size(); ++a) {
      for (std::size_t b = a + 1; b < sums.size(); ++b) {
        const double length = distance(all.of(a), all.of(b));
        sums[a] += length;
        sums[b] += length;
      }
    }
    return sums;
  }

  /// In one dimension: sorted, each gap lies between so many groups below and so many above.
  [[nodiscard]] static std::vector<double> distances_on_a_line(const std::vector<double>& numbers) {
    std::vector<std::size_t> order(numbers.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
    std::vector<double> sums(numbers.size(), 0.0);
    double sum = 0;
    for (std::size_t place = 1; place < order.size(); ++place) {
      sum += numbers[order[place]] - numbers[order[0]];
    }
    for (std::size_t place = 0; place < order.size(); ++place) {
      if (place > 0) {
        const double gap = numbers[order[place]] - numbers[order[place - 1]];
        sum += gap * (2 * static_cast<double>(place) - static_cast<double>(order.size()));
      }
      sums[order[place]] = (std::max)(sum, 0.0);
    }
    return sums;
  }

  [[nodiscard]] static double part_off_the_mean(std::span<const double> weights) {
    double mean = 0;
    for (const double weight : weights) {
      mean += weight / static_cast<double>(weights.size());
    }
    double off = 0;
    double all = 0;
    for (const double weight : weights) {
      off += (mean - weight) * (mean - weight);
      all += weight * weight;
    }
    return all > 0 ? std::sqrt(off / all) : 0.0;
  }
};
static_assert(ranking<geometric_median>);

}  // namespace espalier::inline v0::rank

#endif
