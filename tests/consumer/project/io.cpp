// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <span>
#include <vector>

#include <espalier/io/idx.hpp>
#include <espalier/io/npz.hpp>
#include <espalier/io/report_json.hpp>

int main() {
  const std::vector<float> values{1, 2};
  espalier::io::npz_writer writer;
  writer.add("a", {2}, std::span(values));
  writer.save("a.npz");
  const bool same = espalier::io::npz_reader("a.npz").load<float>("a").values == values;
  std::remove("a.npz");
  bool refused = false;
  try {
    static_cast<void>(espalier::io::load_idx<std::uint8_t>("missing"));
  } catch (const espalier::file_error&) {
    refused = true;
  }
  return same && refused && !espalier::io::report_json({}, {}).empty() ? 0 : 1;
}
