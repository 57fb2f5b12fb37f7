// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
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

/// The same with or without a softmax or sigmoid that belongs to the loss.
template <class T, class Of_scores, class Of_probabilities>
void check_cross_entropy(const json& found, const json& config) {
  const double smoothing = config.value("label_smoothing", 0.0);
  if (config.value("from_logits", false)) {
    check_loss<T>(Of_scores{.label_smoothing = smoothing}, found);
  } else {
    check_loss<T>(Of_probabilities{.label_smoothing = smoothing}, found);
  }
}

using loss_check = void (*)(const json& found, const json& config);
template <class T>
const std::map<std::string, loss_check> losses{
    {"MeanSquaredError", [](const json& found, const json&) { check_loss<T>(loss::mean_squared_error{}, found); }},
    {"MeanAbsoluteError", [](const json& found, const json&) { check_loss<T>(loss::mean_absolute_error{}, found); }},
    {"Huber", [](const json& found,
                 const json& config) { check_loss<T>(loss::huber{.delta = config.value("delta", 1.0)}, found); }},
    {"CategoricalCrossentropy",
     check_cross_entropy<T, loss::categorical_cross_entropy, loss::categorical_cross_entropy_of_probabilities>},
    {"SparseCategoricalCrossentropy",
     check_cross_entropy<T, loss::categorical_cross_entropy, loss::categorical_cross_entropy_of_probabilities>},
    {"BinaryCrossentropy",
     check_cross_entropy<T, loss::binary_cross_entropy, loss::binary_cross_entropy_of_probabilities>}};

/// A metric of all batches so far is that of a case after each of them.
template <class Metric>
void check_metric(const Metric& m, const json& found) {
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
}

using metric_check = std::function<void(const json& found)>;
const metric_check check_accuracy = [](const json& found) { check_metric(metric::accuracy{}, found); };
const metric_check check_auc = [](const json& found) {
  check_metric(metric::auc{.thresholds = found.at("config").value("num_thresholds", std::size_t{200})}, found);
};
const metric_check check_top_k = [](const json& found) {
  check_metric(metric::top_k_accuracy{.k = found.at("config").at("k")}, found);
};
const std::map<std::string, metric_check> metrics{
    {"BinaryAccuracy",
     [](const json& found) {
       check_metric(metric::accuracy{.threshold = found.at("config").value("threshold", 0.5)}, found);
     }},
    {"CategoricalAccuracy", check_accuracy},
    {"SparseCategoricalAccuracy", check_accuracy},
    {"TopKCategoricalAccuracy", check_top_k},
    {"SparseTopKCategoricalAccuracy", check_top_k},
    {"AUC", check_auc},
    {"RootMeanSquaredError", [](const json& found) { check_metric(metric::root_mean_squared_error{}, found); }},
    {"R2Score", [](const json& found) { check_metric(metric::r2{}, found); }}};

using reasons = std::map<std::string, std::string>;

/// Cases that no loss computes, and why.
const reasons other_losses{
    {"categorical from logits rank 3", "a sample has one answer, or one row of numbers"},
    {"mean squared error rank 3", "a sample has one answer, or one row of numbers"},
    // From probabilities Keras cuts off before it divides by the sum; here both kinds divide first.
    {"sparse categorical from probabilities", "cut off after the division, as with shares of classes"},
    {"sparse categorical, rows that do not sum to 1", "cut off after the division, as with shares of classes"},
    {"sparse categorical, probabilities 0 and 1", "cut off after the division, as with shares of classes"},
    {"mean absolute percentage error", "a user's own loss"},
    {"mean squared logarithmic error", "a user's own loss"},
    {"log cosh", "a user's own loss"},
    {"hinge", "a user's own loss"},
    {"squared hinge", "a user's own loss"},
    {"kullback leibler", "a user's own loss"},
    {"poisson", "a user's own loss"}};

/// Cases that no metric computes, and why.
const reasons other_metrics{{"auc roc minoring", "trapezoids only"},
                            {"auc roc majoring", "trapezoids only"},
                            {"auc pr", "the curve of true and false positives only"},
                            {"mean squared error", "the square of root mean squared error"},
                            {"mean absolute error", "a user's own metric"},
                            {"r2 each output", "the mean over outputs only"},
                            {"r2 variance weighted", "the mean over outputs only"},
                            {"categorical crossentropy", "reports have the loss beside the metric"},
                            {"precision", "a user's own metric"},
                            {"recall", "a user's own metric"}};

/// Checks all cases but those that are left out, which must all be there.
void check_all(const json& cases, const reasons& out_of_scope, const std::function<void(const json& found)>& check) {
  std::size_t left_out = 0;
  for (const json& found : cases) {
    const std::string name = found.at("name");
    CAPTURE(name);
    if (out_of_scope.contains(name)) {
      ++left_out;
    } else {
      check(found);
    }
  }
  CHECK(left_out == out_of_scope.size());
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("losses are Keras's, in every case of the file that is in scope", T, float, double) {
    const json file = support::keras_file("losses.json");
    CHECK(file.at("cases").size() >= 35);
    check_all(file.at("cases"), other_losses, [](const json& found) {
      const std::string kind = found.at("loss");
      REQUIRE(losses<T>.contains(kind));
      losses<T>.at(kind)(found, found.at("config"));
    });
  }

  TEST_CASE("metrics are Keras's, in every case of the file that is in scope") {
    const json file = support::keras_file("losses.json");
    CHECK(file.at("metrics").size() >= 27);
    check_all(file.at("metrics"), other_metrics, [](const json& found) {
      const std::string kind = found.at("metric");
      REQUIRE(metrics.contains(kind));
      metrics.at(kind)(found);
    });
  }

  TEST_CASE("a softmax or sigmoid before its cross-entropy is taken along, so that nothing is cut off") {
    const json file = support::keras_file("losses.json");
    for (json found : file.at("softmax_shortcut")) {
      const auto& expected = found.at("last layer is Dense or Activation with that activation");
      found["y_pred"] = found.at("logits");
      found["value"] = expected.at("value");
      found["gradient"] = expected.at("gradient_wrt_logits");
      if (found.at("activation") == "softmax") {
        check_loss<float>(loss::categorical_cross_entropy{}, found);
      } else {
        check_loss<float>(loss::binary_cross_entropy{}, found);
      }
    }
    CHECK(file.at("softmax_shortcut").size() == 3);
  }
}
