// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/optimizer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>

namespace optim = espalier::optim;

namespace {

/// A user's own optimizer: steps by the sign of the gradient.
struct by_sign {
  template <class T>
  struct state {
    state(const by_sign&, std::size_t) {}
    void begin_step(double rate) { rate_ = static_cast<T>(rate); }
    void update(std::size_t, std::span<T> weights, std::span<const T> gradients) {
      for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] -= gradients[i] > 0 ? rate_ : -rate_;
      }
    }
    T rate_ = 0;
  };
};

struct stateless {};

struct own_rate {
  double operator()(std::size_t step, std::size_t) const { return 1.0 / static_cast<double>(1 + step); }
};

}  // namespace

TEST_SUITE("optim") {
  TEST_CASE("users' own classes are optimizers and rates if they have the members") {
    CHECK(optim::optimizer<by_sign>);
    CHECK_FALSE(optim::optimizer<stateless>);
    CHECK(optim::learning_rate<own_rate>);
    CHECK_FALSE(optim::learning_rate<stateless>);
  }
}
