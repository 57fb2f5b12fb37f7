// SPDX-License-Identifier: Apache-2.0
// Groups of weights that are trained as one weight each.
#ifndef ESPALIER_KERNELS_SHARED_WEIGHTS_HPP
#define ESPALIER_KERNELS_SHARED_WEIGHTS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace espalier::inline v0::kernels {

/// Groups of weights of which every one is the same number: the gradient of all is the mean of theirs, and after a step
/// all are what the first of them is, whatever an optimizer made of the others.
class shared_weights {
 public:
  /// No group.
  shared_weights() = default;
  /// @param groups  one entry per weight: 0 for a weight of its own, equal numbers for those that are one.
  explicit shared_weights(std::span<const std::uint32_t> groups) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (groups[i] != 0) {
        members_.push_back(i);
      }
    }
    std::sort(members_.begin(), members_.end(),
              [&](std::size_t a, std::size_t b) { return groups[a] < groups[b] || (groups[a] == groups[b] && a < b); });
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (i == 0 || groups[members_[i]] != groups[members_[i - 1]]) {
        begins_.push_back(i);
      }
    }
    begins_.push_back(members_.size());
  }

  /// @param gradients  one per weight; those of a group become their mean.   Complexity: O(weights in groups).
  template <class T>
  void average(std::span<T> gradients) const {
    for_each_group([&](std::span<const std::size_t> group) {
      double sum = 0;
      for (const std::size_t i : group) {
        sum += static_cast<double>(gradients[i]);
      }
      for (const std::size_t i : group) {
        gradients[i] = static_cast<T>(sum / static_cast<double>(group.size()));
      }
    });
  }
  /// @param weights  those of a group become the first of them.   Complexity: O(weights in groups).
  template <class T>
  void apply(std::span<T> weights) const {
    copy<T>(weights, weights);
  }
  /// @param weights  one per weight.
  /// @param to       one per weight; those of a group become the first of them in weights.
  template <class T>
  void copy(std::span<const T> weights, std::span<T> to) const {
    for_each_group([&](std::span<const std::size_t> group) {
      for (const std::size_t i : group) {
        to[i] = weights[group[0]];
      }
    });
  }

  /// @param action  called with the places of the weights of each group, in order.
  template <class Action>
  void for_each_group(const Action& action) const {
    for (std::size_t g = 0; g + 1 < begins_.size(); ++g) {
      action(std::span<const std::size_t>(members_.data() + begins_[g], begins_[g + 1] - begins_[g]));
    }
  }

 private:
  std::vector<std::size_t> members_;  // of the first group, then of the second, and so on, each in order
  std::vector<std::size_t> begins_;   // and the end
};

}  // namespace espalier::inline v0::kernels

#endif
