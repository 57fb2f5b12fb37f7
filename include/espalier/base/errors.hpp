// SPDX-License-Identifier: Apache-2.0
// The exceptions that the library throws, and the one form that all their messages have.
#ifndef ESPALIER_BASE_ERRORS_HPP
#define ESPALIER_BASE_ERRORS_HPP

#include <stdexcept>
#include <string>
#include <string_view>

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

}  // namespace espalier::inline v0

#endif
