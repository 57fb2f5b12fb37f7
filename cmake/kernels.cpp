// SPDX-License-Identifier: Apache-2.0
// The innermost loops of training, compiled once for all tests: with sanitizers they cost more than most of these.
#define ESPALIER_KERNELS_HERE
#include <espalier/kernels/dense.hpp>
