// SPDX-License-Identifier: Apache-2.0
// A Gaussian process: what values at some points of the unit cube say of the values elsewhere.
#ifndef ESPALIER_TUNE_DETAIL_GAUSSIAN_PROCESS_HPP
#define ESPALIER_TUNE_DETAIL_GAUSSIAN_PROCESS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/view_of.hpp>

namespace espalier::inline v0::tune::detail {

struct prediction {
  double mean = 0;
  double deviation = 0;
};

/// A positive definite matrix as L Lᵀ, the rows of L one after the other.
class triangle {
 public:
  explicit triangle(std::size_t rows) : rows_(rows), numbers_(rows * rows) {}

  double& operator()(std::size_t row, std::size_t column) { return numbers_[row * rows_ + column]; }
  double operator()(std::size_t row, std::size_t column) const { return numbers_[row * rows_ + column]; }

  /// Holds the lower half of the matrix before, L after.
  void factor() {
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = (*this)(i, j);
        for (std::size_t k = 0; k < j; ++k) {
          sum -= (*this)(i, k) * (*this)(j, k);
        }
        (*this)(i, j) = i == j ? std::sqrt((std::max)(sum, 1e-12)) : sum / (*this)(j, j);
      }
    }
  }

  /// @return x with L x = b.
  [[nodiscard]] std::vector<double> forward(std::vector<double> b) const {
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        b[i] -= (*this)(i, k) * b[k];
      }
      b[i] /= (*this)(i, i);
    }
    return b;
  }

  /// @return x with Lᵀ x = b.
  [[nodiscard]] std::vector<double> backward(std::vector<double> b) const {
    for (std::size_t i = rows_; i-- > 0;) {
      for (std::size_t k = i + 1; k < rows_; ++k) {
        b[i] -= (*this)(k, i) * b[k];
      }
      b[i] /= (*this)(i, i);
    }
    return b;
  }

  /// @return log of the determinant of L.
  [[nodiscard]] double log_determinant() const {
    double sum = 0;
    for (std::size_t i = 0; i < rows_; ++i) {
      sum += std::log((*this)(i, i));
    }
    return sum;
  }

 private:
  std::size_t rows_;
  std::vector<double> numbers_;
};

/// With the kernel exp(-d² / 2 length²) and a little noise, on values that are scaled to mean 0 and variance 1. The
/// length is the most likely one of a few. Source: Rasmussen and Williams 2006, algorithm 2.1.
class gaussian_process {
 public:
  /// @param points  at least one, in the unit cube.   @param values  one per point; not finite: the largest finite one.
  gaussian_process(const std::vector<std::vector<double>>& points, std::vector<double> values)
      : points_(points), values_(std::move(values)), factor_(points.size()) {
    scale();
    double most = 0;
    for (const double length : {0.08, 0.15, 0.3, 0.6, 1.2}) {
      triangle factor(points_.size());
      for (std::size_t i = 0; i < points_.size(); ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
          factor(i, j) = covariance(view_of(points_[i]), view_of(points_[j]), length) + (i == j ? noise : 0);
        }
      }
      factor.factor();
      auto half = factor.forward(values_);
      double likelihood = -factor.log_determinant();
      for (const double h : half) {
        likelihood -= h * h / 2;
      }
      if (weights_.empty() || likelihood > most) {
        most = likelihood;
        length_ = length;
        weights_ = factor.backward(std::move(half));
        factor_ = std::move(factor);
      }
    }
  }

  /// @return the least value, scaled as predictions are, and where it is.
  [[nodiscard]] double best_value() const { return values_[best_]; }
  [[nodiscard]] const std::vector<double>& best_point() const { return points_[best_]; }

  [[nodiscard]] prediction at(const std::vector<double>& point) const {
    std::vector<double> near;
    double mean = 0;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      near.push_back(covariance(view_of(point), view_of(points_[i]), length_));
      mean += near.back() * weights_[i];
    }
    double variance = 1;
    for (const double v : factor_.forward(std::move(near))) {
      variance -= v * v;
    }
    return {mean, std::sqrt((std::max)(variance, 0.0))};
  }

 private:
  static constexpr double noise = 1e-4;

  [[nodiscard]] static double covariance(std::span<const double> a, std::span<const double> b, double length) {
    double square = 0;
    for (std::size_t d = 0; d < a.size(); ++d) {
      square += (a[d] - b[d]) * (a[d] - b[d]);
    }
    return std::exp(-square / (2 * length * length));
  }

  void scale() {
    double largest = 0;
    bool any = false;
    for (const double v : values_) {
      if (std::isfinite(v) && (!any || v > largest)) {
        largest = v;
        any = true;
      }
    }
    double mean = 0;
    for (double& v : values_) {
      v = std::isfinite(v) ? v : largest;
      mean += v / static_cast<double>(values_.size());
    }
    double variance = 0;
    for (const double v : values_) {
      variance += (v - mean) * (v - mean) / static_cast<double>(values_.size());
    }
    const double deviation = variance > 0 ? std::sqrt(variance) : 1;
    for (double& v : values_) {
      v = (v - mean) / deviation;
    }
    best_ = static_cast<std::size_t>(std::min_element(values_.begin(), values_.end()) - values_.begin());
  }

  const std::vector<std::vector<double>>& points_;
  std::vector<double> values_;
  std::vector<double> weights_;
  triangle factor_;
  double length_ = 0;
  std::size_t best_ = 0;
};

}  // namespace espalier::inline v0::tune::detail

#endif
