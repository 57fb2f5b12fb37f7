// SPDX-License-Identifier: Apache-2.0
// Which units of a masked network a training can change, or that change its outputs.
#ifndef ESPALIER_TRAIN_DETAIL_UNIT_PLAN_HPP
#define ESPALIER_TRAIN_DETAIL_UNIT_PLAN_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/mask/weight_mask.hpp>

namespace espalier::inline v0::train::detail {

/// A layer with a kernel [place][input][unit], behind which are layers that part units.
struct unit_layer {
  std::size_t places = 1;  ///< of the kernel: 1 of a dense layer, height x width of a convolution
  std::size_t inputs = 0;  ///< input i comes from unit i modulo (units of the layer before)
  std::size_t units = 0;
  std::vector<std::uint8_t> held{};     ///< one per weight: 1 if it is held at 0
  std::vector<std::uint8_t> lowered{};  ///< one per unit: 1 if its bias is not positive, or it has none
  bool rectified = false;               ///< whether a relu is the first thing behind it that changes single numbers

  [[nodiscard]] bool is_held(std::size_t place, std::size_t input, std::size_t unit) const {
    return held[(place * inputs + input) * units + unit] != 0;
  }
};

/// What can be seen of a layer with a kernel, whatever its type.
template <class T>
struct plain_view {
  extents kernel_shape;
  std::span<const T> kernel{};
  std::span<const T> bias{};
  const mask::weight_mask<T>* mask = nullptr;  ///< null: nothing is held
  bool rectified = false;                      ///< see unit_layer

  [[nodiscard]] bool trains_as_one() const noexcept { return mask != nullptr && !mask->trained_as_one.empty(); }
};

template <class T>
[[nodiscard]] unit_layer unit_layer_of(const plain_view<T>& seen) {
  const extents& shape = seen.kernel_shape;
  unit_layer result;
  result.units = shape[shape.rank() - 1];
  result.inputs = shape[shape.rank() - 2];
  result.places = shape.size() / (result.inputs * result.units);
  result.rectified = seen.rectified;
  result.lowered.assign(result.units, std::uint8_t{1});
  for (std::size_t unit = 0; unit < seen.bias.size(); ++unit) {
    result.lowered[unit] = seen.bias[unit] <= 0 ? 1 : 0;
  }
  result.held.assign(shape.size(), std::uint8_t{0});
  for (std::size_t i = 0; seen.mask != nullptr && i < shape.size(); ++i) {
    result.held[i] = seen.mask->mask[i] == 0 && seen.kernel[i] == 0 ? 1 : 0;
  }
  return result;
}

/// @param from  places of weights that stay.
/// @return what a mask says of these.
template <class T>
[[nodiscard]] mask::weight_mask<T> mask_of(const plain_view<T>& seen, const std::vector<std::size_t>& from) {
  auto result = mask::keep_all<T>(from.size());
  for (std::size_t i = 0; seen.mask != nullptr && i < from.size(); ++i) {
    result.mask[i] = seen.mask->mask[from[i]];
    if (!seen.mask->offset.empty()) {
      result.offset.push_back(seen.mask->offset[from[i]]);
    }
  }
  return result;
}

/// Per layer, the units that stay, in order.
using unit_plan = std::vector<std::vector<std::size_t>>;

/// Finds units that no step of a training moves and that no output feels, with any optimizer that leaves weights
/// without a gradient alone:
///
/// - silent ones: nothing but silent units comes in, the bias is not positive and a relu follows. They give 0, so that
///   weights behind them have no gradient, and the relu passes none on to the bias.
/// - those that no unit reads which stays: all weights behind them are held at 0, so that no gradient comes back.
class unit_finder {
 public:
  explicit unit_finder(const std::vector<unit_layer>& layers) : layers_(layers) {}

  /// @return the other units; each layer keeps one at least, and the last one all.
  [[nodiscard]] unit_plan staying() {
    for (const unit_layer& layer : layers_) {
      stays_.emplace_back(layer.units, std::uint8_t{1});
    }
    for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
      for (std::size_t unit = 0; unit < layers_[l].units; ++unit) {
        stays_[l][unit] = is_silent(l, unit) ? 0 : 1;
      }
    }
    for (std::size_t l = layers_.size() - 1; l-- > 0;) {
      for (std::size_t unit = 0; unit < layers_[l].units; ++unit) {
        stays_[l][unit] = stays_[l][unit] != 0 && is_read(l, unit) ? 1 : 0;
      }
    }
    unit_plan plan;
    for (const auto& layer : stays_) {
      plan.push_back(ones_of(layer));
    }
    return plan;
  }

 private:
  [[nodiscard]] static std::vector<std::size_t> ones_of(const std::vector<std::uint8_t>& flags) {
    std::vector<std::size_t> ones;
    for (std::size_t i = 0; i < flags.size(); ++i) {
      if (flags[i] != 0) {
        ones.push_back(i);
      }
    }
    return ones.empty() ? std::vector<std::size_t>{0} : ones;
  }

  [[nodiscard]] bool comes_from_silent(std::size_t l, std::size_t input) const {
    return l > 0 && stays_[l - 1][input % layers_[l - 1].units] == 0;
  }

  /// Looks at units of the layers before, which at that time stay unless they are silent.
  [[nodiscard]] bool is_silent(std::size_t l, std::size_t unit) const {
    const unit_layer& layer = layers_[l];
    bool silent = layer.rectified && layer.lowered[unit] != 0;
    for (std::size_t place = 0; silent && place < layer.places; ++place) {
      for (std::size_t input = 0; silent && input < layer.inputs; ++input) {
        silent = layer.is_held(place, input, unit) || comes_from_silent(l, input);
      }
    }
    return silent;
  }

  /// Looks at units of the layer behind, which at that time is done.
  [[nodiscard]] bool is_read(std::size_t l, std::size_t unit) const {
    const unit_layer& next = layers_[l + 1];
    for (std::size_t place = 0; place < next.places; ++place) {
      for (std::size_t input = unit; input < next.inputs; input += layers_[l].units) {
        for (std::size_t reader = 0; reader < next.units; ++reader) {
          if (stays_[l + 1][reader] != 0 && !next.is_held(place, input, reader)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  const std::vector<unit_layer>& layers_;
  std::vector<std::vector<std::uint8_t>> stays_;
};

/// @param staying  units of the layer that stay.
/// @param before   those of the layer before; null: all of its inputs stay.
/// @param units    how many units the layer before has.
/// @return for each weight of the kernel that is left, in order, its place in the whole one.
[[nodiscard]] inline std::vector<std::size_t> places_of_staying(const unit_layer& layer,
                                                                const std::vector<std::size_t>& staying,
                                                                const std::vector<std::size_t>* before,
                                                                std::size_t units) {
  std::vector<std::uint8_t> input_stays(layer.inputs, before == nullptr ? std::uint8_t{1} : std::uint8_t{0});
  for (std::size_t first = 0; before != nullptr && first < layer.inputs; first += units) {
    for (const std::size_t unit : *before) {
      input_stays[first + unit] = 1;
    }
  }
  std::vector<std::size_t> places;
  for (std::size_t row = 0; row < layer.places * layer.inputs; ++row) {
    for (std::size_t i = 0; input_stays[row % layer.inputs] != 0 && i < staying.size(); ++i) {
      places.push_back(row * layer.units + staying[i]);
    }
  }
  return places;
}

/// @return how many weights kernels have whose layers keep these units.
[[nodiscard]] inline std::size_t weights_of(const std::vector<unit_layer>& layers, const unit_plan& plan) {
  std::size_t count = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::size_t inputs = l == 0 ? layers[l].inputs : layers[l].inputs / layers[l - 1].units * plan[l - 1].size();
    count += layers[l].places * inputs * plan[l].size();
  }
  return count;
}

/// @param channels  of the network's input.
/// @return the units that are left where others can go, if they have at most nine tenths of the weights; else nothing.
[[nodiscard]] inline unit_plan smaller_plan(const std::vector<unit_layer>& layers, std::size_t channels) {
  // Of a convolution that looks at a part of the channels only, inputs are not what they are taken for.
  bool known = layers.front().inputs >= channels;
  std::size_t all = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    known = known && (l == 0 || layers[l].inputs % layers[l - 1].units == 0);
    all += layers[l].held.size();
  }
  if (!known) {
    return {};
  }
  unit_plan plan = unit_finder(layers).staying();
  return 10 * weights_of(layers, plan) <= 9 * all ? plan : unit_plan{};
}

}  // namespace espalier::inline v0::train::detail

#endif
