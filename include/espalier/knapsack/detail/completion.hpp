// SPDX-License-Identifier: Apache-2.0
// The least regret that can still complete a partial choice: tables that prune the search.
#ifndef ESPALIER_KNAPSACK_DETAIL_COMPLETION_HPP
#define ESPALIER_KNAPSACK_DETAIL_COMPLETION_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <espalier/knapsack/detail/columns.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Bounds for partial choices in which the first (or last) k free columns, and the basic ones, are still to move.
///
/// For each coordinate alone, with z what is left of it:
/// - remainders: z must become 0 modulo D. The least cost is a shortest way in Z_D, class by class.
/// - reach: |z| must be taken by moves, the cheapest per unit first, as if they could be cut. Costs are read off in
///   `levels` steps of the limit.
template <class Late = void>  // so that it is compiled where it is used only
class completion {
 public:
  /// @param forward  true: the first k columns are still to move; false: the columns from the k-th on.
  /// @param effort   how many entries the tables of remainders may take to compute.
  completion(const columns<Late>& c, std::int64_t limit, bool forward, std::int64_t effort)
      : columns_(c), limit_(limit), forward_(forward), effort_(effort), stages_(c.free().size() + 1) {
    stride_ = (stages_ + most_stages - 1) / most_stages;
    for (std::size_t j = 0; j < c.rows(); ++j) {
      build_reach(j);
    }
    build_remainders();
  }

  /// A lower bound on what the columns still to move, at stage k, must cost to take z.
  [[nodiscard]] std::int64_t operator()(std::size_t k, const std::int64_t* z) const noexcept {
    std::int64_t least = remainder_cost(k, z);
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      const std::int64_t* reach = reach_of(k, j, z[j] > 0);
      const std::int64_t size = z[j] < 0 ? -z[j] : z[j];
      if (size > reach[0]) {
        const auto level = std::lower_bound(reach, reach + levels, size) - reach;
        least = (std::max)(least, level == levels ? endless : cost_above(static_cast<std::size_t>(level) - 1));
      }
    }
    return least;
  }

  /// Whether a partial choice of this cost can be completed within the limit, as far as the bounds say.
  [[nodiscard]] bool possible(std::size_t k, const std::int64_t* z, std::int64_t cost) const noexcept {
    const std::int64_t left = limit_ - cost;
    if (left < 0 || remainder_cost(k, z) > left) {
      return false;
    }
    const std::size_t level = level_of(left);
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      const std::int64_t size = z[j] < 0 ? -z[j] : z[j];
      if (size > reach_of(k, j, z[j] > 0)[level]) {
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr std::size_t levels = 16;
  static constexpr std::size_t most_stages = 64;
  static constexpr std::int64_t largest_modulus = 1 << 12;
  static constexpr std::size_t rates = 128;

  /// Level l answers for costs up to (l + 1) / levels of the limit.
  [[nodiscard]] std::size_t level_of(std::int64_t left) const noexcept {
    return limit_ == 0 ? 0
                       : (std::min)(levels - 1, static_cast<std::size_t>(int128{left} * levels / (int128{limit_} + 1)));
  }
  /// What is out of reach at a level costs more than this.
  [[nodiscard]] std::int64_t cost_above(std::size_t level) const noexcept {
    return static_cast<std::int64_t>((int128{limit_} + 1) * static_cast<int128>(level + 1) / levels);
  }

  [[nodiscard]] const std::int64_t* reach_of(std::size_t k, std::size_t j, bool positive) const noexcept {
    // Not every stage has a table; the next one with more columns to move bounds it too.
    const std::size_t stage = forward_ ? (k + stride_ - 1) / stride_ : k / stride_;
    return &reach_[((j * 2 + (positive ? 1 : 0)) * (most_stages + 2) + stage) * levels];
  }

  /// Moves of one kind by what they cost per unit, in buckets four to an octave; bucket 0 is free of charge.
  class rate_buckets {
   public:
    explicit rate_buckets(std::int64_t limit) : limit_(limit) {
      // From 1 / 2^30 of the limit upwards; dearer rates than 2 limits take less than a unit.
      first_ = static_cast<std::int64_t>(index_of(static_cast<double>(limit) * 0x1p-30));
    }
    void add(double cost, double amount) {
      if (amount <= 0) {
        return;
      }
      const std::int64_t bucket = cost > 0 ? static_cast<std::int64_t>(index_of(cost / amount)) - first_ + 1 : 0;
      amounts_[static_cast<std::size_t>(std::clamp(bucket, std::int64_t{0}, std::int64_t{rates - 1}))] += amount;
    }
    void read(std::int64_t* reach) const {
      double cost = 0;
      double amount = amounts_[0];
      std::size_t bucket = 1;
      for (std::size_t level = 0; level < levels; ++level) {
        const double most = static_cast<double>(limit_) * static_cast<double>(level + 1) / levels * (1 + 1e-9) + 1;
        while (bucket < rates && cost + rate_of(bucket) * amounts_[bucket] <= most) {
          cost += rate_of(bucket) * amounts_[bucket];
          amount += amounts_[bucket++];
        }
        double part = bucket < rates ? (most - cost) / rate_of(bucket) : 0;
        part = amount + part + 1;
        reach[level] = part < 0x1p61 ? static_cast<std::int64_t>(part) : std::int64_t{1} << 61U;
      }
    }

   private:
    [[nodiscard]] static std::uint64_t index_of(double rate) noexcept {
      return std::bit_cast<std::uint64_t>(rate) >> 50U;
    }
    /// The least rate of a bucket.
    [[nodiscard]] double rate_of(std::size_t bucket) const noexcept {
      return std::bit_cast<double>((static_cast<std::uint64_t>(first_) + bucket - 1) << 50U);
    }
    std::int64_t limit_;
    std::int64_t first_ = 0;
    std::array<double, rates> amounts_{};
  };

  static void add_moves(std::span<const std::int64_t> costs, std::int64_t amount, rate_buckets& buckets) {
    std::int64_t before = 0;
    for (std::size_t d = 0; d < costs.size();) {
      // Equal steps, as on a plateau, go together.
      const std::int64_t step = costs[d] - before;
      std::size_t end = d + 1;
      while (end < costs.size() && costs[end] - costs[end - 1] == step) {
        ++end;
      }
      const auto count = static_cast<double>(end - d);
      buckets.add(static_cast<double>(step) * count, static_cast<double>(amount) * count);
      before = costs[end - 1];
      d = end;
    }
  }

  static void add_column(const column& c, std::size_t j, std::array<rate_buckets, 2>& sides) {
    for (const single_move& one : c.singles) {
      const auto size = static_cast<double>(one.coordinates[j]);
      sides[size > 0 ? 1 : 0].add(static_cast<double>(one.cost), std::abs(size));
    }
    if (c.singles.empty()) {
      add_moves(c, c.coordinates[j], sides);
    }
  }

  static void add_moves(const column& c, std::int64_t coordinate, std::array<rate_buckets, 2>& sides) {
    if (coordinate != 0) {
      const std::int64_t size = coordinate < 0 ? -coordinate : coordinate;
      add_moves(c.up, size, sides[coordinate > 0 ? 1 : 0]);
      add_moves(c.down, size, sides[coordinate > 0 ? 0 : 1]);
    }
  }

  void build_reach(std::size_t j) {
    reach_.resize((j + 1) * 2 * (most_stages + 2) * levels);
    std::array<rate_buckets, 2> sides{rate_buckets(limit_), rate_buckets(limit_)};
    if (columns_.is_slack(j)) {
      const auto count = static_cast<double>(columns_.most_moves(j, true));
      sides[1].add(static_cast<double>(columns_.basic_cost(j, 1)) * count,
                   static_cast<double>(columns_.denominator()) * count);
    } else {
      add_moves(columns_.basic()[j], columns_.denominator(), sides);
    }
    const auto write = [&](std::size_t stage) {
      for (std::size_t side = 0; side < 2; ++side) {
        sides[side].read(&reach_[((j * 2 + side) * (most_stages + 2) + stage) * levels]);
      }
    };
    const std::size_t count = columns_.free().size();
    if (forward_) {
      write(0);
      for (std::size_t k = 1; k <= count; ++k) {
        add_column(columns_.free()[k - 1], j, sides);
        if (k % stride_ == 0 || k == count) {
          write((k + stride_ - 1) / stride_);
        }
      }
    } else {
      write(count / stride_);
      for (std::size_t k = count; k-- > 0;) {
        add_column(columns_.free()[k], j, sides);
        if (k % stride_ == 0) {
          write(k / stride_);
        }
      }
    }
  }

  [[nodiscard]] std::int64_t remainder_cost(std::size_t k, const std::int64_t* z) const noexcept {
    std::int64_t least = 0;
    for (const remainder_table& table : tables_) {
      std::int64_t rest = (z[table.coordinate] / table.divisor) % table.modulus;
      rest = rest < 0 ? rest + table.modulus : rest;
      // z that is no multiple of the divisor cannot occur: all coordinates are multiples.
      least =
          (std::max)(least, table.costs[k * static_cast<std::size_t>(table.modulus) + static_cast<std::size_t>(rest)]);
    }
    return least;
  }

  struct remainder_table {
    std::size_t coordinate;
    std::int64_t divisor;
    std::int64_t modulus;
    std::vector<std::int64_t> costs;  // [stage][remainder]
  };

  void build_remainders() {
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      std::int64_t divisor = std::gcd(columns_.denominator(), columns_.start()[j]);
      std::int64_t work = 1;
      for (const column& c : columns_.free()) {
        divisor = c.singles.empty() ? std::gcd(divisor, c.coordinates[j]) : divisor;
        for (const single_move& one : c.singles) {
          divisor = std::gcd(divisor, one.coordinates[j]);
        }
        work += c.count + 1;
      }
      const std::int64_t modulus = columns_.denominator() / divisor;
      if (modulus > 1 && modulus <= largest_modulus && work <= effort_ / modulus) {
        remainder_table table{j, divisor, modulus, {}};
        fill(table);
        tables_.push_back(std::move(table));
      }
    }
  }

  void fill(remainder_table& table) const {
    const auto size = static_cast<std::size_t>(table.modulus);
    table.costs.assign(stages_ * size, endless);
    const std::size_t last = stages_ - 1;
    table.costs[(forward_ ? 0 : last) * size] = 0;
    for (std::size_t i = 1; i <= last; ++i) {
      const std::size_t to = forward_ ? i : last - i;
      const std::size_t from = forward_ ? i - 1 : last - i + 1;
      const column& c = columns_.free()[forward_ ? i - 1 : last - i];
      const std::int64_t* source = &table.costs[from * size];
      std::int64_t* target = &table.costs[to * size];
      std::copy(source, source + size, target);
      const auto unit = [&](const std::vector<std::int64_t>& coordinates, std::int64_t direction) {
        const std::int64_t rest = direction * ((coordinates[table.coordinate] / table.divisor) % table.modulus);
        return rest < 0 ? rest + table.modulus : rest;
      };
      for (const single_move& one : c.singles) {
        spread(std::span(&one.cost, 1), unit(one.coordinates, 1), {source, size}, target);
      }
      if (c.singles.empty()) {
        spread(c.up, unit(c.coordinates, 1), {source, size}, target);
        spread(c.down, unit(c.coordinates, -1), {source, size}, target);
      }
    }
  }

  /// target[x] = min(target[x], costs of d moves + source[x - d unit]).
  static void spread(std::span<const std::int64_t> costs, std::int64_t unit, std::span<const std::int64_t> source,
                     std::int64_t* target) {
    const auto modulus = static_cast<std::int64_t>(source.size());
    std::int64_t shift = 0;
    // After `modulus` moves all remainders recur at a higher cost.
    for (std::size_t d = 0; d < (std::min)(costs.size(), source.size()); ++d) {
      shift = (shift + unit) % modulus;
      for (std::int64_t x = 0; x < modulus; ++x) {
        const std::int64_t y = x >= shift ? x - shift : x - shift + modulus;
        const std::int64_t cost = costs[d] + source[static_cast<std::size_t>(y)];
        target[x] = (std::min)(target[x], cost);
      }
    }
  }

  const columns<Late>& columns_;
  std::int64_t limit_;
  bool forward_;
  std::int64_t effort_;
  std::size_t stages_;
  std::size_t stride_ = 1;
  std::vector<std::int64_t> reach_;  // [coordinate][sign][stage][level]
  std::vector<remainder_table> tables_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
