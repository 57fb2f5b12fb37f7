// SPDX-License-Identifier: Apache-2.0
// Passes through layers in a row, forward and back, those together that can be.
#ifndef ESPALIER_NN_DETAIL_LAYER_PASSES_HPP
#define ESPALIER_NN_DETAIL_LAYER_PASSES_HPP

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/detail/together.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/workspace.hpp>

namespace espalier::inline v0::nn::detail {

/// A view of the layers of a network that runs them.
/// @tparam Tuple  of layers.
template <class Tuple>
class layer_passes {
 public:
  using value_type = typename std::tuple_element_t<0, Tuple>::value_type;

  explicit layer_passes(const Tuple& layers) noexcept : layers_(layers) {}

  /// Runs the first `Depth` layers.
  /// @return their output.
  template <std::size_t Depth>
  const value_type* run(workspace<value_type>& w, std::size_t blocks) const {
    run_from<0, Depth>(w, blocks);
    return w.value(Depth);
  }

  /// Runs layers Begin to End - 1 of a training; layer Begin may be a batch layer, which has been combined, and layer
  /// End one, which then collects.
  template <std::size_t Begin, std::size_t End>
  void run_part(workspace<value_type>& w, std::size_t blocks) const {
    if constexpr (is_batch_layer<Begin>()) {
      std::get<Begin>(layers_).forward_batch(pass_of<Begin, 1>(w, blocks));
      run_from<Begin + 1, End>(w, blocks);
    } else {
      run_from<Begin, End>(w, blocks);
    }
    if constexpr (is_batch_layer<End>()) {
      std::get<End>(layers_).collect(pass_of<End, 1>(w, blocks));
    }
  }

  /// Goes back through layers End - 1 to Begin of a training. Layer End may be a batch layer, whose slopes have been
  /// combined, and layer Begin one, which then collects them and adds the gradients of its parameters.
  template <kernels::gradient_kind Kind, std::size_t Begin, std::size_t End>
  void back_through_part(workspace<value_type>& w, std::size_t blocks, value_type* gradients) const {
    constexpr std::size_t first = is_batch_layer<Begin>() ? Begin + 1 : Begin;
    if constexpr (is_batch_layer<End>() && has_weights_below<End>()) {
      std::get<End>(layers_).backward_batch(pass_of<End, 1>(w, blocks));
    }
    if constexpr (!is_batch_layer<End>() || has_weights_below<End>()) {
      back_through<Kind, End, first>(w, blocks, gradients + numbers_below<End>());
    }
    if constexpr (is_batch_layer<Begin>()) {
      const auto& layer = std::get<Begin>(layers_);
      const auto p = pass_of<Begin, 1>(w, blocks);
      value_type* d_kernel = gradients + numbers_below<Begin>();
      layer.collect_slopes(p);
      layer.add_slopes(p, d_kernel, d_kernel + layer.kernel().size());
    }
  }

  /// @tparam Index  of a batch layer.
  /// @return where what it collects begins among that of all batch layers.
  template <std::size_t Index>
  [[nodiscard]] std::size_t sums_below() const {
    return [&]<std::size_t... Below>(std::index_sequence<Below...>) {
      return (std::size_t{0} + ... + sums_of<Below>());
    }
    (std::make_index_sequence<Index>{});
  }

  /// @return where what layer Index keeps begins among that of all layers.
  template <std::size_t Index>
  [[nodiscard]] std::size_t kept_below() const {
    return [&]<std::size_t... Below>(std::index_sequence<Below...>) {
      return (std::size_t{0} + ... + count_kept(std::get<Below>(layers_)));
    }
    (std::make_index_sequence<Index>{});
  }

  template <std::size_t Index>
  [[nodiscard]] static constexpr bool is_batch_layer() {
    if constexpr (Index < std::tuple_size_v<Tuple>) {
      return batch_layer<std::tuple_element_t<Index, Tuple>>;
    } else {
      return false;
    }
  }

  /// Goes back through layers Depth - 1 to Last. `end` is where the gradients of these layers' parameters end.
  template <kernels::gradient_kind Kind, std::size_t Depth, std::size_t Last = 0>
  void back_through(workspace<value_type>& w, std::size_t blocks, value_type* end) const {
    if constexpr (Depth >= Last + 3) {
      if constexpr (relu_and_pool_follow<Tuple, Depth - 3, Depth>()) {
        if (run_as_three<Depth - 3>(layers_)) {
          return back_through_three<Kind, Depth, Last>(w, blocks, end);
        }
      }
    }
    if constexpr (Depth > Last) {
      using current = std::tuple_element_t<Depth - 1, Tuple>;
      const current& layer = std::get<Depth - 1>(layers_);
      const pass<value_type> p = pass_of<Depth - 1, 1>(w, blocks);
      if constexpr (trained_layer<current>) {
        end = add_gradients<Kind>(layer, p, end);
      }
      // Nobody needs the gradient of the samples.
      if constexpr (has_weights_below<Depth - 1>()) {
        layer.backward(p);
        copy_if_apart<Depth - 1>(w.delta(Depth), w.delta(Depth - 1), w.count(Depth, blocks));
        back_through<Kind, Depth - 1, Last>(w, blocks, end);
      }
    }
  }

 private:
  /// Runs layers Index to End - 1, those together that can be.
  template <std::size_t Index, std::size_t End>
  void run_from(workspace<value_type>& w, std::size_t blocks) const {
    if constexpr (Index < End) {
      const auto& layer = std::get<Index>(layers_);
      if constexpr (relu_and_pool_follow<Tuple, Index, End>()) {
        if (run_as_three<Index>(layers_)) {
          layer.forward_relu(pass_of<Index, 3>(w, blocks));
          return run_from<Index + 3, End>(w, blocks);
        }
      }
      if constexpr (relu_follows<Tuple, Index, End>()) {
        layer.forward_relu(pass_of<Index, 2>(w, blocks));
        run_from<Index + 2, End>(w, blocks);
      } else {
        copy_if_apart<Index>(w.value(Index), w.value(Index + 1), w.count(Index, blocks));
        layer.forward(pass_of<Index, 1>(w, blocks));
        run_from<Index + 1, End>(w, blocks);
      }
    }
  }

  /// A layer in place whose input must stay works on a copy of it.
  template <std::size_t Index>
  static void copy_if_apart(const value_type* from, value_type* to, std::size_t count) {
    if constexpr (std::tuple_element_t<Index, Tuple>::in_place && !shares_place<Tuple, Index>()) {
      std::copy_n(from, count, to);
    }
  }

  /// The arrays of `Count` layers from layer Index on, taken as one.
  template <std::size_t Index, std::size_t Count>
  [[nodiscard]] pass<value_type> pass_of(workspace<value_type>& w, std::size_t blocks) const {
    const auto& purpose = w.used_for();
    value_type* between = w.kind() == workspace_kind::inference ? nullptr : w.value(Index + 1);
    pass<value_type> p{
        w.value(Index), w.value(Index + Count), w.delta(Index + Count), w.delta(Index), blocks, w.scratch(), between};
    p.samples = purpose.samples == 0 ? blocks * kernels::lanes : purpose.samples;
    p.noise = purpose.noise;
    p.kept = w.kept() + kept_below<Index>();
    if constexpr (Count == 3) {
      p.pool = std::tuple_element_t<Index + 2, Tuple>::kind;
    }
    if constexpr (is_batch_layer<Index>()) {
      if (purpose.batch != nullptr) {
        p.slot_sums = w.sums().data() + sums_below<Index>();
        p.batch_sums = purpose.batch + sums_below<Index>();
      }
    }
    return p;
  }

  template <std::size_t Index>
  [[nodiscard]] std::size_t sums_of() const {
    if constexpr (is_batch_layer<Index>()) {
      return std::get<Index>(layers_).sums();
    } else {
      return 0;
    }
  }

  /// How many numbers the parameters of layers 0 to Index - 1 have.
  template <std::size_t Index>
  [[nodiscard]] std::size_t numbers_below() const {
    std::size_t count = 0;
    [&]<std::size_t... Below>(std::index_sequence<Below...>) {
      (add_numbers(std::get<Below>(layers_), count), ...);
    }
    (std::make_index_sequence<Index>{});
    return count;
  }
  template <class Layer>
  static void add_numbers(const Layer& layer, std::size_t& count) {
    if constexpr (trained_layer<Layer>) {
      count += count_numbers(layer);
    }
  }

  /// Adds the gradients of a layer's parameters, which end at `end`.
  /// @return where they begin.
  template <kernels::gradient_kind Kind, class Layer>
  static value_type* add_gradients(const Layer& layer, const pass<value_type>& p, value_type* end) {
    value_type* begin = end - count_numbers(layer);
    layer.template backward_parameters<Kind>(p, begin, begin + layer.kernel().size());
    return begin;
  }

  /// The same as back_through where a layer, a relu and a pooling ran together.
  template <kernels::gradient_kind Kind, std::size_t Depth, std::size_t Last>
  void back_through_three(workspace<value_type>& w, std::size_t blocks, value_type* end) const {
    const auto& layer = std::get<Depth - 3>(layers_);
    const pass<value_type> p = pass_of<Depth - 3, 3>(w, blocks);
    end = add_gradients<Kind>(layer, p, end);
    if constexpr (has_weights_below<Depth - 3>()) {
      layer.backward(p);
      back_through<Kind, Depth - 3, Last>(w, blocks, end);
    }
  }

  template <std::size_t Depth>
  [[nodiscard]] static constexpr bool has_weights_below() {
    return []<std::size_t... Index>(std::index_sequence<Index...>) {
      return (trained_layer<std::tuple_element_t<Index, Tuple>> || ...);
    }
    (std::make_index_sequence<Depth>{});
  }

  const Tuple& layers_;
};

}  // namespace espalier::inline v0::nn::detail

#endif
