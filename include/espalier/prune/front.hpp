// SPDX-License-Identifier: Apache-2.0
// The best networks of a run under every budget: none of them is beaten by another one that uses no more.
#ifndef ESPALIER_PRUNE_FRONT_HPP
#define ESPALIER_PRUNE_FRONT_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/prune/found_network.hpp>

namespace espalier::inline v0::prune {

/// Networks in the order in which they were found, rejected ones too: what is too bad for the run may be good enough
/// for a smaller device.
/// @tparam Value  float or double.
template <class Value>
class front {
 public:
  using network = found_network<Value>;

  /// @param larger_is_better  what the metric is.
  explicit front(bool larger_is_better = true) : larger_is_better_(larger_is_better) {}

  /// Takes a network in if none that uses no more is as good, and drops those that it beats in this way. One with a
  /// metric that is not finite is left out.
  /// @return whether it was taken in.   Complexity: O(networks x resources).
  bool add(network candidate) {
    if (!std::isfinite(candidate.metric)) {
      return false;
    }
    for (const network& other : networks_) {
      if (no_larger(other.used, candidate.used) && no_worse(other.metric, candidate.metric)) {
        return false;
      }
    }
    std::erase_if(networks_, [&](const network& other) {
      return no_larger(candidate.used, other.used) && no_worse(candidate.metric, other.metric);
    });
    networks_.push_back(std::move(candidate));
    return true;
  }

  [[nodiscard]] const std::vector<network>& networks() const noexcept { return networks_; }

  /// @param budget  the most that may be used of every resource.
  /// @return the best network within it, of equal ones the first; null if there is none.
  /// @throws shape_error if there are more or fewer resources.
  [[nodiscard]] const network* best_within(std::span<const std::int64_t> budget) const {
    const network* best = nullptr;
    for (const network& candidate : networks_) {
      if (candidate.used.size() != budget.size()) {
        reject<shape_error>("prune::front", {"a budget for ", budget.size(), " resources"}, {candidate.used.size()});
      }
      if (no_larger(candidate.used, budget) && (best == nullptr || !no_worse(best->metric, candidate.metric))) {
        best = &candidate;
      }
    }
    return best;
  }

 private:
  [[nodiscard]] static bool no_larger(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
    for (std::size_t r = 0; r < a.size(); ++r) {
      if (a[r] > b[r]) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool no_worse(double a, double b) const { return larger_is_better_ ? a >= b : a <= b; }

  bool larger_is_better_;
  std::vector<network> networks_;
};

}  // namespace espalier::inline v0::prune

#endif
