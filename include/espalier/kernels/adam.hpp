// SPDX-License-Identifier: Apache-2.0
// One step of Adam over many numbers.
#ifndef ESPALIER_KERNELS_ADAM_HPP
#define ESPALIER_KERNELS_ADAM_HPP

#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>

namespace espalier::inline v0::kernels {

/// Numbers and settings of a step, see optim::adam.
/// @tparam T  float or double.
template <class T>
using adam_step = detail::adam_task<T>;

/// mean += (g - mean) fresh_1; square += (g g - square) fresh_2; w -= step mean / (sqrt(square) + epsilon).
template <class T>
void adam(const adam_step<T>& step) {
  detail::table<T>().adam(step);
}

}  // namespace espalier::inline v0::kernels

#endif
