// SPDX-License-Identifier: Apache-2.0
// Drops numbers at random in training.
#ifndef ESPALIER_NN_DROPOUT_HPP
#define ESPALIER_NN_DROPOUT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/dropout.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// In training each number becomes 0 with probability `rate`, the others are divided by 1 - rate; otherwise nothing
/// happens. Which numbers is decided by the seeds of network and training, whatever the number of threads.
/// Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
/// @tparam T  float or double.
template <class T = float>
class dropout : public detail::keeps_shape<T> {
 public:
  static constexpr bool in_place = false;  // the layer before may go back from its output
  static constexpr const char* default_name = "dropout";
  static constexpr bool piecewise_linear = true;

  /// @param rate  share of numbers that are dropped, 0 <= rate < 1.
  /// @throws argument_error if it is out of range.
  explicit dropout(double rate = 0.5) : rate_(rate) {
    if (!(rate >= 0 && rate < 1)) {
      reject<argument_error>("nn::dropout", {"rate ", rate}, {"0 <= rate < 1"});
    }
  }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    key_ = key_ == 0 ? generator() : key_;  // one that is built anew goes on as it was
    return detail::keeps_shape<T>::build(name, input, generator);
  }
  void forward(const pass<T>& p) const { drop(p.x, p.y, p); }
  void backward(const pass<T>& p) const { drop(p.dy, p.dx, p); }

 private:
  void drop(const T* from, T* to, const pass<T>& p) const {
    const std::size_t count = this->count(p);
    if (!p.trains()) {
      std::copy_n(from, count, to);
    } else {
      kernels::dropout(from, to, count, {rate_, kernels::mixed(p.noise, key_)});
    }
  }

  double rate_;
  std::uint64_t key_ = 0;
};
static_assert(layer<dropout<float>>);

}  // namespace espalier::inline v0::nn

#endif
