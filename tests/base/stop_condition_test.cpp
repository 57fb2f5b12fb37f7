// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/stop_condition.hpp>

#include <doctest/doctest.h>

#include <stop_token>
#include <utility>

namespace {

/// As a signal handler or another framework would have it.
struct flag {
  const bool* raised;
  [[nodiscard]] bool stop_requested() const { return *raised; }
};

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("a condition without a source never stops") {
    const espalier::stop_condition never;
    CHECK_FALSE(never.stop_requested());
    CHECK_FALSE(espalier::stop_condition(never).stop_requested());
  }

  TEST_CASE("a stop token is a condition, and so is whatever can be asked") {
    std::stop_source source;
    const espalier::stop_condition by_token = source.get_token();
    bool raised = false;
    const espalier::stop_condition by_flag = flag{&raised};
    CHECK_FALSE(by_token.stop_requested());
    CHECK_FALSE(by_flag.stop_requested());
    source.request_stop();
    raised = true;
    CHECK(by_token.stop_requested());
    CHECK(by_flag.stop_requested());
  }

  TEST_CASE("copies, moved and assigned ones ask the same source") {
    bool raised = false;
    espalier::stop_condition first = flag{&raised};
    const espalier::stop_condition copied = first;
    espalier::stop_condition assigned;
    assigned = first;
    const espalier::stop_condition moved = std::move(first);
    raised = true;
    CHECK(copied.stop_requested());
    CHECK(assigned.stop_requested());
    CHECK(moved.stop_requested());
    assigned = {};
    CHECK_FALSE(assigned.stop_requested());
  }

  TEST_CASE("what cannot be asked is no source") {
    CHECK_FALSE(espalier::stop_source<int>);
    CHECK(espalier::stop_source<std::stop_token>);
  }
}
