// SPDX-License-Identifier: Apache-2.0
// What poolings of images and of sequences have in common: options and shapes.
#ifndef ESPALIER_NN_DETAIL_POOLING_HPP
#define ESPALIER_NN_DETAIL_POOLING_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/pool1d_options.hpp>
#include <espalier/nn/pool2d_options.hpp>

namespace espalier::inline v0::nn::detail {

/// A pooling without memory of its own.
template <class T>
class pooling_base {
 public:
  using value_type = T;
  static constexpr bool in_place = false;
  static constexpr unit_flow units = unit_flow::carries;

  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }

 protected:
  [[nodiscard]] const kernels::pool2d_shape& shape() const noexcept { return shape_; }

  kernels::pool2d_shape shape_;
};

/// @tparam Layer  gives forward, backward and its name.
template <class Layer, class T>
class pooling : public pooling_base<T> {
 public:
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;

  /// @param options  see pool2d_options.
  /// @throws argument_error if the window is empty.
  explicit pooling(const pool2d_options& options = {}) : options_(options) {
    expect_window(Layer::default_name, options);
  }

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    const auto& s = this->shape_ = pool2d_shape(options_, input, {Layer::default_name, name});
    return {s.lines.outputs, s.columns.outputs, s.channels};
  }

  /// @return whether it makes one of each 2 x 2: then a convolution and a rectifier before it can take it along.
  [[nodiscard]] bool takes_fours() const noexcept { return this->shape().takes_fours(); }

 private:
  pool2d_options options_;
};

/// The same of sequences, which are images of one line.
template <class Layer, class T>
class pooling_of_sequences : public pooling_base<T> {
 public:
  static constexpr std::size_t input_rank = 2;
  static constexpr std::size_t output_rank = 2;

  /// @param options  see pool1d_options.
  /// @throws argument_error if the window is empty.
  explicit pooling_of_sequences(const pool1d_options& options = {})
      : options_{{1, options.pool}, {1, options.stride}, options.padding} {
    if (options.pool == 0) {
      reject<argument_error>(std::string("nn::") + Layer::default_name, {"a window of 0"}, {"at least 1"});
    }
  }

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    const std::size_t window = options_.pool[1];
    const bool fits = options_.padding == padding::same || input[0] >= window;
    if (input.rank() != 2 || input.size() == 0 || !fits) {
      refuse_input(Layer::default_name, name, input,
                   {"a sequence (steps, channels) no shorter than the window (", window, ")"});
    }
    const extents image{1, input[0], input[1]};
    const auto& s = this->shape_ = {pool_axis(options_, image, 0), pool_axis(options_, image, 1), input[1]};
    return {s.columns.outputs, s.channels};
  }

 private:
  pool2d_options options_;
};

/// One window for all places of an image (Rank 3) or a sequence (Rank 2).
template <class Layer, class T, std::size_t Rank>
class global_pooling : public pooling_base<T> {
 public:
  static constexpr std::size_t input_rank = Rank;
  static constexpr std::size_t output_rank = 1;

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    if (input.rank() != Rank || input.size() == 0) {
      refuse_input(Layer::default_name, name, input,
                   {Rank == 3 ? "an image (height, width, channels)" : "a sequence (steps, channels)"});
    }
    const auto all = [](std::size_t places) { return kernels::pool_axis::valid(places, places, 1); };
    this->shape_ = {all(Rank == 3 ? input[0] : 1), all(input[Rank - 2]), input[Rank - 1]};
    return {input[Rank - 1]};
  }
};

}  // namespace espalier::inline v0::nn::detail

#endif
