// SPDX-License-Identifier: Apache-2.0
// A checkpoint in memory that can be made to fail, for tests of runs that are ended and gone on with.
#ifndef ESPALIER_TESTS_SUPPORT_MEMORY_CHECKPOINT_HPP
#define ESPALIER_TESTS_SUPPORT_MEMORY_CHECKPOINT_HPP

#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

namespace support {

struct memory_checkpoint {
  std::vector<std::byte> kept{};
  std::size_t saves = 0;
  std::size_t saves_until_failure = std::numeric_limits<std::size_t>::max();

  void save(std::span<const std::byte> bytes) {
    if (saves == saves_until_failure) {
      throw std::runtime_error("the disk is full");
    }
    ++saves;
    kept.assign(bytes.begin(), bytes.end());
  }
  [[nodiscard]] std::vector<std::byte> load() const { return kept; }
};

}  // namespace support

#endif
