// SPDX-License-Identifier: Apache-2.0
// Reads back what byte_writer wrote.
#ifndef ESPALIER_BASE_BYTE_READER_HPP
#define ESPALIER_BASE_BYTE_READER_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0 {

/// Reads values in the order in which they were written. Never reads beyond its bytes, and never asks for more memory
/// than they could fill.
class byte_reader {
 public:
  static constexpr bool writes = false;

  /// @param bytes  what a byte_writer gave; must outlive the reader.
  explicit byte_reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  /// @param values  of the types that were written, in their order.
  /// @throws parse_error if there are not enough bytes.
  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }

  /// @return how many bytes were not read yet.
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (requires { value.resize(1); }) {
      get_sequence(value);
    } else {
      get_number(value);
    }
  }

  template <class T>
  void get_number(T& value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>, "no way is known to read this type");
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;  // a byte that is neither 0 nor 1 must not become a bool
      take(&byte, 1);
      value = byte != 0;
    } else {
      take(&value, 1);
    }
  }

  template <class Sequence>
  void get_sequence(Sequence& sequence) {
    std::uint64_t count = 0;
    get_number(count);
    if (count > left() / sizeof(typename Sequence::value_type)) {
      refuse(count * sizeof(typename Sequence::value_type));
    }
    sequence.resize(static_cast<std::size_t>(count));
    take(sequence.data(), sequence.size());
  }

  template <class T>
  void take(T* first, std::size_t count) {
    if (count > left() / sizeof(T)) {
      refuse(count * sizeof(T));
    }
    if (count > 0) {
      std::memcpy(first, bytes_.data(), count * sizeof(T));
      bytes_ = bytes_.subspan(count * sizeof(T));
    }
  }

  [[noreturn]] void refuse(std::uint64_t wanted) const {
    reject<parse_error>("base::byte_reader", {left(), " bytes where a value begins"}, {wanted, " or more"});
  }

  std::span<const std::byte> bytes_;
};

}  // namespace espalier::inline v0

#endif
