// SPDX-License-Identifier: Apache-2.0
// Reads weights and masks that save_layers wrote back into a network of the same layers. Needs libzip.
#ifndef ESPALIER_IO_LOAD_LAYERS_HPP
#define ESPALIER_IO_LOAD_LAYERS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/io/npz.hpp>
#include <espalier/mask/weight_mask.hpp>

namespace espalier::inline v0::io {

namespace detail {

/// Loads arrays and refuses those of another shape.
template <class T>
[[nodiscard]] std::vector<T> load_shaped(const npz_reader& file, const std::string& name, const extents& shape) {
  npz_array<T> array = file.load<T>(name);
  if (!(array.shape == shape)) {
    reject<shape_error>("io::load_layers", {"'", name, "' of shape ", array.shape}, {shape, ", as the network has"});
  }
  return std::move(array.values);
}

}  // namespace detail

/// Reads what save_layers wrote.
/// @param path    the file.
/// @param layers  of the network, with the names and shapes of the file; kernels and biases are overwritten, all of
///                them or none.
/// @return the masks, one per layer.
/// @throws file_error, parse_error or argument_error if the file is not there, damaged or lacks an array; shape_error
///         if a shape is another one.   Complexity: O(weights).
template <class Value>
[[nodiscard]] std::vector<mask::weight_mask<Value>> load_layers(
    const std::filesystem::path& path, std::span<const attributes::prunable_layer<Value>> layers) {
  const npz_reader file(path);
  const std::vector<std::string> names = file.names();
  const std::set<std::string> there(names.begin(), names.end());
  std::vector<mask::weight_mask<Value>> masks;
  std::vector<std::pair<std::span<Value>, std::vector<Value>>> loaded;
  for (const auto& [attributes, kernel, bias] : layers) {
    const std::string& name = attributes.name;
    const extents& shape = attributes.kernel_shape;
    loaded.emplace_back(kernel, detail::load_shaped<Value>(file, name + "/kernel", shape));
    if (!bias.empty()) {
      loaded.emplace_back(bias, detail::load_shaped<Value>(file, name + "/bias", {bias.size()}));
    }
    masks.push_back({detail::load_shaped<std::uint8_t>(file, name + "/mask", shape), {}});
    if (there.contains(name + "/offset")) {
      masks.back().offset = detail::load_shaped<Value>(file, name + "/offset", shape);
    }
    if (there.contains(name + "/trained_as_one")) {
      masks.back().trained_as_one = detail::load_shaped<std::uint32_t>(file, name + "/trained_as_one", shape);
    }
  }
  for (const auto& [to, values] : loaded) {
    std::copy(values.begin(), values.end(), to.begin());
  }
  return masks;
}

}  // namespace espalier::inline v0::io

#endif
