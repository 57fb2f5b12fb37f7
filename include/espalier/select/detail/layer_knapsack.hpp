// SPDX-License-Identifier: Apache-2.0
// A knapsack over layers: what each brings into it, in units that all share.
#ifndef ESPALIER_SELECT_DETAIL_LAYER_KNAPSACK_HPP
#define ESPALIER_SELECT_DETAIL_LAYER_KNAPSACK_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/knapsack/problem.hpp>

namespace espalier::inline v0::select::detail {

/// What one layer brings into a knapsack. Numbers are in units that all layers of the knapsack share.
template <std::size_t M>
struct layer_share {
  std::size_t candidate = 0;
  const std::vector<double>* own_sparsity = nullptr;  ///< its own budget beside the common one; null: none
  std::vector<std::size_t> forced{};                  ///< groups that must be kept, ascending
  std::int64_t factor = 1;                            ///< from units of 1 / denominator to the common ones
  bool alike = true;                                  ///< whether all groups that save something save the same
  std::array<std::int64_t, M> stuck{};                ///< in whole units of the resource: used, but freed by no group
  std::array<std::int64_t, M> forced_use{};           ///< used by groups that must be kept
  std::vector<std::uint8_t> beyond{};                 ///< 1: a group too many for its own budget; empty: none
};

/// A budget of one layer that needs a row of its own.
struct budget_row {
  std::size_t layer = 0;  ///< its place in the knapsack
  std::size_t resource = 0;
  std::int64_t capacity = 0;
};

/// A knapsack over some layers, in units that make all savings whole numbers.
template <std::size_t M>
struct layer_knapsack {
  std::vector<layer_share<M>> layers;
  std::int64_t unit = 1;                 ///< savings are multiples of 1 / unit
  std::array<std::int64_t, M> usage{};   ///< in whole units of the resource
  std::array<std::int64_t, M> budget{};  ///< in whole units of the resource
  std::vector<double> values;            ///< one per group of all these layers
  std::vector<budget_row> own_rows;      ///< come after the rows of the common budget
  knapsack::problem<double> problem;     ///< to keep each group or not
  std::vector<std::uint8_t> shared{};    ///< the answer: 1 for a group that is shared; empty if none may be
};

}  // namespace espalier::inline v0::select::detail

#endif
