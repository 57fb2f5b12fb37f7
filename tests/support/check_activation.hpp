// SPDX-License-Identifier: Apache-2.0
// Checks a layer that changes every number by itself.
#ifndef ESPALIER_TESTS_SUPPORT_CHECK_ACTIVATION_HPP
#define ESPALIER_TESTS_SUPPORT_CHECK_ACTIVATION_HPP

#include <cstddef>
#include <type_traits>

#include "support/check_layer.hpp"

namespace support {

/// Random numbers, 0 and numbers far from it go through the function, in float and in double, and the gradient is that
/// of finite differences.
/// @param function  the layer's, of a double.
template <class Single, class Double, class Function>
void check_activation(const Single& single, const Double& wide, const Function& function) {
  const auto check = [&](const auto& layer, double tolerance) {
    using layer_type = std::remove_cvref_t<decltype(layer)>;
    using T = typename layer_type::value_type;
    layer_under_test<layer_type> test(layer, {2, 3, 1}, 1);
    test.x[0] = T{0};
    test.x[1] = T{-50};
    test.x[2] = T{50};
    const auto y = test.forward();
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(static_cast<double>(y[i]) == doctest::Approx(function(static_cast<double>(test.x[i]))).epsilon(tolerance));
    }
  };
  check(single, 1e-6);
  check(wide, 1e-14);
  check_input_gradient(wide, {11}, 2);
}

}  // namespace support

#endif
