// SPDX-License-Identifier: Apache-2.0
// Which items of an OR-Library knapsack file are worth keeping? Usage: knapsack FILE
//
// The file holds whole numbers: n m optimum, n profits, m rows of n weights, m capacities.
#include <charconv>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <espalier/knapsack/solve.hpp>

namespace {

/// The next whole number of a file; the error says which one is missing or wrong.
std::int64_t read(std::istream& file, const std::string& what, std::int64_t largest = INT64_MAX) {
  std::string word;
  std::int64_t number = 0;
  if (!(file >> word)) {
    throw std::runtime_error("the file ends before the " + what);
  }
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size() || number < 0 || number > largest) {
    throw std::runtime_error("got '" + word + "' for the " + what + ", expected a whole number from 0 to " +
                             std::to_string(largest));
  }
  return number;
}

void run(std::istream& file) {
  const auto items = static_cast<std::size_t>(read(file, "number of items", 1'000'000));
  const auto resources = static_cast<std::size_t>(read(file, "number of resources", 100));
  read(file, "known optimum");
  std::vector<double> values;
  espalier::knapsack::problem<double> problem;  // each item is a class of its own
  for (std::size_t i = 0; i < items; ++i) {
    values.push_back(static_cast<double>(read(file, "profit of item " + std::to_string(i))));
    problem.runs.push_back({static_cast<std::uint32_t>(i), 1});
  }
  problem.values = values;
  problem.weights.resize(items * resources);
  for (std::size_t r = 0; r < resources; ++r) {
    for (std::size_t i = 0; i < items; ++i) {
      problem.weights[i * resources + r] = read(file, "weight of item " + std::to_string(i));
    }
  }
  for (std::size_t r = 0; r < resources; ++r) {
    problem.capacities.push_back(read(file, "capacity of resource " + std::to_string(r)));
  }
  if (std::string word; file >> word) {
    throw std::runtime_error("got '" + word + "' after the last capacity, expected the end");
  }

  const auto solution = espalier::knapsack::solve(problem);
  std::cout << std::setprecision(17) << "value " << solution.value << " bound " << solution.bound << " status "
            << espalier::knapsack::to_string(solution.status) << '\n';
  for (std::size_t i = 0; i < items; ++i) {
    if (solution.kept[i] != 0) {
      std::cout << i << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: knapsack FILE\n";
    return 2;
  }
  try {
    std::ifstream file(argv[1]);
    if (!file) {
      throw std::runtime_error("the file cannot be opened");
    }
    run(file);
  } catch (const std::exception& error) {
    std::cerr << "knapsack: " << argv[1] << ": " << error.what() << '\n';
    return 1;
  }
}
