// SPDX-License-Identifier: Apache-2.0
// A layer some of whose weights are held at 0, or at a shared mean, through all training.
#ifndef ESPALIER_NN_MASKED_HPP
#define ESPALIER_NN_MASKED_HPP

#include <string>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/held_weights.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// A layer with a mask: after every step of an optimizer the weights that are not kept are set back, so no momentum and
/// no weight decay moves them.
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

  [[nodiscard]] const mask::weight_mask<value_type>& mask() const noexcept { return mask_; }

  /// Holds other weights from now on.
  /// @param m  one entry per weight.   @throws shape_error if it, or its offsets, have more or fewer.
  void set_mask(mask::weight_mask<value_type> m) {
    if (m.mask.size() != this->kernel().size()) {
      throw shape_error(error_message(
          "nn::masked", "a mask of " + std::to_string(m.mask.size()) + " weights for layer '" + this->name() + "'",
          std::to_string(this->kernel().size())));
    }
    if (!m.offset.empty() && m.offset.size() != m.mask.size()) {
      throw shape_error(error_message("nn::masked",
                                      std::to_string(m.offset.size()) +
                                          (m.offset.size() == 1 ? " offset" : " offsets") + " for layer '" +
                                          this->name() + "'",
                                      std::to_string(m.mask.size()) + ", or none"));
    }
    mask_ = std::move(m);
    held_ = kernels::held_weights<value_type>(mask_.mask, mask_.offset);
    hold();
  }

  /// Sets the weights that are not kept back to their offsets.
  void hold() { held_.apply(elements(this->kernel())); }

 private:
  mask::weight_mask<value_type> mask_;
  kernels::held_weights<value_type> held_{{}, {}};
};

}  // namespace espalier::inline v0::nn

#endif
