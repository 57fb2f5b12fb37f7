// SPDX-License-Identifier: Apache-2.0
// The initial weights of a kernel, as Keras draws them.
#ifndef ESPALIER_NN_INITIALIZER_HPP
#define ESPALIER_NN_INITIALIZER_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>

namespace espalier::inline v0::nn {

/// What a kernel joins.
struct kernel_sizes {
  std::size_t places = 1;   ///< height * width of a convolution
  std::size_t inputs = 1;   ///< features, or channels
  std::size_t outputs = 1;  ///< neurons, filters, or outputs of each channel
};

/// Of what the variance of weights is a share.
enum class fan : std::uint8_t {
  in,      ///< inputs that feed an output: places * inputs
  out,     ///< outputs that an input feeds: places * outputs
  average  ///< the mean of the two
};

/// Shapes of a distribution with mean 0.
enum class distribution : std::uint8_t {
  uniform,
  normal,
  truncated_normal  ///< of a normal one what is no farther than two standard deviations away
};

/// How the weights of a kernel are drawn; by default as `glorot_uniform`.
class initializer {
 public:
  constexpr initializer() = default;

  /// Variance scale / fan, or scale if that of a fan is less than 1.
  /// @param scale  > 0.   @throws argument_error if it is not positive or not finite.
  [[nodiscard]] static constexpr initializer variance_scaling(double scale, nn::fan fan, nn::distribution d) {
    return {expect_positive(scale, "a scale"), fan, d};
  }
  /// Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
  [[nodiscard]] static constexpr initializer glorot_uniform() { return {}; }
  [[nodiscard]] static constexpr initializer glorot_normal() {
    return {1, fan::average, distribution::truncated_normal};
  }
  /// Source: He et al. 2015, arXiv 1502.01852.
  [[nodiscard]] static constexpr initializer he_uniform() { return {2, fan::in, distribution::uniform}; }
  [[nodiscard]] static constexpr initializer he_normal() { return {2, fan::in, distribution::truncated_normal}; }
  /// Source: LeCun et al. 1998, "Efficient backprop".
  [[nodiscard]] static constexpr initializer lecun_uniform() { return {1, fan::in, distribution::uniform}; }
  [[nodiscard]] static constexpr initializer lecun_normal() { return {1, fan::in, distribution::truncated_normal}; }
  /// @param limit  weights lie in [-limit, limit]; > 0.
  [[nodiscard]] static constexpr initializer random_uniform(double limit = 0.05) {
    return {expect_positive(limit, "a limit"), distribution::uniform};
  }
  /// @param deviation  the standard deviation; > 0.
  [[nodiscard]] static constexpr initializer random_normal(double deviation = 0.05) {
    return {expect_positive(deviation, "a deviation"), distribution::normal};
  }
  /// @param deviation  the standard deviation of the normal distribution that is truncated; > 0.
  [[nodiscard]] static constexpr initializer truncated_normal(double deviation = 0.05) {
    return {expect_positive(deviation, "a deviation"), distribution::truncated_normal};
  }
  /// Rows of the kernel's matrix (places * inputs, outputs), or its columns if there are fewer, are at right angles.
  /// @param gain  their length; > 0.
  /// Source: Saxe, McClelland and Ganguli 2014, arXiv 1312.6120.
  [[nodiscard]] static constexpr initializer orthogonal(double gain = 1) {
    return {expect_positive(gain, "a gain"), method::orthogonal};
  }
  /// @param value  of all weights.
  [[nodiscard]] static constexpr initializer constant(double value) {
    if (!(value - value == 0)) {
      reject<argument_error>("nn::initializer", {"a weight of ", value}, {"a finite one"});
    }
    return {value, method::constant};
  }

  /// Fills a kernel.
  /// @param kernel  (places, inputs, outputs), row-major.
  /// Complexity: O(n), of `orthogonal` O(n min(places * inputs, outputs)).
  template <class T>
  void fill(std::span<T> kernel, const kernel_sizes& sizes, random_generator& generator) const;

 private:
  enum class method : std::uint8_t { scaled, fixed, orthogonal, constant };

  constexpr initializer(double scale, nn::fan fan, nn::distribution d) : scale_(scale), fan_(fan), distribution_(d) {}
  constexpr initializer(double width, nn::distribution d) : scale_(width), distribution_(d), method_(method::fixed) {}
  constexpr initializer(double value, method m) : scale_(value), method_(m) {}

  /// @throws argument_error if a setting is not positive or not finite.
  [[nodiscard]] static constexpr double expect_positive(double value, const char* what) {
    if (!(value > 0 && value - value == 0)) {
      reject<argument_error>("nn::initializer", {what, " of ", value}, {"a finite one above 0"});
    }
    return value;
  }

  /// What a draw is multiplied by.
  [[nodiscard]] double width_for(const kernel_sizes& sizes) const {
    if (method_ == method::fixed) {
      return scale_;
    }
    const auto in = static_cast<double>(sizes.places * sizes.inputs);
    const auto out = static_cast<double>(sizes.places * sizes.outputs);
    const double all = fan_ == fan::in ? in : (fan_ == fan::out ? out : (in + out) / 2);
    const double feeding = (std::max)(1.0, all);
    if (distribution_ == distribution::uniform) {
      return std::sqrt(3 * scale_ / feeding);
    }
    // What is left of a normal distribution has less variance than all of it.
    constexpr double left = 0.87962566103423978;
    return std::sqrt(scale_ / feeding) / (distribution_ == distribution::truncated_normal ? left : 1);
  }

  [[nodiscard]] double draw(random_generator& generator) const {
    if (distribution_ == distribution::uniform) {
      return 2 * generator.uniform() - 1;
    }
    double number = generator.normal();
    while (distribution_ == distribution::truncated_normal && std::abs(number) > 2) {
      number = generator.normal();
    }
    return number;
  }

  /// Gram and Schmidt's method, twice over for the last digits.
  template <class T>
  void fill_orthogonal(std::span<T> kernel, const kernel_sizes& sizes, random_generator& generator) const {
    const std::size_t rows = sizes.places * sizes.inputs;
    const bool tall = rows >= sizes.outputs;
    const std::size_t length = tall ? rows : sizes.outputs;
    const std::size_t count = tall ? sizes.outputs : rows;
    std::vector<double> all(count * length);
    for (std::size_t v = 0; v < count; ++v) {
      const std::span own(all.data() + v * length, length);
      std::generate(own.begin(), own.end(), [&] { return generator.normal(); });
      for (std::size_t other = 0; other < 2 * v; ++other) {
        subtract_part(own, std::span(all.data() + other % v * length, length));
      }
      const double size = std::sqrt(product(own, own));
      for (std::size_t i = 0; i < length; ++i) {
        own[i] /= size;
        kernel[tall ? i * count + v : v * length + i] = static_cast<T>(scale_ * own[i]);
      }
    }
  }
  [[nodiscard]] static double product(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      sum += a[i] * b[i];
    }
    return sum;
  }
  static void subtract_part(std::span<double> vector, std::span<const double> of_length_one) {
    const double part = product(vector, of_length_one);
    for (std::size_t i = 0; i < vector.size(); ++i) {
      vector[i] -= part * of_length_one[i];
    }
  }

  double scale_ = 1;
  nn::fan fan_ = fan::average;
  nn::distribution distribution_ = distribution::uniform;
  method method_ = method::scaled;
};

template <class T>
void initializer::fill(std::span<T> kernel, const kernel_sizes& sizes, random_generator& generator) const {
  if (method_ == method::orthogonal) {
    fill_orthogonal(kernel, sizes, generator);
    return;
  }
  const double width = width_for(sizes);
  for (T& weight : kernel) {
    weight = static_cast<T>(method_ == method::constant ? scale_ : width * draw(generator));
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE void initializer::fill(std::span<float> kernel, const kernel_sizes& sizes,
                                              random_generator& generator) const;
ESPALIER_COMPILED_ONCE void initializer::fill(std::span<double> kernel, const kernel_sizes& sizes,
                                              random_generator& generator) const;
#endif

}  // namespace espalier::inline v0::nn

#endif
