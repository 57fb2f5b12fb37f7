// SPDX-License-Identifier: Apache-2.0
// What networks ask about the type of a layer.
#ifndef ESPALIER_NN_DETAIL_LAYER_KINDS_HPP
#define ESPALIER_NN_DETAIL_LAYER_KINDS_HPP

#include <algorithm>
#include <type_traits>

#include <espalier/kernels/score_kind.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/nn/sigmoid.hpp>
#include <espalier/nn/softmax.hpp>

namespace espalier::inline v0::nn::detail {

template <class Layer>
struct is_masked : std::false_type {};
template <class Layer>
struct is_masked<masked<Layer>> : std::true_type {};

/// @return whether a mask holds weights of a layer at other numbers than 0.
template <class Layer>
[[nodiscard]] bool holds_shared([[maybe_unused]] const Layer& l) {
  if constexpr (is_masked<Layer>::value) {
    const auto& held = l.mask().offset;
    return std::any_of(held.begin(), held.end(), [](auto offset) { return offset != 0; });
  } else {
    return false;
  }
}

/// Which scores a loss looks at that takes the layer along, if it is the last; `outputs`: none does.
template <class Layer>
inline constexpr kernels::score_kind scores_before = kernels::score_kind::outputs;
template <class T>
inline constexpr kernels::score_kind scores_before<softmax<T>> = kernels::score_kind::before_softmax;
template <class T>
inline constexpr kernels::score_kind scores_before<sigmoid<T>> = kernels::score_kind::before_sigmoid;

}  // namespace espalier::inline v0::nn::detail

#endif
