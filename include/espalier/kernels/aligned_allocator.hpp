// SPDX-License-Identifier: Apache-2.0
// Memory for lane blocks that begins where a line of the cache does.
#ifndef ESPALIER_KERNELS_ALIGNED_ALLOCATOR_HPP
#define ESPALIER_KERNELS_ALIGNED_ALLOCATOR_HPP

#include <cstddef>
#include <new>
#include <vector>

namespace espalier::inline v0::kernels {

/// Gives a vector memory that begins with a line of the cache, so that the longest registers, which are as long, are
/// filled from one line and not from two.
/// @tparam T  float or double.
template <class T>
struct aligned_allocator {
  using value_type = T;
  static constexpr std::align_val_t line{64};

  aligned_allocator() = default;
  template <class Other>
  explicit aligned_allocator(const aligned_allocator<Other>& /*other*/) noexcept {}

  /// @param count  numbers.   @throws std::bad_alloc if there is no memory.
  [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), line)); }
  void deallocate(T* memory, std::size_t /*count*/) noexcept { ::operator delete(memory, line); }
  [[nodiscard]] friend bool operator==(const aligned_allocator& /*a*/, const aligned_allocator& /*b*/) noexcept {
    return true;
  }
};

/// Numbers of lane blocks.
template <class T>
using lane_vector = std::vector<T, aligned_allocator<T>>;

}  // namespace espalier::inline v0::kernels

#endif
