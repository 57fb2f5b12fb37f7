// SPDX-License-Identifier: Apache-2.0
// Turns numbers, texts and sequences of numbers into bytes, for what is to be gone on with later.
#ifndef ESPALIER_BASE_BYTE_WRITER_HPP
#define ESPALIER_BASE_BYTE_WRITER_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace espalier::inline v0 {

/// Writes values one after the other; `byte_reader` reads them in the same order. Numbers are written as the machine
/// holds them, sequences after their length.
class byte_writer {
 public:
  static constexpr bool writes = true;

  /// @param values  numbers, enumerators, texts, or vectors of numbers.
  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

  /// @return all bytes written so far; the writer is empty then.
  [[nodiscard]] std::vector<std::byte> take() noexcept { return std::exchange(bytes_, {}); }

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (requires { value.data(); }) {
      put(std::uint64_t{value.size()});
      append(value.data(), value.size());
    } else {
      append(&value, 1);
    }
  }

  template <class T>
  void append(const T* first, std::size_t count) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>, "no way is known to write this type");
    if (count > 0) {
      const std::size_t begin = bytes_.size();
      bytes_.resize(begin + count * sizeof(T));
      std::memcpy(bytes_.data() + begin, first, count * sizeof(T));
    }
  }

  std::vector<std::byte> bytes_;
};

}  // namespace espalier::inline v0

#endif
