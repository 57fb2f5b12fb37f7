// SPDX-License-Identifier: Apache-2.0
// What networks of all kinds check and do alike: names, masks that are set, predictions.
#ifndef ESPALIER_NN_DETAIL_NETWORK_CHECKS_HPP
#define ESPALIER_NN_DETAIL_NETWORK_CHECKS_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/predictor.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn::detail {

/// @param shown  the layers with kernels.   @param masks  one for each of them, or none.
/// @throws shape_error or argument_error if they do not fit.
template <class T>
void expect_masks(const std::vector<attributes::prunable_layer<T>>& shown, std::span<const mask::weight_mask<T>> masks,
                  std::string_view where) {
  if (masks.empty()) {
    return;
  }
  if (masks.size() != shown.size()) {
    reject<shape_error>(where, {masks.size(), " masks"}, {shown.size(), ", one per layer with a kernel"});
  }
  for (std::size_t l = 0; l < masks.size(); ++l) {
    const auto& [layer, kernel, bias] = shown[l];
    if (masks[l].mask.size() != kernel.size()) {
      reject<shape_error>(where, {"a mask of ", masks[l].mask.size(), " weights for layer '", layer.name, "'"},
                          {kernel.size()});
    }
    const bool holds = std::find(masks[l].mask.begin(), masks[l].mask.end(), 0) != masks[l].mask.end();
    if (holds && !layer.optimizable) {
      reject<argument_error>(where, {"a mask that holds weights of layer '", layer.name, "'"},
                             {"a layer that is wrapped in masked"});
    }
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE void expect_masks<float>(const std::vector<attributes::prunable_layer<float>>& shown,
                                                std::span<const mask::weight_mask<float>> masks,
                                                std::string_view where);
ESPALIER_COMPILED_ONCE void expect_masks<double>(const std::vector<attributes::prunable_layer<double>>& shown,
                                                 std::span<const mask::weight_mask<double>> masks,
                                                 std::string_view where);
#endif

/// A mean that weights share would not be one after they are multiplied.
[[noreturn]] inline void refuse_folding(const std::string& network, const std::string& layer) {
  reject<argument_error>(network + "::fold_batch_normalizations", {"shared weights in layer '", layer, "'"},
                         {"weights that are kept or 0"});
}

/// @param samples  row-major, one after the other.   @return one row of outputs per sample.
/// @throws shape_error if the numbers do not make whole samples.
template <class Model, class T>
[[nodiscard]] tensor<T, 2> predictions_of(const Model& model, std::span<const T> samples, std::string_view where) {
  const std::size_t count = count_samples(model, samples.size(), where);
  auto result = zeros<T, 2>({count, model.output_shape().size()});
  predictor<Model>(model, count)(samples, elements(result));
  return result;
}

}  // namespace espalier::inline v0::nn::detail

#endif
