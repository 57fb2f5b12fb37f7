// SPDX-License-Identifier: Apache-2.0
// One run through every room of the library, the same in each translation unit that includes it.
#ifndef ESPALIER_TESTS_WHOLE_LIBRARY_WHOLE_RUN_HPP
#define ESPALIER_TESTS_WHOLE_LIBRARY_WHOLE_RUN_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

/// Trains and prunes a small network on points that a line separates.
/// @return the report as JSON, and with it all that selection and training decided.
std::string whole_run() {
  using namespace espalier;
  constexpr std::size_t samples = 64;
  espalier::random_generator generator(3);
  std::vector<float> numbers;
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto x = static_cast<float>(generator.uniform()) - 0.5F;
    const auto y = static_cast<float>(generator.uniform()) - 0.5F;
    numbers.insert(numbers.end(), {x, y, x * y, 1.0F});
    labels.push_back(x > y ? 1U : 0U);
  }
  const auto data = train::view_all<float>(numbers, labels);

  using dense = nn::masked<nn::dense<float>>;
  nn::sequential model({4}, 1, dense(nn::dense_options{.units = 8}), nn::relu<float>(),
                       dense(nn::dense_options{.units = 2}), nn::softmax<float>());
  train::fit(model, data, train::fit_options<>{.epochs = 20, .batch = 16});
  train::trainer<float> trainer(data, data);
  const hls::config hardware{.model = {.strategy = hls::strategy::resource, .reuse_factor = 2}, .type = {}, .name = {}};
  const auto result = prune::optimize(model, trainer, objective::vivado_dsp{}, schedule::geometric{},
                                      prune::options<>{.hls = hardware});
  return io::report_json(result.report, {.seed = 1, .baseline_accuracy = 1, .accuracy = 1});
}

}  // namespace

/// The run and some addresses, as the second translation unit sees them.
struct seen {
  std::string report;
  std::vector<const void*> addresses;
};
seen seen_by_second_unit();

/// Addresses of inline functions and variables: one each in the whole program.
inline std::vector<const void*> addresses_of_entities() {
  return {static_cast<const void*>(&espalier::version_string),
          reinterpret_cast<const void*>(&espalier::knapsack::solve<double>),
          reinterpret_cast<const void*>(&espalier::io::write_file),
          reinterpret_cast<const void*>(&espalier::io::prepare_folder)};
}

#endif
