// SPDX-License-Identifier: Apache-2.0
// Which weights form a group? Draws the kernel of a dense layer of 8 inputs and 6 neurons as SVG, a colour and a number
// for each group. Usage: draw_groups STRUCTURE > STRUCTURE.svg
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <espalier/core.hpp>

using namespace espalier;

int main(int argc, char** argv) {
  const std::map<std::string, structure::rule> rules{
      {"unstructured", structure::unstructured{}}, {"structured", structure::structured{}},
      {"pattern", structure::pattern{16, 2}},      {"rows", structure::pattern{16, 1}},
      {"block", structure::block{3, 2}},           {"channel", structure::channel{}},
      {"n_of_m", structure::n_of_m{2, 4}},         {"round_to", structure::round_to{2}}};
  const auto rule = rules.find(argc == 2 ? argv[1] : "");
  if (rule == rules.end()) {
    std::fprintf(stderr, "usage: draw_groups block|channel|n_of_m|pattern|round_to|rows|structured|unstructured\n");
    return 2;
  }
  constexpr std::size_t inputs = 8;
  constexpr std::size_t neurons = 6;
  constexpr std::size_t cell = 36;
  espalier::random_generator generator(1);
  std::vector<double> magnitudes(inputs * neurons);  // what n_of_m and round_to go by
  for (double& magnitude : magnitudes) {
    magnitude = std::abs(generator.normal());
  }
  const structure::grouping groups(rule->second, {inputs, neurons}, magnitudes);

  constexpr std::array colours{"#8dd3c7", "#ffffb3", "#bebada", "#fb8072", "#80b1d3", "#fdb462",
                               "#b3de69", "#fccde5", "#d9d9d9", "#ccebc5", "#ffed6f", "#bc80bd"};
  std::printf(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\" font-family=\"sans-serif\" "
      "font-size=\"13\" text-anchor=\"middle\">\n",
      (neurons + 1) * cell, (inputs + 1) * cell);
  std::printf("  <title>%s</title>\n", to_string(rule->second).c_str());
  std::printf("  <text x=\"%zu\" y=\"%zu\">neurons</text>\n", (neurons + 2) * cell / 2, cell / 2);
  std::printf("  <text transform=\"translate(%zu %zu) rotate(-90)\">inputs</text>\n", cell / 2,
              (inputs + 2) * cell / 2);
  groups.visit([&](std::size_t group, std::size_t index) {
    const std::size_t x = (index % neurons + 1) * cell - cell / 4;
    const std::size_t y = (index / neurons + 1) * cell - cell / 4;
    std::printf("  <rect x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%zu\" fill=\"%s\" stroke=\"#444\"/>\n", x, y, cell,
                cell, colours[group % colours.size()]);
    std::printf("  <text x=\"%zu\" y=\"%zu\">%zu</text>\n", x + cell / 2, y + cell / 2 + 5, group);
  });
  std::printf("</svg>\n");
}
