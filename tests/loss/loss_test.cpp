// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/loss.hpp>

#include <doctest/doctest.h>

namespace loss = espalier::loss;

namespace {

/// A user's own loss.
struct nothing {
  template <class T>
  [[nodiscard]] double sum(const loss::answers<T>&) const {
    return 0;
  }
  template <class T>
  [[nodiscard]] double gradient(const loss::answers<T>&, T, T*) const {
    return 0;
  }
};

struct no_gradient {
  template <class T>
  [[nodiscard]] double sum(const loss::answers<T>&) const {
    return 0;
  }
};

}  // namespace

TEST_SUITE("loss") {
  TEST_CASE("a user's own class is a loss if it gives the sum and its gradient") {
    CHECK(loss::loss<nothing>);
    CHECK_FALSE(loss::loss<no_gradient>);
    CHECK_FALSE(loss::loss<int>);
  }

  TEST_CASE("a loss that says no more looks at scores before a softmax, and takes as many classes as there are") {
    CHECK(loss::scores_of<nothing>() == espalier::kernels::score_kind::before_softmax);
    CHECK(loss::classes_of<nothing>(7) == 7);
    CHECK_FALSE(loss::takes_targets<nothing>());
  }
}
