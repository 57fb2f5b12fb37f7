// SPDX-License-Identifier: Apache-2.0
// Drops numbers at random, the same ones whenever asked with the same key.
#ifndef ESPALIER_KERNELS_DROPOUT_HPP
#define ESPALIER_KERNELS_DROPOUT_HPP

#include <cstddef>
#include <cstdint>

namespace espalier::inline v0::kernels {

/// Mixes numbers into one that looks random.
/// Source: the finalizer of splitmix64, Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t z = a + (b + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// Which numbers a dropout drops.
struct dropout_choice {
  double rate = 0;        ///< share that is dropped, 0 <= rate < 1
  std::uint64_t key = 0;  ///< equal keys drop the same numbers
};

/// to[i] = from[i] / (1 - rate) if number i is kept, else 0.
/// @param from  count numbers; @param to  as many, may be the same ones; @param choice  see dropout_choice.
template <class T>
void dropout(const T* from, T* to, std::size_t count, const dropout_choice& choice) {
  const auto limit = static_cast<std::uint64_t>(choice.rate * 4294967296.0);
  const T factor = static_cast<T>(1 / (1 - choice.rate));
  for (std::size_t i = 0; i < count; i += 2) {
    const std::uint64_t random = mixed(choice.key, i);  // each half decides on one number
    to[i] = (random & 0xFFFFFFFFULL) < limit ? T{0} : from[i] * factor;
    if (i + 1 < count) {
      to[i + 1] = (random >> 32) < limit ? T{0} : from[i + 1] * factor;
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
