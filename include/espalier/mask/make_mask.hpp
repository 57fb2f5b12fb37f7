// SPDX-License-Identifier: Apache-2.0
// Turns what is decided for the groups of a kernel into a mask of its weights.
#ifndef ESPALIER_MASK_MAKE_MASK_HPP
#define ESPALIER_MASK_MAKE_MASK_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/mask/action.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/structure/group_means.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::mask {

/// A mask that keeps every weight.
/// @param weights  how many there are.
template <class Value>
[[nodiscard]] weight_mask<Value> keep_all(std::size_t weights) {
  return {std::vector<std::uint8_t>(weights, 1), {}};
}

namespace detail {

inline void expect_fitting(const structure::grouping& groups, std::span<const action> actions, std::size_t weights,
                           std::string_view where) {
  if (actions.size() != groups.count() || weights != groups.weights()) {
    reject<shape_error>(where, {actions.size(), " actions and ", weights, " weights"},
                        {groups.count(), " and ", groups.weights()});
  }
}

}  // namespace detail

/// Kept groups get mask 1, pruned ones mask 0, shared ones mask 0 and their mean as the offset.
/// @param groups   a partition of the kernel.
/// @param actions  one per group.
/// @param kernel   the weights, whose means are shared.
/// @return the mask; without offsets if nothing is shared.
/// @throws shape_error if sizes differ.   Complexity: O(n).
template <class Value>
[[nodiscard]] weight_mask<Value> make_mask(const structure::grouping& groups, std::span<const action> actions,
                                           std::span<const Value> kernel) {
  detail::expect_fitting(groups, actions, kernel.size(), "mask::make_mask");
  weight_mask<Value> result{std::vector<std::uint8_t>(kernel.size()), {}};
  std::uint8_t* const mask = result.mask.data();
  const action* const decided = actions.data();
  groups.visit(
      [mask, decided](std::size_t group, std::size_t index) { mask[index] = decided[group] == action::keep ? 1 : 0; });
  if (std::find(actions.begin(), actions.end(), action::share) == actions.end()) {
    return result;
  }
  const std::vector<double> means = structure::group_means<Value>(groups, kernel);
  result.offset.assign(kernel.size(), Value{0});
  groups.visit([&](std::size_t group, std::size_t index) {
    if (actions[group] == action::share) {
      result.offset[index] = static_cast<Value>(means[group]);
    }
  });
  return result;
}

/// Lets the weights of every shared group be trained as one weight, in place of being held at their mean.
/// @param m        what make_mask gave.
/// @param groups   and of which groups.
/// @param actions  and of which actions.
/// @return the mask with the numbers of its shared groups, from 1.
/// @throws shape_error if sizes differ.   Complexity: O(n).
template <class Value>
[[nodiscard]] weight_mask<Value> train_shared(weight_mask<Value> m, const structure::grouping& groups,
                                              std::span<const action> actions) {
  detail::expect_fitting(groups, actions, m.mask.size(), "mask::train_shared");
  m.trained_as_one.assign(m.mask.size(), 0);
  groups.visit([&](std::size_t group, std::size_t index) {
    m.trained_as_one[index] = actions[group] == action::share ? static_cast<std::uint32_t>(group + 1) : 0;
  });
  return m;
}

}  // namespace espalier::inline v0::mask

#endif
