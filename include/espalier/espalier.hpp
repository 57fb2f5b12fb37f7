// SPDX-License-Identifier: Apache-2.0
// All of the library but io/, whose headers need libraries of their own.
#ifndef ESPALIER_ESPALIER_HPP
#define ESPALIER_ESPALIER_HPP

#include <espalier/core.hpp>
#include <espalier/kernels/adam.hpp>
#include <espalier/kernels/add.hpp>
#include <espalier/kernels/all_finite.hpp>
#include <espalier/kernels/conv2d.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/kernels/dense.hpp>
#include <espalier/kernels/elementwise.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/held_weights.hpp>
#include <espalier/kernels/instruction_set.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/max_pool2d.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/loss/loss.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/glorot_uniform.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/sequential.hpp>
#include <espalier/nn/softmax.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/optim/adagrad.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/clipped.hpp>
#include <espalier/optim/constant_rate.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/optim/exponential_rate.hpp>
#include <espalier/optim/nadam.hpp>
#include <espalier/optim/optimizer.hpp>
#include <espalier/optim/polynomial_rate.hpp>
#include <espalier/optim/rmsprop.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/optim/warmup.hpp>
#include <espalier/tensor/tensor.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>
#include <espalier/train/gradients.hpp>
#include <espalier/train/trainer.hpp>

#endif
