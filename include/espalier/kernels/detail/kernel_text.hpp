// SPDX-License-Identifier: Apache-2.0
// The innermost loops, written once and compiled for each set of instructions.
#ifndef ESPALIER_KERNELS_DETAIL_KERNEL_TEXT_HPP
#define ESPALIER_KERNELS_DETAIL_KERNEL_TEXT_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/instruction_set.hpp>
#include <espalier/kernels/lanes.hpp>

// A function has the instructions of the place where its text stands, so the text must stand there once per set: as a
// macro, since a file that is included three times could not be joined into a single header. Vectors are those of the
// compiler, with as many bytes as the set's registers have. Sums run in the same order whatever the width.

// Small loops over registers: whatever the optimization level says, arrays that are indexed by them must dissolve.
#define ESPALIER_UNROLL _Pragma("GCC unroll 8")

// Without it g++ loads an operand again for each product instead of keeping it. Square roots by instruction: std::sqrt
// in a loop sets errno and stays scalar.
#if defined(__x86_64__)
#define ESPALIER_KEEP_IN_REGISTER(value) asm("" : "+v"(value))
#define ESPALIER_SQUARE_ROOTS(value, width)              \
  if constexpr (sizeof(value) == 16 && sizeof(T) == 4) { \
    asm("sqrtps %0, %0" : "+x"(value));                  \
  } else if constexpr (sizeof(value) == 16) {            \
    asm("sqrtpd %0, %0" : "+x"(value));                  \
  } else if constexpr (sizeof(T) == 4) {                 \
    asm("vsqrtps %0, %0" : "+v"(value));                 \
  } else {                                               \
    asm("vsqrtpd %0, %0" : "+v"(value));                 \
  }
#else
#define ESPALIER_KEEP_IN_REGISTER(value) static_cast<void>(value)
#define ESPALIER_SQUARE_ROOTS(value, width)            \
  for (std::size_t lane = 0; lane < (width); ++lane) { \
    value[lane] = std::sqrt(value[lane]);              \
  }
#endif

#define ESPALIER_KERNELS(Set, Bytes)                                                                       \
  namespace Set {                                                                                          \
  /* A vector of Bytes bytes and its operations. */                                                        \
  template <class T>                                                                                       \
  struct vector_of {                                                                                       \
    static constexpr std::size_t width = Bytes / sizeof(T);                                                \
    typedef T type __attribute__((vector_size(Bytes)));                                                    \
  };                                                                                                       \
  template <class T>                                                                                       \
  using vector = typename vector_of<T>::type;                                                              \
  template <class T>                                                                                       \
  using mask = decltype(vector<T>{} < vector<T>{});                                                        \
                                                                                                           \
  template <class T>                                                                                       \
  [[gnu::always_inline]] inline vector<T> load(const T* from) {                                            \
    vector<T> value;                                                                                       \
    std::memcpy(&value, from, sizeof(value));                                                              \
    return value;                                                                                          \
  }                                                                                                        \
  template <class T, class Vector>                                                                         \
  [[gnu::always_inline]] inline void store(T* to, const Vector& value) {                                   \
    std::memcpy(to, &value, sizeof(value));                                                                \
  }                                                                                                        \
  /* Minus zero costs nothing; plus zero would turn -0 into 0. */                                          \
  template <class T>                                                                                       \
  [[gnu::always_inline]] inline vector<T> broadcast(T value) {                                             \
    return value - vector<T>{};                                                                            \
  }                                                                                                        \
                                                                                                           \
  template <class T, std::size_t Points, std::size_t Outputs>                                              \
  struct tile {                                                                                            \
    vector<T> sums[Points][Outputs];                                                                       \
                                                                                                           \
    [[gnu::always_inline]] inline void begin(const product_task<T>& t) {                                   \
      ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                          \
        const vector<T> first = broadcast<T>(t.bias == nullptr ? T{0} : t.bias[o]);                        \
        ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                         \
          sums[p][o] = first;                                                                              \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
    [[gnu::always_inline]] inline void multiply(const product_task<T>& t, const T* x) {                    \
      const T* weights = t.weights;                                                                        \
      for (std::size_t row = 0; row < t.rows; ++row, x += t.x_row, weights += t.weight_row) {              \
        const T* from = x;                                                                                 \
        const T* w = weights;                                                                              \
        for (std::size_t input = 0; input < t.run; ++input, from += lanes, w += t.weight_input) {          \
          vector<T> weight[Outputs];                                                                       \
          ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                      \
            weight[o] = broadcast<T>(w[o * t.weight_output]);                                              \
          }                                                                                                \
          ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                       \
            vector<T> sample = load<T>(from + p % 2 * t.x_column + p / 2 * t.x_line);                      \
            ESPALIER_KEEP_IN_REGISTER(sample);                                                             \
            ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                    \
              sums[p][o] += weight[o] * sample;                                                            \
            }                                                                                              \
          }                                                                                                \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
    /* Only what is certainly not positive becomes 0, so that what is not a number stays. */               \
    [[gnu::always_inline]] inline void end(const product_task<T>& t, T* y) const {                         \
      ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                           \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                        \
          vector<T> value = sums[p][o];                                                                    \
          if (t.finish == finish::relu) {                                                                  \
            value = value <= T{0} ? vector<T>{} : value;                                                   \
          }                                                                                                \
          store<T>(y + o * lanes + p % 2 * t.y_column + p / 2 * t.y_line, value);                          \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
    [[gnu::always_inline]] inline void end_max_pool(T* y, T* marks) const {                                \
      ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                          \
        vector<T> largest = sums[0][o];                                                                    \
        mask<T> winner = mask<T>{} + 1;                                                                    \
        ESPALIER_UNROLL for (std::size_t p = 1; p < Points; ++p) {                                         \
          const mask<T> larger = ~(sums[p][o] <= largest) & (largest == largest);                          \
          largest = larger ? sums[p][o] : largest;                                                         \
          winner = larger ? mask<T>{} + static_cast<std::int8_t>(1 << p) : winner;                         \
        }                                                                                                  \
        store<T>(y + o * lanes, largest <= T{0} ? vector<T>{} : largest);                                  \
        if (marks != nullptr) {                                                                            \
          store<T>(marks + o * lanes, largest > T{0} ? winner : mask<T>{});                                \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
    [[gnu::always_inline]] inline void end_average_pool(T* y, T* marks) const {                            \
      ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                          \
        vector<T> total{};                                                                                 \
        mask<T> positive{};                                                                                \
        ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                         \
          total += sums[p][o] <= T{0} ? vector<T>{} : sums[p][o];                                          \
          positive |= (sums[p][o] > T{0}) & static_cast<std::int8_t>(1 << p);                              \
        }                                                                                                  \
        store<T>(y + o * lanes, total * (T{1} / 4));                                                       \
        if (marks != nullptr) {                                                                            \
          store<T>(marks + o * lanes, positive);                                                           \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
  };                                                                                                       \
                                                                                                           \
  template <class T, std::size_t Points, std::size_t Outputs>                                              \
  void product(const product_task<T>& t) {                                                                 \
    for (std::size_t i = 0; i < t.tiles; ++i) {                                                            \
      for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                              \
        tile<T, Points, Outputs> sums;                                                                     \
        sums.begin(t);                                                                                     \
        sums.multiply(t, t.x + i * t.x_tile + lane);                                                       \
        const std::size_t to = i * t.y_tile + lane;                                                        \
        if constexpr (Points == 4) {                                                                       \
          if (t.finish == finish::relu_max_pool) {                                                         \
            sums.end_max_pool(t.y + to, t.marks == nullptr ? nullptr : t.marks + to);                      \
            continue;                                                                                      \
          }                                                                                                \
          if (t.finish == finish::relu_average_pool) {                                                     \
            sums.end_average_pool(t.y + to, t.marks == nullptr ? nullptr : t.marks + to);                  \
            continue;                                                                                      \
          }                                                                                                \
        }                                                                                                  \
        sums.end(t, t.y + to);                                                                             \
      }                                                                                                    \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T, std::size_t Vectors>                                                                  \
  [[gnu::always_inline]] inline void add_input(vector<T> (&sums)[Vectors], T x, const T* weights) {        \
    vector<T> sample = broadcast<T>(x);                                                                    \
    ESPALIER_KEEP_IN_REGISTER(sample);                                                                     \
    ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                            \
      sums[v] += load<T>(weights + v * vector_of<T>::width) * sample;                                      \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T, std::size_t Vectors>                                                                  \
  void single(const single_task<T>& t) {                                                                   \
    constexpr std::size_t width = vector_of<T>::width;                                                     \
    T part[Vectors * width] = {};                                                                          \
    const std::size_t bytes = t.outputs * sizeof(T);                                                       \
    if (t.bias != nullptr) {                                                                               \
      std::memcpy(part, t.bias, bytes);                                                                    \
    }                                                                                                      \
    vector<T> sums[Vectors];                                                                               \
    ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                            \
      sums[v] = load<T>(part + v * width);                                                                 \
    }                                                                                                      \
    const T* weights = t.kernel;                                                                           \
    std::size_t i = 0;                                                                                     \
    for (; i < t.whole; ++i, weights += t.row) {                                                           \
      add_input<T>(sums, t.x[i * lanes], weights);                                                         \
    }                                                                                                      \
    for (; i < t.inputs; ++i, weights += t.row) {                                                          \
      std::memcpy(part, weights, bytes);                                                                   \
      add_input<T>(sums, t.x[i * lanes], part);                                                            \
    }                                                                                                      \
    ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                            \
      if (t.relu) {                                                                                        \
        sums[v] = sums[v] <= T{0} ? vector<T>{} : sums[v];                                                 \
      }                                                                                                    \
      store<T>(part + v * width, sums[v]);                                                                 \
    }                                                                                                      \
    for (std::size_t o = 0; o < t.outputs; ++o) {                                                          \
      const vector<T> same = broadcast<T>(part[o]);                                                        \
      ESPALIER_UNROLL for (std::size_t lane = 0; lane < lanes; lane += width) {                            \
        store<T>(t.y + o * lanes + lane, same);                                                            \
      }                                                                                                    \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T, std::size_t Rows, std::size_t Vectors>                                                \
  [[gnu::always_inline]] inline void add_piece(vector<T> (&sums)[Rows][Vectors], const rows_task<T>& t,    \
                                               std::size_t i) {                                            \
    std::uint32_t place = 0;                                                                               \
    std::memcpy(&place, t.pieces + 2 * i + 1, sizeof(place));                                              \
    const vector<T> slope = broadcast<T>(t.pieces[2 * i]);                                                 \
    const T* x = t.x + place;                                                                              \
    ESPALIER_UNROLL for (std::size_t r = 0; r < Rows; ++r, x += t.x_row) {                                 \
      ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                          \
        sums[r][v] += slope * load<T>(x + v * vector_of<T>::width);                                        \
      }                                                                                                    \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T, std::size_t Rows, std::size_t Vectors>                                                \
  void rows(const rows_task<T>& t) {                                                                       \
    vector<T> sums[Rows][Vectors] = {};                                                                    \
    for (std::size_t i = 0; i < t.count; ++i) {                                                            \
      add_piece<T>(sums, t, i);                                                                            \
    }                                                                                                      \
    ESPALIER_UNROLL for (std::size_t r = 0; r < Rows; ++r) {                                               \
      ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                          \
        T* to = t.sums + r * t.sums_row + v * vector_of<T>::width;                                         \
        const vector<T> sum = sums[r][v];                                                                  \
        store<T>(to, load<T>(to) + (t.squared ? sum * sum : sum));                                         \
      }                                                                                                    \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T, std::size_t Inputs, std::size_t Outputs>                                              \
  void in_lanes(const lanes_task<T>& t) {                                                                  \
    for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                                \
      vector<T> sums[Inputs][Outputs];                                                                     \
      ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                           \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                        \
          sums[i][o] = load<T>(t.sums + i * t.sums_input + o * lanes + lane);                              \
        }                                                                                                  \
      }                                                                                                    \
      for (std::size_t line = 0; line < t.lines; ++line) {                                                 \
        const T* x = t.x + line * t.x_line + lane;                                                         \
        const T* slopes = t.slopes + line * t.slopes_line + lane;                                          \
        for (std::size_t point = 0; point < t.points; ++point, x += t.x_point, slopes += t.slopes_point) { \
          vector<T> slope[Outputs];                                                                        \
          ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                      \
            slope[o] = load<T>(slopes + o * lanes);                                                        \
          }                                                                                                \
          ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                       \
            vector<T> sample = load<T>(x + i * lanes);                                                     \
            ESPALIER_KEEP_IN_REGISTER(sample);                                                             \
            ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                    \
              sums[i][o] += slope[o] * sample;                                                             \
            }                                                                                              \
          }                                                                                                \
        }                                                                                                  \
      }                                                                                                    \
      ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                           \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                        \
          store<T>(t.sums + i * t.sums_input + o * lanes + lane, sums[i][o]);                              \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T, bool Squared, std::size_t Inputs, std::size_t Vectors>                                \
  void outer(const outer_task<T>& t) {                                                                     \
    constexpr std::size_t width = vector_of<T>::width;                                                     \
    vector<T> sums[Inputs][Vectors] = {};                                                                  \
    const T* row = t.rows;                                                                                 \
    for (std::size_t block = 0; block < t.blocks; ++block) {                                               \
      const T* x = t.x + block * t.x_block;                                                                \
      for (std::size_t lane = 0; lane < lanes; ++lane, ++x, row += t.row) {                                \
        vector<T> slopes[Vectors];                                                                         \
        ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                        \
          slopes[v] = load<T>(row + v * width);                                                            \
          slopes[v] = Squared ? slopes[v] * slopes[v] : slopes[v];                                         \
        }                                                                                                  \
        ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                         \
          vector<T> sample = broadcast<T>(x[i * lanes]);                                                   \
          sample = Squared ? sample * sample : sample;                                                     \
          ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                      \
            sums[i][v] += sample * slopes[v];                                                              \
          }                                                                                                \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
    ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                             \
      ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                          \
        T* to = t.to + i * t.to_row + v * width;                                                           \
        if ((v + 1) * width <= t.outputs) {                                                                \
          store<T>(to, load<T>(to) + sums[i][v]);                                                          \
        } else {                                                                                           \
          T part[width];                                                                                   \
          store<T>(part, sums[i][v]);                                                                      \
          for (std::size_t o = v * width; o < t.outputs; ++o) {                                            \
            to[o - v * width] += part[o - v * width];                                                      \
          }                                                                                                \
        }                                                                                                  \
      }                                                                                                    \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  template <class T>                                                                                       \
  [[gnu::always_inline]] inline void adam_vector(const adam_task<T>& t, T* weights, T* mean, T* square,    \
                                                 const T* gradients) {                                     \
    const vector<T> g = load<T>(gradients);                                                                \
    const vector<T> m = load<T>(mean) + (g - load<T>(mean)) * t.fresh_1;                                   \
    const vector<T> s = load<T>(square) + (g * g - load<T>(square)) * t.fresh_2;                           \
    vector<T> root = s;                                                                                    \
    ESPALIER_SQUARE_ROOTS(root, vector_of<T>::width);                                                      \
    store<T>(mean, m);                                                                                     \
    store<T>(square, s);                                                                                   \
    store<T>(weights, load<T>(weights) - t.step * m / (root + t.epsilon));                                 \
  }                                                                                                        \
                                                                                                           \
  template <class T>                                                                                       \
  void adam(const adam_task<T>& t) {                                                                       \
    constexpr std::size_t width = vector_of<T>::width;                                                     \
    std::size_t i = 0;                                                                                     \
    for (; i + width <= t.count; i += width) {                                                             \
      adam_vector<T>(t, t.weights + i, t.mean + i, t.square + i, t.gradients + i);                         \
    }                                                                                                      \
    if (i < t.count) {                                                                                     \
      T rest[4][width] = {};                                                                               \
      const std::size_t bytes = (t.count - i) * sizeof(T);                                                 \
      std::memcpy(rest[0], t.weights + i, bytes);                                                          \
      std::memcpy(rest[1], t.mean + i, bytes);                                                             \
      std::memcpy(rest[2], t.square + i, bytes);                                                           \
      std::memcpy(rest[3], t.gradients + i, bytes);                                                        \
      adam_vector<T>(t, rest[0], rest[1], rest[2], rest[3]);                                               \
      std::memcpy(t.weights + i, rest[0], bytes);                                                          \
      std::memcpy(t.mean + i, rest[1], bytes);                                                             \
      std::memcpy(t.square + i, rest[2], bytes);                                                           \
    }                                                                                                      \
  }                                                                                                        \
                                                                                                           \
  /* By which the table finds them. */                                                                     \
  template <class T>                                                                                       \
  struct all {                                                                                             \
    static constexpr std::size_t width = vector_of<T>::width;                                              \
    template <std::size_t Points, std::size_t Outputs>                                                     \
    static constexpr auto product = &Set::product<T, Points, Outputs>;                                     \
    template <std::size_t Vectors>                                                                         \
    static constexpr auto single = &Set::single<T, Vectors>;                                               \
    template <std::size_t Rows, std::size_t Vectors>                                                       \
    static constexpr auto rows = &Set::rows<T, Rows, Vectors>;                                             \
    template <std::size_t Inputs, std::size_t Outputs>                                                     \
    static constexpr auto in_lanes = &Set::in_lanes<T, Inputs, Outputs>;                                   \
    template <bool Squared, std::size_t Inputs, std::size_t Vectors>                                       \
    static constexpr auto outer = &Set::outer<T, Squared, Inputs, Vectors>;                                \
    static constexpr auto adam = &Set::adam<T>;                                                            \
  };                                                                                                       \
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
#undef ESPALIER_SQUARE_ROOTS
#undef ESPALIER_KEEP_IN_REGISTER
#undef ESPALIER_UNROLL

#endif
