// SPDX-License-Identifier: Apache-2.0
// Which weights of a kernel are still trained, and the value that the others are held at.
#ifndef ESPALIER_MASK_WEIGHT_MASK_HPP
#define ESPALIER_MASK_WEIGHT_MASK_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::mask {

/// A decision for every weight of one kernel: kept (mask 1), pruned (mask 0, offset 0), shared (mask 0, offset = mean).
/// @tparam Value  float or double.
template <class Value>
struct weight_mask {
  /// Of no weight.
  weight_mask() = default;
  /// Constructors are spelled out since g++ 12 ends with an internal error on a default of the last member.
  /// @param of_weights  becomes mask.
  /// @param offsets     becomes offset; default: no weight is shared.
  /// @param groups      becomes trained_as_one; default: shared weights stay at their offsets.
  weight_mask(std::vector<std::uint8_t> of_weights, std::vector<Value> offsets = {},
              std::vector<std::uint32_t> groups = {})
      : mask(std::move(of_weights)), offset(std::move(offsets)), trained_as_one(std::move(groups)) {}

  std::vector<std::uint8_t> mask;  ///< one per weight, 1 kept, 0 held at its offset
  std::vector<Value> offset;       ///< one per weight; empty if no weight is shared
  /// One per weight: 0, or the number of a shared group whose weights are trained as one, from their offset on; empty:
  /// shared weights stay at their offsets.
  std::vector<std::uint32_t> trained_as_one;

  /// Sets every weight that is not kept to its offset.
  /// @param kernel  the weights, as many as the mask has entries.
  /// @throws shape_error if the sizes differ, also those of mask and offsets.   Complexity: O(n).
  void apply(std::span<Value> kernel) const {
    if (kernel.size() != mask.size()) {
      reject<shape_error>("mask::weight_mask::apply", {kernel.size(), " weights"}, {mask.size(), ", as the mask has"});
    }
    expect_none_or_all(offset.size(), "offsets");
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      if (mask[i] == 0) {
        kernel[i] = offset.empty() ? Value{0} : offset[i];
      }
    }
  }

  /// Does what `apply` does, but for weights that are trained as one: those of a group become the first of them, and so
  /// do their offsets. After a step or a training the mask then says where it led.
  /// @param kernel  the weights, as many as the mask has entries.
  /// @throws shape_error if the sizes differ, also those of mask, offsets and groups.   Complexity: O(n).
  void follow(std::span<Value> kernel) {
    expect_none_or_all(trained_as_one.size(), "group numbers");
    if (!trained_as_one.empty() && kernel.size() == mask.size()) {
      offset.resize(offset.empty() ? mask.size() : offset.size());
      expect_none_or_all(offset.size(), "offsets");
      std::unordered_map<std::uint32_t, Value> first;
      for (std::size_t i = 0; i < kernel.size(); ++i) {
        if (trained_as_one[i] != 0) {
          offset[i] = first.try_emplace(trained_as_one[i], kernel[i]).first->second;
        }
      }
    }
    apply(kernel);
  }

 private:
  void expect_none_or_all(std::size_t count, const std::string& what) const {
    if (count != 0 && count != mask.size()) {
      reject<shape_error>("mask::weight_mask::apply", {count, " ", what},
                          {"none, or ", mask.size(), ", as the mask has"});
    }
  }
};

}  // namespace espalier::inline v0::mask

#endif
