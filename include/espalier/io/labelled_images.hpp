// SPDX-License-Identifier: Apache-2.0
// Images with their labels from a pair of IDX files, ready for training. Needs zlib.
#ifndef ESPALIER_IO_LABELLED_IMAGES_HPP
#define ESPALIER_IO_LABELLED_IMAGES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/io/idx.hpp>

namespace espalier::inline v0::io {

/// Images and what they show.
struct labelled_images {
  extents shape;                      ///< of one image: (height, width, channels)
  std::vector<float> pixels;          ///< image after image, row-major, 0 to 1
  std::vector<std::uint32_t> labels;  ///< one per image
};

/// Reads a set of grey images and its labels.
/// @param images  an IDX file of bytes, (images, height, width); pixels are divided by 255.
/// @param labels  an IDX file of bytes, (images).
/// @return the images with one channel.
/// @throws shape_error if the files do not hold as many labels as images, or have other axes; and what load_idx throws.
[[nodiscard]] inline labelled_images load_labelled_images(const std::filesystem::path& images,
                                                          const std::filesystem::path& labels) {
  const idx_array<std::uint8_t> pixels = load_idx<std::uint8_t>(images);
  const idx_array<std::uint8_t> classes = load_idx<std::uint8_t>(labels);
  if (pixels.shape.rank() != 3 || classes.shape.rank() != 1 || pixels.shape[0] != classes.shape[0]) {
    reject<shape_error>("io::load_labelled_images",
                        {"images of shape ", pixels.shape, " and labels of shape ", classes.shape},
                        {"(images, height, width) and (images)"});
  }
  labelled_images set{{pixels.shape[1], pixels.shape[2], 1}, {}, {classes.values.begin(), classes.values.end()}};
  set.pixels.resize(pixels.values.size());
  std::transform(pixels.values.begin(), pixels.values.end(), set.pixels.begin(),
                 [](std::uint8_t pixel) { return static_cast<float>(pixel) / 255.0F; });
  return set;
}

}  // namespace espalier::inline v0::io

#endif
