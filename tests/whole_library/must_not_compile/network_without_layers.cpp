// SPDX-License-Identifier: Apache-2.0
// A network has at least one layer.
// Refused with: a network needs a layer
#include <espalier/nn/dense.hpp>
#include <espalier/nn/sequential.hpp>

#ifdef ESPALIER_BAD_LINE
template class espalier::nn::sequential<>;
#else
template class espalier::nn::sequential<espalier::nn::dense<float>>;
#endif
