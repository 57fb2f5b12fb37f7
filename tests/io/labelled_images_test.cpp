// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/labelled_images.hpp>

#include <doctest/doctest.h>

#include <string>

#include "support/temporary_folder.hpp"

namespace io = espalier::io;
using namespace std::string_literals;

TEST_SUITE("io") {
  TEST_CASE("pixels are scaled to 0..1 and every image has its label") {
    const support::temporary_folder folder;
    support::write_bytes(folder / "images", "\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\2\0\xFF\x33\0"s);
    support::write_bytes(folder / "labels", "\0\0\x08\x01\0\0\0\2\7\x09"s);
    const auto set = io::load_labelled_images(folder / "images", folder / "labels");
    CHECK(set.shape == espalier::extents{1, 2, 1});
    CHECK(set.pixels == std::vector<float>{0, 1, 0.2F, 0});
    CHECK(set.labels == std::vector<std::uint32_t>{7, 9});
  }

  TEST_CASE("other counts of images and labels are refused with both shapes") {
    const support::temporary_folder folder;
    support::write_bytes(folder / "images", "\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\2\0\xFF\x33\0"s);
    support::write_bytes(folder / "labels", "\0\0\x08\x01\0\0\0\3\7\x09\1"s);
    CHECK_THROWS_WITH_AS(io::load_labelled_images(folder / "images", folder / "labels"),
                         "espalier::io::load_labelled_images: got images of shape (2, 1, 2) and labels of shape (3), "
                         "expected (images, height, width) and (images)",
                         espalier::shape_error);
    CHECK_THROWS_AS(io::load_labelled_images(folder / "labels", folder / "images"), espalier::shape_error);
  }
}
