// SPDX-License-Identifier: Apache-2.0
// What a mask does to a kernel, whatever layer it belongs to.
#ifndef ESPALIER_NN_DETAIL_KERNEL_HOLDER_HPP
#define ESPALIER_NN_DETAIL_KERNEL_HOLDER_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/kernels/held_weights.hpp>
#include <espalier/kernels/shared_weights.hpp>
#include <espalier/mask/weight_mask.hpp>

namespace espalier::inline v0::nn::detail {

/// Holds weights of a kernel as a mask says, see nn::masked.
template <class T>
class kernel_holder {
 public:
  [[nodiscard]] const mask::weight_mask<T>& mask() const noexcept { return mask_; }

  /// @param kernel  gets the offsets of weights that are not kept.
  /// @param layer   a name, for messages.
  /// @return one entry per weight: 0 for those that stay 0 from now on.
  /// @throws as nn::masked::set_mask; nothing is changed then.
  std::vector<std::uint8_t> set(mask::weight_mask<T> m, std::span<T> kernel, const std::string& layer);

  void hold(std::span<T> kernel) {
    held_.apply(kernel);
    shared_.apply(kernel);
    shared_.template copy<T>(kernel, mask_.offset);
  }

  void share(std::span<T> gradients) const {
    shared_.average(gradients);
    held_.clear(gradients);
  }

 private:
  mask::weight_mask<T> mask_;
  kernels::shared_weights shared_;
  kernels::held_weights<T> held_{{}, {}};
};

/// @throws shape_error if a mask has more or fewer entries of some kind than a kernel has weights.
template <class T>
void expect_as_many(const mask::weight_mask<T>& m, std::size_t weights, const std::string& layer) {
  if (m.mask.size() != weights) {
    reject<shape_error>("nn::masked", {"a mask of ", m.mask.size(), " weights for layer '", layer, "'"}, {weights});
  }
  for (const auto& [count, what] :
       {std::pair(m.offset.size(), " offset"), {m.trained_as_one.size(), " group number"}}) {
    if (count != 0 && count != weights) {
      reject<shape_error>("nn::masked", {count, what, count == 1 ? "" : "s", " for layer '", layer, "'"},
                          {weights, ", or none"});
    }
  }
}

/// @param m       with an offset for each weight if some are trained as one.
/// @param shared  the weights that are.
/// @throws argument_error if weights that are trained as one are kept, or differ in their offsets.
template <class T>
void expect_one_offset(const mask::weight_mask<T>& m, const kernels::shared_weights& shared, const std::string& layer) {
  shared.for_each_group([&](std::span<const std::size_t> group) {
    for (const std::size_t i : group) {
      if (m.mask[i] != 0 || m.offset[i] != m.offset[group[0]]) {
        reject<argument_error>("nn::masked",
                               {"weight ", i, " of shared group ", m.trained_as_one[i], " of layer '", layer,
                                "' with a mask or an offset of its own"},
                               {"mask 0 and one offset for all of the group"});
      }
    }
  });
}

template <class T>
std::vector<std::uint8_t> kernel_holder<T>::set(mask::weight_mask<T> m, std::span<T> kernel, const std::string& layer) {
  expect_as_many(m, kernel.size(), layer);
  if (m.offset.empty() && !m.trained_as_one.empty()) {
    m.offset.assign(m.mask.size(), T{0});
  }
  kernels::shared_weights shared(view_of(m.trained_as_one));
  expect_one_offset(m, shared, layer);
  auto moves = m.mask;  // what is trained as one does, though its mask is 0
  for (std::size_t i = 0; i < m.trained_as_one.size(); ++i) {
    moves[i] = m.trained_as_one[i] != 0 ? 1 : moves[i];
  }
  shared_ = std::move(shared);
  m.apply(kernel);
  held_ = kernels::held_weights<T>(view_of(moves), view_of(m.offset));
  auto live = std::move(moves);
  for (std::size_t i = 0; i < m.offset.size(); ++i) {
    live[i] = m.offset[i] != 0 ? 1 : live[i];
  }
  mask_ = std::move(m);
  return live;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE std::vector<std::uint8_t> kernel_holder<float>::set(mask::weight_mask<float> m,
                                                                           std::span<float> kernel,
                                                                           const std::string& layer);
ESPALIER_COMPILED_ONCE std::vector<std::uint8_t> kernel_holder<double>::set(mask::weight_mask<double> m,
                                                                            std::span<double> kernel,
                                                                            const std::string& layer);
#endif

}  // namespace espalier::inline v0::nn::detail

#endif
