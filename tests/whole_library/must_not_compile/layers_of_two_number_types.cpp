// SPDX-License-Identifier: Apache-2.0
// A network computes in one number type.
// Refused with: all layers need one number type
#include <espalier/nn/dense.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/sequential.hpp>

#ifdef ESPALIER_BAD_LINE
using last = espalier::nn::relu<double>;
#else
using last = espalier::nn::relu<float>;
#endif

void build() {
  const espalier::nn::sequential model({4}, 1, espalier::nn::dense<float>({.units = 2}), last());
}
