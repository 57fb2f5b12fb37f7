// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/rewound_rate.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include <espalier/optim/warmup.hpp>

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE("a rewound training of as many epochs as were left takes the rates of the longer one, to the last bit") {
    const optim::warmup<optim::cosine_rate> whole{.steps = 30, .initial = 0.1, .rate = {.initial = 1, .final_rate = 0}};
    const optim::rewound_rate<optim::warmup<optim::cosine_rate>> rewound{.epoch = 5, .epochs = 12, .rate = whole};
    constexpr std::size_t steps = 17;  // of an epoch
    for (std::size_t step = 0; step < 7 * steps; ++step) {
      CHECK(rewound(step, 7 * steps) == whole(step + 5 * steps, 12 * steps));
    }
  }

  TEST_CASE("shorter and longer ones go from the same rate to the same end") {
    const optim::rewound_rate<> rewound{.epoch = 3, .epochs = 12, .rate = {.initial = 1, .final_rate = 0.25}};
    const double first = optim::cosine_rate{.initial = 1, .final_rate = 0.25}(3, 12);
    for (const std::size_t steps : {30U, 90U, 900U}) {
      CHECK(rewound(0, steps) == doctest::Approx(first));
      CHECK(rewound(steps - 1, steps) == doctest::Approx(0.25).epsilon(0.01));
      CHECK(rewound(steps / 2, steps) < rewound(steps / 3, steps));
    }
    CHECK(optim::rewound_rate<>{}(3, 10) == optim::cosine_rate{}(3, 10));
  }

  TEST_CASE("an epoch that the longer training does not have is refused") {
    const optim::rewound_rate<> rewound{.epoch = 12, .epochs = 12};
    CHECK_THROWS_WITH_AS(static_cast<void>(rewound(0, 10)),
                         "espalier::optim::rewound_rate: got epoch 12 of 12, expected an epoch before the last ends",
                         espalier::argument_error);
  }
}
