// SPDX-License-Identifier: Apache-2.0
// Fully connected layers on lane blocks: forward, gradient of the input, gradient of kernel and bias.
#ifndef ESPALIER_KERNELS_DENSE_HPP
#define ESPALIER_KERNELS_DENSE_HPP

#include <array>
#include <cstddef>

#include <espalier/kernels/gradient.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/tile.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a fully connected layer.
struct dense_shape {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
};

namespace detail {

/// to[block][o] = start(o) + sum over inputs of weight(input, o) from[block][input].
template <class T, class Start>
void dense_product(const dense_shape& shape, const T* from, const weight_view<T>& weights, T* to, std::size_t blocks,
                   Start&& start) {
  constexpr std::size_t width = vector_of<T>::width;
  constexpr std::size_t points = parts<T>;
  for (std::size_t block = 0; block < blocks; ++block) {
    const T* x = from + block * shape.inputs * lanes;
    T* y = to + block * shape.outputs * lanes;
    std::array<const T*, points> samples;
    for (std::size_t part = 0; part < points; ++part) {
      samples[part] = x + part * width;
    }
    for_each_tile<tile_outputs<T>>(shape.outputs, [&]<std::size_t Outputs>(std::size_t begin) {
      std::array<std::array<vector<T>, Outputs>, points> sums;
      for (std::size_t o = 0; o < Outputs; ++o) {
        for (auto& point : sums) {
          point[o] = broadcast(start(begin + o));
        }
      }
      const weight_view<T> tile{weights.first + begin * weights.output_stride, weights.input_stride,
                                weights.output_stride};
      multiply<T, points, Outputs>(sums, samples, tile, shape.inputs);
      for (std::size_t o = 0; o < Outputs; ++o) {
        for (std::size_t part = 0; part < points; ++part) {
          store(y + (begin + o) * lanes + part * width, sums[part][o]);
        }
      }
    });
  }
}

}  // namespace detail

/// y = x kernel + bias.
/// @param shape   sizes; @param kernel  (inputs, outputs), row-major; @param bias  outputs numbers or null.
/// @param x       [block][inputs][lane]; @param y  [block][outputs][lane]; @param blocks  how many.
template <class T>
void dense_forward(const dense_shape& shape, const T* kernel, const T* bias, const T* x, T* y, std::size_t blocks) {
  detail::dense_product(shape, x, {kernel, shape.outputs, 1}, y, blocks,
                        [&](std::size_t output) { return bias == nullptr ? T{0} : bias[output]; });
}

/// dx = dy kernel^T.
template <class T>
void dense_backward_input(const dense_shape& shape, const T* kernel, const T* dy, T* dx, std::size_t blocks) {
  detail::dense_product({shape.outputs, shape.inputs}, dy, {kernel, 1, shape.outputs}, dx, blocks,
                        [](std::size_t) { return T{0}; });
}

/// Adds the gradients of kernel and bias, summed over samples; or, for Kind squared, the squares of each sample's.
/// @param d_kernel  (inputs, outputs); @param d_bias  outputs numbers or null.
template <gradient_kind Kind, class T>
void dense_backward_parameters(const dense_shape& shape, const T* x, const T* dy, T* d_kernel, T* d_bias,
                               std::size_t blocks) {
  using namespace detail;
  for_each_tile<4>(shape.inputs, [&]<std::size_t Inputs>(std::size_t input) {
    for_each_tile<tile_outputs<T>>(shape.outputs, [&]<std::size_t Outputs>(std::size_t output) {
      gradient_tile<Kind, T, Inputs, Outputs> tile;
      for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t part = 0; part < parts<T>; ++part) {
          const std::size_t lane = part * vector_of<T>::width;
          tile.add(x + (block * shape.inputs + input) * lanes + lane,
                   dy + (block * shape.outputs + output) * lanes + lane);
          tile.end_of_sample();
        }
      }
      tile.write(d_kernel + input * shape.outputs + output, shape.outputs);
    });
  });
  if (d_bias != nullptr) {
    bias_gradient<Kind>(dy, shape.outputs, 1, d_bias, blocks);
  }
}

}  // namespace espalier::inline v0::kernels

#endif
