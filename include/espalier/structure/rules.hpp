// SPDX-License-Identifier: Apache-2.0
// The rules by which the weights of a kernel form groups: single weights, units, inputs, multipliers, tiles, n of m.
#ifndef ESPALIER_STRUCTURE_RULES_HPP
#define ESPALIER_STRUCTURE_RULES_HPP

#include <cstddef>
#include <string>
#include <variant>

namespace espalier::inline v0::structure {

/// Every weight is a group.
struct unstructured {
  friend bool operator==(const unstructured&, const unstructured&) = default;
};

/// All weights of a neuron (Dense) or filter (Conv1D, Conv2D, DepthwiseConv2D) are a group.
struct structured {
  friend bool operator==(const structured&, const structured&) = default;
};

/// Weights that hardware multiplies in the same units. The kernel with its outputs first, [out][in] or
/// [filters][height][width][channels], is flattened and reshaped to (rows, n / rows): row k holds the weights that
/// multiplier k takes in turn. A group is a run of rows, which share words of block RAM; the last run may be short.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct pattern {
  std::size_t rows = 1;         ///< how many multipliers there are: n / reuse factor; divides n
  std::size_t consecutive = 1;  ///< rows in a group, >= 1
  friend bool operator==(const pattern&, const pattern&) = default;
};

/// Tiles of the kernel's (inputs, outputs) matrix, row by row of tiles; those at the lower and right edge may be short.
struct block {
  std::size_t height = 1;  ///< along the inputs (height * width * channels for a Conv2D), >= 1
  std::size_t width = 1;   ///< along the outputs, >= 1
  friend bool operator==(const block&, const block&) = default;
};

/// All weights that read one input (Dense) or one input channel (Conv1D, Conv2D) are a group: what structured pruning
/// of the layer before would free here.
struct channel {
  friend bool operator==(const channel&, const channel&) = default;
};

/// Semi-structured sparsity, such as 2:4. In every run of m consecutive inputs of a unit n weights stay; the m - n with
/// the smallest scores can go. A group is all weights of a unit that can go; one last group holds all that stay. The
/// last run of a unit may be short and then loses fewer. Which weights are meant depends on scores.
/// Source: Mishra et al. 2021, "Accelerating sparse deep neural networks", arXiv 2104.08378.
struct n_of_m {
  std::size_t n = 2;  ///< weights that stay in a run, 1 to m - 1
  std::size_t m = 4;  ///< weights in a run, >= 2
  friend bool operator==(const n_of_m&, const n_of_m&) = default;
};

/// Units that go together, because hardware or a library wants their number in steps. Group 0 holds the `units` units
/// with the smallest scores, group 1 the next, and so on; the best ones that fill no group are one last group, which
/// stays. Which units are meant depends on scores.
struct round_to {
  std::size_t units = 8;  ///< neurons or filters that are removed together, >= 1
  friend bool operator==(const round_to&, const round_to&) = default;
};

/// Any of the rules.
using rule = std::variant<unstructured, structured, pattern, block, channel, n_of_m, round_to>;

namespace detail {

/// Calls an action with the struct that a rule is. std::visit does so too, by a table of functions for each action,
/// which takes compilers four times as long.
/// @param action  gives the same type for each of them.
template <std::size_t Index = 0, class Action>
decltype(auto) visit(const rule& r, Action&& action) {
  if constexpr (Index + 1 < std::variant_size_v<rule>) {
    if (r.index() != Index) {
      return visit<Index + 1>(r, action);
    }
  }
  return action(std::get<Index>(r));
}

}  // namespace detail

/// @param r  a rule.
/// @return its name and numbers, such as "pattern of 1920 rows, 2 consecutive".
[[nodiscard]] inline std::string to_string(const rule& r) {
  struct {
    std::string operator()(unstructured) const { return "unstructured"; }
    std::string operator()(structured) const { return "structured"; }
    std::string operator()(const pattern& p) const {
      return "pattern of " + std::to_string(p.rows) + " rows, " + std::to_string(p.consecutive) + " consecutive";
    }
    std::string operator()(const block& b) const {
      return "block of " + std::to_string(b.height) + " x " + std::to_string(b.width);
    }
    std::string operator()(channel) const { return "channel"; }
    std::string operator()(const n_of_m& r) const { return std::to_string(r.n) + " of " + std::to_string(r.m); }
    std::string operator()(const round_to& r) const { return "rounded to " + std::to_string(r.units) + " units"; }
  } name;
  return detail::visit(r, name);
}

/// @param r  a rule.
/// @return whether its groups depend on a score for every weight: n_of_m and round_to.
[[nodiscard]] inline bool needs_scores(const rule& r) noexcept {
  return std::holds_alternative<n_of_m>(r) || std::holds_alternative<round_to>(r);
}

}  // namespace espalier::inline v0::structure

#endif
