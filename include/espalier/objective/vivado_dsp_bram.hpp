// SPDX-License-Identifier: Apache-2.0
// The objective that counts DSP blocks and block RAM together, of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_DSP_BRAM_HPP
#define ESPALIER_OBJECTIVE_VIVADO_DSP_BRAM_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/objective/detail/vivado.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::objective {

/// DSP blocks as `vivado_dsp` counts them, and the 36-bit columns of block RAM that hold the weights.
///
/// Resource strategies with a reuse factor above 1: the rows of multipliers lie side by side in columns of 36 bits, so
/// rows [a, b) of width P free ceil(b P / 36) - ceil(a P / 36) columns, those that begin in them; groups are as many
/// consecutive rows as share whole words. Rows that share their weights hold the same word, of which the first row is
/// enough: the columns that begin in the others are free, ceil(b P / 36) - ceil((a + 1) P / 36); their multipliers are
/// still needed. Otherwise the weights are in logic and only DSPs count.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_dsp_bram {
  static constexpr std::string_view name = "vivado_dsp_bram";
  static constexpr std::array<std::string_view, 2> resources{"DSP", "BRAM"};

  /// @param layer  with its hls settings.
  /// @return the layer's savings.
  /// @throws as vivado_dsp does.
  [[nodiscard]] layer_savings<2> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<2> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = detail::why_unknown(layer);
    if (!result.optimizable()) {
      return result;
    }
    const std::string no_dsp = detail::why_no_dsp(layer);
    if (detail::is_resource(layer.hls) && result.reuse_factor > 1) {
      in_block_ram(layer, no_dsp.empty(), result);
    } else if (no_dsp.empty()) {
      in_logic(layer, result);
    } else {
      result.note = no_dsp + ", and without a resource strategy and a reuse factor above 1 there is no block RAM";
    }
    if (result.optimizable()) {
      append_remark(detail::remark_on(layer, result.reuse_factor), result);
    }
    return result;
  }

 private:
  static void append_remark(const std::string& remark, layer_savings<2>& result) {
    result.remark += (result.remark.empty() || remark.empty() ? "" : "; ") + remark;
  }

  /// How many rows share whole words.
  [[nodiscard]] static std::size_t rows_in_a_group(std::uint64_t width) noexcept {
    return detail::bram_word % width == 0 ? detail::bram_word / width
                                          : static_cast<std::size_t>(detail::divide_up(2 * detail::bram_word, width));
  }

  static void in_block_ram(const attributes::layer_attributes& layer, bool with_dsp, layer_savings<2>& result) {
    const std::uint64_t width = layer.hls.weight_width;
    const std::size_t rows = layer.kernel_shape.size() / static_cast<std::size_t>(result.reuse_factor);
    const structure::pattern groups = detail::multiplier_pattern(layer, name, {rows, rows_in_a_group(width)});
    const std::size_t consecutive = (std::min)(groups.consecutive, rows);
    const auto columns_up_to = [&](std::size_t row) { return detail::divide_up(row * width, detail::bram_word); };
    result.rule = groups;
    result.usage = {with_dsp ? static_cast<std::int64_t>(rows) : 0, columns_up_to(rows)};
    for (std::size_t begin = 0; begin < rows; begin += consecutive) {
      const std::size_t end = (std::min)(begin + consecutive, rows);
      const std::array<std::int64_t, 2> saving{with_dsp ? static_cast<std::int64_t>(end - begin) : 0,
                                               columns_up_to(end) - columns_up_to(begin)};
      // The first row still holds the word that all are.
      const std::array<std::int64_t, 2> sharing{0, columns_up_to(end) - columns_up_to(begin + 1)};
      if (result.savings.empty() || result.savings.back().saving != saving ||
          result.savings.back().sharing != sharing) {
        result.savings.push_back({0, saving, sharing});
      }
      ++result.savings.back().count;
    }
  }

  static void in_logic(const attributes::layer_attributes& layer, layer_savings<2>& result) {
    result.remark = (detail::is_resource(layer.hls) ? "reuse factor 1"
                                                    : "strategy " + std::string(hls::to_string(layer.hls.strategy))) +
                    " keeps weights in logic, so only DSPs are saved";
    result.rule = layer.grouped_by.value_or(structure::unstructured{});
    result.usage = {detail::divide_up(layer.kernel_shape.size(), result.reuse_factor), 0};
    result.denominator = static_cast<std::int64_t>(result.reuse_factor);
    result.savings = detail::savings_of<2>(layer, result.rule, [](const structure::size_run& run) {
      return std::array<std::int64_t, 2>{static_cast<std::int64_t>(run.weights), 0};
    });
  }
};
static_assert(objective<vivado_dsp_bram>);

}  // namespace espalier::inline v0::objective

#endif
