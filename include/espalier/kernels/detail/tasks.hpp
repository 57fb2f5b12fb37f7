// SPDX-License-Identifier: Apache-2.0
// What the innermost loops are told, and the table of those for one set of instructions.
#ifndef ESPALIER_KERNELS_DETAIL_TASKS_HPP
#define ESPALIER_KERNELS_DETAIL_TASKS_HPP

#include <array>
#include <cstddef>
#include <cstdint>

#include <espalier/kernels/live_weights.hpp>

namespace espalier::inline v0::kernels::detail {

/// What is done with a finished tile of a product.
enum class finish : std::uint8_t {
  store,             ///< it is stored
  relu,              ///< negative numbers become 0 first
  relu_max_pool,     ///< the largest of the four points is stored, or 0, and in `marks` which one it was, if positive
  relu_average_pool  ///< the mean of the four is stored, negative ones being 0, and in `marks` which were positive
};

template <class T>
struct listed_table;

/// Which weights a product does not skip.
template <class T>
struct listed {
  const listed_table<T>* kernels = nullptr;  ///< or null: none is skipped
  const live_weight* live = nullptr;
  const std::uint8_t* inputs = nullptr;   ///< in place of them, of one row; then strides of the weights are looked at
  const std::uint32_t* starts = nullptr;  ///< of the first row of each output
  std::size_t starts_output = 0;          ///< from one output to the next
  std::size_t rows = 0;                   ///< of each output
  std::size_t skipped = 0;                ///< taken off each place: the rows before the first
  std::size_t outputs = 0;

  /// @return some rows of all outputs of a list.
  /// @param step  numbers from one row to the next.
  [[nodiscard]] static listed rows_of(const listed_table<T>& kernels, const live_list& list, std::size_t first,
                                      std::size_t last, std::size_t step) {
    return {&kernels,  list.live.data(), list.inputs.data(), list.starts.data() + first,
            list.rows, last - first,     first * step,       (list.starts.size() - 1) / list.rows};
  }
};

/// Points times weights. A tile is some points (one, or four in two lines of two columns) by some outputs:
/// y[point][output] = bias[output] + sum over rows and inputs of x[point][row][input] weight[row][input][output].
/// Strides count numbers.
template <class T>
struct product_task {
  const T* x = nullptr;
  std::size_t x_column = 0;  ///< from a point to the next in its line
  std::size_t x_line = 0;    ///< from the first line of points to the second
  std::size_t x_row = 0;     ///< from one row of inputs to the next
  std::size_t rows = 1;
  std::size_t run = 0;  ///< inputs in a row, one lane block apart
  const T* weights = nullptr;
  std::size_t weight_input = 0;
  std::size_t weight_output = 0;
  std::size_t weight_row = 0;
  const T* bias = nullptr;  ///< or null
  T* y = nullptr;           ///< outputs are one lane block apart
  std::size_t y_column = 0;
  std::size_t y_line = 0;
  T* marks = nullptr;     ///< as y: a bit for each of the four points, in whole numbers of the size of T; or null
  std::size_t tiles = 1;  ///< how many, one after the other
  std::size_t x_tile = 0;
  std::size_t y_tile = 0;
  detail::finish finish = finish::store;
  listed<T> list{};      ///< if it has kernels, `run` is not looked at, nor are strides of the weights
  bool goes_on = false;  ///< with a list: whether sums begin with y, not with the bias
};

/// Outputs of one sample: y[output] = bias[output] + sum over inputs of x[input] kernel[input][output].
template <class T>
struct single_task {
  const T* x = nullptr;  ///< [input][lane], of which the first lane is looked at
  std::size_t inputs = 0;
  const T* kernel = nullptr;
  std::size_t row = 0;      ///< from one input's weights to the next
  std::size_t outputs = 0;  ///< that are real
  std::size_t whole = 0;    ///< inputs whose weights may be read in whole vectors, though there are fewer outputs
  const T* bias = nullptr;  ///< or null
  T* y = nullptr;           ///< [output][lane]; all lanes are written
  bool relu = false;
};

/// Sums of rows of an image, cut out at some places, times numbers: sums[row][i] += slope x[place + row + i].
template <class T>
struct rows_task {
  const T* x = nullptr;
  std::size_t x_row = 0;
  const T* pieces = nullptr;  ///< slopes, each followed by its place, a whole number of the size of T
  std::size_t count = 0;      ///< of pieces
  T* sums = nullptr;
  std::size_t sums_row = 0;
  bool squared = false;  ///< the squares of these sums are added instead
};

/// Sums over points, line by line, of inputs times slopes, lane by lane: sums[input][output] += x[point][input]
/// slopes[point][output]. Inputs and outputs are one lane block apart.
template <class T>
struct lanes_task {
  const T* x = nullptr;
  std::size_t x_point = 0;  ///< from a point to the next in its line
  std::size_t x_line = 0;
  const T* slopes = nullptr;
  std::size_t slopes_point = 0;
  std::size_t slopes_line = 0;
  std::size_t points = 0;  ///< in a line
  std::size_t lines = 0;
  T* sums = nullptr;
  std::size_t sums_input = 0;  ///< from an input to the next
};

/// The same for some weights of one output: sums[weight] += x[point][place of the weight] slopes[point].
/// Sums lie one lane block apart.
template <class T>
struct listed_lanes_task : lanes_task<T> {
  const live_weight* live = nullptr;
  std::size_t weights = 0;  ///< how many, at least one
};

/// Gradients of windows of 2 x 2 go to those of their four outputs that are marked: to[window][place] =
/// (marks[window] >> place) % 2 share dy[window].
template <class T>
struct spread_task {
  const T* dy = nullptr;
  const T* marks = nullptr;  ///< as dy: whole numbers of the size of T
  T share = 1;
  std::size_t windows = 0;
  std::size_t window = 0;   ///< from one of them to the next
  std::size_t outputs = 0;  ///< of a window, one lane block apart
  T* to = nullptr;
  std::size_t to_window = 0;
  std::array<std::size_t, 4> places{};
};

/// Four points, in two lines of two, of the gradient behind which windows of 2 x 2 were pooled: y[point][output] = sum
/// over rows and windows of slopes[row][window] weights[row][window][point][output][the place that won].
template <class T>
struct windows_task {
  const T* slopes = nullptr;  ///< a lane block of each window, followed by one of places, 0 to 3 in whole numbers
  std::size_t slopes_row = 0;
  std::size_t rows = 0;
  std::size_t windows = 0;     ///< in a row
  const T* weights = nullptr;  ///< four for each window, point and output, one for each place
  std::size_t weights_row = 0;
  std::array<T*, 4> y{};  ///< where points go, their outputs one lane block apart; null: it is left out
};

/// Sums over samples of outer products: to[input][output] += x[input] rows[sample][output].
template <class T>
struct outer_task {
  const T* x = nullptr;  ///< [block][input][lane]
  std::size_t x_block = 0;
  const T* rows = nullptr;  ///< one row of outputs per sample, filled up with zeros
  std::size_t row = 0;      ///< from one sample to the next
  std::size_t blocks = 0;
  T* to = nullptr;
  std::size_t to_row = 0;
  std::size_t outputs = 0;  ///< that are real
};

/// A step of Adam, see optim::adam.
template <class T>
struct adam_task {
  T* weights = nullptr;
  T* mean = nullptr;
  T* square = nullptr;
  const T* gradients = nullptr;
  std::size_t count = 0;
  T step = 0;
  T fresh_1 = 0;  ///< 1 - beta_1
  T fresh_2 = 0;  ///< 1 - beta_2
  T epsilon = 0;
};

/// The innermost loops for one set of instructions. Null where a tile would not fit its registers.
template <class T>
struct kernel_table {
  std::size_t width = 0;                                                     ///< numbers in a vector
  std::array<std::array<void (*)(const product_task<T>&), 6>, 2> product{};  ///< [1 or 4 points][outputs - 1]
  std::array<void (*)(const single_task<T>&), 4> single{};                   ///< [1, 2, 4, 8 vectors]
  std::array<std::array<void (*)(const rows_task<T>&), 2>, 3> rows{};        ///< [1, 3, 5 rows][vectors - 1]
  std::array<std::array<void (*)(const lanes_task<T>&), 4>, 3> in_lanes{};   ///< [1, 3, 5 inputs][outputs - 1]
  void (*relu_backward)(const T* y, T* dy, std::size_t count) = nullptr;     ///< see kernels::relu_backward
  void (*spread)(const spread_task<T>&) = nullptr;
  void (*adam)(const adam_task<T>&) = nullptr;
};

/// Those that skip weights.
template <class T>
struct listed_table {
  std::array<void (*)(const product_task<T>&), 3> product{};     ///< [tiles at once - 1]
  void (*in_row)(const product_task<T>&) = nullptr;              ///< of one tile, by `inputs`
  std::array<void (*)(const listed_lanes_task<T>&), 2> lanes{};  ///< [4, 8 weights]
};

/// Gradients behind windows for one set of instructions; null if the set cannot choose one of four numbers in each
/// lane.
template <class T>
struct windows_table {
  std::array<void (*)(const windows_task<T>&), 3> products{};  ///< [outputs - 1]
  /// Slopes of so many windows and their marks, to what a windows_task has.
  void (*pack_slopes)(const T* dy, const T* marks, std::size_t count, T* to) = nullptr;
};

/// Sums of outer products for one set of instructions: [1, 4, 6 inputs][1, 2, 4 vectors]. Null as above.
template <class T>
using outer_table = std::array<std::array<void (*)(const outer_task<T>&), 3>, 3>;

}  // namespace espalier::inline v0::kernels::detail

#endif
