// SPDX-License-Identifier: Apache-2.0
// The exponential of numbers that are not positive, four at a time.
#ifndef ESPALIER_KERNELS_DETAIL_EXPONENTIAL_HPP
#define ESPALIER_KERNELS_DETAIL_EXPONENTIAL_HPP

#include <cmath>
#include <cstddef>
#include <cstring>
#include <initializer_list>

#include <espalier/kernels/detail/vector.hpp>

namespace espalier::inline v0::kernels::detail {

/// exp(x) for x <= 0, relative error below 2e-7 in float; what is not a number stays so. Below -87 it is exp(-87).
/// Source: the reduction by powers of two and the polynomial of Moshier's Cephes library, expf.
template <class T>
[[nodiscard]] inline numbers<T> exponential(numbers<T> x) noexcept {
  if constexpr (sizeof(T) == 4) {
    x = x < -87.0F ? numbers<T>{} - 87.0F : x;
    // x is not positive, so cutting off after taking half away rounds to the nearest whole number.
    const wholes<T> powers = __builtin_convertvector(x * 1.44269504088896341F - 0.5F, wholes<T>);
    const numbers<T> whole = __builtin_convertvector(powers, numbers<T>);
    const numbers<T> rest = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    numbers<T> y = numbers<T>{} + 1.9875691500e-4F;
    for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F}) {
      y = y * rest + c;
    }
    y = y * rest * rest + rest + 1.0F;
    const wholes<T> bits = (powers + 127) << 23;
    numbers<T> power;
    std::memcpy(&power, &bits, sizeof(power));
    return y * power;
  } else {
    for (std::size_t lane = 0; lane < short_vector<T>::width; ++lane) {
      x[lane] = std::exp(x[lane]);
    }
    return x;
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
