// SPDX-License-Identifier: Apache-2.0
// Statistics of channels and what is done with them, on lane blocks.
#ifndef ESPALIER_KERNELS_BATCH_NORMALIZATION_HPP
#define ESPALIER_KERNELS_BATCH_NORMALIZATION_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a normalization of channels.
struct channels_shape {
  std::size_t positions = 1;  ///< of an image
  std::size_t channels = 0;
  std::size_t samples = 0;  ///< in the blocks; other lanes do not count
};

/// Mean and spread of a channel, over samples and positions.
struct channel_moments {
  double mean = 0;
  double squares = 0;  ///< sum of squared distances from the mean
};

namespace detail {

/// Calls term(place of a few lanes) for all positions of a channel and adds up what it gives, lane by lane.
/// @param each  takes (sum of a sample), for each sample.
template <class T, class Term, class Each>
void for_each_sample_sum(const channels_shape& s, std::size_t channel, const Term& term, const Each& each) {
  constexpr std::size_t width = short_vector<T>::width;
  for (std::size_t sample = 0; sample < s.samples; sample += width) {
    const std::size_t first = sample / lanes * s.positions * s.channels * lanes + sample % lanes;
    numbers<T> sum{};
    for (std::size_t position = 0; position < s.positions; ++position) {
      sum += term(first + (position * s.channels + channel) * lanes);
    }
    for (std::size_t lane = 0; lane < (std::min)(width, s.samples - sample); ++lane) {
      each(sum[lane]);
    }
  }
}

}  // namespace detail

/// @param x  [block][position][channel][lane].
/// @return the moments of one channel.
template <class T>
[[nodiscard]] channel_moments moments_of(const channels_shape& s, const T* x, std::size_t channel) {
  const auto add_to = [](double& sum) { return [&sum](T number) { sum += static_cast<double>(number); }; };
  channel_moments m;
  detail::for_each_sample_sum<T>(
      s, channel, [x](std::size_t place) { return detail::load(x + place); }, add_to(m.mean));
  m.mean /= static_cast<double>(s.samples * s.positions);
  const T mean = static_cast<T>(m.mean);
  detail::for_each_sample_sum<T>(
      s, channel,
      [x, mean](std::size_t place) {
        const auto off = detail::load(x + place) - mean;
        return off * off;
      },
      add_to(m.squares));
  // The mean was rounded before it was taken off.
  const double rounded = m.mean - static_cast<double>(mean);
  m.squares -= rounded * rounded * static_cast<double>(s.samples * s.positions);
  return m;
}

/// Moments of two sets taken together.
/// @param first, second  the moments; @param n, m  how many numbers each is of.
/// Source: Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
[[nodiscard]] inline channel_moments joined(const channel_moments& first, double n, const channel_moments& second,
                                            double m) {
  const double off = second.mean - first.mean;
  return {first.mean + off * m / (n + m), first.squares + second.squares + off * off * n * m / (n + m)};
}

/// What normalizes a channel: (x - mean) scale.
/// @tparam T  float or double.
template <class T>
struct channel_line {
  T mean = 0;
  T scale = 1;
};

/// Numbers of all channels, one array for each kind.
/// @tparam T  float or double.
template <class T>
struct channel_lines {
  const T* mean = nullptr;
  const T* scale = nullptr;
  const T* shift = nullptr;
};

/// y = (x - mean) scale + shift, channel by channel, in all lanes.
/// @param x  [block][position][channel][lane]; @param y  as x.
template <class T>
void normalize(const channels_shape& s, const channel_lines<T>& lines, const T* x, T* y) {
  const std::size_t pixels = blocks_of(s.samples) * s.positions;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    for (std::size_t c = 0; c < s.channels; ++c, x += lanes, y += lanes) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        detail::store(y + lane, (detail::load(x + lane) - lines.mean[c]) * lines.scale[c] + lines.shift[c]);
      }
    }
  }
}

/// Sums of the gradient of a channel's output: of dy, and of dy times the normalized input.
struct channel_slopes {
  double plain = 0;
  double normalized = 0;
};

/// @tparam Kind      whether sums over samples are of gradients or of their squares.
/// @param x, dy      [block][position][channel][lane].
/// @param channel    which.
/// @param line       mean and scale that normalize its input.
template <gradient_kind Kind, class T>
[[nodiscard]] channel_slopes slopes_of(const channels_shape& s, const T* x, const T* dy, std::size_t channel,
                                       const channel_line<T>& line) {
  const auto add_to = [](double& sum) {
    return [&sum](T number) {
      const auto own = static_cast<double>(number);
      sum += Kind == gradient_kind::squared ? own * own : own;
    };
  };
  channel_slopes slopes;
  detail::for_each_sample_sum<T>(
      s, channel, [dy](std::size_t place) { return detail::load(dy + place); }, add_to(slopes.plain));
  detail::for_each_sample_sum<T>(
      s, channel,
      [&](std::size_t place) {
        return detail::load(dy + place) * ((detail::load(x + place) - line.mean) * line.scale);
      },
      add_to(slopes.normalized));
  return slopes;
}

/// Numbers of all channels for the way back, one array for each kind.
/// @tparam T  float or double.
template <class T>
struct channel_ways {
  const T* mean = nullptr;
  const T* scale = nullptr;
  const T* of_input = nullptr;
  const T* constant = nullptr;
};

/// The gradient of the input.
template <class T>
struct channel_gradient {
  const T* x = nullptr;   ///< [block][position][channel][lane]
  const T* dy = nullptr;  ///< as x
  T* dx = nullptr;        ///< as x
};

/// dx = dy scale - (x - mean) of_input - constant, channel by channel; 0 in lanes without a sample.
template <class T>
void return_gradient(const channels_shape& s, const channel_ways<T>& ways, const channel_gradient<T>& g) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  const std::size_t size = s.positions * s.channels * lanes;
  for (std::size_t block = 0; block < blocks_of(s.samples); ++block) {
    const std::size_t there = (std::min)(lanes, s.samples - block * lanes);
    for (std::size_t place = 0; place < size; place += lanes) {
      const std::size_t c = place / lanes % s.channels;
      const std::size_t begin = block * size + place;
      for (std::size_t lane = begin; lane < begin + lanes; lane += width) {
        const auto off = detail::load(g.x + lane) - ways.mean[c];
        detail::store(g.dx + lane,
                      detail::load(g.dy + lane) * ways.scale[c] - off * ways.of_input[c] - ways.constant[c]);
      }
      std::fill(g.dx + begin + there, g.dx + begin + lanes, T{0});
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
