// SPDX-License-Identifier: Apache-2.0
// Arithmetic of savings that does not overflow unnoticed.
#ifndef ESPALIER_SELECT_DETAIL_CHECKED_HPP
#define ESPALIER_SELECT_DETAIL_CHECKED_HPP

#include <cstdint>
#include <string>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::select::detail {

/// Multiplies and adds within int64, or says which layer is too large to count.
class checked {
 public:
  explicit checked(const std::string& layer) : layer_(layer) {}
  [[nodiscard]] std::int64_t product(std::int64_t a, std::int64_t b) const {
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? overflow() : result;
  }
  [[nodiscard]] std::int64_t sum(std::int64_t a, std::int64_t b) const {
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? overflow() : result;
  }

 private:
  [[noreturn]] std::int64_t overflow() const {
    reject<argument_error>("select::select", {"savings of layer '", layer_, "' that no int64 holds in common units"},
                           {"reuse factors with a smaller common multiple, or smaller savings"});
  }
  const std::string& layer_;
};

}  // namespace espalier::inline v0::select::detail

#endif
