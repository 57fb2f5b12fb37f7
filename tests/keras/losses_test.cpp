// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <espalier/kernels/lanes.hpp>
#include <espalier/loss/binary_cross_entropy.hpp>
#include <espalier/loss/binary_cross_entropy_of_probabilities.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/loss/categorical_cross_entropy_of_probabilities.hpp>
#include <espalier/loss/huber.hpp>
#include <espalier/loss/mean_absolute_error.hpp>
#include <espalier/loss/mean_squared_error.hpp>
#include <espalier/metric/accuracy.hpp>
#include <espalier/metric/auc.hpp>
#include <espalier/metric/r2.hpp>
#include <espalier/metric/root_mean_squared_error.hpp>
#include <espalier/metric/top_k_accuracy.hpp>

#include "support/keras.hpp"

namespace kernels = espalier::kernels;
namespace loss = espalier::loss;
namespace metric = espalier::metric;
using nlohmann::json;

namespace {

/// Rows brought into lanes.
template <class T>
std::vector<T> in_lanes(const std::vector<T>& rows, std::size_t samples) {
  std::vector<std::uint32_t> order(samples);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<T> blocks(rows.size() / samples * kernels::blocks_of(samples) * kernels::lanes);
  kernels::gather<T>(rows.data(), rows.size() / samples, order, blocks.data());
  return blocks;
}

/// Mean over samples of the loss, and its gradient, are those of a case.
template <class T, class Loss>
void check_loss(const Loss& l, const json& found) {
  CAPTURE(found.at("name").get<std::string>());
  const auto shape = found.at("y_pred").at("shape").get<std::vector<std::size_t>>();
  const bool sparse = found.at("loss") == "SparseCategoricalCrossentropy";
  const std::size_t samples = shape[0];
  const auto scores = in_lanes(support::keras_array<T>(found.at("y_pred")), samples);
  std::vector<T> targets;
  std::vector<std::uint32_t> labels;
  std::vector<T> weights;
  kernels::answers<T> answers;
  answers.scores = scores.data();
  answers.classes = shape[1];
  if (sparse) {
    labels = support::keras_array<std::uint32_t>(found.at("y_true"));
    answers.labels = labels;
  } else {
    targets = in_lanes(support::keras_array<T>(found.at("y_true")), samples);
    answers.targets = targets.data();
    answers.count = samples;
  }
  if (found.contains("sample_weight")) {
    weights = support::keras_array<T>(found.at("sample_weight"));
    answers.weights = weights;
  }
  std::vector<T> gradient(scores.size());
  const T scale = 1 / static_cast<T>(samples);
  const double value = l.gradient(answers, scale, gradient.data()) / static_cast<double>(samples);
  const json& expected = sizeof(T) == 4 ? found : found.at("float64");
  const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-8;
  CHECK(value == doctest::Approx(expected.at("value").template get<double>()).epsilon(tolerance));
  const auto slopes = support::keras_array<T>(expected.at("gradient"));
  std::vector<T> rows(slopes.size());
  kernels::scatter<T>(gradient.data(), shape[1], samples, rows.data());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto e = static_cast<double>(slopes[i]);
    CHECK(std::abs(static_cast<double>(rows[i]) - e) <= tolerance * (0.1 + std::abs(e)));
  }
}

/// @return how many cases of a loss there are; each is checked by `check(case, config)` if that takes it.
template <class Check>
int check_cases(const std::string& kind, const Check& check) {
  const json file = support::keras_file("losses.json");
  int checked = 0;
  for (const json& found : file.at("cases")) {
    const bool rows = found.at("y_pred").at("shape").size() == 2;
    if (found.at("loss") == kind && rows && check(found, found.at("config"))) {
      ++checked;
    }
  }
  return checked;
}

/// A metric of all batches so far is that of a case after each of them.
template <class Metric>
void check_metric(const Metric& m, const std::string& name) {
  CAPTURE(name);
  const json file = support::keras_file("losses.json");
  for (const json& found : file.at("metrics")) {
    if (found.at("name") != name) {
      continue;
    }
    std::vector<double> outputs;
    std::vector<double> targets;
    std::vector<std::uint32_t> labels;
    std::vector<double> weights;
    std::size_t batch = 0;
    for (const json& part : found.at("batches")) {
      const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
      const auto shape = part.at("y_pred").at("shape").get<std::vector<std::size_t>>();
      append(outputs, support::keras_array<double>(part.at("y_pred")));
      if (part.at("y_true").at("dtype") == "int32") {
        append(labels, support::keras_array<std::uint32_t>(part.at("y_true")));
      } else {
        append(targets, support::keras_array<double>(part.at("y_true")));
      }
      if (part.contains("sample_weight")) {
        append(weights, support::keras_array<double>(part.at("sample_weight")));
      }
      const std::size_t width = shape.size() == 1 ? 1 : shape[1];
      CHECK(m(metric::predictions<double>{outputs, width, labels, targets, weights}) ==
            doctest::Approx(found.at("result_after_each_batch").at(batch).get<double>()).epsilon(1e-5));
      ++batch;
    }
    return;
  }
  FAIL("no such metric");
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("losses of regression are Keras's", T, float, double) {
    CHECK(check_cases("MeanSquaredError", [](const json& found, const json&) {
            check_loss<T>(loss::mean_squared_error{}, found);
            return true;
          }) == 2);
    CHECK(check_cases("MeanAbsoluteError", [](const json& found, const json&) {
            check_loss<T>(loss::mean_absolute_error{}, found);
            return true;
          }) == 1);
    CHECK(check_cases("Huber", [](const json& found, const json& config) {
            check_loss<T>(loss::huber{.delta = config.value("delta", 1.0)}, found);
            return true;
          }) == 2);
  }

  TEST_CASE_TEMPLATE("losses of classification are Keras's", T, float, double) {
    const auto categorical = [](const json& found, const json& config) {
      const double smoothing = config.value("label_smoothing", 0.0);
      if (config.value("from_logits", false)) {
        check_loss<T>(loss::categorical_cross_entropy{.label_smoothing = smoothing}, found);
      } else {
        check_loss<T>(loss::categorical_cross_entropy_of_probabilities{.label_smoothing = smoothing}, found);
      }
      return true;
    };
    CHECK(check_cases("CategoricalCrossentropy", categorical) == 9);
    CHECK(check_cases("SparseCategoricalCrossentropy", [&](const json& found, const json& config) {
            // From probabilities Keras cuts off before it divides by the sum; here both kinds divide first.
            return config.value("from_logits", false) && categorical(found, config);
          }) == 2);
    CHECK(check_cases("BinaryCrossentropy", [](const json& found, const json& config) {
            const double smoothing = config.value("label_smoothing", 0.0);
            if (config.value("from_logits", false)) {
              check_loss<T>(loss::binary_cross_entropy{.label_smoothing = smoothing}, found);
            } else {
              check_loss<T>(loss::binary_cross_entropy_of_probabilities{.label_smoothing = smoothing}, found);
            }
            return true;
          }) == 7);
  }

  TEST_CASE("metrics are Keras's") {
    check_metric(metric::accuracy{}, "binary accuracy");
    check_metric(metric::accuracy{.threshold = 0.25}, "binary accuracy threshold");
    check_metric(metric::accuracy{}, "categorical accuracy");
    check_metric(metric::accuracy{}, "sparse categorical accuracy");
    check_metric(metric::accuracy{}, "categorical accuracy, sample weights");
    for (const std::size_t k : {1U, 2U, 3U}) {
      check_metric(metric::top_k_accuracy{.k = k}, "top " + std::to_string(k));
      check_metric(metric::top_k_accuracy{.k = k}, "sparse top " + std::to_string(k));
    }
    check_metric(metric::auc{.thresholds = 200}, "auc roc");
    check_metric(metric::auc{.thresholds = 11}, "auc roc, few thresholds");
    check_metric(metric::auc{.thresholds = 200}, "auc roc, several labels pooled");
    check_metric(metric::auc{.thresholds = 200}, "auc roc, one class only");
    check_metric(metric::root_mean_squared_error{}, "root mean squared error");
    check_metric(metric::r2{}, "r2 uniform average");
  }
}
