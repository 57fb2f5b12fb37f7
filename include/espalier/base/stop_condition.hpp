// SPDX-License-Identifier: Apache-2.0
// Whether long work shall end early.
#ifndef ESPALIER_BASE_STOP_CONDITION_HPP
#define ESPALIER_BASE_STOP_CONDITION_HPP

#include <concepts>
#include <utility>

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
      : asked_(new asked_source<Source>(std::move(source))) {}

  stop_condition(const stop_condition& other) : asked_(other.asked_ == nullptr ? nullptr : other.asked_->copy()) {}
  stop_condition(stop_condition&& other) noexcept : asked_(std::exchange(other.asked_, nullptr)) {}
  stop_condition& operator=(stop_condition other) noexcept {
    std::swap(asked_, other.asked_);
    return *this;
  }
  ~stop_condition() { delete asked_; }

  /// @return true if the work shall end; false for ever if there is no source.
  [[nodiscard]] bool stop_requested() const { return asked_ != nullptr && asked_->stop_requested(); }

 private:
  struct asked {
    asked() = default;
    asked(const asked&) = delete;
    asked& operator=(const asked&) = delete;
    virtual ~asked() = default;
    [[nodiscard]] virtual bool stop_requested() const = 0;
    [[nodiscard]] virtual asked* copy() const = 0;
  };
  template <class Source>
  struct asked_source final : asked {
    explicit asked_source(Source s) : source(std::move(s)) {}
    [[nodiscard]] bool stop_requested() const override { return source.stop_requested(); }
    [[nodiscard]] asked* copy() const override { return new asked_source(source); }
    Source source;
  };

  asked* asked_ = nullptr;
};

}  // namespace espalier::inline v0

#endif
