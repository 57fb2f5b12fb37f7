// SPDX-License-Identifier: Apache-2.0
// The initial weights of a kernel, as Keras draws them by default.
#ifndef ESPALIER_NN_GLOROT_UNIFORM_HPP
#define ESPALIER_NN_GLOROT_UNIFORM_HPP

#include <cmath>
#include <cstddef>
#include <span>

#include <espalier/base/random_generator.hpp>

namespace espalier::inline v0::nn {

/// How many inputs feed an output and how many outputs an input feeds.
struct fans {
  std::size_t in = 1;   ///< Dense: inputs; Conv2D: height * width * channels
  std::size_t out = 1;  ///< Dense: outputs; Conv2D: height * width * filters
};

/// Fills a kernel from the uniform distribution in [-l, l], l = sqrt(6 / (in + out)).
/// Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
template <class T>
void glorot_uniform(std::span<T> kernel, const fans& f, random_generator& generator) {
  const double limit = std::sqrt(6.0 / static_cast<double>(f.in + f.out));
  for (T& weight : kernel) {
    weight = static_cast<T>(limit * (2 * generator.uniform() - 1));
  }
}

}  // namespace espalier::inline v0::nn

#endif
