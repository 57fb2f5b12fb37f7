// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/dense.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "support/instruction_sets.hpp"
#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;
using kernels::gradient_kind;

namespace {

/// Which weights of a kernel are 0, and whether passes skip them.
struct dead_weights {
  std::uint64_t of_ten = 0;
  bool skipped = false;
};

/// All results of one layer, one after the other; gradients of dead weights count as 0.
template <class T>
std::vector<T> everything(const kernels::dense_shape& s, std::size_t blocks, dead_weights dead = {}) {
  espalier::random_generator random(9);
  auto kernel = support::random_numbers<T>(random, s.inputs * s.outputs);
  const auto bias = support::random_numbers<T>(random, s.outputs);
  const auto x = support::random_blocks<T>(random, s.inputs * s.positions, blocks);
  const auto dy = support::random_blocks<T>(random, s.outputs * s.positions, blocks);
  std::vector<T> scratch(s.scratch(blocks));
  std::vector<std::uint8_t> mask(kernel.size());
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    mask[i] = random.below(10) < dead.of_ten ? 0 : 1;
    kernel[i] = mask[i] == 0 ? T{0} : kernel[i];
  }
  const auto live = kernels::dense_live_weights<T>(s, mask);
  const kernels::dense_pass<T> pass{kernel.data(), bias.data(),    x.data(), dy.data(),
                                    blocks,        scratch.data(), false,    dead.skipped ? &live : nullptr};
  std::vector<T> y(dy.size());
  std::vector<T> rectified(dy.size());
  std::vector<T> dx(x.size());
  std::vector<T> plain(kernel.size() + bias.size());
  std::vector<T> squared(plain.size());
  kernels::dense_forward(s, pass, false, y.data());
  kernels::dense_forward(s, pass, true, rectified.data());
  kernels::dense_backward_input(s, pass, dx.data());
  kernels::dense_backward_parameters<gradient_kind::plain, T>(s, pass, plain.data(), plain.data() + kernel.size());
  kernels::dense_backward_parameters<gradient_kind::squared, T>(s, pass, squared.data(),
                                                                squared.data() + kernel.size());
  bool right = true;
  for (std::size_t i = 0; i < y.size(); ++i) {
    right &= rectified[i] == (y[i] > T{0} ? y[i] : T{0});
  }
  CHECK(right);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    plain[i] = mask[i] == 0 ? T{0} : plain[i];
  }
  for (const auto& more : {dx, plain, squared}) {
    y.insert(y.end(), more.begin(), more.end());
  }
  return y;
}

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("results are the same bits with AVX2 and AVX-512, and the same numbers with neither", T, float,
                     double) {
    for (const auto& s : {kernels::dense_shape{1, 1}, {7, 5}, {16, 64}, {13, 33}, {6, 17}, {31, 128}, {3, 100}}) {
      for (const std::size_t blocks : {1U, 3U, 4U}) {
        CAPTURE(s.outputs);
        CAPTURE(blocks);
        std::map<kernels::instruction_set, std::vector<T>> results;
        support::with_each_instruction_set(
            [&](kernels::instruction_set set) { results[set] = everything<T>(s, blocks); });
        const auto& portable = results.begin()->second;
        for (const auto& [set, result] : results) {
          bool close = result.size() == portable.size();
          for (std::size_t i = 0; i < result.size(); ++i) {
            close &= static_cast<double>(result[i]) ==
                     doctest::Approx(static_cast<double>(portable[i])).epsilon(sizeof(T) == 4 ? 1e-5 : 1e-13).scale(1);
          }
          CHECK(close);
          if (set != kernels::instruction_set::portable) {
            CHECK(result == std::next(results.begin())->second);
          }
        }
      }
    }
  }

  TEST_CASE_TEMPLATE("weights that are 0 can be skipped: results are the same bits", T, float, double) {
    support::with_each_instruction_set([](kernels::instruction_set set) {
      CAPTURE(static_cast<int>(set));
      for (const auto& s : {kernels::dense_shape{1, 1}, {7, 5}, {300, 4}, {5, 129}, {33, 40}, {16, 2, 4}, {9, 10, 3}}) {
        CAPTURE(s.outputs);
        for (const std::size_t blocks : {1U, 4U, 5U}) {
          for (const std::uint64_t of_ten : {1U, 5U, 9U, 10U}) {
            CHECK(everything<T>(s, blocks, {of_ten, true}) == everything<T>(s, blocks, {of_ten}));
          }
        }
      }
    });
  }

  TEST_CASE_TEMPLATE("a sample by itself gives the same bits as in a block, in all lanes", T, float, double) {
    support::with_each_instruction_set([](kernels::instruction_set) {
      for (const auto& s : {kernels::dense_shape{1, 1}, {7, 5}, {2, 3}, {16, 64, 3}, {13, 33}, {31, 200}, {5, 1, 4}}) {
        CAPTURE(s.outputs);
        espalier::random_generator random(9);
        const auto kernel = support::random_numbers<T>(random, s.inputs * s.outputs);
        const auto bias = support::random_numbers<T>(random, s.outputs);
        const auto x = support::random_blocks<T>(random, s.inputs * s.positions, 1);
        for (const bool relu : {false, true}) {
          kernels::dense_pass<T> pass{kernel.data(), relu ? bias.data() : nullptr, x.data(), nullptr, 1, nullptr};
          std::vector<T> block(s.outputs * s.positions * kernels::lanes);
          std::vector<T> single(block.size(), T{7});
          kernels::dense_forward(s, pass, relu, block.data());
          pass.single = true;
          kernels::dense_forward(s, pass, relu, single.data());
          bool same = true;
          for (std::size_t i = 0; i < block.size(); ++i) {
            same &= single[i] == block[i / kernels::lanes * kernels::lanes];
          }
          CHECK(same);
        }
      }
    });
  }
}
