// SPDX-License-Identifier: Apache-2.0
// Whole-number linear algebra of weight vectors: independence, inverse times determinant, and the lattice they span.
#ifndef ESPALIER_KNAPSACK_DETAIL_LATTICE_HPP
#define ESPALIER_KNAPSACK_DETAIL_LATTICE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/view_of.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Collects linearly independent vectors, by elimination modulo the prime 2^61 - 1: what is independent there is
/// independent in the whole numbers too.
template <class = void>  // so that it is compiled where it is used only
class independent_vectors {
 public:
  explicit independent_vectors(std::size_t dimension) : rows_(dimension) {}

  /// True, and the vector is remembered, if it is no combination of those before.
  bool add(std::span<const std::int64_t> vector) {
    std::vector<std::int64_t> rest;
    for (const std::int64_t entry : vector) {
      rest.push_back(entry % prime);
    }
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == 0) {
        continue;
      }
      if (rows_[i].empty()) {
        rows_[i] = std::move(rest);
        return true;
      }
      // rest * pivot - row * rest[i] clears entry i without a division.
      const std::int64_t pivot = rows_[i][i];
      const std::int64_t factor = rest[i];
      for (std::size_t j = i; j < rest.size(); ++j) {
        rest[j] = static_cast<std::int64_t>((int128{rest[j]} * pivot - int128{rows_[i][j]} * factor) % prime);
      }
    }
    return false;
  }

 private:
  static constexpr std::int64_t prime = (std::int64_t{1} << 61U) - 1;
  std::vector<std::vector<std::int64_t>> rows_;  // echelon form; empty where no pivot is known
};

/// The inverse of a square matrix of whole numbers as scaled / denominator, denominator > 0, in lowest terms.
struct whole_inverse {
  std::vector<std::int64_t> scaled;  ///< row-major
  std::int64_t denominator = 1;
};

/// @param columns  dimension vectors of that dimension, which become the columns of the matrix.
/// @return nothing if they are dependent or if numbers beyond 2^62 occur on the way.
/// Source: Bareiss 1968, "Sylvester's identity and multistep integer-preserving Gaussian elimination".
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::optional<whole_inverse> invert(const std::vector<std::vector<std::int64_t>>& columns) {
  const std::size_t n = columns.size();
  const std::size_t width = 2 * n;
  constexpr int128 most = int128{1} << 62U;
  std::vector<int128> a(n * width, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      a[i * width + j] = columns[j][i];
    }
    a[i * width + n + i] = 1;
  }
  int128 previous = 1;
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t row = k;
    while (row < n && a[row * width + k] == 0) {
      ++row;
    }
    if (row == n) {
      return std::nullopt;
    }
    std::swap_ranges(&a[k * width], &a[k * width] + width, &a[row * width]);
    const int128 pivot = a[k * width + k];
    for (std::size_t i = 0; i < n; ++i) {
      const int128 factor = a[i * width + k];
      for (std::size_t j = 0; j < width && i != k; ++j) {
        int128& entry = a[i * width + j];
        entry = (pivot * entry - factor * a[k * width + j]) / previous;
        if (entry > most || entry < -most) {
          return std::nullopt;
        }
      }
    }
    previous = pivot;
  }
  // Now the left half is previous times the identity, the right half previous times the inverse.
  whole_inverse result;
  std::int64_t common = static_cast<std::int64_t>(previous < 0 ? -previous : previous);
  result.denominator = common;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const int128 entry = a[i * width + n + j];
      result.scaled.push_back(static_cast<std::int64_t>(previous < 0 ? -entry : entry));
      common = std::gcd(common, result.scaled.back());
    }
  }
  result.denominator /= common;
  for (std::int64_t& entry : result.scaled) {
    entry /= common;
  }
  return result;
}

/// The lattice of all whole combinations of some vectors, as a triangular basis (Hermite form).
///
/// Weights of whatever is kept lie in the lattice of the weight vectors, so the slack s of a row with capacity C has
/// C - s in it. The order of Z^M / lattice says how many remainders slack may have to make up.
template <class = void>  // so that it is compiled where it is used only
class lattice {
 public:
  explicit lattice(std::size_t dimension) : rows_(dimension) {}

  /// Adds a generator.
  void add(std::span<const std::int64_t> generator) {
    std::vector<int128> rest(generator.begin(), generator.end());
    for (std::size_t i = 0; i < rest.size() && valid_; ++i) {
      if (rest[i] == 0) {
        continue;
      }
      if (rows_[i].empty()) {
        rows_[i] = std::move(rest);
        tidy();
        return;
      }
      while (rest[i] != 0) {  // Euclid on entry i
        subtract(rows_[i], rest, rows_[i][i] / rest[i], i);
        std::swap(rows_[i], rest);
      }
      tidy();
      reduce_from(rest, i + 1);
    }
  }

  /// How many classes of vectors there are modulo the lattice; 0 if infinitely many, or too many to say.
  [[nodiscard]] std::int64_t index() const noexcept {
    int128 product = 1;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!valid_ || rows_[i].empty() || product > most) {
        return 0;
      }
      product *= rows_[i][i];
    }
    return product > most ? 0 : static_cast<std::int64_t>(product);
  }

  /// The number of the class of a vector, 0 to index() - 1; 0 is the lattice itself. The index must not be 0.
  [[nodiscard]] std::int64_t class_of(std::span<const std::int64_t> vector) const {
    std::vector<int128> rest(vector.begin(), vector.end());
    int128 number = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      subtract(rest, rows_[i], floor_div(rest[i], rows_[i][i]), i);
      number = number * rows_[i][i] + rest[i];
    }
    return static_cast<std::int64_t>(number);
  }

  /// A vector of the class with this number.
  [[nodiscard]] std::vector<std::int64_t> member_of(std::int64_t number) const {
    std::vector<std::int64_t> result(rows_.size(), 0);
    for (std::size_t i = rows_.size(); i-- > 0;) {
      const auto size = static_cast<std::int64_t>(rows_[i][i]);
      result[i] = number % size;
      number /= size;
    }
    return result;
  }

 private:
  static constexpr int128 most = int128{1} << 60U;

  [[nodiscard]] static int128 floor_div(int128 a, int128 b) {
    const int128 quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
  }
  static void subtract(std::vector<int128>& from, const std::vector<int128>& row, int128 times, std::size_t first) {
    for (std::size_t j = first; j < from.size(); ++j) {
      from[j] -= times * row[j];
    }
  }
  void reduce_from(std::vector<int128>& vector, std::size_t first) {
    for (std::size_t j = first; j < vector.size(); ++j) {
      if (!rows_[j].empty()) {
        subtract(vector, rows_[j], floor_div(vector[j], rows_[j][j]), j);
      }
      valid_ = valid_ && vector[j] < most && vector[j] > -most;
    }
  }
  /// Makes the pivots positive and the entries beside them small.
  void tidy() {
    for (std::size_t i = rows_.size(); i-- > 0;) {
      if (rows_[i].empty()) {
        continue;
      }
      if (rows_[i][i] < 0) {
        for (int128& entry : rows_[i]) {
          entry = -entry;
        }
      }
      reduce_from(rows_[i], i + 1);
    }
  }

  std::vector<std::vector<int128>> rows_;  // row i begins with i zeros; empty if there is no pivot
  bool valid_ = true;
};

/// The least cost of a slack that the lattice can leave at all:
///
///     min { prices s : s >= 0 whole, capacities - s in the lattice }
///
/// as a shortest way through Z^M / lattice; 0, which is always a bound, where that is too large to walk.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::int64_t least_slack_cost(const lattice<>& weights, std::span<const std::int64_t> capacities,
                                            std::span<const std::int64_t> prices) {
  constexpr std::int64_t largest_group = 1 << 12;
  constexpr std::int64_t largest_price = std::int64_t{1} << 48U;  // so that a way through the group cannot overflow
  const std::int64_t order = weights.index();
  if (order <= 1 || order > largest_group) {
    return 0;
  }
  // Units of slack are taken from the capacities, row by row: each row walks the cycles of its unit twice.
  std::vector<std::int64_t> distance(static_cast<std::size_t>(order), (std::numeric_limits<std::int64_t>::max)() / 2);
  distance[static_cast<std::size_t>(weights.class_of(capacities))] = 0;
  for (std::size_t row = 0; row < prices.size(); ++row) {
    std::vector<std::size_t> next;
    for (std::int64_t number = 0; number < order; ++number) {
      std::vector<std::int64_t> place = weights.member_of(number);
      --place[row];
      next.push_back(static_cast<std::size_t>(weights.class_of(view_of(place))));
    }
    std::vector<std::uint8_t> seen(next.size(), 0);
    for (std::size_t first = 0; first < next.size(); ++first) {
      if (seen[first] != 0) {
        continue;
      }
      std::size_t at = first;
      for (int turn = 0; turn < 2; turn += at == first ? 1 : 0) {
        seen[at] = 1;
        const std::int64_t cost = distance[at] + (std::min)(prices[row], largest_price);
        at = next[at];
        distance[at] = (std::min)(distance[at], cost);
      }
    }
  }
  return distance[0];
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
