// SPDX-License-Identifier: Apache-2.0
// The HLS settings of a whole model: for all layers, for a kind of layer, for one layer by name.
#ifndef ESPALIER_HLS_CONFIG_HPP
#define ESPALIER_HLS_CONFIG_HPP

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <espalier/hls/detail/expect_reuse_factor.hpp>
#include <espalier/hls/layer_config.hpp>
#include <espalier/hls/precision.hpp>

namespace espalier::inline v0::hls {

/// What one granularity of a configuration says; what is not given is left to a coarser one.
struct settings {
  std::optional<hls::strategy> strategy{};
  std::optional<std::uint64_t> reuse_factor{};  ///< >= 1
  std::optional<std::uint32_t> weight_width{};  ///< bits, if only that is known; else see precision
  std::optional<std::uint32_t> output_width{};  ///< bits, if only that is known; else see precision
  std::optional<bool> compression{};            ///< compressed weights, where a resource strategy is asked for
  std::map<std::string, hls::precision>
      precision{};        ///< by variable: "weight", "bias", "result", ...; "default": others
  std::string warning{};  ///< what was doubtful about the strategy where it was read
};

/// Settings at three granularities. Each setting on its own comes from the finest one that gives it, as in hls4ml.
struct config {
  settings model{};                        ///< for every layer
  std::map<std::string, settings> type{};  ///< by kind of layer, as hls4ml writes it: "Dense", "Conv2D"
  std::map<std::string, settings> name{};  ///< by name of layer
  hls::io_type io_type = hls::io_type::io_parallel;

  /// @param layer_name  the layer's own name.
  /// @param layer_type  its kind, as hls4ml writes it.
  /// @return its settings; what nothing gives has the defaults of layer_config. A weight or output whose type is not
  ///         known ("auto") has the width of the model's default type, as hls4ml gives it.
  /// @throws argument_error if a reuse factor of 0, or a negative one, was given.   Complexity: O(log n).
  [[nodiscard]] layer_config of(const std::string& layer_name, const std::string& layer_type) const {
    layer_config result;
    result.io_type = io_type;
    const auto levels = levels_of(layer_name, layer_type);
    for (std::size_t i = levels.size(); i-- > 0;) {
      const settings* const level = levels[i];
      if (level == nullptr) {
        continue;
      }
      result.reuse_factor = level->reuse_factor.value_or(result.reuse_factor);
      result.compression = level->compression.value_or(result.compression);
      if (level->strategy) {
        result.strategy = *level->strategy;
        result.warning = level->warning;
      }
    }
    detail::expect_reuse_factor(result.reuse_factor, "hls::config::of", layer_name);
    const bool resource =
        result.strategy == hls::strategy::resource || result.strategy == hls::strategy::resource_unrolled;
    result.compression = result.compression && resource && layer_type.find("Dense") != std::string::npos;
    result.weight_width = width_of(levels, "weight", &settings::weight_width);
    result.output_width = width_of(levels, "result", &settings::output_width);
    return result;
  }

  /// @param layer_name  the layer's own name.
  /// @param layer_type  its kind, as hls4ml writes it.
  /// @param variable    "weight", "bias", "result", ...
  /// @return the type of the variable: at the finest granularity that gives one, its own or else the default's;
  ///         automatic if none does.
  [[nodiscard]] hls::precision precision_of(const std::string& layer_name, const std::string& layer_type,
                                            const std::string& variable) const {
    for (const settings* level : levels_of(layer_name, layer_type)) {
      if (const hls::precision* given = level == nullptr ? nullptr : precision_at(*level, variable)) {
        return *given;
      }
    }
    return {};
  }

 private:
  using levels_type = std::array<const settings*, 3>;

  /// The finest first; null where nothing is said.
  [[nodiscard]] levels_type levels_of(const std::string& layer_name, const std::string& layer_type) const {
    const auto by_name = name.find(layer_name);
    const auto by_type = type.find(layer_type);
    return {by_name == name.end() ? nullptr : &by_name->second, by_type == type.end() ? nullptr : &by_type->second,
            &model};
  }

  [[nodiscard]] static const hls::precision* precision_at(const settings& level, const std::string& variable) {
    const auto own = level.precision.find(variable);
    const auto found = own != level.precision.end() ? own : level.precision.find("default");
    return found == level.precision.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::uint32_t width_of(const levels_type& levels, const std::string& variable,
                                       std::optional<std::uint32_t> settings::*width) const {
    for (const settings* level : levels) {
      if (level == nullptr) {
        continue;
      }
      if (const auto given = level->*width) {
        return *given;
      }
      if (const hls::precision* given = precision_at(*level, variable)) {
        const hls::precision* known = given->kind != number_kind::automatic ? given : precision_at(model, "default");
        return known == nullptr || known->kind == number_kind::automatic ? default_width : known->width;
      }
    }
    return default_width;
  }

  static constexpr std::uint32_t default_width = 16;  // hls4ml's ap_fixed<16,6>
};

}  // namespace espalier::inline v0::hls

#endif
