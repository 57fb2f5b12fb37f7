// SPDX-License-Identifier: Apache-2.0
// What a training works on: a masked network, or a smaller one without its dead units where that comes to the same.
#ifndef ESPALIER_TRAIN_DETAIL_GATHERED_HPP
#define ESPALIER_TRAIN_DETAIL_GATHERED_HPP

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/unit_node.hpp>
#include <espalier/train/detail/network_numbers.hpp>
#include <espalier/train/detail/unit_layers.hpp>
#include <espalier/train/detail/unit_plan.hpp>
#include <espalier/train/progress.hpp>

namespace espalier::inline v0::train::detail {

/// A network that says what becomes of its units and can be made anew with fewer.
template <class Model>
concept unit_network = requires(const Model& m, std::span<const std::size_t> units) {
  { m.unit_nodes() } -> std::same_as<std::vector<nn::unit_node<typename Model::value_type>>>;
  { m.with_units(units) } -> std::same_as<Model>;
};

/// @return what a mask says of some weights; null: all are kept.
/// @param from  their places.
template <class T>
[[nodiscard]] mask::weight_mask<T> mask_of(const mask::weight_mask<T>* whole, const std::vector<std::size_t>& from) {
  auto result = mask::keep_all<T>(from.size());
  for (std::size_t i = 0; whole != nullptr && i < from.size(); ++i) {
    result.mask[i] = whole->mask[from[i]];
    if (!whole->offset.empty()) {
      result.offset.push_back(whole->offset[from[i]]);
    }
  }
  return result;
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
    if constexpr (unit_network<Model>) {
      full_.hold();
      if (options.gather && options.penalties.empty() && numbers_.first_broken() == numbers_.parameters.size() &&
          leaves_alone<value_type>(options.optimizer)) {
        gather_if_it_pays(std::as_const(full_).unit_nodes());
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
    if constexpr (unit_network<Model>) {
      auto layers = std::uint64_t{plan_.size()};
      a(layers);
      if constexpr (Archive::writes) {
        for (const auto& units : plan_) {
          a(units);
        }
      } else {
        places_.clear();
        plan_.clear();
        small_.reset();
        if (layers > 0) {
          gather_as_saved(a, static_cast<std::size_t>(layers));
        }
      }
    }
  }

 private:
  using node = nn::unit_node<value_type>;

  [[nodiscard]] static bool trains_as_one(const node& n) {
    return n.mask != nullptr && !n.mask->trained_as_one.empty();
  }
  static void expect_known(bool known) {
    if (!known) {
      reject<parse_error>("train::trainer", {"a saved training of other units"}, {"units of this network"});
    }
  }

  void gather_if_it_pays(const std::vector<node>& nodes) {
    if (std::any_of(nodes.begin(), nodes.end(), trains_as_one)) {
      return;
    }
    const auto layers = unit_tracer<value_type>(nodes).layers();
    const staying_bundles stays = unit_finder(layers).staying();
    if (spares_a_tenth(layers, stays)) {
      gather(nodes, layers, stays);
    }
  }

  template <class Archive>
  void gather_as_saved(Archive& a, std::size_t count) {
    const auto nodes = std::as_const(full_).unit_nodes();
    const auto layers = unit_tracer<value_type>(nodes).layers();
    expect_known(count == layers.size());
    unit_plan plan(count);
    for (std::size_t l = 0; l < count; ++l) {
      a(plan[l]);
      expect_known(std::all_of(plan[l].begin(), plan[l].end(),
                               [units = layers[l].units()](std::size_t unit) { return unit < units; }));
    }
    const staying_bundles stays = bundles_of(layers, plan);
    expect_known(plan_of(layers, stays) == plan);
    gather(nodes, layers, stays);
  }

  /// @param layers  of the nodes with role `kernel`.   @param stays  per bundle.
  void gather(const std::vector<node>& nodes, const std::vector<unit_layer>& layers, const staying_bundles& stays) {
    plan_ = plan_of(layers, stays);
    std::vector<std::size_t> units;
    std::vector<mask::weight_mask<value_type>> masks;
    std::size_t next = 0;
    for (const node& n : nodes) {
      const std::size_t first = places_.size();
      units.push_back(n.units);
      if (n.role == nn::unit_role::kernel) {
        units.back() = plan_[next].size();
        places_.push_back(places_of_staying(layers[next], stays));
        places_.push_back(n.bias.empty() ? std::vector<std::size_t>{} : plan_[next]);
        ++next;
      }
      while (places_.size() < first + n.parameters) {  // all of what has as many units as before
        places_.emplace_back(numbers_.parameters[places_.size()].size());
        std::iota(places_.back().begin(), places_.back().end(), std::size_t{0});
      }
      if (n.prunable) {
        masks.push_back(mask_of(n.mask, places_[first]));
      }
    }
    small_.emplace(std::as_const(full_).with_units(units));
    small_->set_masks(masks);
    small_parameters_ = small_->parameters();
    for (std::size_t p = 0; p < places_.size(); ++p) {
      for (std::size_t i = 0; i < places_[p].size(); ++i) {
        small_parameters_[p][i] = numbers_.parameters[p][places_[p][i]];
      }
    }
  }

  Model& full_;
  network_numbers<value_type> numbers_;
  std::optional<Model> small_;
  std::vector<std::span<value_type>> small_parameters_;
  unit_plan plan_;
  std::vector<std::vector<std::size_t>>
      places_;  // of each number of the small network among those of its parameter in the user's
};

}  // namespace espalier::inline v0::train::detail

#endif
