// SPDX-License-Identifier: Apache-2.0
// Puts channels beside each other, and takes them apart again, on lane blocks.
#ifndef ESPALIER_KERNELS_CONCATENATE_HPP
#define ESPALIER_KERNELS_CONCATENATE_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// Where some channels stand among all.
struct channels_part {
  std::size_t pixels = 0;    ///< of all blocks
  std::size_t channels = 0;  ///< of the part
  std::size_t begin = 0;     ///< its first channel among all
  std::size_t all = 0;       ///< how many there are
};

/// @param part   [pixel][channel of the part][lane]; @param whole  [pixel][channel][lane], of which others stay.
template <class T>
void put_channels(const channels_part& s, const T* part, T* whole) {
  for (std::size_t pixel = 0; pixel < s.pixels; ++pixel) {
    std::copy_n(part + pixel * s.channels * lanes, s.channels * lanes, whole + (pixel * s.all + s.begin) * lanes);
  }
}

/// The way back.
template <class T>
void take_channels(const channels_part& s, const T* whole, T* part) {
  for (std::size_t pixel = 0; pixel < s.pixels; ++pixel) {
    std::copy_n(whole + (pixel * s.all + s.begin) * lanes, s.channels * lanes, part + pixel * s.channels * lanes);
  }
}

}  // namespace espalier::inline v0::kernels

#endif
