// SPDX-License-Identifier: Apache-2.0
// Real data in the form of the FANN library, from the Debian package libfann-doc.
#ifndef ESPALIER_TESTS_SUPPORT_FANN_HPP
#define ESPALIER_TESTS_SUPPORT_FANN_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <espalier/train/data_view.hpp>

namespace support {

/// Samples with targets; if exactly one target is 1, that is also the label.
struct fann_data {
  /// @param name  such as building.train.
  /// @throws std::runtime_error if there is no such file: a test without its data fails.
  explicit fann_data(const std::string& name) {
    std::ifstream file("/usr/share/doc/libfann-dev/examples/datasets/" + name);
    std::size_t count = 0;
    if (!(file >> count >> inputs >> outputs)) {
      throw std::runtime_error("no data " + name + "; the Debian package libfann-doc has them");
    }
    for (std::size_t i = 0; i < count * (inputs + outputs); ++i) {
      auto& row = i % (inputs + outputs) < inputs ? samples : targets;
      row.push_back(0);
      file >> row.back();
    }
    if (!file) {
      throw std::runtime_error("the data " + name + " are cut");
    }
    for (std::size_t i = 0; i < targets.size(); i += outputs) {
      const auto first = targets.begin() + static_cast<std::ptrdiff_t>(i);
      const auto last = first + static_cast<std::ptrdiff_t>(outputs);
      labels.push_back(static_cast<std::uint32_t>(std::max_element(first, last) - first));
    }
  }
  [[nodiscard]] auto with_targets() const {
    return espalier::train::view_all<float>(std::span<const float>(samples), std::span<const float>(targets), outputs);
  }
  [[nodiscard]] auto with_labels() const {
    return espalier::train::view_all<float>(std::span<const float>(samples), labels);
  }

  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::vector<float> samples;
  std::vector<float> targets;
  std::vector<std::uint32_t> labels;
};

}  // namespace support

#endif
