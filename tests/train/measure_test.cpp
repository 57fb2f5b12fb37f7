// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/measure.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include <espalier/loss/binary_cross_entropy.hpp>
#include <espalier/loss/mean_squared_error.hpp>
#include <espalier/metric/accuracy.hpp>
#include <espalier/metric/auc.hpp>
#include <espalier/metric/r2.hpp>
#include <espalier/nn/sigmoid.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>
#include <espalier/train/trainer.hpp>

#include "support/fann.hpp"
#include "support/networks.hpp"

namespace loss = espalier::loss;
namespace metric = espalier::metric;
namespace nn = espalier::nn;
namespace optim = espalier::optim;
namespace train = espalier::train;

TEST_SUITE("train") {
  TEST_CASE("a metric sees the outputs of the chosen samples, whatever the number of threads") {
    using T = float;
    auto model = support::perceptron<T>();
    const support::labelled<T> data(333, 6, 4);
    auto view = data.view();
    view.chosen.resize(200);
    std::swap(view.chosen[3], view.chosen[150]);
    std::vector<T> seen;
    const auto keep = [&](const auto& p) {
      REQUIRE(p.width == 4);
      CHECK(p.labels[3] == data.labels[150]);
      seen.clear();
      for (std::size_t row = 0; row < p.size(); ++row) {
        seen.push_back(static_cast<T>(p.output(row, 2)));
      }
      return 0.25;
    };
    CHECK(train::measure(model, view, keep) == 0.25);
    REQUIRE(seen.size() == 200);
    const auto predicted = model.predict(data.numbers);
    CHECK(seen[3] == predicted(150, 2));
    CHECK(seen[199] == predicted(199, 2));
    const auto first = seen;
    CHECK(train::measure(model, view, keep, 3) == 0.25);
    CHECK(seen == first);
    CHECK(train::measure(model, view, metric::accuracy{}) == train::evaluate(model, view).accuracy);
  }

  TEST_CASE("data that do not fit are refused") {
    const auto model = support::perceptron<float>();
    const support::labelled<float> wide(10, 7, 4);
    CHECK_THROWS_AS((void)train::measure(model, wide.view(), metric::accuracy{}), espalier::shape_error);
  }

  TEST_CASE("the energy of a building is learned from the weather and the hour") {
    const support::fann_data training("building.train");
    const support::fann_data test("building.test");
    using layer = nn::masked<nn::dense<>>;
    nn::sequential net({14}, 1, layer({.units = 64}), nn::relu<>(), layer({.units = 32}), nn::relu<>(),
                       layer({.units = 32}), nn::relu<>(), layer({.units = 3}));
    const train::fit_options<optim::adam, optim::cosine_rate, loss::mean_squared_error> options{
        .epochs = 30, .batch = 32, .learning_rate = {.initial = 5e-3}};
    CHECK(train::measure(net, test.with_targets(), metric::r2{}) < 0);
    // The trainer of the pruning loop trains and judges a regression too.
    const train::trainer<float, optim::adam, optim::cosine_rate, loss::mean_squared_error, metric::r2> trainer(
        training.with_targets(), test.with_targets(), options);
    std::vector<espalier::mask::weight_mask<float>> masks;
    for (const auto& l : net.layers()) {
      masks.push_back(espalier::mask::keep_all<float>(l.kernel.size()));
      masks.back().mask[5] = 0;
    }
    trainer.fit(net, masks, {.epochs = 30, .level = 1});
    CHECK(trainer.evaluate(net) > 0.75);
    CHECK(net.parameters()[0][5] == 0);
    const train::evaluate_options<loss::mean_squared_error> judge{};
    const auto found = train::evaluate(net, test.with_targets(), judge);
    CHECK(found.loss < 0.01);
    CHECK(std::isnan(found.accuracy));
    CHECK(trainer.fisher(net).size() == 4);
  }

  TEST_CASE("junctions of genes are told apart") {
    const support::fann_data training("gene.train");
    const support::fann_data test("gene.test");
    nn::sequential net({120}, 1, nn::dense<>({.units = 24}), nn::relu<>(), nn::dense<>({.units = 3}), nn::softmax<>());
    train::fit(net, training.with_labels(),
               train::fit_options<optim::adam, optim::cosine_rate>{.epochs = 6, .batch = 64});
    CHECK(train::measure(net, test.with_labels(), metric::accuracy{}) > 0.85);
  }

  TEST_CASE("one output with a sigmoid tells a disease of the thyroid from health") {
    support::fann_data training("thyroid.train");
    support::fann_data test("thyroid.test");
    for (auto* part : {&training, &test}) {
      for (std::uint32_t& label : part->labels) {
        label = label == 2 ? 0 : 1;
      }
    }
    nn::sequential net({21}, 1, nn::dense<>({.units = 24}), nn::relu<>(), nn::dense<>({.units = 1}), nn::sigmoid<>());
    using loss_type = loss::binary_cross_entropy;
    const double before = train::evaluate(net, test.with_labels(), train::evaluate_options<loss_type>{}).loss;
    train::fit(net, training.with_labels(),
               train::fit_options<optim::adam, optim::cosine_rate, loss_type>{.epochs = 40, .batch = 32});
    const auto after = train::evaluate(net, test.with_labels(), train::evaluate_options<loss_type>{});
    CHECK(after.loss < 0.25 * before);
    CHECK(after.accuracy > 0.95);
    CHECK(train::measure(net, test.with_labels(), metric::accuracy{}) == after.accuracy);
    CHECK(train::measure(net, test.with_labels(), metric::auc{}) > 0.9);
  }
}
