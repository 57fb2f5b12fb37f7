// SPDX-License-Identifier: Apache-2.0
// Which units of a masked network a training can change, or that change its outputs.
#ifndef ESPALIER_TRAIN_DETAIL_UNIT_PLAN_HPP
#define ESPALIER_TRAIN_DETAIL_UNIT_PLAN_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/train/detail/unit_layers.hpp>

namespace espalier::inline v0::train::detail {

/// Per layer, the units that stay, in order.
using unit_plan = std::vector<std::vector<std::size_t>>;

/// Per bundle: 1 if its units stay.
using staying_bundles = std::vector<std::uint8_t>;

[[nodiscard]] inline std::size_t count_bundles(const std::vector<unit_layer>& layers) {
  std::size_t count = 1;
  for (const unit_layer& layer : layers) {
    for (const std::size_t bundle : layer.gives) {
      count = (std::max)(count, bundle + 1);
    }
  }
  return count;
}

/// @return the units of bundles that stay.
[[nodiscard]] inline unit_plan plan_of(const std::vector<unit_layer>& layers, const staying_bundles& stays) {
  unit_plan plan(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (std::size_t unit = 0; unit < layers[l].units(); ++unit) {
      if (stays[layers[l].gives[unit]] != 0) {
        plan[l].push_back(unit);
      }
    }
  }
  return plan;
}

/// Finds units that no step of a training moves and that no output feels, with any optimizer that leaves weights
/// without a gradient alone:
///
/// - silent ones: nothing but silent units comes in, the bias is not positive and a relu follows. They give 0, so that
///   weights behind them have no gradient, and the relu passes none on to the bias.
/// - those that no unit reads which stays: all weights behind them are held at 0, so that no gradient comes back.
///
/// The units of a bundle go together or not at all.
class unit_finder {
 public:
  explicit unit_finder(const std::vector<unit_layer>& layers)
      : layers_(layers), stays_(count_bundles(layers), std::uint8_t{1}) {}

  /// @return the bundles of the others; each layer keeps a unit at least.
  [[nodiscard]] staying_bundles staying() {
    while (keep_only([this](std::vector<std::uint8_t>& loud) { find_loud(loud); })) {
    }
    while (keep_only([this](std::vector<std::uint8_t>& read) { find_read(read); })) {
    }
    for (const unit_layer& layer : layers_) {
      const bool empty = std::none_of(layer.gives.begin(), layer.gives.end(),
                                      [this](std::size_t bundle) { return stays_[bundle] != 0; });
      if (empty) {
        stays_[layer.gives.front()] = 1;
      }
    }
    return stays_;
  }

 private:
  /// Lets those go that `find` does not find; bundle 0 has what must stay.
  /// @return whether any went.
  template <class Find>
  bool keep_only(const Find& find) {
    std::vector<std::uint8_t> found(stays_.size());
    found[0] = 1;
    find(found);
    bool changed = false;
    for (std::size_t bundle = 0; bundle < stays_.size(); ++bundle) {
      changed = changed || (stays_[bundle] != 0 && found[bundle] == 0);
      stays_[bundle] = stays_[bundle] != 0 ? found[bundle] : std::uint8_t{0};
    }
    return changed;
  }

  void find_loud(std::vector<std::uint8_t>& loud) const {
    for (const unit_layer& layer : layers_) {
      for (std::size_t unit = 0; unit < layer.units(); ++unit) {
        if (loud[layer.gives[unit]] == 0 && !is_silent(layer, unit)) {
          loud[layer.gives[unit]] = 1;
        }
      }
    }
  }
  /// Looks at the units that come in, which at that time stay unless they are silent.
  [[nodiscard]] bool is_silent(const unit_layer& layer, std::size_t unit) const {
    bool silent = layer.rectified && layer.lowered[unit] != 0;
    for (std::size_t place = 0; silent && place < layer.places; ++place) {
      for (std::size_t input = 0; silent && input < layer.inputs(); ++input) {
        silent = layer.is_held(place, input, unit) || stays_[layer.reads[input]] == 0;
      }
    }
    return silent;
  }

  void find_read(std::vector<std::uint8_t>& read) const {
    for (const unit_layer& layer : layers_) {
      for (std::size_t input = 0; input < layer.inputs(); ++input) {
        if (read[layer.reads[input]] == 0 && is_read(layer, input)) {
          read[layer.reads[input]] = 1;
        }
      }
    }
  }
  /// Looks at the units of the layer, which at that time stay unless nobody is known to read them.
  [[nodiscard]] bool is_read(const unit_layer& layer, std::size_t input) const {
    for (std::size_t place = 0; place < layer.places; ++place) {
      for (std::size_t unit = 0; unit < layer.units(); ++unit) {
        if (stays_[layer.gives[unit]] != 0 && !layer.is_held(place, input, unit)) {
          return true;
        }
      }
    }
    return false;
  }

  const std::vector<unit_layer>& layers_;
  staying_bundles stays_;
};

/// @return for each weight of the kernel that is left, in order, its place in the whole one.
[[nodiscard]] inline std::vector<std::size_t> places_of_staying(const unit_layer& layer, const staying_bundles& stays) {
  std::vector<std::size_t> places;
  for (std::size_t row = 0; row < layer.places * layer.inputs(); ++row) {
    for (std::size_t unit = 0; stays[layer.reads[row % layer.inputs()]] != 0 && unit < layer.units(); ++unit) {
      if (stays[layer.gives[unit]] != 0) {
        places.push_back(row * layer.units() + unit);
      }
    }
  }
  return places;
}

/// @return whether bundles that stay have at most nine tenths of the weights.
[[nodiscard]] inline bool spares_a_tenth(const std::vector<unit_layer>& layers, const staying_bundles& stays) {
  std::size_t left = 0;
  std::size_t all = 0;
  for (const unit_layer& layer : layers) {
    const auto count = [&](const std::vector<std::size_t>& bundles) {
      return static_cast<std::size_t>(
          std::count_if(bundles.begin(), bundles.end(), [&](std::size_t bundle) { return stays[bundle] != 0; }));
    };
    left += layer.places * count(layer.reads) * count(layer.gives);
    all += layer.held.size();
  }
  return 10 * left <= 9 * all;
}

/// @param plan  units of the layers.   @return the bundles that stay if these units do.
[[nodiscard]] inline staying_bundles bundles_of(const std::vector<unit_layer>& layers, const unit_plan& plan) {
  staying_bundles stays(count_bundles(layers));
  stays[0] = 1;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (const std::size_t unit : plan[l]) {
      stays[layers[l].gives[unit]] = 1;
    }
  }
  return stays;
}

}  // namespace espalier::inline v0::train::detail

#endif
