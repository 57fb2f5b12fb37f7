// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/losses.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <espalier/rank/l1.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/rank/layer_maximum.hpp>
#include <espalier/rank/oracle.hpp>
#include <espalier/rank/saliency.hpp>

#include "support/parity.hpp"

namespace parity = support::parity;
namespace rank = espalier::rank;
using parity::json;

namespace {

template <class Value, class Ranking>
void check(const json& test, const std::string& name, const Ranking& ranking) {
  CAPTURE(name);
  const auto layer = parity::layer_of(test);
  const espalier::structure::grouping groups(parity::rule_of(test.at("grouping")), grouping_shape(layer));
  const auto kernel = test.at("kernel").get<std::vector<Value>>();
  const std::string needed = Ranking::needs == rank::data::gradient ? "gradient" : "curvature";
  const auto datum = test.at(needed).get<std::vector<Value>>();
  const rank::weight_data<Value> data{kernel, datum};
  const json& expected = test.at("rankings").at(name);
  const double scale = expected.at("scale");
  const double tolerance = sizeof(Value) == sizeof(float) ? 1e-5 : 1e-9;

  std::vector<double> prune = rank::prune_costs(groups, data, ranking);
  std::vector<double> share = rank::share_costs(groups, data, ranking);
  for (std::size_t group = 0; group < groups.count(); ++group) {
    prune[group] = ranking.finish(prune[group]);
    share[group] = ranking.finish(share[group]);
    CHECK(parity::close(prune[group], expected.at("prune").at(group), scale, tolerance));
    CHECK(parity::close(share[group], expected.at("share").at(group), scale, tolerance));
  }
  CHECK(parity::close(rank::layer_maximum{}(prune), scale, scale, tolerance));
}

template <class Value>
void check_all(const json& test) {
  check<Value>(test, "l1", rank::l1{});
  check<Value>(test, "l2", rank::l2{});
  check<Value>(test, "oracle", rank::oracle{});
  check<Value>(test, "saliency", rank::saliency{});
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("pruning and sharing a group costs what the files say, in double and in float") {
    const json file = parity::load("losses");
    for (const json& test : file.at("cases")) {
      CAPTURE(test.at("id").get<std::string>());
      check_all<double>(test);
      check_all<float>(test);
    }
  }
}
