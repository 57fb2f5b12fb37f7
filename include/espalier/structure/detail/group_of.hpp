// SPDX-License-Identifier: Apache-2.0
// Which groups the weights of a kernel belong to, and how large the groups are, for each rule.
#ifndef ESPALIER_STRUCTURE_DETAIL_GROUP_OF_HPP
#define ESPALIER_STRUCTURE_DETAIL_GROUP_OF_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/structure/kernel_matrix.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::structure::detail {

/// Groups that depend on scores: n_of_m has one entry per weight, round_to one per unit, other rules none.
using assignment = std::span<const std::uint32_t>;

/// A rule on a matrix; `row(input)` goes through the weights of one input: group() is the group of the present one, and
/// next() goes on to the next output. Without a division for each weight.
template <class Rule>
struct view;

/// Groups that are numbered along a row.
struct counted_row {
  [[nodiscard]] std::size_t group() const noexcept { return place; }
  void next() noexcept { ++place; }
  std::size_t place;
};

/// Groups that are looked up along a row.
struct listed_row {
  [[nodiscard]] std::size_t group() const noexcept { return *place; }
  void next() noexcept { ++place; }
  const std::uint32_t* place;
};

template <>
struct view<unstructured> {
  view(const unstructured& /*rule*/, const kernel_matrix& m, assignment /*assigned*/) : outputs(m.outputs) {}
  [[nodiscard]] counted_row row(std::size_t input) const noexcept { return {input * outputs}; }
  std::size_t outputs;
};

template <>
struct view<structured> {
  view(const structured& /*rule*/, const kernel_matrix& /*m*/, assignment /*assigned*/) {}
  [[nodiscard]] counted_row row(std::size_t /*input*/) const noexcept { return {0}; }
};

/// Weight (input, output) of a pattern is number output * inputs + input; `size` consecutive ones are a group.
struct pattern_row {
  [[nodiscard]] std::size_t group() const noexcept { return whole; }
  void next() noexcept {
    whole += groups_on;
    if (weights_on != 0) {
      rest += weights_on;
      const bool carry = rest >= size;
      rest -= carry ? size : 0;
      whole += carry ? 1U : 0U;
    }
  }
  std::size_t size;        // of a group that is not short
  std::size_t groups_on;   // whole groups from one output to the next
  std::size_t weights_on;  // and what is left over
  std::size_t whole;
  std::size_t rest;
};

template <>
struct view<pattern> {
  view(const pattern& rule, const kernel_matrix& m, assignment /*assigned*/)
      : size(m.weights() / rule.rows * (std::min)(rule.consecutive, rule.rows)), inputs(m.inputs) {}
  [[nodiscard]] pattern_row row(std::size_t input) const noexcept {
    return {size, inputs / size, inputs % size, input / size, input % size};
  }
  std::size_t size;
  std::size_t inputs;
};

template <>
struct view<block> {
  view(const block& rule, const kernel_matrix& m, assignment /*assigned*/)
      : tile(rule), across((m.outputs - 1) / rule.width + 1) {}

  struct one_row {
    [[nodiscard]] std::size_t group() const noexcept { return tile; }
    void next() noexcept {
      const bool beyond = ++column == width;
      column = beyond ? 0 : column;
      tile += beyond ? 1U : 0U;
    }
    std::size_t tile;
    std::size_t width;
    std::size_t column;
  };
  [[nodiscard]] one_row row(std::size_t input) const noexcept { return {input / tile.height * across, tile.width, 0}; }

  block tile;
  std::size_t across;
};

template <>
struct view<channel> {
  view(const channel& /*rule*/, const kernel_matrix& m, assignment /*assigned*/) : channels(m.channels) {}

  struct one_row {
    [[nodiscard]] std::size_t group() const noexcept { return channel; }
    void next() const noexcept {}
    std::size_t channel;
  };
  [[nodiscard]] one_row row(std::size_t input) const noexcept { return {input % channels}; }

  std::size_t channels;
};

template <>
struct view<n_of_m> {
  view(const n_of_m& /*rule*/, const kernel_matrix& m, assignment all) : outputs(m.outputs), assigned(all) {}
  [[nodiscard]] listed_row row(std::size_t input) const noexcept { return {assigned.data() + input * outputs}; }
  std::size_t outputs;
  assignment assigned;
};

template <>
struct view<round_to> {
  view(const round_to& /*rule*/, const kernel_matrix& /*m*/, assignment all) : assigned(all) {}
  [[nodiscard]] listed_row row(std::size_t /*input*/) const noexcept { return {assigned.data()}; }
  assignment assigned;
};

// The sizes of the groups, in their order.

[[nodiscard]] inline std::vector<size_run> sizes(const unstructured& /*rule*/, const kernel_matrix& m) {
  return {{m.weights(), 1, 0, true}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const structured& /*rule*/, const kernel_matrix& m) {
  return {{m.outputs, m.inputs, 1, true}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const pattern& rule, const kernel_matrix& m) {
  const std::size_t in_a_row = m.weights() / rule.rows;
  const std::size_t consecutive = (std::min)(rule.consecutive, rule.rows);
  std::vector<size_run> result{{rule.rows / consecutive, consecutive * in_a_row, 0, true}};
  if (const std::size_t rest = rule.rows % consecutive; rest != 0) {
    result.push_back({1, rest * in_a_row, 0, true});
  }
  return result;
}

[[nodiscard]] inline std::vector<size_run> sizes(const block& rule, const kernel_matrix& m) {
  std::vector<size_run> result;
  for (std::size_t top = 0; top < m.inputs; top += (std::min)(rule.height, m.inputs - top)) {
    const std::size_t height = (std::min)(rule.height, m.inputs - top);
    if (const std::size_t whole = m.outputs / rule.width; whole != 0) {
      result.push_back({whole, height * rule.width, 0, true});
    }
    if (const std::size_t rest = m.outputs % rule.width; rest != 0) {
      result.push_back({1, height * rest, 0, true});
    }
  }
  return result;
}

[[nodiscard]] inline std::vector<size_run> sizes(const channel& /*rule*/, const kernel_matrix& m) {
  return {{m.channels, m.weights() / m.channels, 0, true}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const n_of_m& rule, const kernel_matrix& m) {
  const std::size_t rest = m.inputs % rule.m;
  const std::size_t weak = m.inputs / rule.m * (rule.m - rule.n) + (rest > rule.n ? rest - rule.n : 0);
  return {{m.outputs, weak, 0, true}, {1, m.weights() - m.outputs * weak, 0, false}};
}

[[nodiscard]] inline std::vector<size_run> sizes(const round_to& rule, const kernel_matrix& m) {
  std::vector<size_run> result;
  if (const std::size_t whole = m.outputs / rule.units; whole != 0) {
    result.push_back({whole, rule.units * m.inputs, rule.units, true});
  }
  if (const std::size_t rest = m.outputs % rule.units; rest != 0) {
    result.push_back({1, rest * m.inputs, rest, false});
  }
  return result;
}

}  // namespace espalier::inline v0::structure::detail

#endif
