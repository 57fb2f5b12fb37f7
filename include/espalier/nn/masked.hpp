// SPDX-License-Identifier: Apache-2.0
// A layer some of whose weights are held at 0, or at a shared mean, through all training.
#ifndef ESPALIER_NN_MASKED_HPP
#define ESPALIER_NN_MASKED_HPP

#include <span>
#include <string>
#include <utility>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/detail/kernel_holder.hpp>
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
  [[nodiscard]] const mask::weight_mask<value_type>& mask() const noexcept { return holder_.mask(); }

  /// Holds other weights from now on.
  /// @param m  one entry per weight.
  /// @throws shape_error if it, its offsets or its groups have more or fewer; argument_error if weights that
  ///         are trained as one are kept, or differ in their offsets. The layer is then as it was.
  void set_mask(mask::weight_mask<value_type> m) {
    const auto live = holder_.set(std::move(m), elements(this->kernel()), this->name());
    if constexpr (requires(Layer & layer) { layer.skip_dead(view_of(live)); }) {
      this->skip_dead(view_of(live));
    }
  }

  /// Sets the weights that are not kept back to their offsets, and makes those equal that are trained as one.
  void hold() { holder_.hold(elements(this->kernel())); }

  /// @param gradients  one per weight of the kernel; those of weights that are trained as one become their mean, those
  ///                   of weights that are held 0, so that nothing depends on which passes worked them out.
  void share(std::span<value_type> gradients) const { holder_.share(gradients); }

 private:
  detail::kernel_holder<value_type> holder_;
};

}  // namespace espalier::inline v0::nn

#endif
