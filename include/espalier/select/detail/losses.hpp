// SPDX-License-Identifier: Apache-2.0
// What a group is worth and what is done with it if it is not kept.
#ifndef ESPALIER_SELECT_DETAIL_LOSSES_HPP
#define ESPALIER_SELECT_DETAIL_LOSSES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/mask/action.hpp>
#include <espalier/rank/detail/expect_losses.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// The value of keeping a group: what the cheapest change of it would lose.
template <std::size_t M>
[[nodiscard]] double loss_of(const candidate<M>& c, std::size_t group) {
  if (!c.prune.empty() && !c.share.empty()) {
    return (std::min)(c.prune[group], c.share[group]);
  }
  return c.share.empty() ? c.prune[group] : c.share[group];
}

/// What is done with a group that is not kept; a tie means prune.
template <std::size_t M>
[[nodiscard]] mask::action change_of(const candidate<M>& c, std::size_t group) {
  const bool share = !c.share.empty() && (c.prune.empty() || c.share[group] < c.prune[group]);
  return share ? mask::action::share : mask::action::prune;
}

/// One entry per group: 1 if it saves something.
template <std::size_t M>
[[nodiscard]] std::vector<std::uint8_t> costing(const candidate<M>& c) {
  std::vector<std::uint8_t> result;
  result.reserve(c.groups->count());
  for (const auto& run : c.savings.savings) {
    result.insert(result.end(), run.count, run.saving == std::array<std::int64_t, M>{} ? 0 : 1);
  }
  return result;
}

/// Refuses losses that are missing, of another number, negative or not finite.
template <std::size_t M>
void expect_losses(const candidate<M>& c) {
  const std::string layer = " of layer '" + c.attributes.name + "'";
  if (c.prune.empty() && c.share.empty() && c.groups->count() > 0) {
    reject<argument_error>("select::select", {"no losses", layer}, {"losses of pruning, of sharing or both"});
  }
  for (const auto* losses : {&c.prune, &c.share}) {
    if (!losses->empty() && losses->size() != c.groups->count()) {
      reject<shape_error>("select::select", {losses->size(), " losses", layer}, {c.groups->count(), ", one per group"});
    }
    rank::detail::expect_losses(*losses, "select::select", layer);
  }
}

/// The groups of a layer that a filter lets through, the best first by `better(a, b)`, of equal ones the lowest first;
/// at most `count`.
template <std::size_t M, class Filter, class Better>
[[nodiscard]] std::vector<std::size_t> first_groups(const candidate<M>& c, std::size_t count, Filter&& filter,
                                                    Better&& better) {
  std::vector<std::size_t> order;
  for (std::size_t group = 0; group < c.groups->count(); ++group) {
    if (filter(group)) {
      order.push_back(group);
    }
  }
  count = (std::min)(count, order.size());
  const auto last = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(order.begin(), last, order.end(),
                    [&](std::size_t a, std::size_t b) { return better(a, b) || (!better(b, a) && a < b); });
  order.resize(count);
  return order;
}

/// By falling loss.
template <std::size_t M, class Filter>
[[nodiscard]] std::vector<std::size_t> most_valuable(const candidate<M>& c, std::size_t count, Filter&& filter) {
  return first_groups(c, count, filter, [&](std::size_t a, std::size_t b) { return loss_of(c, a) > loss_of(c, b); });
}

/// By what they save of the layer's usage in all resources together, the least first.
template <std::size_t M, class Filter>
[[nodiscard]] std::vector<std::size_t> cheapest(const candidate<M>& c, std::size_t count, Filter&& filter) {
  std::vector<double> costs;
  for (const auto& run : c.savings.savings) {
    double cost = 0;
    for (std::size_t r = 0; r < M; ++r) {
      cost += static_cast<double>(run.saving[r]) / static_cast<double>((std::max)(c.savings.usage[r], std::int64_t{1}));
    }
    costs.insert(costs.end(), run.count, cost);
  }
  return first_groups(c, count, filter, [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
}

}  // namespace espalier::inline v0::select::detail

#endif
