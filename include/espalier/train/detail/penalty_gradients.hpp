// SPDX-License-Identifier: Apache-2.0
// The gradients of regularizers in a training.
#ifndef ESPALIER_TRAIN_DETAIL_PENALTY_GRADIENTS_HPP
#define ESPALIER_TRAIN_DETAIL_PENALTY_GRADIENTS_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/kernels/add.hpp>
#include <espalier/regularize/layer_penalty.hpp>
#include <espalier/train/detail/network_numbers.hpp>

namespace espalier::inline v0::train::detail {

/// Penalties on layers of one network.
template <class T>
class penalty_gradients {
 public:
  /// @throws argument_error if there is no such layer; shape_error if the groups are not those of its kernel.
  penalty_gradients(const std::vector<regularize::layer_penalty>& penalties, const network_numbers<T>& numbers)
      : penalties_(penalties), numbers_(numbers) {
    for (const regularize::layer_penalty& penalty : penalties_) {
      kernels_.push_back(kernel_of(penalty));
    }
  }

  void add_to(std::span<T> gradients) const {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      const auto& [layer, groups, penalty] = penalties_[i];
      const auto slope = penalty(groups, std::span<const T>(numbers_.parameters[kernels_[i]])).gradient;
      kernels::add<T>(view_of(slope), numbers_.part_of(gradients, kernels_[i]));
    }
  }

 private:
  /// @return which of the parameters is the kernel of the layer that is penalized.
  [[nodiscard]] std::size_t kernel_of(const regularize::layer_penalty& penalty) const {
    const auto& layers = numbers_.layers;
    const auto kernel =
        static_cast<std::size_t>(std::find(layers.begin(), layers.end(), penalty.layer) - layers.begin());
    if (kernel == layers.size()) {
      reject<argument_error>("train::fit", {"a penalty on a layer '", penalty.layer, "'"},
                             {"the name of a layer with weights"});
    }
    if (numbers_.parameters[kernel].size() != penalty.groups.weights()) {
      reject<shape_error>("train::fit",
                          {"a penalty on ", penalty.groups.weights(), " weights of layer '", penalty.layer, "'"},
                          {numbers_.parameters[kernel].size()});
    }
    return kernel;
  }

  const std::vector<regularize::layer_penalty>& penalties_;
  const network_numbers<T>& numbers_;
  std::vector<std::size_t> kernels_;  // which parameters they are on
};

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class penalty_gradients<float>;
ESPALIER_COMPILED_ONCE class penalty_gradients<double>;
#endif

}  // namespace espalier::inline v0::train::detail

#endif
