// SPDX-License-Identifier: Apache-2.0
// The innermost loops of passes forward, and what those of all passes are made of; see kernel_text.hpp.
#ifndef ESPALIER_KERNELS_DETAIL_FORWARD_TEXT_HPP
#define ESPALIER_KERNELS_DETAIL_FORWARD_TEXT_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/lanes.hpp>

// Small loops over registers: whatever the optimization level says, arrays that are indexed by them must dissolve.
#define ESPALIER_UNROLL _Pragma("GCC unroll 8")

// Without it g++ loads an operand again for each product instead of keeping it.
#if defined(__x86_64__)
#define ESPALIER_KEEP_IN_REGISTER(value) asm("" : "+v"(value))
#else
#define ESPALIER_KEEP_IN_REGISTER(value) static_cast<void>(value)
#endif

#define ESPALIER_FORWARD_KERNELS(Set, Bytes)                                                                  \
  namespace Set {                                                                                             \
  /* A vector of Bytes bytes and its operations. */                                                           \
  template <class T>                                                                                          \
  struct vector_of {                                                                                          \
    static constexpr std::size_t width = Bytes / sizeof(T);                                                   \
    typedef T type __attribute__((vector_size(Bytes)));                                                       \
  };                                                                                                          \
  template <class T>                                                                                          \
  using vector = typename vector_of<T>::type;                                                                 \
  template <class T>                                                                                          \
  using mask = decltype(vector<T>{} < vector<T>{});                                                           \
                                                                                                              \
  template <class T>                                                                                          \
  [[gnu::always_inline]] inline vector<T> load(const T* from) {                                               \
    vector<T> value;                                                                                          \
    std::memcpy(&value, from, sizeof(value));                                                                 \
    return value;                                                                                             \
  }                                                                                                           \
  template <class T, class Vector>                                                                            \
  [[gnu::always_inline]] inline void store(T* to, const Vector& value) {                                      \
    std::memcpy(to, &value, sizeof(value));                                                                   \
  }                                                                                                           \
  /* Minus zero costs nothing; plus zero would turn -0 into 0. */                                             \
  template <class T>                                                                                          \
  [[gnu::always_inline]] inline vector<T> broadcast(T value) {                                                \
    return value - vector<T>{};                                                                               \
  }                                                                                                           \
                                                                                                              \
  template <class T, std::size_t Points, std::size_t Outputs>                                                 \
  struct tile {                                                                                               \
    vector<T> sums[Points][Outputs];                                                                          \
                                                                                                              \
    [[gnu::always_inline]] inline void begin(const product_task<T>& t) {                                      \
      ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                             \
        const vector<T> first = broadcast<T>(t.bias == nullptr ? T{0} : t.bias[o]);                           \
        ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                            \
          sums[p][o] = first;                                                                                 \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    [[gnu::always_inline]] inline void multiply(const product_task<T>& t, const T* x) {                       \
      const T* weights = t.weights;                                                                           \
      for (std::size_t row = 0; row < t.rows; ++row, x += t.x_row, weights += t.weight_row) {                 \
        const T* from = x;                                                                                    \
        const T* w = weights;                                                                                 \
        for (std::size_t input = 0; input < t.run; ++input, from += lanes, w += t.weight_input) {             \
          vector<T> weight[Outputs];                                                                          \
          ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                         \
            weight[o] = broadcast<T>(w[o * t.weight_output]);                                                 \
          }                                                                                                   \
          ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                          \
            vector<T> sample = load<T>(from + p % 2 * t.x_column + p / 2 * t.x_line);                         \
            ESPALIER_KEEP_IN_REGISTER(sample);                                                                \
            ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                       \
              sums[p][o] += weight[o] * sample;                                                               \
            }                                                                                                 \
          }                                                                                                   \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    /* Only what is certainly not positive becomes 0, so that what is not a number stays. */                  \
    [[gnu::always_inline]] inline void end(const product_task<T>& t, T* y) const {                            \
      ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                              \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                           \
          vector<T> value = sums[p][o];                                                                       \
          if (t.finish == finish::relu) {                                                                     \
            value = value <= T{0} ? vector<T>{} : value;                                                      \
          }                                                                                                   \
          store<T>(y + o * lanes + p % 2 * t.y_column + p / 2 * t.y_line, value);                             \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    [[gnu::always_inline]] inline void end_max_pool(T* y, T* marks) const {                                   \
      ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                             \
        vector<T> largest = sums[0][o];                                                                       \
        mask<T> winner = mask<T>{} + 1;                                                                       \
        ESPALIER_UNROLL for (std::size_t p = 1; p < Points; ++p) {                                            \
          const mask<T> larger = ~(sums[p][o] <= largest) & (largest == largest);                             \
          largest = larger ? sums[p][o] : largest;                                                            \
          winner = larger ? mask<T>{} + static_cast<std::int8_t>(1 << p) : winner;                            \
        }                                                                                                     \
        store<T>(y + o * lanes, largest <= T{0} ? vector<T>{} : largest);                                     \
        if (marks != nullptr) {                                                                               \
          store<T>(marks + o * lanes, largest > T{0} ? winner : mask<T>{});                                   \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    [[gnu::always_inline]] inline void end_average_pool(T* y, T* marks) const {                               \
      ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                             \
        vector<T> total{};                                                                                    \
        mask<T> positive{};                                                                                   \
        ESPALIER_UNROLL for (std::size_t p = 0; p < Points; ++p) {                                            \
          total += sums[p][o] <= T{0} ? vector<T>{} : sums[p][o];                                             \
          positive |= (sums[p][o] > T{0}) & static_cast<std::int8_t>(1 << p);                                 \
        }                                                                                                     \
        store<T>(y + o * lanes, total * (T{1} / 4));                                                          \
        if (marks != nullptr) {                                                                               \
          store<T>(marks + o * lanes, positive);                                                              \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
  };                                                                                                          \
                                                                                                              \
  /* A tile of four points is finished. */                                                                    \
  template <class T, std::size_t Points, std::size_t Outputs>                                                 \
  [[gnu::always_inline]] inline void end_tile(const tile<T, Points, Outputs>& sums, const product_task<T>& t, \
                                              std::size_t to) {                                               \
    if constexpr (Points == 4) {                                                                              \
      if (t.finish == finish::relu_max_pool) {                                                                \
        sums.end_max_pool(t.y + to, t.marks == nullptr ? nullptr : t.marks + to);                             \
        return;                                                                                               \
      }                                                                                                       \
      if (t.finish == finish::relu_average_pool) {                                                            \
        sums.end_average_pool(t.y + to, t.marks == nullptr ? nullptr : t.marks + to);                         \
        return;                                                                                               \
      }                                                                                                       \
    }                                                                                                         \
    sums.end(t, t.y + to);                                                                                    \
  }                                                                                                           \
                                                                                                              \
  template <class T, std::size_t Points, std::size_t Outputs>                                                 \
  void product(const product_task<T>& t) {                                                                    \
    for (std::size_t i = 0; i < t.tiles; ++i) {                                                               \
      for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                                 \
        tile<T, Points, Outputs> sums;                                                                        \
        sums.begin(t);                                                                                        \
        sums.multiply(t, t.x + i * t.x_tile + lane);                                                          \
        end_tile<T, Points, Outputs>(sums, t, i * t.y_tile + lane);                                           \
      }                                                                                                       \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  /* Several tiles of one output, which share its list of weights. */                                         \
  template <class T, std::size_t Tiles, bool InRow>                                                           \
  struct listed_tiles {                                                                                       \
    tile<T, 4, 1> tiles[Tiles];                                                                               \
                                                                                                              \
    [[gnu::always_inline]] inline void begin(const product_task<T>& t, const T* y) {                          \
      ESPALIER_UNROLL for (std::size_t i = 0; i < Tiles; ++i) {                                               \
        if (!t.goes_on) {                                                                                     \
          tiles[i].begin(t);                                                                                  \
          continue;                                                                                           \
        }                                                                                                     \
        ESPALIER_UNROLL for (std::size_t p = 0; p < 4; ++p) {                                                 \
          tiles[i].sums[p][0] = load<T>(y + i * t.y_tile + p % 2 * t.y_column + p / 2 * t.y_line);            \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    [[gnu::always_inline]] inline void add(const product_task<T>& t, const T* x, T one) {                     \
      const vector<T> weight = broadcast<T>(one);                                                             \
      ESPALIER_UNROLL for (std::size_t i = 0; i < Tiles; ++i) {                                               \
        ESPALIER_UNROLL for (std::size_t p = 0; p < 4; ++p) {                                                 \
          tiles[i].sums[p][0] += weight * load<T>(x + i * t.x_tile + p % 2 * t.x_column + p / 2 * t.x_line);  \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
    [[gnu::always_inline]] inline void multiply(const product_task<T>& t, const T* x, std::size_t output) {   \
      const std::uint32_t* starts = t.list.starts + output * t.list.starts_output;                            \
      if constexpr (InRow) {                                                                                  \
        const T* weights = t.weights + output * t.weight_output;                                              \
        const std::uint8_t* end = t.list.inputs + starts[1];                                                  \
        for (const std::uint8_t* i = t.list.inputs + starts[0]; i != end; ++i) {                              \
          add(t, x + *i * lanes, weights[*i * t.weight_input]);                                               \
        }                                                                                                     \
      } else {                                                                                                \
        const live_weight* end = t.list.live + starts[t.list.rows];                                           \
        for (const live_weight* l = t.list.live + starts[0]; l != end; ++l) {                                 \
          add(t, x + (l->place - t.list.skipped), t.weights[l->weight]);                                      \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
  };                                                                                                          \
                                                                                                              \
  template <class T, std::size_t Tiles, bool InRow>                                                           \
  void listed(const product_task<T>& t) {                                                                     \
    product_task<T> own = t;                                                                                  \
    for (std::size_t output = 0; output < t.list.outputs; ++output) {                                         \
      own.bias = t.bias == nullptr ? nullptr : t.bias + output;                                               \
      for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                                 \
        const std::size_t to = output * lanes + lane;                                                         \
        listed_tiles<T, Tiles, InRow> sums;                                                                   \
        sums.begin(own, t.y + to);                                                                            \
        sums.multiply(t, t.x + lane, output);                                                                 \
        ESPALIER_UNROLL for (std::size_t i = 0; i < Tiles; ++i) {                                             \
          end_tile<T, 4, 1>(sums.tiles[i], t, to + i * t.y_tile);                                             \
        }                                                                                                     \
      }                                                                                                       \
    }                                                                                                         \
  }                                                                                                           \
  template <class T, std::size_t Vectors>                                                                     \
  [[gnu::always_inline]] inline void add_input(vector<T> (&sums)[Vectors], T x, const T* weights) {           \
    vector<T> sample = broadcast<T>(x);                                                                       \
    ESPALIER_KEEP_IN_REGISTER(sample);                                                                        \
    ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                               \
      sums[v] += load<T>(weights + v * vector_of<T>::width) * sample;                                         \
    }                                                                                                         \
  }                                                                                                           \
                                                                                                              \
  template <class T, std::size_t Vectors>                                                                     \
  void single(const single_task<T>& t) {                                                                      \
    constexpr std::size_t width = vector_of<T>::width;                                                        \
    T part[Vectors * width] = {};                                                                             \
    const std::size_t bytes = t.outputs * sizeof(T);                                                          \
    if (t.bias != nullptr) {                                                                                  \
      std::memcpy(part, t.bias, bytes);                                                                       \
    }                                                                                                         \
    vector<T> sums[Vectors];                                                                                  \
    ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                               \
      sums[v] = load<T>(part + v * width);                                                                    \
    }                                                                                                         \
    const T* weights = t.kernel;                                                                              \
    std::size_t i = 0;                                                                                        \
    for (; i < t.whole; ++i, weights += t.row) {                                                              \
      add_input<T>(sums, t.x[i * lanes], weights);                                                            \
    }                                                                                                         \
    for (; i < t.inputs; ++i, weights += t.row) {                                                             \
      std::memcpy(part, weights, bytes);                                                                      \
      add_input<T>(sums, t.x[i * lanes], part);                                                               \
    }                                                                                                         \
    ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                               \
      if (t.relu) {                                                                                           \
        sums[v] = sums[v] <= T{0} ? vector<T>{} : sums[v];                                                    \
      }                                                                                                       \
      store<T>(part + v * width, sums[v]);                                                                    \
    }                                                                                                         \
    for (std::size_t o = 0; o < t.outputs; ++o) {                                                             \
      const vector<T> same = broadcast<T>(part[o]);                                                           \
      ESPALIER_UNROLL for (std::size_t lane = 0; lane < lanes; lane += width) {                               \
        store<T>(t.y + o * lanes + lane, same);                                                               \
      }                                                                                                       \
    }                                                                                                         \
  }                                                                                                           \
  }

#endif
