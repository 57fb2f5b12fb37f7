// SPDX-License-Identifier: Apache-2.0
// What every layer of a network can do; `sequential` and a user's own models are built on it.
#ifndef ESPALIER_NN_LAYER_HPP
#define ESPALIER_NN_LAYER_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/workspace.hpp>

namespace espalier::inline v0::nn {

/// One pass of some blocks of samples through one layer. Arrays are [block][feature][lane].
/// @tparam T  float or double.
template <class T>
struct pass {
  const T* x = nullptr;       ///< input
  T* y = nullptr;             ///< output; the same array as x for layers that work in place
  T* dy = nullptr;            ///< gradient of the output; null if nothing goes back
  T* dx = nullptr;            ///< gradient of the input; null if nobody needs it; the same array as dy in place
  std::size_t blocks = 0;     ///< how many, at most as many as a slot has
  T* scratch = nullptr;       ///< as many numbers as scratch() says
  T* between = nullptr;       ///< of several layers taken together: where the output of the first would stand; null
                              ///< if nothing goes back
  const T* kernel = nullptr;  ///< in place of the layer's own weights, if there is one
  const T* bias = nullptr;
  T* kept = nullptr;                   ///< as many numbers as kept() says, which stay from pass to pass
  std::size_t samples = 0;             ///< in the blocks; lanes behind them repeat the last one and have no gradient
  std::uint64_t noise = 0;             ///< differs from slot to slot and step to step of a training; 0: not a training
  double* slot_sums = nullptr;         ///< of a batch_layer in training: what it collects over these blocks
  const double* batch_sums = nullptr;  ///< and what that of all slots of the batch was combined to
  kernels::pool_kind pool = kernels::pool_kind::none;  ///< of several layers taken together: the pooling of 2 x 2

  /// Whether it is one of a training: weights that a mask holds at 0 are 0, and nobody needs their gradients.
  [[nodiscard]] bool trains() const noexcept { return noise != 0; }

  /// Whether there is one sample and nothing goes back. A layer may then look at the first lane only; one in place need
  /// not change the others, all else must make all lanes equal.
  [[nodiscard]] bool single() const noexcept { return samples == 1 && dy == nullptr; }
};

/// What a layer without weights does with units, the channels along the last axis.
enum class unit_flow : std::uint8_t {
  mixes,     ///< anything: outputs may depend on several units, or draw at random
  parts,     ///< each unit by itself
  carries,   ///< the same, and where a unit is nowhere positive it stays so
  rectifies  ///< the same, and such a unit becomes 0 and has no gradient
};

/// A layer whose kind is known at compile time.
///
/// - `value_type`; `in_place`: whether output and input share one array.
/// - `build(name, input, random)`: takes the shape of one input sample, allocates and initializes, gives the output's
///   shape; throws shape_error with both shapes if the input does not fit.
/// - `forward(pass)`: y from x. `backward(pass)`: dx from dy, x and y.
/// - `default_name`: what it is called if the user does not say.
/// - optional, for errors at compile time: `input_rank` and `output_rank`, how many axes a sample has; without them any
///   input is taken, and an output in place has as many axes as its input, as have those of a layer that `keeps_rank`.
/// - optional: `forward_scratch()`, numbers of scratch memory that a pass needs if nothing goes back.
/// - optional: `kept()`, how many numbers of a workspace it keeps from pass to pass.
/// - optional: `piecewise_linear`, that in inference outputs are linear in inputs and in each parameter, piece by
///   piece; see train::hessian_diagonal.
/// - optional: `units`, a unit_flow; else it is taken to mix units.
/// - optional, for layers in place: `moves_nothing`, that forward and backward do nothing at all.
template <class Layer>
concept layer = requires(Layer& l, const Layer& c, const pass<typename Layer::value_type>& p, const std::string& name,
                         const extents& input, random_generator& generator) {
  { Layer::in_place } -> std::convertible_to<bool>;
  { Layer::default_name } -> std::convertible_to<std::string>;
  { l.build(name, input, generator) } -> std::same_as<extents>;
  { c.scratch() } -> std::same_as<std::size_t>;
  c.forward(p);
  c.backward(p);
};

/// A layer with numbers to train: gives kernel(), bias() and `backward_parameters<Kind>(pass, d_kernel, d_bias)`, which
/// adds to the gradients.
template <class Layer>
concept trained_layer = layer<Layer> && requires(Layer& l, const Layer& c, const pass<typename Layer::value_type>& p,
                                                 typename Layer::value_type* gradient) {
  l.kernel();
  l.bias();
  c.template backward_parameters<kernels::gradient_kind::plain>(p, gradient, gradient);
};

/// A layer with a kernel to train and prune: also gives attributes().
///
/// Optional, for speed: `forward_relu(pass)` takes along a relu behind it. Where `takes_pool()`, it also takes along
/// the pooling `pass.pool` behind that and leaves in `pass.between` what it likes, for backward and
/// backward_parameters.
template <class Layer>
concept weighted_layer = trained_layer<Layer> && requires(const Layer& c) {
  c.attributes();
};

/// What a batch layer collected over the slots of a mini-batch.
struct slot_sums {
  std::span<const double* const> sums;  ///< of all batch layers, in the order of the slots
  std::size_t begin = 0;                ///< of this layer's

  [[nodiscard]] std::size_t size() const noexcept { return sums.size(); }
  [[nodiscard]] const double* operator[](std::size_t slot) const noexcept { return sums[slot] + begin; }
};

/// A layer that in training looks at all samples of a mini-batch together, whatever slots they are in:
///
/// - `sums()`: how many numbers it collects.
/// - `collect(pass)`, then `combine(slots, batch)` once, then `forward_batch(pass)`.
/// - backward: `collect_slopes(pass)`, then `combine_slopes(slots, batch)` once, then `backward_batch(pass)`.
/// - `add_slopes(pass, d_kernel, d_bias)`: adds the gradients of its parameters, after `collect_slopes`.
/// - `remember(batch)`: after the step, for statistics that outlive it; `moving()` shows them.
template <class Layer>
concept batch_layer = trained_layer<Layer> &&
    requires(Layer& l, const Layer& c, const pass<typename Layer::value_type>& p, const slot_sums& of_slots,
             double* batch, typename Layer::value_type* gradient) {
  { c.sums() } -> std::same_as<std::size_t>;
  c.collect(p);
  c.combine(of_slots, batch);
  c.forward_batch(p);
  c.collect_slopes(p);
  c.combine_slopes(of_slots, batch);
  c.backward_batch(p);
  c.add_slopes(p, gradient, gradient);
  l.remember(static_cast<const double*>(batch));
  l.moving();
};

namespace detail {

/// @return the weights that a pass computes with, and biases or null if there are none.
template <class T, class Kernel, class Bias>
[[nodiscard]] std::pair<const T*, const T*> weights_of(const pass<T>& p, const Kernel& kernel, const Bias& bias) {
  const T* biases = p.bias != nullptr ? p.bias : bias.data();
  return {p.kernel != nullptr ? p.kernel : kernel.data(), bias.size() == 0 ? nullptr : biases};
}

/// @return how many numbers of scratch memory a layer needs.
template <class Layer>
[[nodiscard]] std::size_t count_scratch(const Layer& layer, workspace_kind kind) {
  if constexpr (requires { layer.forward_scratch(); }) {
    return kind == workspace_kind::inference ? layer.forward_scratch() : layer.scratch();
  } else {
    return layer.scratch();
  }
}

/// @return how many numbers a workspace keeps for a layer.
template <class Layer>
[[nodiscard]] std::size_t count_kept(const Layer& layer) {
  if constexpr (requires { layer.kept(); }) {
    return layer.kept();
  } else {
    return 0;
  }
}

/// @return how many numbers a layer has among all parameters of a network.
template <trained_layer Layer>
[[nodiscard]] std::size_t count_numbers(const Layer& layer) {
  std::size_t count = layer.kernel().size() + layer.bias().size();
  if constexpr (batch_layer<Layer>) {
    count += layer.moving().size();
  }
  return count;
}

/// Whether a layer says that it is linear, piece by piece.
template <class Layer>
[[nodiscard]] constexpr bool is_piecewise_linear() {
  if constexpr (requires { Layer::piecewise_linear; }) {
    return Layer::piecewise_linear;
  } else {
    return false;
  }
}

/// What a layer does with units.
template <class Layer>
[[nodiscard]] constexpr unit_flow unit_flow_of() {
  if constexpr (requires { Layer::units; }) {
    return Layer::units;
  } else {
    return unit_flow::mixes;
  }
}

/// Axes of a layer's output; 0: not known.
template <class Layer>
[[nodiscard]] constexpr std::size_t output_rank_of(std::size_t input_rank) {
  if constexpr (requires { Layer::output_rank; }) {
    return Layer::output_rank;
  } else if constexpr (requires { Layer::keeps_rank; }) {
    return input_rank;
  } else {
    return Layer::in_place ? input_rank : 0;
  }
}

/// Whether a layer may take an input of so many axes; 0: not known.
template <class Layer>
[[nodiscard]] constexpr bool takes_rank(std::size_t rank) {
  if constexpr (requires { Layer::input_rank; }) {
    return rank == 0 || rank == Layer::input_rank;
  } else {
    return true;
  }
}

/// Whether layers fit one behind the other as far as the compiler sees: their numbers of axes.
template <class... Layers>
[[nodiscard]] constexpr bool ranks_fit() {
  std::size_t rank = 0;
  bool fit = true;
  ((fit = fit && takes_rank<Layers>(rank), rank = output_rank_of<Layers>(rank)), ...);
  return fit;
}

[[noreturn, gnu::cold]] inline void refuse_input(const std::string& kind, const std::string& name, const extents& input,
                                                 message_parts expected) {
  reject<shape_error>("nn::" + kind, {"input of shape ", input, " for layer '", name, "'"}, expected);
}

}  // namespace detail

/// Layers that fit one behind the other as far as types say it: a softmax, say, takes vectors, so that convolutions
/// before it need a flatten between them.
template <class... Layers>
concept fitting_layers = (layer<Layers> && ...) && detail::ranks_fit<Layers...>();

}  // namespace espalier::inline v0::nn

#endif
