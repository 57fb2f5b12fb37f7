// SPDX-License-Identifier: Apache-2.0
// Fully connected layers on lane blocks: forward, gradient of the input, gradient of kernel and bias.
#ifndef ESPALIER_KERNELS_DENSE_HPP
#define ESPALIER_KERNELS_DENSE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <espalier/base/compiled_once.hpp>
#include <espalier/kernels/detail/bias_gradient.hpp>
#include <espalier/kernels/detail/single.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/live_weights.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a fully connected layer.
struct dense_shape {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t positions = 1;  ///< of a sample, one behind the other, each with inputs and outputs of its own

  /// The largest share of weights with which it pays to skip the others, as measured with AVX-512.
  static constexpr double most_live = 0.6;

  /// Outputs in a row of the gradient by samples: whole vectors, however long they are.
  [[nodiscard]] constexpr std::size_t row() const noexcept { return (outputs + 15) / 16 * 16; }
  /// Numbers of scratch memory that a pass of so many blocks needs.
  [[nodiscard]] constexpr std::size_t scratch(std::size_t blocks) const noexcept {
    return blocks * positions * lanes * row();
  }
};

/// Arrays of one pass of a fully connected layer.
template <class T>
struct dense_pass {
  const T* kernel = nullptr;  ///< (inputs, outputs), row-major
  const T* bias = nullptr;    ///< outputs, or null
  const T* x = nullptr;       ///< [block][position][input][lane]
  const T* dy = nullptr;      ///< [block][position][output][lane]
  std::size_t blocks = 0;
  T* scratch = nullptr;
  bool single = false;                    ///< forward: only the first sample counts; the others become equal to it
  const live_weights<T>* live = nullptr;  ///< or null: no weight is skipped
};

namespace detail {

/// Inputs that are gone through for all outputs before the next are: as many as stay near in four blocks.
[[nodiscard]] constexpr std::size_t inputs_in_row(std::size_t inputs) noexcept {
  constexpr std::size_t most = 128;
  const std::size_t rows = (inputs + most - 1) / most;
  return (inputs + rows - 1) / rows;
}

/// @param output  from one output to the next in the mask.
/// @param input   the same for inputs.
[[nodiscard]] inline live_list dense_list(std::span<const std::uint8_t> mask, std::size_t outputs, std::size_t output,
                                          std::size_t inputs, std::size_t input) {
  const std::size_t run = inputs_in_row(inputs);
  live_list list;
  list.rows = (inputs + run - 1) / run;
  list.starts.push_back(0);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t begin = 0; begin < inputs; begin += run) {
      for (std::size_t i = begin; i < (std::min)(begin + run, inputs); ++i) {
        if (mask[o * output + i * input] != 0) {
          list.inputs.push_back(static_cast<std::uint8_t>(i - begin));
        }
      }
      list.starts.push_back(static_cast<std::uint32_t>(list.inputs.size()));
    }
  }
  return list;
}

/// Runs a product by a list, tile by tile and row by row, with sums that go on from row to row.
template <class T>
void run_listed_rows(const product_task<T>& all, const listed_table<T>& kernels, const live_list& list) {
  const std::size_t run = inputs_in_row(all.run);
  for (std::size_t tile = 0; tile < all.tiles; ++tile) {
    product_task<T> task = all;
    task.x += tile * all.x_tile;
    task.y += tile * all.y_tile;
    for (std::size_t row = 0; row < list.rows; ++row) {
      task.list = listed<T>::rows_of(kernels, list, row, row + 1, 0);
      task.goes_on = row > 0;
      task.finish = row + 1 < list.rows ? finish::store : all.finish;
      kernels.in_row(task);
      task.x += run * lanes;
      task.weights += run * all.weight_input;
    }
  }
}

/// Four blocks at a time are the points of a tile, the rest goes one by one. Positions of a sample are blocks too.
/// @param live     weights that are not skipped; null: none is.
/// @param forward  which list of them.
template <class T>
void dense_product(product_task<T> task, const dense_shape& shape, std::size_t sample_blocks,
                   const live_weights<T>* live, bool forward) {
  const std::size_t blocks = sample_blocks * shape.positions;
  task.run = shape.inputs;
  const std::size_t x_block = shape.inputs * lanes;
  const std::size_t y_block = shape.outputs * lanes;
  task.x_column = x_block;
  task.x_line = 2 * x_block;
  task.y_column = y_block;
  task.y_line = 2 * y_block;
  task.x_tile = 4 * x_block;
  task.y_tile = 4 * y_block;
  task.tiles = blocks / 4;
  if (task.tiles > 0 && live != nullptr) {
    run_listed_rows(task, live->loops(), forward ? live->forward() : live->backward());
  } else if (task.tiles > 0) {
    run_product(task, 4, shape.outputs);
  }
  task.x += task.tiles * task.x_tile;
  task.y += task.tiles * task.y_tile;
  task.x_tile = x_block;
  task.y_tile = y_block;
  task.tiles = blocks % 4;
  if (task.tiles > 0) {
    run_product(task, 1, shape.outputs);
  }
}

/// The outputs of the first sample. The first input is added first, as in a block, so they are the same bits.
template <class T>
void dense_single(const dense_shape& shape, const dense_pass<T>& p, bool relu, T* y) {
  single_task<T> task{p.x, shape.inputs, p.kernel, shape.outputs};
  task.bias = p.bias;
  task.y = y;
  task.relu = relu;
  for (std::size_t position = 0; position < shape.positions; ++position) {
    run_single(task, shape.outputs);
    task.x += shape.inputs * lanes;
    task.y += shape.outputs * lanes;
  }
}

/// One row of outputs per sample, filled up with zeros.
template <class T>
void dense_rows(const dense_shape& shape, const dense_pass<T>& p) {
  constexpr std::size_t width = short_vector<T>::width;
  const std::size_t samples = p.blocks * shape.positions * lanes;
  for (std::size_t sample = 0; shape.row() != shape.outputs && sample < samples; ++sample) {
    std::fill_n(p.scratch + sample * shape.row() + shape.outputs, shape.row() - shape.outputs, T{0});
  }
  for (std::size_t sample = 0; sample < samples; sample += width) {
    std::array<T*, width> to;
    for (std::size_t i = 0; i < width; ++i) {
      to[i] = p.scratch + (sample + i) * shape.row();
    }
    lanes_to_rows<T>(p.dy + sample / lanes * shape.outputs * lanes + sample % lanes, shape.outputs, to);
  }
}

/// Adds the squares of single samples' gradients of the kernel, where a sample has several positions: those are added
/// up before they are squared.
template <class T>
void dense_squares(const dense_shape& shape, const dense_pass<T>& p, T* d_kernel) {
  constexpr std::size_t width = short_vector<T>::width;
  for (std::size_t first = 0; first < p.blocks * lanes; first += width) {
    const T* x = p.x + first / lanes * shape.positions * shape.inputs * lanes + first % lanes;
    const T* dy = p.dy + first / lanes * shape.positions * shape.outputs * lanes + first % lanes;
    for (std::size_t weight = 0; weight < shape.inputs * shape.outputs; ++weight) {
      const std::size_t input = weight / shape.outputs * lanes;
      const std::size_t output = weight % shape.outputs * lanes;
      numbers<T> sum{};
      for (std::size_t at = 0; at < shape.positions; ++at) {
        sum += load(x + at * shape.inputs * lanes + input) * load(dy + at * shape.outputs * lanes + output);
      }
      for (std::size_t lane = 0; lane < width; ++lane) {
        d_kernel[weight] += sum[lane] * sum[lane];
      }
    }
  }
}

/// @return how many inputs the next tile of an outer product takes: 6, 4 or 1, so that few are left for single ones.
[[nodiscard]] constexpr std::size_t inputs_of_tile(std::size_t left) noexcept {
  const bool in_fours = left == 4 || left == 5 || left == 8 || left == 9;
  return in_fours ? 4 : (left >= 6 ? 6 : 1);
}

/// Adds sums over samples and positions of products of inputs and slopes, or of their squares, once dense_rows is done.
template <bool Squared, class T>
void dense_outer(const dense_shape& shape, const dense_pass<T>& p, T* d_kernel) {
  const std::size_t width = table<T>().width;
  const outer_table<T>& outer = outer_products<T, Squared>();
  for (std::size_t input = 0, size = 0; input < shape.inputs; input += size) {
    size = inputs_of_tile(shape.inputs - input);
    for (std::size_t output = 0; output < shape.outputs;) {
      const std::size_t vectors = (shape.outputs - output + width - 1) / width;
      const std::size_t log = vectors >= 4 && outer[0][2] != nullptr ? 2 : (vectors >= 2 ? 1 : 0);
      outer_task<T> task;
      task.x = p.x + input * lanes;
      task.x_block = shape.inputs * lanes;
      task.rows = p.scratch + output;
      task.row = shape.row();
      task.blocks = p.blocks * shape.positions;
      task.to = d_kernel + input * shape.outputs + output;
      task.to_row = shape.outputs;
      task.outputs = shape.outputs - output;
      outer[size / 3][log](task);
      output += width << log;
    }
  }
}

/// Adds sums over samples and positions of slopes, or of their squares, once dense_rows is done. Four sums grow side by
/// side, for each addition waits for the one before it.
template <bool Squared, class T>
void dense_bias_sums(const dense_shape& shape, const dense_pass<T>& p, T* d_bias) {
  constexpr std::size_t width = short_vector<T>::width;
  constexpr std::size_t at_once = 4;
  static_assert(lanes % at_once == 0);
  const std::size_t samples = p.blocks * shape.positions * lanes;
  for (std::size_t output = 0; output < shape.outputs; output += width) {
    numbers<T> sums[at_once] = {};
    const T* row = p.scratch + output;
    for (std::size_t sample = 0; sample < samples; sample += at_once) {
#pragma GCC unroll 4
      for (std::size_t i = 0; i < at_once; ++i, row += shape.row()) {
        const numbers<T> slope = load(row);
        sums[i] += Squared ? slope * slope : slope;
      }
    }
    const numbers<T> sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::size_t i = 0; i < (std::min)(width, shape.outputs - output); ++i) {
      d_bias[output + i] += sum[i];
    }
  }
}

}  // namespace detail

/// @param mask  one entry per weight: 0 for those that passes are to skip.
/// @return the others.   Complexity: O(weights).
template <class T>
[[nodiscard]] live_weights<T> dense_live_weights(const dense_shape& shape, std::span<const std::uint8_t> mask) {
  return {mask, detail::dense_list(mask, shape.outputs, 1, shape.inputs, shape.outputs),
          detail::dense_list(mask, shape.inputs, shape.outputs, shape.outputs, 1), &detail::listed_products<T>};
}

/// y = x kernel + bias, or max(that, 0).
/// @param relu  whether negative outputs become 0; what is not a number stays so.
/// @param y     [block][position][output][lane].
template <class T>
void dense_forward(const dense_shape& shape, const dense_pass<T>& p, bool relu, T* y) {
  if (p.single) {
    detail::dense_single(shape, p, relu, y);
    return;
  }
  detail::product_task<T> task;
  task.x = p.x;
  task.weights = p.kernel;
  task.weight_input = shape.outputs;
  task.weight_output = 1;
  task.bias = p.bias;
  task.y = y;
  task.finish = relu ? detail::finish::relu : detail::finish::store;
  detail::dense_product(task, shape, p.blocks, p.live, true);
}

/// dx = dy kernel^T.
template <class T>
void dense_backward_input(const dense_shape& shape, const dense_pass<T>& p, T* dx) {
  detail::product_task<T> task;
  task.x = p.dy;
  task.weights = p.kernel;
  task.weight_input = 1;
  task.weight_output = shape.outputs;
  task.y = dx;
  detail::dense_product(task, {shape.outputs, shape.inputs, shape.positions}, p.blocks, p.live, false);
}

/// Adds the gradients of kernel and bias, summed over samples; or, for Kind squared, the squares of each sample's.
/// @param d_kernel  (inputs, outputs).
/// @param d_bias    outputs numbers; not touched without a bias.
template <gradient_kind Kind, class T>
void dense_backward_parameters(const dense_shape& shape, const dense_pass<T>& p, T* d_kernel, T* d_bias) {
  constexpr bool squared = Kind == gradient_kind::squared;
  if (squared && shape.positions > 1) {
    detail::dense_squares(shape, p, d_kernel);
    if (p.bias != nullptr) {
      detail::bias_gradient<Kind>({shape.outputs, shape.positions, p.blocks}, p.dy, d_bias);
    }
    return;
  }
  detail::dense_rows(shape, p);
  detail::dense_outer<squared>(shape, p, d_kernel);
  if (p.bias != nullptr) {
    detail::dense_bias_sums<squared>(shape, p, d_bias);
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE live_weights<float> dense_live_weights(const dense_shape& shape,
                                                              std::span<const std::uint8_t> mask);
ESPALIER_COMPILED_ONCE live_weights<double> dense_live_weights(const dense_shape& shape,
                                                               std::span<const std::uint8_t> mask);
ESPALIER_COMPILED_ONCE void dense_forward(const dense_shape& shape, const dense_pass<float>& p, bool relu, float* y);
ESPALIER_COMPILED_ONCE void dense_forward(const dense_shape& shape, const dense_pass<double>& p, bool relu, double* y);
ESPALIER_COMPILED_ONCE void dense_backward_input(const dense_shape& shape, const dense_pass<float>& p, float* dx);
ESPALIER_COMPILED_ONCE void dense_backward_input(const dense_shape& shape, const dense_pass<double>& p, double* dx);
ESPALIER_COMPILED_ONCE void dense_backward_parameters<gradient_kind::plain>(const dense_shape& shape,
                                                                            const dense_pass<float>& p, float* d_kernel,
                                                                            float* d_bias);
ESPALIER_COMPILED_ONCE void dense_backward_parameters<gradient_kind::plain>(const dense_shape& shape,
                                                                            const dense_pass<double>& p,
                                                                            double* d_kernel, double* d_bias);
ESPALIER_COMPILED_ONCE void dense_backward_parameters<gradient_kind::squared>(const dense_shape& shape,
                                                                              const dense_pass<float>& p,
                                                                              float* d_kernel, float* d_bias);
ESPALIER_COMPILED_ONCE void dense_backward_parameters<gradient_kind::squared>(const dense_shape& shape,
                                                                              const dense_pass<double>& p,
                                                                              double* d_kernel, double* d_bias);
#endif

}  // namespace espalier::inline v0::kernels

#endif
