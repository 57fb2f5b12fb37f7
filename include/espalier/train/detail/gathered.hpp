// SPDX-License-Identifier: Apache-2.0
// What a training works on: a masked network, or a smaller one without its dead units where that comes to the same.
#ifndef ESPALIER_TRAIN_DETAIL_GATHERED_HPP
#define ESPALIER_TRAIN_DETAIL_GATHERED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/train/detail/network_numbers.hpp>
#include <espalier/train/detail/unit_plan.hpp>
#include <espalier/train/progress.hpp>

namespace espalier::inline v0::train::detail {

/// A dense layer or convolution, perhaps masked, which can be made anew with fewer units.
template <class Layer>
concept plain_layer = nn::weighted_layer<Layer> && requires(const Layer& l) {
  typename Layer::plain_type;
  l.options();
  requires std::is_same_v<Layer, typename Layer::plain_type> ||
      std::is_same_v<Layer, nn::masked<typename Layer::plain_type>>;
};

template <class Model, std::size_t Index>
using layer_type = std::remove_cvref_t<decltype(std::declval<const Model&>().template layer_at<Index>())>;

/// @return how many layers with kernels a network has before layer Index.
template <class Model, std::size_t Index>
[[nodiscard]] constexpr std::size_t plain_layers_below() {
  if constexpr (Index == 0) {
    return 0;
  } else {
    return plain_layers_below<Model, Index - 1>() + (plain_layer<layer_type<Model, Index - 1>> ? 1 : 0);
  }
}

/// @return whether what is trained in the first layers is plain, and units do not mix between layers with kernels.
template <class Model, std::size_t Count>
[[nodiscard]] constexpr bool fits_gathering() {
  if constexpr (Count == 0) {
    return true;
  } else {
    using layer = layer_type<Model, Count - 1>;
    constexpr std::size_t below = plain_layers_below<Model, Count - 1>();
    constexpr bool between = below > 0 && below < plain_layers_below<Model, Model::size()>();
    constexpr bool fits = nn::trained_layer<layer>
                              ? plain_layer<layer>
                              : !between || nn::detail::unit_flow_of<layer>() != nn::unit_flow::mixes;
    return fits && fits_gathering<Model, Count - 1>();
  }
}

/// @return whether smaller copies of a network can be made.
template <class Model>
[[nodiscard]] constexpr bool can_be_gathered() {
  if constexpr (requires(const Model& m) {
                  Model::size();
                  m.template layer_at<0>();
                }) {
    return plain_layers_below<Model, Model::size()>() > 1 && fits_gathering<Model, Model::size()>();
  } else {
    return false;
  }
}

/// @return whether a relu is the first thing behind layer Index - 1 that changes single numbers.
template <class Model, std::size_t Index>
[[nodiscard]] constexpr bool is_rectified() {
  if constexpr (Index < Model::size()) {
    constexpr nn::unit_flow flow = nn::detail::unit_flow_of<layer_type<Model, Index>>();
    if constexpr (flow == nn::unit_flow::carries) {
      return is_rectified<Model, Index + 1>();
    } else {
      return flow == nn::unit_flow::rectifies;
    }
  } else {
    return false;
  }
}

/// @return whether an optimizer never moves weights that have had no gradient.
template <class T, class Optimizer>
[[nodiscard]] bool leaves_alone(const Optimizer& optimizer) {
  typename Optimizer::template state<T> state(optimizer, 1);
  T weight = 1;
  const T gradient = 0;
  for (int step = 0; step < 3; ++step) {
    state.begin_step(0.5);
    if constexpr (requires { state.survey(std::span<const T>(&gradient, 1)); }) {
      state.survey(std::span<const T>(&gradient, 1));
    }
    state.update(std::size_t{0}, std::span<T>(&weight, 1), std::span<const T>(&gradient, 1));
  }
  return weight == T{1};
}

/// A network for a training, and the way back into the one of the user. Units that the training cannot change and that
/// change nothing, see unit_finder, are left out if that makes it smaller by a tenth; their weights stay as they are.
template <class Model>
class gathered {
 public:
  using value_type = typename Model::value_type;

  template <class Options>
  gathered(Model& full, const Options& options) : full_(full), numbers_(full) {
    if constexpr (can_be_gathered<Model>()) {
      full_.hold();
      if (options.gather && options.penalties.empty() && numbers_.first_broken() == numbers_.parameters.size() &&
          leaves_alone<value_type>(options.optimizer)) {
        const auto seen = views();
        if (std::none_of(seen.begin(), seen.end(), [](const auto& layer) { return layer.trains_as_one(); })) {
          const auto layers = unit_layers_of(seen);
          gather(seen, layers, smaller_plan(layers, full_.input_shape().back()));
        }
      }
    }
  }
  gathered(const gathered&) = delete;
  gathered& operator=(const gathered&) = delete;
  ~gathered() { scatter(); }

  /// @return what is to be trained.
  [[nodiscard]] Model& model() noexcept { return small_ ? *small_ : full_; }

  /// @return options whose callbacks find in the user's network what was trained so far.
  template <class Options>
  [[nodiscard]] Options watched(const Options& options) {
    Options result = options;
    for (auto callback : {&Options::on_step, &Options::on_epoch}) {
      if (small_ && options.*callback) {
        result.*callback = [this, tell = options.*callback](const progress& where) {
          scatter();
          tell(where);
        };
      }
    }
    return result;
  }

  /// Brings the weights back into the user's network.
  void scatter() noexcept {
    for (std::size_t p = 0; p < places_.size(); ++p) {
      for (std::size_t i = 0; i < places_[p].size(); ++i) {
        numbers_.parameters[p][places_[p][i]] = small_parameters_[p][i];
      }
    }
  }

  /// Writes which units stay, or reads it and gathers those as the user's network is now.
  /// @throws parse_error if there are no such units.
  template <class Archive>
  void archive(Archive& a) {
    if constexpr (can_be_gathered<Model>()) {
      auto layers = std::uint64_t{plan_.size()};
      a(layers);
      unit_plan plan = plan_;
      if constexpr (!Archive::writes) {
        const auto seen = views();
        const auto own = unit_layers_of(seen);
        expect_known(layers == 0 || layers == own.size());
        plan.assign(static_cast<std::size_t>(layers), {});
        read(a, own, plan);
        forget();
        gather(seen, own, std::move(plan));
      } else {
        for (const auto& units : plan) {
          a(units);
        }
      }
    }
  }

 private:
  using places = std::vector<std::vector<std::size_t>>;
  using view = plain_view<value_type>;

  static void expect_known(bool known) {
    if (!known) {
      reject<parse_error>("train::trainer", {"a saved training of other units"}, {"units of this network"});
    }
  }
  template <class Archive>
  static void read(Archive& a, const std::vector<unit_layer>& layers, unit_plan& plan) {
    for (std::size_t l = 0; l < plan.size(); ++l) {
      a(plan[l]);
      bool known = !plan[l].empty() && plan[l].back() < layers[l].units;
      for (std::size_t i = 1; i < plan[l].size(); ++i) {
        known = known && plan[l][i - 1] < plan[l][i];
      }
      expect_known(known);
    }
  }

  /// @return the layers with a kernel.
  [[nodiscard]] std::vector<view> views() const {
    std::vector<view> result;
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      (add_if_plain<Index>(result), ...);
    }
    (std::make_index_sequence<Model::size()>{});
    return result;
  }
  template <std::size_t Index>
  void add_if_plain(std::vector<view>& result) const {
    if constexpr (plain_layer<layer_type<Model, Index>>) {
      const auto& layer = std::as_const(full_).template layer_at<Index>();
      result.push_back({layer.attributes().kernel_shape, elements(layer.kernel()), elements(layer.bias()), nullptr,
                        is_rectified<Model, Index + 1>()});
      if constexpr (requires { layer.mask(); }) {
        result.back().mask = &layer.mask();
      }
    }
  }
  [[nodiscard]] static std::vector<unit_layer> unit_layers_of(const std::vector<view>& seen) {
    std::vector<unit_layer> result;
    for (const view& layer : seen) {
      result.push_back(unit_layer_of(layer));
    }
    return result;
  }

  void forget() noexcept {
    places_.clear();
    plan_.clear();
    small_.reset();
  }

  /// @param layers  of what is seen.   @param plan  empty: everything stays.
  void gather(const std::vector<view>& seen, const std::vector<unit_layer>& layers, unit_plan plan) {
    if (plan.empty()) {
      return;
    }
    plan_ = std::move(plan);
    small_.emplace(remade(std::make_index_sequence<Model::size()>{}));
    std::vector<mask::weight_mask<value_type>> masks;
    places found;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      found.push_back(places_of_staying(layers[l], plan_[l], l == 0 ? nullptr : &plan_[l - 1],
                                        l == 0 ? layers[l].inputs : layers[l - 1].units));
      masks.push_back(mask_of(seen[l], found.back()));
      found.push_back(seen[l].bias.empty() ? std::vector<std::size_t>{} : plan_[l]);
    }
    small_->set_masks(masks);
    small_parameters_ = small_->parameters();
    for (std::size_t p = 0; p < found.size(); ++p) {
      for (std::size_t i = 0; i < found[p].size(); ++i) {
        small_parameters_[p][i] = numbers_.parameters[p][found[p][i]];
      }
    }
    places_ = std::move(found);
  }

  template <std::size_t... Index>
  [[nodiscard]] Model remade(std::index_sequence<Index...> /*all*/) const {
    return Model(full_.input_shape(), 0, remade_layer<Index>()...);
  }
  template <std::size_t Index>
  [[nodiscard]] auto remade_layer() const {  // clang would look for the type in networks that have no such layers
    const auto& layer = std::as_const(full_).template layer_at<Index>();
    if constexpr (plain_layer<layer_type<Model, Index>>) {
      const std::size_t units = plan_[plain_layers_below<Model, Index>()].size();
      auto options = layer.options();
      if constexpr (requires { options.units; }) {
        options.units = units;
      } else {
        options.filters = units;
      }
      return layer_type<Model, Index>(std::move(options));
    } else {
      return layer;
    }
  }

  Model& full_;
  network_numbers<value_type> numbers_;
  std::optional<Model> small_;
  std::vector<std::span<value_type>> small_parameters_;
  unit_plan plan_;
  places places_;  // of each number of the small network among those of its parameter in the user's
};

}  // namespace espalier::inline v0::train::detail

#endif
