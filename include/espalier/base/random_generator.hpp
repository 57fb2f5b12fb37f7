// SPDX-License-Identifier: Apache-2.0
// Seeded random numbers that do not depend on the compiler or its standard library.
#ifndef ESPALIER_BASE_RANDOM_GENERATOR_HPP
#define ESPALIER_BASE_RANDOM_GENERATOR_HPP

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace espalier::inline v0 {

/// A counter-based generator (splitmix64) with the few distributions that the library draws from.
///
/// It is a std::uniform_random_bit_generator. The distributions of the standard library are not used with it:
/// their results differ between implementations.
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
class random_generator {
 public:
  using result_type = std::uint64_t;

  /// @param seed  any number; equal seeds give equal sequences.
  constexpr explicit random_generator(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] static constexpr result_type(min)() noexcept { return 0; }
  [[nodiscard]] static constexpr result_type(max)() noexcept { return ~result_type{0}; }

  /// @return the next 64 random bits.
  constexpr result_type operator()() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// @return a number in [0, 1), a multiple of 2^-53.
  constexpr double uniform() noexcept { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

  /// @param bound  greater than 0.
  /// @return a whole number in [0, bound), without bias (rejection).
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    const std::uint64_t mask = ~std::uint64_t{0} >> static_cast<unsigned>(std::countl_zero(bound | 1U));
    std::uint64_t draw = (*this)() & mask;
    while (draw >= bound) {
      draw = (*this)() & mask;
    }
    return draw;
  }

  /// @return a draw from the normal distribution with mean 0 and variance 1 (Marsaglia's polar method).
  double normal() noexcept {
    double x = 0;
    double square = 0;
    do {
      x = 2 * uniform() - 1;
      const double y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    return x * std::sqrt(-2 * std::log(square) / square);
  }

  /// Puts the elements into a random order (Fisher and Yates).
  /// @param elements  any sequence; every order is equally likely.
  template <class T, std::size_t Extent>
  constexpr void shuffle(std::span<T, Extent> elements) noexcept {
    for (std::size_t left = elements.size(); left > 1; --left) {
      using std::swap;
      swap(elements[left - 1], elements[static_cast<std::size_t>(below(left))]);
    }
  }

  /// @return a generator for an independent stream, drawn from this one.
  constexpr random_generator split() noexcept { return random_generator((*this)()); }

 private:
  std::uint64_t state_;
};

}  // namespace espalier::inline v0

#endif
