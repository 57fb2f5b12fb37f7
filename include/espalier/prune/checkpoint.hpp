// SPDX-License-Identifier: Apache-2.0
// Where the loop keeps the state of a run, so that a run that was ended goes on where it was.
#ifndef ESPALIER_PRUNE_CHECKPOINT_HPP
#define ESPALIER_PRUNE_CHECKPOINT_HPP

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace espalier::inline v0::prune {

/// A place for one state.
///
/// - `save(bytes)`: keeps them instead of what it kept before, wholly or, if it throws, not at all.
/// - `load()`: what it keeps; empty if nothing was saved yet. Throws if that is not what was saved.
template <class Checkpoint>
concept checkpoint = requires(Checkpoint& place, std::span<const std::byte> bytes) {
  place.save(bytes);
  { place.load() } -> std::same_as<std::vector<std::byte>>;
};

/// A reference to any checkpoint, or to none.
class checkpoint_reference {
 public:
  /// No checkpoint.
  checkpoint_reference() = default;

  /// @param place  must outlive the reference.
  template <checkpoint Checkpoint>
  checkpoint_reference(Checkpoint& place)  // NOLINT(google-explicit-constructor): options.checkpoint = place
      : place_(&place),
        save_([](void* to, std::span<const std::byte> bytes) { static_cast<Checkpoint*>(to)->save(bytes); }),
        load_([](void* from) { return static_cast<Checkpoint*>(from)->load(); }) {}

  [[nodiscard]] explicit operator bool() const noexcept { return place_ != nullptr; }

  void save(std::span<const std::byte> bytes) const { save_(place_, bytes); }
  [[nodiscard]] std::vector<std::byte> load() const { return load_(place_); }

 private:
  void* place_ = nullptr;
  void (*save_)(void*, std::span<const std::byte>) = nullptr;
  std::vector<std::byte> (*load_)(void*) = nullptr;
};

}  // namespace espalier::inline v0::prune

#endif
