// SPDX-License-Identifier: Apache-2.0
// Writes the layers of a pruned network, weights and masks, into one npz file. Needs libzip.
#ifndef ESPALIER_IO_SAVE_LAYERS_HPP
#define ESPALIER_IO_SAVE_LAYERS_HPP

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/io/npz.hpp>
#include <espalier/mask/weight_mask.hpp>

namespace espalier::inline v0::io {

/// Writes, for each layer, the arrays NAME/kernel, NAME/bias (if there is one), NAME/mask (bytes, 1 where a weight is
/// kept), NAME/offset (what the others are held at, if any is shared) and NAME/trained_as_one (the number of the shared
/// group whose weights are trained as one, or 0; if there is any). numpy.load reads them.
/// @param path    where the file shall be; an existing file is replaced, whole or not at all.
/// @param layers  as a prunable model shows them.
/// @param masks   one per layer, as `prune::optimize` returns them.
/// @throws shape_error if there are more or fewer masks than layers, or a size does not fit; file_error if the file
///         cannot be written.   Complexity: O(weights).
template <class Value>
void save_layers(const std::filesystem::path& path, std::span<const attributes::prunable_layer<Value>> layers,
                 std::span<const mask::weight_mask<Value>> masks) {
  if (layers.size() != masks.size()) {
    reject<shape_error>("io::save_layers", {masks.size(), " masks"}, {layers.size(), ", one per layer"});
  }
  npz_writer file;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto& [attributes, kernel, bias] = layers[l];
    file.add(attributes.name + "/kernel", attributes.kernel_shape, kernel);
    if (!bias.empty()) {
      file.add(attributes.name + "/bias", {bias.size()}, bias);
    }
    file.add(attributes.name + "/mask", attributes.kernel_shape, std::span(masks[l].mask));
    if (!masks[l].offset.empty()) {
      file.add(attributes.name + "/offset", attributes.kernel_shape, std::span(masks[l].offset));
    }
    if (!masks[l].trained_as_one.empty()) {
      file.add(attributes.name + "/trained_as_one", attributes.kernel_shape, std::span(masks[l].trained_as_one));
    }
  }
  file.save(path);
}

}  // namespace espalier::inline v0::io

#endif
