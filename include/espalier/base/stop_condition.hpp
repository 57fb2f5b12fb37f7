// SPDX-License-Identifier: Apache-2.0
// Whether long work shall end early.
#ifndef ESPALIER_BASE_STOP_CONDITION_HPP
#define ESPALIER_BASE_STOP_CONDITION_HPP

#include <concepts>
#include <utility>

#include <espalier/base/callback.hpp>

namespace espalier::inline v0 {

/// Something that can be asked whether to stop, such as a std::stop_token.
template <class Source>
concept stop_source = std::copy_constructible<Source> && requires(const Source& source) {
  { source.stop_requested() } -> std::convertible_to<bool>;
};

/// Says whether long work shall end early; made from a std::stop_token or from any other stop_source.
///
/// A type of its own rather than std::stop_token, since <stop_token> alone would be a tenth of what the core takes to
/// compile, and since a signal's flag or a framework's own cancellation serve as well.
/// Copies ask copies of the same source.
class stop_condition {
 public:
  /// Never stops.
  stop_condition() noexcept = default;

  /// @param source  asked from now on, from whatever thread works; kept as a copy.
  template <class Source>
  requires(!std::same_as<Source, stop_condition>) &&
      stop_source<Source> stop_condition(Source source)  // NOLINT(google-explicit-constructor): a token is a condition
      : asked_([source = std::move(source)] { return static_cast<bool>(source.stop_requested()); }) {}

  /// @return true if the work shall end; false for ever if there is no source.
  [[nodiscard]] bool stop_requested() const { return asked_ && asked_(); }

 private:
  callback<bool()> asked_;
};

}  // namespace espalier::inline v0

#endif
