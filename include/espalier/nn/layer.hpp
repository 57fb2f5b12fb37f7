// SPDX-License-Identifier: Apache-2.0
// What every layer of a network can do; `sequential` and a user's own models are built on it.
#ifndef ESPALIER_NN_LAYER_HPP
#define ESPALIER_NN_LAYER_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::nn {

/// One pass of some blocks of samples through one layer. Arrays are [block][feature][lane].
/// @tparam T  float or double.
template <class T>
struct pass {
  const T* x = nullptr;    ///< input
  T* y = nullptr;          ///< output; the same array as x for layers that work in place
  T* dy = nullptr;         ///< gradient of the output
  T* dx = nullptr;         ///< gradient of the input; null if nobody needs it; the same array as dy in place
  std::size_t blocks = 0;  ///< how many, at most as many as a slot has
  T* scratch = nullptr;    ///< as many numbers as scratch() says
  T* between = nullptr;    ///< of several layers taken together: where the output of the first would stand
};

/// A layer whose kind is known at compile time.
///
/// - `value_type`; `in_place`: whether output and input share one array.
/// - `build(name, input, random)`: takes the shape of one input sample, allocates and initializes, gives the output's
///   shape; throws shape_error with both shapes if the input does not fit.
/// - `forward(pass)`: y from x. `backward(pass)`: dx from dy, x and y.
/// - `default_name`: what it is called if the user does not say.
/// - optional, for errors at compile time: `input_rank` and `output_rank`, how many axes a sample has; without them any
///   input is taken, and an output in place has as many axes as its input.
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

/// A layer with a kernel to train and prune: also gives kernel(), bias(), attributes() and
/// `backward_parameters<Kind>(pass, d_kernel, d_bias)`, which adds to the gradients.
///
/// Optional, for speed: `forward_relu(pass)` takes along a relu behind it; `forward_relu_pool`, `backward_relu_pool`
/// and `backward_parameters_relu_pool` also a pooling of 2 x 2 behind that, and leave in `pass.between` what they like.
template <class Layer>
concept weighted_layer = layer<Layer> && requires(Layer& l, const Layer& c, const pass<typename Layer::value_type>& p,
                                                  typename Layer::value_type* gradient) {
  l.kernel();
  l.bias();
  c.attributes();
  c.template backward_parameters<kernels::gradient_kind::plain>(p, gradient, gradient);
};

namespace detail {

/// Axes of a layer's output; 0: not known.
template <class Layer>
[[nodiscard]] constexpr std::size_t output_rank_of(std::size_t input_rank) {
  if constexpr (requires { Layer::output_rank; }) {
    return Layer::output_rank;
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

[[noreturn]] inline void refuse_input(const std::string& kind, const std::string& name, const extents& input,
                                      const std::string& expected) {
  throw shape_error(
      error_message("nn::" + kind, "input of shape " + to_string(input) + " for layer '" + name + "'", expected));
}

}  // namespace detail

/// Layers that fit one behind the other as far as types say it: a dense layer, say, takes vectors, so that a
/// convolution before it needs a flatten between them.
template <class... Layers>
concept fitting_layers = (layer<Layers> && ...) && detail::ranks_fit<Layers...>();

}  // namespace espalier::inline v0::nn

#endif
