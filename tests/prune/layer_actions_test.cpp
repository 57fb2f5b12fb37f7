// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/layer_actions.hpp>

#include <doctest/doctest.h>

#include <span>
#include <variant>
#include <vector>

namespace prune = espalier::prune;
namespace structure = espalier::structure;

namespace {

std::vector<espalier::attributes::prunable_layer<float>> three_layers() {
  return {{{.name = "conv", .grouped_by = structure::structured{}}, {}, {}},
          {{.name = "dense", .optimizable = false}, {}, {}},
          {{.name = "output", .share = true}, {}, {}}};
}

}  // namespace

TEST_SUITE("prune") {
  TEST_CASE("a name stands above the entry for all, wherever it is, and what is not given stays as the model says") {
    auto layers = three_layers();
    const std::vector<prune::layer_actions> given{{.layer = "output", .prune = false},
                                                  {.share = true, .grouped_by = structure::unstructured{}},
                                                  {.layer = "conv", .share = true}};
    prune::apply<float>(given, layers);
    CHECK((layers[0].attributes.prune && layers[0].attributes.share));
    CHECK(std::holds_alternative<structure::unstructured>(*layers[0].attributes.grouped_by));
    CHECK((layers[1].attributes.prune && layers[1].attributes.share));
    CHECK_FALSE(layers[1].attributes.optimizable);
    CHECK_FALSE((layers[2].attributes.prune || layers[2].attributes.share));
    auto others = three_layers();
    prune::apply<float>(std::span(given).first(1), others);
    CHECK(std::holds_alternative<structure::structured>(*others[0].attributes.grouped_by));
    CHECK_FALSE(others[0].attributes.share);
  }

  TEST_CASE("actions for a layer that is none are refused, with the name that was most likely meant") {
    auto layers = three_layers();
    CHECK_THROWS_WITH_AS(prune::apply<float>(std::vector<prune::layer_actions>{{.layer = "ouptut"}}, layers),
                         "espalier::prune::optimize: got actions for a layer 'ouptut', expected the name of a layer, "
                         "such as 'output'",
                         espalier::argument_error);
  }
}
