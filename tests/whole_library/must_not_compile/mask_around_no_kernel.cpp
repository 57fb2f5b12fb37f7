// SPDX-License-Identifier: Apache-2.0
// Only layers with a kernel can be masked.
// Refused with: constraint
#include <espalier/nn/dense.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/nn/relu.hpp>

#ifdef ESPALIER_BAD_LINE
using inner = espalier::nn::relu<float>;
#else
using inner = espalier::nn::dense<float>;
#endif
using wrapped = espalier::nn::masked<inner>;
