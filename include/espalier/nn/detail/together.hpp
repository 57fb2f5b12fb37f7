// SPDX-License-Identifier: Apache-2.0
// Which neighbours in a network run as one: a layer with the relu, and the pooling, behind it; which share an array.
#ifndef ESPALIER_NN_DETAIL_TOGETHER_HPP
#define ESPALIER_NN_DETAIL_TOGETHER_HPP

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>

#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/relu.hpp>

namespace espalier::inline v0::nn::detail {

template <class Layer>
concept takes_relu = requires(const Layer& l, const pass<typename Layer::value_type>& p) {
  l.forward_relu(p);
};
template <class Layer>
concept takes_relu_and_pool = takes_relu<Layer> && requires(const Layer& l) {
  l.takes_pool();
};
template <class Layer>
concept pools_fours = requires(const Layer& l) {
  { Layer::kind } -> std::convertible_to<kernels::pool_kind>;
  l.takes_fours();
};

/// Whether layer Index of the tuple takes along the relu behind it; no layer at or behind End is taken.
template <class Tuple, std::size_t Index, std::size_t End>
[[nodiscard]] constexpr bool relu_follows() {
  if constexpr (Index + 2 <= End) {
    using first = std::tuple_element_t<Index, Tuple>;
    using second = std::tuple_element_t<Index + 1, Tuple>;
    return takes_relu<first> && std::is_same_v<second, relu<typename first::value_type>>;
  } else {
    return false;
  }
}

/// Whether it can take along the pooling behind that too, if the windows are 2 x 2 and those of the layer without gaps.
template <class Tuple, std::size_t Index, std::size_t End>
[[nodiscard]] constexpr bool relu_and_pool_follow() {
  if constexpr (Index + 3 <= End && relu_follows<Tuple, Index, End>()) {
    using first = std::tuple_element_t<Index, Tuple>;
    using third = std::tuple_element_t<Index + 2, Tuple>;
    return takes_relu_and_pool<first> && pools_fours<third>;
  } else {
    return false;
  }
}

/// Whether they do.
template <std::size_t Index, class Tuple>
[[nodiscard]] bool run_as_three(const Tuple& layers) {
  return std::get<Index>(layers).takes_pool() && std::get<Index + 2>(layers).takes_fours();
}

template <class Layer>
concept moves_nothing = requires {
  requires Layer::moves_nothing;
};

/// Whether layer Index, or the one before it if it moves nothing, goes back from its output.
template <class Tuple, std::size_t Index>
[[nodiscard]] constexpr bool keeps_output() {
  using current = std::tuple_element_t<Index, Tuple>;
  if constexpr (moves_nothing<current> && Index > 0) {
    return keeps_output<Tuple, Index - 1>();
  } else {
    return current::in_place && !moves_nothing<current>;
  }
}

/// Whether the output of layer Index takes the place of its input. A layer in place goes back from its output, so the
/// next one must not write there, with nothing between them but what moves no number.
template <class Tuple, std::size_t Index>
[[nodiscard]] constexpr bool shares_place() {
  using current = std::tuple_element_t<Index, Tuple>;
  if constexpr (!current::in_place || moves_nothing<current> || Index == 0) {
    return current::in_place;
  } else {
    return !keeps_output<Tuple, Index - 1>();
  }
}

}  // namespace espalier::inline v0::nn::detail

#endif
