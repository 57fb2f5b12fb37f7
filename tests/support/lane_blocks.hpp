// SPDX-License-Identifier: Apache-2.0
// Random numbers in the layout of activations, and the numbers of one sample in it.
#ifndef ESPALIER_TESTS_SUPPORT_LANE_BLOCKS_HPP
#define ESPALIER_TESTS_SUPPORT_LANE_BLOCKS_HPP

#include <cstddef>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/lanes.hpp>

namespace support {

/// Numbers from the uniform distribution in [-1, 1].
template <class T>
std::vector<T> random_numbers(espalier::random_generator& random, std::size_t count) {
  std::vector<T> numbers(count);
  for (T& number : numbers) {
    number = static_cast<T>(2 * random.uniform() - 1);
  }
  return numbers;
}

/// Random numbers, one after the other so often as lane blocks of so many features have.
template <class T>
std::vector<T> random_blocks(espalier::random_generator& random, std::size_t features, std::size_t blocks) {
  return random_numbers<T>(random, features * blocks * espalier::kernels::lanes);
}

/// Where a feature of a sample is in [block][feature][lane].
inline std::size_t place(std::size_t sample, std::size_t feature, std::size_t features) {
  using espalier::kernels::lanes;
  return (sample / lanes * features + feature) * lanes + sample % lanes;
}

}  // namespace support

#endif
