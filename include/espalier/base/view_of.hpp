// SPDX-License-Identifier: Apache-2.0
// All elements of a vector as a span.
#ifndef ESPALIER_BASE_VIEW_OF_HPP
#define ESPALIER_BASE_VIEW_OF_HPP

#include <span>
#include <vector>

namespace espalier::inline v0 {

/// What the conversion of a vector to a span gives as well. That one looks at the vector as a range, which takes
/// compilers some 20 ms for each type of elements; code that every program includes uses this one.
/// @param all  must outlive the result.
/// @return a view of its elements.
template <class T>
[[nodiscard]] std::span<const T> view_of(const std::vector<T>& all) noexcept {
  return {all.data(), all.size()};
}

}  // namespace espalier::inline v0

#endif
