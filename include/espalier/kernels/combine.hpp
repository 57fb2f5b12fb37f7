// SPDX-License-Identifier: Apache-2.0
// Combines branches of a network number by number, and parts the gradient again.
#ifndef ESPALIER_KERNELS_COMBINE_HPP
#define ESPALIER_KERNELS_COMBINE_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier::inline v0::kernels {

/// What numbers of several branches become, one of each.
enum class combination : std::uint8_t {
  difference,  ///< the first less the others
  product,
  mean,
  largest,  ///< in a tie the gradient goes to the first branch that has it
  smallest  ///< the same
};

/// Takes one more branch into what those before it became; the mean is only summed up so far.
/// @param x  of the branch, as many numbers as y.
template <class T>
void combine(combination c, std::span<const T> x, std::span<T> y) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    const bool no_number = y[i] != y[i];  // stays so, to be found
    switch (c) {
      case combination::difference:
        y[i] -= x[i];
        break;
      case combination::product:
        y[i] *= x[i];
        break;
      case combination::mean:
        y[i] += x[i];
        break;
      case combination::largest:
        y[i] = no_number || x[i] <= y[i] ? y[i] : x[i];
        break;
      case combination::smallest:
        y[i] = no_number || x[i] >= y[i] ? y[i] : x[i];
        break;
    }
  }
}

/// Two branches of a combination, at the same numbers.
template <class T>
struct branch_pair {
  const T* own = nullptr;    ///< whose gradient it is
  const T* other = nullptr;  ///< another one
  bool other_first = false;  ///< whether that comes before
};

/// What another branch makes of the gradient of one, which began as that of the combination.
/// @param dx  as many numbers as the branches.
template <class T>
void slope_beside(combination c, const branch_pair<T>& pair, std::span<T> dx) {
  for (std::size_t i = 0; i < dx.size(); ++i) {
    const T own = pair.own[i];
    const T other = pair.other[i];
    const bool wins = c == combination::largest ? own > other : own < other;
    if (c == combination::product) {
      dx[i] *= other;
    } else if ((c == combination::largest || c == combination::smallest) && !wins) {
      dx[i] = own == other && !pair.other_first ? dx[i] : T{0};
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
