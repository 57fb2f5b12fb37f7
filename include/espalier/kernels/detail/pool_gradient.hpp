// SPDX-License-Identifier: Apache-2.0
// Where the gradients of a pooling's inputs go.
#ifndef ESPALIER_KERNELS_DETAIL_POOL_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_POOL_GRADIENT_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels::detail {

/// Puts what each window gives its inputs in place. Where windows overlap, it adds up; else it is only stored, and
/// zeros are needed only for inputs in no window.
template <class T>
class pool_gradient {
 public:
  /// @param dx  [block][input][lane].
  pool_gradient(const pool2d_shape& s, T* dx, std::size_t blocks) : adds_(s.overlap()) {
    if (adds_ || !s.covered()) {
      std::fill_n(dx, blocks * s.inputs() * lanes, T{0});
    }
  }

  void put(T* to, const numbers<T>& own) const { store(to, adds_ ? load(to) + own : own); }

 private:
  bool adds_;
};

}  // namespace espalier::inline v0::kernels::detail

#endif
