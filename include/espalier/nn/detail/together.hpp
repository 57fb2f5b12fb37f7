// SPDX-License-Identifier: Apache-2.0
// Which neighbours in a network run as one: a layer with the relu, and the pooling, behind it.
#ifndef ESPALIER_NN_DETAIL_TOGETHER_HPP
#define ESPALIER_NN_DETAIL_TOGETHER_HPP

#include <cstddef>
#include <tuple>
#include <type_traits>

#include <espalier/nn/layer.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/relu.hpp>

namespace espalier::inline v0::nn::detail {

template <class Layer>
concept takes_relu = requires(const Layer& l, const pass<typename Layer::value_type>& p) {
  l.forward_relu(p);
};
template <class Layer>
concept takes_relu_and_pool = takes_relu<Layer> && requires(const Layer& l, const pass<typename Layer::value_type>& p) {
  l.forward_relu_pool(p);
  l.backward_relu_pool(p);
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

/// Whether it can take along the pooling behind that too, if the windows are 2 x 2.
template <class Tuple, std::size_t Index, std::size_t End>
[[nodiscard]] constexpr bool relu_and_pool_follow() {
  if constexpr (Index + 3 <= End && relu_follows<Tuple, Index, End>()) {
    using first = std::tuple_element_t<Index, Tuple>;
    using third = std::tuple_element_t<Index + 2, Tuple>;
    return takes_relu_and_pool<first> && std::is_same_v<third, max_pool2d<typename first::value_type>>;
  } else {
    return false;
  }
}

}  // namespace espalier::inline v0::nn::detail

#endif
