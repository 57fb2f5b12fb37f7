// SPDX-License-Identifier: Apache-2.0
// A layer some of whose weights are held at 0, or at a shared mean, through all training.
#ifndef ESPALIER_NN_MASKED_HPP
#define ESPALIER_NN_MASKED_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/held_weights.hpp>
#include <espalier/kernels/shared_weights.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// A layer with a mask: after every step of an optimizer the weights that are not kept are set back, so no momentum and
/// no weight decay moves them. Shared weights that the mask says are trained as one stay equal to the last bit: their
/// gradient is the mean of theirs.
/// @tparam Layer  a layer with a kernel.
template <weighted_layer Layer>
class masked : public Layer {
 public:
  using value_type = typename Layer::value_type;

  using Layer::Layer;  // is made as the layer is

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    const extents output = Layer::build(name, input, generator);
    set_mask(mask::keep_all<value_type>(this->kernel().size()));
    return output;
  }

  /// @return the mask; the offsets of weights that are trained as one are what those are now.
  [[nodiscard]] const mask::weight_mask<value_type>& mask() const noexcept { return mask_; }

  /// Holds other weights from now on.
  /// @param m  one entry per weight.
  /// @throws shape_error if it, its offsets or its groups have more or fewer; argument_error if weights that are
  /// trained
  ///         as one are kept, or differ in their offsets. The layer is then as it was.
  void set_mask(mask::weight_mask<value_type> m) {
    if (m.mask.size() != this->kernel().size()) {
      throw shape_error(error_message(
          "nn::masked", "a mask of " + std::to_string(m.mask.size()) + " weights for layer '" + this->name() + "'",
          std::to_string(this->kernel().size())));
    }
    expect_as_many(m.offset.size(), "offset");
    expect_as_many(m.trained_as_one.size(), "group number");
    auto fixed = m.mask;
    for (std::size_t i = 0; i < m.trained_as_one.size(); ++i) {
      fixed[i] = m.trained_as_one[i] != 0 ? 1 : fixed[i];
    }
    expect_shared(m);
    shared_ = kernels::shared_weights(m.trained_as_one);
    m.apply(elements(this->kernel()));
    held_ = kernels::held_weights<value_type>(fixed, m.offset);
    if constexpr (requires(Layer & layer) { layer.skip_dead(fixed); }) {
      for (std::size_t i = 0; i < m.offset.size(); ++i) {
        fixed[i] = m.offset[i] != 0 ? 1 : fixed[i];
      }
      this->skip_dead(fixed);
    }
    mask_ = std::move(m);
  }

  /// Sets the weights that are not kept back to their offsets, and makes those equal that are trained as one.
  void hold() {
    const auto kernel = elements(this->kernel());
    held_.apply(kernel);
    shared_.apply(kernel);
    shared_.template copy<value_type>(kernel, mask_.offset);
  }

  /// @param gradients  one per weight of the kernel; those of weights that are trained as one become their mean, those
  ///                   of weights that are held 0, so that nothing depends on which passes worked them out.
  void share(std::span<value_type> gradients) const {
    shared_.average(gradients);
    held_.clear(gradients);
  }

 private:
  void expect_as_many(std::size_t count, const std::string& what) const {
    const std::size_t weights = this->kernel().size();
    if (count != 0 && count != weights) {
      throw shape_error(error_message(
          "nn::masked",
          std::to_string(count) + " " + what + (count == 1 ? "" : "s") + " for layer '" + this->name() + "'",
          std::to_string(weights) + ", or none"));
    }
  }
  void expect_shared(mask::weight_mask<value_type>& m) const {
    if (m.offset.empty() && !m.trained_as_one.empty()) {
      m.offset.assign(m.mask.size(), value_type{0});
    }
    std::map<std::uint32_t, value_type> offsets;
    for (std::size_t i = 0; i < m.trained_as_one.size(); ++i) {
      const std::uint32_t group = m.trained_as_one[i];
      if (group != 0 && (m.mask[i] != 0 || offsets.try_emplace(group, m.offset[i]).first->second != m.offset[i])) {
        throw argument_error(error_message("nn::masked",
                                           "weight " + std::to_string(i) + " of shared group " + std::to_string(group) +
                                               " of layer '" + this->name() + "' with a mask or an offset of its own",
                                           "mask 0 and one offset for all of the group"));
      }
    }
  }

  mask::weight_mask<value_type> mask_;
  kernels::shared_weights shared_;
  kernels::held_weights<value_type> held_{{}, {}};
};

}  // namespace espalier::inline v0::nn

#endif
