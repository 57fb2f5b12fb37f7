// SPDX-License-Identifier: Apache-2.0
// A function of the user's that the library calls back.
#ifndef ESPALIER_BASE_CALLBACK_HPP
#define ESPALIER_BASE_CALLBACK_HPP

#include <concepts>
#include <type_traits>
#include <utility>

namespace espalier::inline v0 {

template <class Signature>
class callback;

/// Holds a copy of anything that can be called so, or nothing.
///
/// A type of its own rather than std::function, since <functional> alone would be a tenth of what the core takes to
/// compile.
/// @tparam Result     what it returns.
/// @tparam Arguments  what it is called with.
template <class Result, class... Arguments>
class callback<Result(Arguments...)> {
 public:
  /// Nothing to call.
  callback() noexcept = default;

  /// @param function  kept as a copy.
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, callback>) &&
      std::is_invocable_r_v<Result, std::decay_t<Function>&, Arguments...>
      // NOLINTNEXTLINE(*-explicit-constructor,*-forwarding-reference-overload): options.on_level = a lambda
      callback(Function&& function) : held_(new holder<std::decay_t<Function>>(std::forward<Function>(function))) {}

  callback(const callback& other) : held_(other.held_ == nullptr ? nullptr : other.held_->copy()) {}
  callback(callback&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  callback& operator=(callback other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~callback() { delete held_; }

  /// @return whether there is something to call.
  [[nodiscard]] explicit operator bool() const noexcept { return held_ != nullptr; }

  /// Calls it; there must be something to call.
  Result operator()(Arguments... arguments) const { return held_->call(std::forward<Arguments>(arguments)...); }

 private:
  struct held {
    held() = default;
    held(const held&) = delete;
    held& operator=(const held&) = delete;
    virtual ~held() = default;
    virtual Result call(Arguments... arguments) = 0;
    [[nodiscard]] virtual held* copy() const = 0;
  };
  template <class Function>
  struct holder final : held {
    explicit holder(Function f) : function(std::move(f)) {}
    Result call(Arguments... arguments) override {
      return static_cast<Result>(function(std::forward<Arguments>(arguments)...));
    }
    [[nodiscard]] held* copy() const override { return new holder(function); }
    Function function;
  };

  held* held_ = nullptr;
};

}  // namespace espalier::inline v0

#endif
