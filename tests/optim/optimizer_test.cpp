// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/optimizer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include <espalier/base/byte_reader.hpp>
#include <espalier/base/byte_writer.hpp>
#include <espalier/optim/adagrad.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/clipped.hpp>
#include <espalier/optim/nadam.hpp>
#include <espalier/optim/rmsprop.hpp>
#include <espalier/optim/sgd.hpp>

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

/// Settings under which all memory is used.
template <class Optimizer>
Optimizer all_in_use() {
  if constexpr (std::is_same_v<Optimizer, optim::adam>) {
    return {.amsgrad = true};
  } else if constexpr (std::is_same_v<Optimizer, optim::rmsprop>) {
    return {.momentum = 0.9, .centered = true};
  } else if constexpr (std::is_same_v<Optimizer, optim::sgd>) {
    return {.momentum = 0.9};
  } else {
    return {};
  }
}

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

  TEST_CASE_TEMPLATE("what an optimizer remembers, written and read, goes on with the same bits", Optimizer,
                     optim::adam, optim::nadam, optim::rmsprop, optim::adagrad, optim::sgd,
                     optim::clipped<optim::adam>) {
    const Optimizer optimizer = all_in_use<Optimizer>();
    typename Optimizer::template state<float> state(optimizer, 3);
    std::vector<float> weights{1, -2, 3};
    const auto step = [](auto& s, std::vector<float>& w, float push) {
      const std::vector<float> gradients{push, 2 * push, -push};
      s.begin_step(0.1);
      s.update(0, std::span<float>(w), std::span<const float>(gradients));
    };
    for (const float push : {0.5F, -0.25F, 1.0F}) {
      step(state, weights, push);
    }
    espalier::byte_writer writer;
    state.archive(writer);
    const auto bytes = writer.take();
    typename Optimizer::template state<float> other(optimizer, 3);
    espalier::byte_reader reader(bytes);
    other.archive(reader);
    CHECK(reader.left() == 0);
    std::vector<float> again = weights;
    std::vector<float> fresh = weights;
    typename Optimizer::template state<float> forgetful(optimizer, 3);
    step(state, weights, 0.75F);
    step(other, again, 0.75F);
    step(forgetful, fresh, 0.75F);
    CHECK(again == weights);
    CHECK(fresh != weights);
  }
}
