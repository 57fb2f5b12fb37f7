// SPDX-License-Identifier: Apache-2.0
// A network of layers in a row, known at compile time.
#ifndef ESPALIER_NN_SEQUENTIAL_HPP
#define ESPALIER_NN_SEQUENTIAL_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/score_kind.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/detail/layer_kinds.hpp>
#include <espalier/nn/detail/layer_passes.hpp>
#include <espalier/nn/detail/network_checks.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/unit_node.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Layers in a row: the output of each is the input of the next.
///
/// Layers with a kernel can be pruned if they are wrapped in `masked`; others are trained but left alone. It is a
/// prunable model. Different threads may run passes at the same time, each with a workspace of its own.
/// @tparam Layers  at least one; all with the same number type; of fitting kinds, see fitting_layers.
template <class... Layers>
requires fitting_layers<Layers...>
class sequential {
  static constexpr std::size_t depth = sizeof...(Layers);
  static_assert(depth > 0, "a network needs a layer");
  using layer_tuple = std::tuple<Layers...>;

 public:
  using value_type = typename std::tuple_element_t<0, layer_tuple>::value_type;
  static_assert((std::is_same_v<typename Layers::value_type, value_type> && ...), "all layers need one number type");

  /// Whether a loss that looks at such scores takes along the last layer: a softmax or a sigmoid.
  template <kernels::score_kind Scores>
  static constexpr bool loss_takes_last = [] {
    using last = std::tuple_element_t<depth - 1, layer_tuple>;
    return Scores != kernels::score_kind::outputs && Scores == detail::scores_before<last>;
  }();

  /// Whether the numbers that a loss looks at are linear, piece by piece, in the weights of each layer.
  template <kernels::score_kind Scores>
  [[nodiscard]] static constexpr bool piecewise_linear() noexcept {
    constexpr std::array<bool, depth> linear{detail::is_piecewise_linear<Layers>()...};
    return std::all_of(linear.begin(), linear.begin() + trained_depth<Scores>, [](bool is) { return is; });
  }

  /// Builds the network: shapes are checked from layer to layer and the weights drawn.
  /// @param input   shape of one sample, such as (28, 28, 1) or (16).
  /// @param seed    of the initial weights.
  /// @param layers  the layers. Those without a name are called by kind and place: conv2d_1, dense_1, dense_2, ...
  /// @throws shape_error with both shapes if a layer does not fit the one before; argument_error if two layers have one
  ///         name.
  sequential(const extents& input, std::uint64_t seed, Layers... layers) : layers_(std::move(layers)...) {
    random_generator generator(seed);
    const std::array<std::string_view, depth> kinds{Layers::default_name...};
    for (std::size_t l = 0; l < depth; ++l) {
      const auto place = std::count(kinds.begin(), kinds.begin() + l + 1, kinds[l]);
      names_[l] = std::string(kinds[l]) + "_" + std::to_string(place);
    }
    shapes_[0] = input;
    std::size_t index = 0;
    for_each_layer([&](auto& layer) {
      using layer_type = std::remove_reference_t<decltype(layer)>;
      if constexpr (trained_layer<layer_type>) {
        if (!layer.name().empty()) {
          names_[index] = layer.name();
        }
      }
      shapes_[index + 1] = layer.build(names_[index], shapes_[index], generator);
      ++index;
    });
    expect_different_names();
  }

  /// @return how many layers there are.
  [[nodiscard]] static constexpr std::size_t size() noexcept { return depth; }

  /// @return the shape of one input sample.
  [[nodiscard]] const extents& input_shape() const noexcept { return shapes_.front(); }
  /// @return the shape of one output.
  [[nodiscard]] const extents& output_shape() const noexcept { return shapes_.back(); }

  /// @tparam Index  which layer, from 0.
  /// @return the layer.
  template <std::size_t Index>
  [[nodiscard]] const auto& layer_at() const noexcept {
    return std::get<Index>(layers_);
  }

  /// @return the layers with kernels, in order, each with the one before it as inbound layer; kernels and biases are
  ///         views of the network's own.
  [[nodiscard]] std::vector<attributes::prunable_layer<value_type>> layers() {
    std::vector<attributes::prunable_layer<value_type>> result;
    for_each_weighted_layer([&](auto& layer) {
      attributes::prunable_layer<value_type> shown{layer.attributes(), elements(layer.kernel()),
                                                   elements(layer.bias())};
      shown.attributes.optimizable = detail::is_masked<std::remove_reference_t<decltype(layer)>>::value;
      if (!result.empty()) {
        shown.attributes.inbound = {result.back().attributes.name};
      }
      result.push_back(std::move(shown));
    });
    return result;
  }

  /// @return what it is made of as far as units are concerned: the samples, then each layer.
  [[nodiscard]] std::vector<unit_node<value_type>> unit_nodes() const {
    std::vector<unit_node<value_type>> result(1);
    result[0].units = shapes_[0].back();
    const auto add = [&](const auto& layer) {
      const std::size_t before = result.size() - 1;
      result.push_back(detail::unit_node_of(layer, {before}, shapes_[before + 1].back()));
    };
    std::apply([&](const auto&... layer) { (add(layer), ...); }, layers_);
    result.back().output = true;
    return result;
  }

  /// @param units  per entry of unit_nodes(): how many it shall have; looked at for those of role `kernel`.
  /// @return a network of the same layers with so many units, and weights of its own.
  /// @throws shape_error if a layer does not fit any more the one before.
  [[nodiscard]] sequential with_units(std::span<const std::size_t> units) const {
    const auto remade = [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      return sequential(shapes_[0], 0, detail::remade(std::get<Index>(layers_), units[Index + 1])...);
    };
    return remade(std::index_sequence_for<Layers...>{});
  }

  /// @return views of all numbers that training changes: kernel and bias of each layer that has them, in order, and
  ///         what a batch normalization remembers.
  [[nodiscard]] std::vector<std::span<value_type>> parameters() {
    std::vector<std::span<value_type>> result;
    for_each_parameter([&](auto& numbers, const std::string&, bool) { result.push_back(elements(numbers)); });
    return result;
  }

  /// @return for each entry of parameters(): the name of its layer.
  [[nodiscard]] std::vector<std::string> parameter_layers() {
    std::vector<std::string> result;
    for_each_parameter([&](auto&, const std::string& name, bool) { result.push_back(name); });
    return result;
  }

  /// @return for each entry of parameters(): whether an optimizer moves it.
  [[nodiscard]] std::vector<bool> trained() {
    std::vector<bool> result;
    for_each_parameter([&](auto&, const std::string&, bool has_gradient) { result.push_back(has_gradient); });
    return result;
  }

  /// Holds weights at 0 or at a shared mean from now on.
  /// @param masks  one per entry of layers(); empty: everything is trained.
  /// @throws shape_error if there are more or fewer, or if a mask does not fit its kernel; argument_error if one holds
  ///         weights of a layer that is not `masked`. The network is then as it was.
  void set_masks(std::span<const mask::weight_mask<value_type>> masks) {
    detail::expect_masks<value_type>(layers(), masks, "nn::sequential::set_masks");
    std::size_t next = 0;
    for_each_weighted_layer([&](auto& layer) {
      if constexpr (detail::is_masked<std::remove_reference_t<decltype(layer)>>::value) {
        layer.set_mask(masks.empty() ? mask::keep_all<value_type>(layer.kernel().size()) : masks[next]);
      }
      ++next;
    });
  }

  /// Sets all weights that are not kept back to their offsets; called after each step of an optimizer.
  void hold() {
    for_each_weighted_layer([&](auto& layer) {
      if constexpr (detail::is_masked<std::remove_reference_t<decltype(layer)>>::value) {
        layer.hold();
      }
    });
  }

  /// Lets shared weights that masks say are trained as one have one gradient, the mean; called before each step.
  /// @param gradients  one per trained number, in the order of parameters().
  void share(std::span<value_type> gradients) {
    std::size_t begin = 0;
    for_each_layer([&](auto& layer) {
      using layer_type = std::remove_reference_t<decltype(layer)>;
      if constexpr (detail::is_masked<layer_type>::value) {
        layer.share(gradients.subspan(begin, layer.kernel().size()));
      }
      if constexpr (trained_layer<layer_type>) {
        begin += detail::count_numbers(layer);
      }
    });
  }

  /// @param blocks  of 16 samples that a pass takes at most; no more than a slot has.
  /// @param kind    whether passes go back too.
  /// @return memory for passes; with it they allocate nothing.
  [[nodiscard]] workspace<value_type> make_workspace(std::size_t blocks,
                                                     workspace_kind kind = workspace_kind::training) const {
    std::array<workspace_place, depth + 1> places;
    for (std::size_t i = 0; i <= depth; ++i) {
      places[i] = {shapes_[i].size(), i, i + 1, i};
    }
    std::size_t scratch = 0;
    for_each_index([&]<std::size_t Index>(const auto& layer) {
      scratch = (std::max)(scratch, detail::count_scratch(layer, kind));
      if constexpr (detail::shares_place<layer_tuple, Index>()) {
        places[Index + 1].root = places[Index].root;
      }
      if constexpr (detail::relu_and_pool_follow<layer_tuple, Index, depth>()) {
        if (detail::run_as_three<Index>(layers_)) {
          places[Index + 3].written = Index + 1;
          if (kind == workspace_kind::inference) {
            places[Index + 1].numbers = places[Index + 2].numbers = 0;
          }
        }
      }
    });
    return workspace<value_type>(
        places, {blocks, scratch, passes().template sums_below<depth>(), passes().template kept_below<depth>(), kind});
  }

  /// Runs samples through all layers.
  /// @param w       whose value(0) holds the samples, [block][feature][lane].
  /// @param blocks  how many.
  /// @return the outputs, [block][feature][lane].
  const value_type* forward(workspace<value_type>& w, std::size_t blocks) const {
    return passes().template run<depth>(w, blocks);
  }

  /// Runs samples through all layers but the activation at the end that belongs to the loss.
  /// @tparam Scores  which numbers the loss looks at.
  /// @return the scores, [block][score][lane].
  template <kernels::score_kind Scores = kernels::score_kind::before_softmax>
  const value_type* scores(workspace<value_type>& w, std::size_t blocks) const {
    return passes().template run<trained_depth<Scores>>(w, blocks);
  }

  /// Goes back through the layers after `scores`.
  /// @tparam Kind      whether gradients or their squares are summed over samples.
  /// @tparam Scores    as in `scores`.
  /// @param w          score_gradient(w) holds the gradient of the scores.
  /// @param blocks     as in `scores`.
  /// @param gradients  added to: one number per trained number, in the order of parameters().
  template <kernels::gradient_kind Kind, kernels::score_kind Scores = kernels::score_kind::before_softmax>
  void backward(workspace<value_type>& w, std::size_t blocks, std::span<value_type> gradients) const {
    passes().template back_through<Kind, trained_depth<Scores>>(w, blocks, gradients.data() + gradients.size());
  }

  /// @param w  a workspace of this network.
  /// @return where the gradient of the scores goes, [block][score][lane].
  template <kernels::score_kind Scores = kernels::score_kind::before_softmax>
  [[nodiscard]] value_type* score_gradient(workspace<value_type>& w) const noexcept {
    return w.delta(trained_depth<Scores>);
  }

  /// @return how many layers in training look at a whole mini-batch; each ends a part of a training's pass.
  [[nodiscard]] static constexpr std::size_t batch_layers() noexcept {
    return (std::size_t{0} + ... + (batch_layer<Layers> ? 1 : 0));
  }

  /// Runs one part of a training's pass: from a batch layer, or the beginning, to the next, or the scores.
  /// @param part  0 to batch_layers(), in this order, with `combine` between them.
  /// @return the scores, after the last part.
  template <kernels::score_kind Scores>
  const value_type* run_part(std::size_t part, workspace<value_type>& w, std::size_t blocks) const {
    for_part(part, [&]<std::size_t Part>() {
      passes().template run_part<part_begin<Part>(), part_end<Part, Scores>()>(w, blocks);
    });
    return w.value(trained_depth<Scores>);
  }

  /// Goes back through one part, from the last to the first, with `combine_slopes` between them.
  /// @param gradients  added to, see `backward`.
  template <kernels::gradient_kind Kind, kernels::score_kind Scores>
  void back_through_part(std::size_t part, workspace<value_type>& w, std::size_t blocks,
                         std::span<value_type> gradients) const {
    for_part(part, [&]<std::size_t Part>() {
      passes().template back_through_part<Kind, part_begin<Part>(), part_end<Part, Scores>()>(w, blocks,
                                                                                              gradients.data());
    });
  }

  /// Combines what the batch layer behind a part collected.
  /// @param of_slots  what batch layers collected, workspace by workspace, in the order of the slots.
  /// @param batch  what that is combined to, for all batch layers one after the other.
  void combine(std::size_t part, std::span<const double* const> of_slots, std::span<double> batch) const {
    for_batch_layer(part, [&](const auto& layer, std::size_t begin) {
      layer.combine({of_slots, begin}, batch.data() + begin);
    });
  }
  /// The same for slopes.
  void combine_slopes(std::size_t part, std::span<const double* const> of_slots, std::span<double> batch) const {
    for_batch_layer(part, [&](const auto& layer, std::size_t begin) {
      layer.combine_slopes({of_slots, begin}, batch.data() + begin);
    });
  }

  /// Takes each batch normalization behind a layer with a kernel into that layer, by its moving averages; outputs in
  /// inference stay what they are up to rounding.
  /// @throws shape_error if such a layer has no bias; argument_error if a mask holds weights of it elsewhere than at 0.
  ///         The layers before that one are then folded already.
  void fold_batch_normalizations() {
    for_each_index([&]<std::size_t Index>(auto& layer) {
      if constexpr (Index > 0 && requires { layer.fold_into(std::span<value_type>{}, std::span<value_type>{}); }) {
        auto& before = std::get<Index - 1>(layers_);
        using before_type = std::remove_reference_t<decltype(before)>;
        if constexpr (weighted_layer<before_type>) {
          if (detail::holds_shared(before)) {
            detail::refuse_folding("nn::sequential", before.name());
          }
          layer.fold_into(elements(before.kernel()), elements(before.bias()));
        }
      }
    });
  }

  /// Lets batch layers remember what the last batch was like.
  void remember(std::span<const double> batch) {
    const double* own = batch.data();
    for_each_layer([&](auto& layer) {
      if constexpr (batch_layer<std::remove_reference_t<decltype(layer)>>) {
        layer.remember(own);
        own += layer.sums();
      }
    });
  }

  /// @param samples  row-major, one after the other.
  /// @return one row of outputs per sample.
  /// @throws shape_error if the numbers do not make whole samples.
  /// Complexity: a forward pass per sample; memory for at most 64, allocated at each call: a predictor keeps it.
  [[nodiscard]] tensor<value_type, 2> predict(std::span<const value_type> samples) const {
    return detail::predictions_of(*this, samples, "nn::sequential::predict");
  }

 private:
  template <kernels::score_kind Scores>
  static constexpr std::size_t trained_depth = loss_takes_last<Scores> ? depth - 1 : depth;

  [[nodiscard]] detail::layer_passes<layer_tuple> passes() const noexcept {
    return detail::layer_passes<layer_tuple>(layers_);
  }

  /// The layer at which a part begins; the batch layers are numbered by the parts that end at them.
  template <std::size_t Part>
  [[nodiscard]] static constexpr std::size_t part_begin() {
    constexpr std::array<bool, depth> is_batch{batch_layer<Layers>...};
    std::size_t part = 0;
    for (std::size_t index = 0; Part > 0 && index < depth; ++index) {
      if (is_batch[index] && ++part == Part) {
        return index;
      }
    }
    return 0;
  }
  template <std::size_t Part, kernels::score_kind Scores>
  [[nodiscard]] static constexpr std::size_t part_end() {
    return Part == batch_layers() ? trained_depth<Scores> : part_begin<Part + 1>();
  }

  /// Calls action<Part>() for the part of that number.
  template <class Action>
  static void for_part(std::size_t part, const Action& action) {
    [&]<std::size_t... Part>(std::index_sequence<Part...>) {
      ((part == Part ? action.template operator()<Part>() : void()), ...);
    }
    (std::make_index_sequence<batch_layers() + 1>{});
  }
  /// Calls action(layer, where its sums begin) for the batch layer behind a part.
  template <class Action>
  void for_batch_layer(std::size_t part, const Action& action) const {
    for_part(part, [&]<std::size_t Part>() {
      if constexpr (Part < batch_layers()) {
        constexpr std::size_t index = part_begin<Part + 1>();
        action(std::get<index>(layers_), passes().template sums_below<index>());
      }
    });
  }

  /// Calls action(numbers, name of the layer, whether an optimizer moves them).
  template <class Action>
  void for_each_parameter(Action&& action) {
    for_each_layer([&](auto& layer) {
      if constexpr (trained_layer<std::remove_reference_t<decltype(layer)>>) {
        action(layer.kernel(), layer.name(), true);
        action(layer.bias(), layer.name(), true);
        if constexpr (batch_layer<std::remove_reference_t<decltype(layer)>>) {
          action(layer.moving(), layer.name(), false);
        }
      }
    });
  }

  /// Calls action(layer) for each layer: it is compiled once for all layers of a type.
  template <class Action>
  void for_each_layer(Action&& action) {
    std::apply([&](auto&... layer) { (action(layer), ...); }, layers_);
  }
  /// Calls action<Index>(layer) for each layer.
  template <class Action>
  void for_each_index(Action&& action) {
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      (action.template operator()<Index>(std::get<Index>(layers_)), ...);
    }
    (std::make_index_sequence<depth>{});
  }
  template <class Action>
  void for_each_index(Action&& action) const {
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      (action.template operator()<Index>(std::get<Index>(layers_)), ...);
    }
    (std::make_index_sequence<depth>{});
  }
  template <class Action>
  void for_each_weighted_layer(Action&& action) {
    for_each_layer([&](auto& layer) {
      if constexpr (weighted_layer<std::remove_reference_t<decltype(layer)>>) {
        action(layer);
      }
    });
  }

  void expect_different_names() const {
    for (std::size_t l = 0; l < depth; ++l) {
      if (std::find(names_.begin(), names_.begin() + l, names_[l]) != names_.begin() + l) {
        reject<argument_error>("nn::sequential", {"two layers named '", names_[l], "'"}, {"names that differ"});
      }
    }
  }

  layer_tuple layers_;
  std::array<extents, depth + 1> shapes_;
  std::array<std::string, depth> names_;
};

}  // namespace espalier::inline v0::nn

#endif
