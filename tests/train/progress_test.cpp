// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/progress.hpp>

#include <doctest/doctest.h>

#include <cmath>

TEST_SUITE("train") {
  TEST_CASE("without validation data there is no validation loss") {
    CHECK(std::isnan(espalier::train::progress{}.validation_loss));
  }
}
