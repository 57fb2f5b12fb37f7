// SPDX-License-Identifier: Apache-2.0
// One number that stands for many, to find out whether two things are the same.
#ifndef ESPALIER_BASE_FINGERPRINT_HPP
#define ESPALIER_BASE_FINGERPRINT_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace espalier::inline v0 {

/// Sums up numbers and texts, in their order. Different contents have different sums but for one case in 2^64 or so; it
/// is no protection against a person who wants two equal ones.
/// Source: the mixing step of splitmix64, on words of eight bytes.
class fingerprint {
 public:
  /// @param number  a number or an enumerator.
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) fingerprint& add(T number) noexcept {
    return add_bytes(&number, 1, sizeof(T));
  }

  fingerprint& add(std::string_view text) noexcept { return add_bytes(text.data(), text.size(), 1); }

  /// @param numbers  with their count, so that parts cannot run together.   Complexity: O(n).
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) fingerprint& add(std::span<const T> numbers) noexcept {
    return add_bytes(numbers.data(), numbers.size(), sizeof(T));
  }

  /// @tparam T  any type; what is added is its name, as the compiler spells it.
  template <class T>
  fingerprint& add_type() noexcept {
    return add(std::string_view(__PRETTY_FUNCTION__));
  }

  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  fingerprint& add_bytes(const void* first, std::size_t count, std::size_t size_of_each) noexcept {
    mix(count);
    const auto* const bytes = static_cast<const unsigned char*>(first);
    const std::size_t size = count * size_of_each;
    for (std::size_t begin = 0; begin < size; begin += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + begin, size - begin < sizeof(word) ? size - begin : sizeof(word));
      mix(word);
    }
    return *this;
  }

  void mix(std::uint64_t word) noexcept {
    value_ = (value_ ^ word) * 0xBF58476D1CE4E5B9U;
    value_ ^= value_ >> 31U;
  }

  std::uint64_t value_ = 0x9E3779B97F4A7C15U;
};

}  // namespace espalier::inline v0

#endif
