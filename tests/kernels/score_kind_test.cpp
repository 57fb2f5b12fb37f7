// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/score_kind.hpp>

#include <doctest/doctest.h>

TEST_SUITE("kernels") {
  TEST_CASE("unless a loss says otherwise it looks at the outputs") {
    CHECK(espalier::kernels::score_kind{} == espalier::kernels::score_kind::outputs);
  }
}
