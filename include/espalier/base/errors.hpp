// SPDX-License-Identifier: Apache-2.0
// The exceptions that the library throws, and the one form that all their messages have.
#ifndef ESPALIER_BASE_ERRORS_HPP
#define ESPALIER_BASE_ERRORS_HPP

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace espalier::inline v0 {

/// A value that the function cannot take: out of range, not finite, unknown name.
class argument_error : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Sizes or shapes that do not fit each other.
class shape_error : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// Text or bytes that do not follow their format.
class parse_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file or folder that cannot be read or written.
class file_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A computation that left the finite numbers.
class numeric_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Builds a message in the one form of the library: "espalier::WHERE: got X, expected Y".
/// @param where     module and function, such as "knapsack::solve".
/// @param got       what came.
/// @param expected  what would have been right.
/// @return the message.
[[nodiscard]] inline std::string error_message(std::string_view where, std::string_view got,
                                               std::string_view expected) {
  std::string message = "espalier::";
  message.append(where).append(": got ").append(got).append(", expected ").append(expected);
  return message;
}

/// A part of a message: text, a number, or what else has a `to_string`. It refers to that, and is text only if the
/// message is needed: checks, of which there are many, would otherwise take most of the time to compile.
class message_part {
 public:
  message_part(const char* text) noexcept : value_(text), add_(&add_text) {}
  template <class T>
  message_part(const T& value) noexcept : value_(&value), add_(&add<T>) {}

  void add_to(std::string& message) const { add_(message, value_); }

 private:
  static void add_text(std::string& message, const void* text) { message += static_cast<const char*>(text); }
  template <class T>
  static void add(std::string& message, const void* value) {
    const T& own = *static_cast<const T*>(value);
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      message += std::string_view(own);
    } else {
      using std::to_string;
      message += to_string(own);
    }
  }

  const void* value_;
  void (*add_)(std::string&, const void*);
};

/// What a message is made of, in order.
using message_parts = std::initializer_list<message_part>;

/// @return the parts, one after the other.
[[nodiscard]] inline std::string text_of(message_parts parts) {
  std::string message;
  for (const message_part& part : parts) {
    part.add_to(message);
  }
  return message;
}

/// Throws an error with such a message.
/// @tparam Error    of the ones above.
/// @param where     see error_message.
/// @param got       what came, part by part: {std::size_t{3}, " weights"}.
/// @param expected  what would have been right, part by part.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] void reject(std::string_view where, message_parts got, message_parts expected) {
  throw Error(error_message(where, text_of(got), text_of(expected)));
}

}  // namespace espalier::inline v0

#endif
