// SPDX-License-Identifier: Apache-2.0
// The rules by which the weights of a kernel form groups: unstructured, structured, pattern and block.
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

/// All weights of a neuron (Dense) or filter (Conv2D) are a group.
struct structured {
  friend bool operator==(const structured&, const structured&) = default;
};

/// Weights that hardware multiplies in the same units. The kernel with its outputs first, [out][in] or
/// [filters][height][width][channels], is flattened and reshaped to (rows, n / rows): row k holds the weights that
/// multiplier k takes in turn. A group is a run of rows, which share words of block RAM; the last run may be short.
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

/// Any of the rules.
using rule = std::variant<unstructured, structured, pattern, block>;

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
  } name;
  return std::visit(name, r);
}

}  // namespace espalier::inline v0::structure

#endif
