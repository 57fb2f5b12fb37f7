// SPDX-License-Identifier: Apache-2.0
// The shape of an array: up to four sizes, held inline.
#ifndef ESPALIER_BASE_EXTENTS_HPP
#define ESPALIER_BASE_EXTENTS_HPP

#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0 {

/// The shape of a kernel or of one sample, outermost axis first, without a batch axis.
///
/// Kernels follow Keras: Dense (in, out), Conv2D (height, width, channels, filters).
class extents {
 public:
  /// The largest number of axes.
  static constexpr std::size_t max_rank = 4;

  /// A shape without axes; its size is 1.
  constexpr extents() = default;

  /// @param sizes  the size of each axis, at most four.
  /// @throws shape_error if there are more than four axes, or if the number of elements overflows.
  constexpr extents(std::initializer_list<std::size_t> sizes)
      : extents(std::span<const std::size_t>(sizes.begin(), sizes.size())) {}

  /// @param sizes  the size of each axis, at most four.
  /// @throws shape_error if there are more than four axes, or if the number of elements overflows.
  constexpr explicit extents(std::span<const std::size_t> sizes) : rank_(sizes.size()) {
    if (sizes.size() > max_rank) {
      reject<shape_error>("base::extents", {sizes.size(), " axes"}, {"at most 4 axes"});
    }
    std::size_t elements = 1;
    for (std::size_t axis = 0; axis < rank_; ++axis) {
      sizes_[axis] = sizes[axis];
      if (sizes[axis] != 0 && elements > (std::numeric_limits<std::size_t>::max)() / sizes[axis]) {
        reject<shape_error>("base::extents", {"a shape with too many elements for std::size_t"},
                            {"a product of sizes that fits"});
      }
      elements *= sizes[axis];
    }
  }

  /// @return the number of axes, 0 to 4.
  [[nodiscard]] constexpr std::size_t rank() const noexcept { return rank_; }

  /// @param axis  0 (outermost) to rank() - 1.
  /// @return the size of that axis.
  [[nodiscard]] constexpr std::size_t operator[](std::size_t axis) const noexcept { return sizes_[axis]; }

  /// @return the size of the last (fastest) axis; 1 without axes.
  [[nodiscard]] constexpr std::size_t back() const noexcept { return rank_ == 0 ? 1 : sizes_[rank_ - 1]; }

  /// @return the number of elements: the product of all sizes.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    std::size_t product = 1;
    for (std::size_t axis = 0; axis < rank_; ++axis) {
      product *= sizes_[axis];
    }
    return product;
  }

  [[nodiscard]] constexpr const std::size_t* begin() const noexcept { return sizes_.data(); }
  [[nodiscard]] constexpr const std::size_t* end() const noexcept { return sizes_.data() + rank_; }

  [[nodiscard]] friend constexpr bool operator==(const extents& a, const extents& b) noexcept {
    if (a.rank_ != b.rank_) {
      return false;
    }
    for (std::size_t axis = 0; axis < a.rank_; ++axis) {
      if (a.sizes_[axis] != b.sizes_[axis]) {
        return false;
      }
    }
    return true;
  }

 private:
  std::array<std::size_t, max_rank> sizes_{};
  std::size_t rank_ = 0;
};

/// Writes a shape as people do, such as "(5, 5, 1, 6)".
/// @param shape  any shape.
/// @return the text.
[[nodiscard]] inline std::string to_string(const extents& shape) {
  std::string text = "(";
  for (const std::size_t size : shape) {
    text += (text.size() == 1 ? "" : ", ") + std::to_string(size);
  }
  return text + ")";
}

}  // namespace espalier::inline v0

#endif
