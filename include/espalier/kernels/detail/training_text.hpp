// SPDX-License-Identifier: Apache-2.0
// The innermost loops of passes back and of optimizers; see kernel_text.hpp.
#ifndef ESPALIER_KERNELS_DETAIL_TRAINING_TEXT_HPP
#define ESPALIER_KERNELS_DETAIL_TRAINING_TEXT_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <espalier/kernels/detail/forward_text.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/instruction_set.hpp>
#include <espalier/kernels/lanes.hpp>

// Square roots by instruction: std::sqrt in a loop sets errno and stays scalar.
#if defined(__x86_64__)
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
#define ESPALIER_SQUARE_ROOTS(value, width)            \
  for (std::size_t lane = 0; lane < (width); ++lane) { \
    value[lane] = std::sqrt(value[lane]);              \
  }
#endif

// In each lane one of four weights. There is no way to say so that both compilers make the one instruction of.
#if ESPALIER_DISPATCH
#define ESPALIER_CHOOSE(to, weights, which)                                                             \
  if constexpr (sizeof(to) == 64) {                                                                     \
    asm("vpermps %1, %2, %0" : "=v"(to) : "m"(*reinterpret_cast<const T(*)[16]>(weights)), "v"(which)); \
  } else {                                                                                              \
    asm("vbroadcastf128 %1, %0\n\tvpermilps %2, %0, %0"                                                 \
        : "=&x"(to)                                                                                     \
        : "m"(*reinterpret_cast<const T(*)[4]>(weights)), "x"(which));                                  \
  }
#else
#define ESPALIER_CHOOSE(to, weights, which)
#endif

#define ESPALIER_TRAINING_KERNELS(Set)                                                                       \
  namespace Set {                                                                                            \
  template <class T, std::size_t Rows, std::size_t Vectors>                                                  \
  [[gnu::always_inline]] inline void add_piece(vector<T> (&sums)[Rows][Vectors], const rows_task<T>& t,      \
                                               std::size_t i) {                                              \
    std::uint32_t place = 0;                                                                                 \
    std::memcpy(&place, t.pieces + 2 * i + 1, sizeof(place));                                                \
    const vector<T> slope = broadcast<T>(t.pieces[2 * i]);                                                   \
    const T* x = t.x + place;                                                                                \
    ESPALIER_UNROLL for (std::size_t r = 0; r < Rows; ++r, x += t.x_row) {                                   \
      ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                            \
        sums[r][v] += slope * load<T>(x + v * vector_of<T>::width);                                          \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
                                                                                                             \
  template <class T, std::size_t Rows, std::size_t Vectors>                                                  \
  void rows(const rows_task<T>& t) {                                                                         \
    vector<T> sums[Rows][Vectors] = {};                                                                      \
    for (std::size_t i = 0; i < t.count; ++i) {                                                              \
      add_piece<T>(sums, t, i);                                                                              \
    }                                                                                                        \
    ESPALIER_UNROLL for (std::size_t r = 0; r < Rows; ++r) {                                                 \
      ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                            \
        T* to = t.sums + r * t.sums_row + v * vector_of<T>::width;                                           \
        const vector<T> sum = sums[r][v];                                                                    \
        store<T>(to, load<T>(to) + (t.squared ? sum * sum : sum));                                           \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
                                                                                                             \
  template <class T, std::size_t Inputs, std::size_t Outputs>                                                \
  void in_lanes(const lanes_task<T>& t) {                                                                    \
    for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                                  \
      vector<T> sums[Inputs][Outputs];                                                                       \
      ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                             \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                          \
          sums[i][o] = load<T>(t.sums + i * t.sums_input + o * lanes + lane);                                \
        }                                                                                                    \
      }                                                                                                      \
      for (std::size_t line = 0; line < t.lines; ++line) {                                                   \
        const T* x = t.x + line * t.x_line + lane;                                                           \
        const T* slopes = t.slopes + line * t.slopes_line + lane;                                            \
        for (std::size_t point = 0; point < t.points; ++point, x += t.x_point, slopes += t.slopes_point) {   \
          vector<T> slope[Outputs];                                                                          \
          ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                        \
            slope[o] = load<T>(slopes + o * lanes);                                                          \
          }                                                                                                  \
          ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                         \
            vector<T> sample = load<T>(x + i * lanes);                                                       \
            ESPALIER_KEEP_IN_REGISTER(sample);                                                               \
            ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                      \
              sums[i][o] += slope[o] * sample;                                                               \
            }                                                                                                \
          }                                                                                                  \
        }                                                                                                    \
      }                                                                                                      \
      ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                             \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                          \
          store<T>(t.sums + i * t.sums_input + o * lanes + lane, sums[i][o]);                                \
        }                                                                                                    \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
                                                                                                             \
  template <class T, std::size_t Weights>                                                                    \
  void listed_lanes(const listed_lanes_task<T>& t) {                                                         \
    for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                                  \
      vector<T> sums[Weights];                                                                               \
      const T* from[Weights];                                                                                \
      ESPALIER_UNROLL for (std::size_t w = 0; w < Weights; ++w) {                                            \
        const std::size_t known = w < t.weights ? w : 0;                                                     \
        sums[w] = load<T>(t.sums + known * lanes + lane);                                                    \
        from[w] = t.x + t.live[known].place + lane;                                                          \
      }                                                                                                      \
      const T* slopes = t.slopes + lane;                                                                     \
      for (std::size_t line = 0; line < t.lines; ++line, slopes += t.slopes_line) {                          \
        std::size_t x = line * t.x_line;                                                                     \
        const T* point = slopes;                                                                             \
        for (const T* end = slopes + t.points * t.slopes_point; point != end;                                \
             point += t.slopes_point, x += t.x_point) {                                                      \
          vector<T> slope = load<T>(point);                                                                  \
          ESPALIER_KEEP_IN_REGISTER(slope);                                                                  \
          ESPALIER_UNROLL for (std::size_t w = 0; w < Weights; ++w) {                                        \
            sums[w] += slope * load<T>(from[w] + x);                                                         \
          }                                                                                                  \
        }                                                                                                    \
      }                                                                                                      \
      ESPALIER_UNROLL for (std::size_t w = 0; w < Weights; ++w) {                                            \
        if (w < t.weights) {                                                                                 \
          store<T>(t.sums + w * lanes + lane, sums[w]);                                                      \
        }                                                                                                    \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
  template <class T>                                                                                         \
  void pack_slopes(const T* dy, const T* marks, std::size_t count, T* to) {                                  \
    for (std::size_t i = 0; i < count; i += vector_of<T>::width) {                                           \
      mask<T> marked;                                                                                        \
      std::memcpy(&marked, marks + i, sizeof(marked));                                                       \
      T* own = to + 2 * (i / lanes * lanes) + i % lanes;                                                     \
      store<T>(own, marked != 0 ? load<T>(dy + i) : vector<T>{});                                            \
      store<T>(own + lanes, ((marked >> 1 | marked >> 3) & 1) + ((marked >> 1 | marked >> 2) & 2));          \
    }                                                                                                        \
  }                                                                                                          \
  template <class T, std::size_t Outputs>                                                                    \
  void windows(const windows_task<T>& t) {                                                                   \
    constexpr std::size_t at_once = vector_of<T>::width == lanes ? 4 : 1;                                    \
    for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {                                  \
      vector<T> sums[4][Outputs] = {};                                                                       \
      for (std::size_t row = 0; row < t.rows; ++row) {                                                       \
        const T* slopes = t.slopes + row * t.slopes_row + lane;                                              \
        const T* weights = t.weights + row * t.weights_row;                                                  \
        for (std::size_t window = 0; window < t.windows; ++window) {                                         \
          vector<T> slope = load<T>(slopes);                                                                 \
          ESPALIER_KEEP_IN_REGISTER(slope);                                                                  \
          mask<T> which[at_once];                                                                            \
          ESPALIER_UNROLL for (std::size_t i = 0; i < at_once; ++i) {                                        \
            std::memcpy(&which[i], slopes + lanes, sizeof(which[i]));                                        \
            which[i] += static_cast<std::int8_t>(4 * i);                                                     \
          }                                                                                                  \
          ESPALIER_UNROLL for (std::size_t p = 0; p < 4; ++p) {                                              \
            ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                      \
              const std::size_t i = p * Outputs + o;                                                         \
              vector<T> weight;                                                                              \
              ESPALIER_CHOOSE(weight, weights + i / at_once * 4 * at_once, which[i % at_once]);              \
              sums[p][o] += weight * slope;                                                                  \
            }                                                                                                \
          }                                                                                                  \
          slopes += 2 * lanes;                                                                               \
          weights += 16 * Outputs;                                                                           \
        }                                                                                                    \
      }                                                                                                      \
      ESPALIER_UNROLL for (std::size_t p = 0; p < 4; ++p) {                                                  \
        ESPALIER_UNROLL for (std::size_t o = 0; o < Outputs; ++o) {                                          \
          if (t.y[p] != nullptr) {                                                                           \
            store<T>(t.y[p] + o * lanes + lane, sums[p][o]);                                                 \
          }                                                                                                  \
        }                                                                                                    \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
  template <class T>                                                                                         \
  void relu_backward(const T* y, T* dy, std::size_t count) {                                                 \
    for (std::size_t i = 0; i < count; i += vector_of<T>::width) {                                           \
      store<T>(dy + i, load<T>(y + i) > T{0} ? load<T>(dy + i) : vector<T>{});                               \
    }                                                                                                        \
  }                                                                                                          \
  template <class T>                                                                                         \
  void spread(const spread_task<T>& t) {                                                                     \
    for (std::size_t window = 0; window < t.windows; ++window) {                                             \
      for (std::size_t i = 0; i < t.outputs * lanes; i += vector_of<T>::width) {                             \
        const std::size_t from = window * t.window + i;                                                      \
        const vector<T> slope = load<T>(t.dy + from) * t.share;                                              \
        mask<T> marks;                                                                                       \
        std::memcpy(&marks, t.marks + from, sizeof(marks));                                                  \
        T* to = t.to + window * t.to_window + i;                                                             \
        ESPALIER_UNROLL for (std::size_t p = 0; p < 4; ++p) {                                                \
          store<T>(to + t.places[p], (marks & static_cast<std::int8_t>(1 << p)) != 0 ? slope : vector<T>{}); \
        }                                                                                                    \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
  template <class T, bool Squared, std::size_t Inputs, std::size_t Vectors>                                  \
  void outer(const outer_task<T>& t) {                                                                       \
    constexpr std::size_t width = vector_of<T>::width;                                                       \
    vector<T> sums[Inputs][Vectors] = {};                                                                    \
    const T* row = t.rows;                                                                                   \
    for (std::size_t block = 0; block < t.blocks; ++block) {                                                 \
      const T* x = t.x + block * t.x_block;                                                                  \
      for (std::size_t lane = 0; lane < lanes; ++lane, ++x, row += t.row) {                                  \
        vector<T> slopes[Vectors];                                                                           \
        ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                          \
          slopes[v] = load<T>(row + v * width);                                                              \
          slopes[v] = Squared ? slopes[v] * slopes[v] : slopes[v];                                           \
        }                                                                                                    \
        ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                           \
          vector<T> sample = broadcast<T>(x[i * lanes]);                                                     \
          sample = Squared ? sample * sample : sample;                                                       \
          ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                        \
            sums[i][v] += sample * slopes[v];                                                                \
          }                                                                                                  \
        }                                                                                                    \
      }                                                                                                      \
    }                                                                                                        \
    ESPALIER_UNROLL for (std::size_t i = 0; i < Inputs; ++i) {                                               \
      ESPALIER_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {                                            \
        T* to = t.to + i * t.to_row + v * width;                                                             \
        if ((v + 1) * width <= t.outputs) {                                                                  \
          store<T>(to, load<T>(to) + sums[i][v]);                                                            \
        } else {                                                                                             \
          T part[width];                                                                                     \
          store<T>(part, sums[i][v]);                                                                        \
          for (std::size_t o = v * width; o < t.outputs; ++o) {                                              \
            to[o - v * width] += part[o - v * width];                                                        \
          }                                                                                                  \
        }                                                                                                    \
      }                                                                                                      \
    }                                                                                                        \
  }                                                                                                          \
                                                                                                             \
  template <class T>                                                                                         \
  [[gnu::always_inline]] inline void adam_vector(const adam_task<T>& t, T* weights, T* mean, T* square,      \
                                                 const T* gradients) {                                       \
    const vector<T> g = load<T>(gradients);                                                                  \
    const vector<T> m = load<T>(mean) + (g - load<T>(mean)) * t.fresh_1;                                     \
    const vector<T> s = load<T>(square) + (g * g - load<T>(square)) * t.fresh_2;                             \
    vector<T> root = s;                                                                                      \
    ESPALIER_SQUARE_ROOTS(root, vector_of<T>::width);                                                        \
    store<T>(mean, m);                                                                                       \
    store<T>(square, s);                                                                                     \
    store<T>(weights, load<T>(weights) - t.step * m / (root + t.epsilon));                                   \
  }                                                                                                          \
                                                                                                             \
  template <class T>                                                                                         \
  void adam(const adam_task<T>& t) {                                                                         \
    constexpr std::size_t width = vector_of<T>::width;                                                       \
    std::size_t i = 0;                                                                                       \
    for (; i + width <= t.count; i += width) {                                                               \
      adam_vector<T>(t, t.weights + i, t.mean + i, t.square + i, t.gradients + i);                           \
    }                                                                                                        \
    if (i < t.count) {                                                                                       \
      T rest[4][width] = {};                                                                                 \
      const std::size_t bytes = (t.count - i) * sizeof(T);                                                   \
      std::memcpy(rest[0], t.weights + i, bytes);                                                            \
      std::memcpy(rest[1], t.mean + i, bytes);                                                               \
      std::memcpy(rest[2], t.square + i, bytes);                                                             \
      std::memcpy(rest[3], t.gradients + i, bytes);                                                          \
      adam_vector<T>(t, rest[0], rest[1], rest[2], rest[3]);                                                 \
      std::memcpy(t.weights + i, rest[0], bytes);                                                            \
      std::memcpy(t.mean + i, rest[1], bytes);                                                               \
      std::memcpy(t.square + i, rest[2], bytes);                                                             \
    }                                                                                                        \
  }                                                                                                          \
  }

#endif
