// SPDX-License-Identifier: Apache-2.0
// The innermost loops, written once and compiled for each set of instructions.
#ifndef ESPALIER_KERNELS_DETAIL_KERNEL_TEXT_HPP
#define ESPALIER_KERNELS_DETAIL_KERNEL_TEXT_HPP

#include <cstddef>

#include <espalier/kernels/detail/forward_text.hpp>
#include <espalier/kernels/detail/training_text.hpp>
#include <espalier/kernels/instruction_set.hpp>

// A function has the instructions of the place where its text stands, so the text must stand there once per set: as a
// macro, since a file that is included three times could not be joined into a single header. Vectors are those of the
// compiler, with as many bytes as the set's registers have. Sums run in the same order whatever the width.

#define ESPALIER_KERNELS(Set, Bytes)                                        \
  ESPALIER_FORWARD_KERNELS(Set, Bytes)                                      \
  ESPALIER_TRAINING_KERNELS(Set)                                            \
  namespace Set {                                                           \
  /* By which the table finds them. */                                      \
  template <class T>                                                        \
  struct all {                                                              \
    static constexpr std::size_t width = vector_of<T>::width;               \
    template <std::size_t Points, std::size_t Outputs>                      \
    static constexpr auto product = &Set::product<T, Points, Outputs>;      \
    template <std::size_t Tiles, bool InRow>                                \
    static constexpr auto listed = &Set::listed<T, Tiles, InRow>;           \
    template <std::size_t Vectors>                                          \
    static constexpr auto single = &Set::single<T, Vectors>;                \
    template <std::size_t Rows, std::size_t Vectors>                        \
    static constexpr auto rows = &Set::rows<T, Rows, Vectors>;              \
    template <std::size_t Inputs, std::size_t Outputs>                      \
    static constexpr auto in_lanes = &Set::in_lanes<T, Inputs, Outputs>;    \
    template <std::size_t Weights>                                          \
    static constexpr auto listed_lanes = &Set::listed_lanes<T, Weights>;    \
    template <std::size_t Outputs>                                          \
    static constexpr auto windows = &Set::windows<T, Outputs>;              \
    static constexpr auto pack_slopes = &Set::pack_slopes<T>;               \
    template <bool Squared, std::size_t Inputs, std::size_t Vectors>        \
    static constexpr auto outer = &Set::outer<T, Squared, Inputs, Vectors>; \
    static constexpr auto relu_backward = &Set::relu_backward<T>;           \
    static constexpr auto spread = &Set::spread<T>;                         \
    static constexpr auto adam = &Set::adam<T>;                             \
  };                                                                        \
  }

namespace espalier::inline v0::kernels::detail {

ESPALIER_KERNELS(portable, 16)

#if ESPALIER_DISPATCH
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
ESPALIER_KERNELS(avx2, 32)
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2,fma")
#endif
ESPALIER_KERNELS(avx512, 64)
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

}  // namespace espalier::inline v0::kernels::detail

#undef ESPALIER_KERNELS
#undef ESPALIER_TRAINING_KERNELS
#undef ESPALIER_FORWARD_KERNELS
#undef ESPALIER_SQUARE_ROOTS
#undef ESPALIER_CHOOSE
#undef ESPALIER_KEEP_IN_REGISTER
#undef ESPALIER_UNROLL

#endif
