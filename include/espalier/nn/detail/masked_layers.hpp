// SPDX-License-Identifier: Apache-2.0
// The masked layers of usual networks, for programs that compile them once.
#ifndef ESPALIER_NN_DETAIL_MASKED_LAYERS_HPP
#define ESPALIER_NN_DETAIL_MASKED_LAYERS_HPP

#include <espalier/base/compiled_once.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/masked.hpp>

namespace espalier::inline v0::nn {

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class masked<conv2d<float>>;
ESPALIER_COMPILED_ONCE class masked<conv2d<double>>;
ESPALIER_COMPILED_ONCE class masked<dense<float>>;
ESPALIER_COMPILED_ONCE class masked<dense<double>>;
#endif

}  // namespace espalier::inline v0::nn

#endif
