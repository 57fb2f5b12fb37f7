// SPDX-License-Identifier: Apache-2.0
// A small report with one accepted and one rejected level, for the tests of its renderings.
#ifndef ESPALIER_TESTS_SUPPORT_SAMPLE_REPORT_HPP
#define ESPALIER_TESTS_SUPPORT_SAMPLE_REPORT_HPP

#include <espalier/report/pruning_report.hpp>

namespace support {

inline espalier::report::pruning_report sample_report() {
  espalier::report::pruning_report report;
  report.objective = "vivado_dsp_bram";
  report.baseline = 0.9125;
  report.metric = 0.9;
  report.resources = {{"DSP", 6150, 615}, {"BRAM", 1380, 100}};
  report.levels = {{0.9, {615, 100}, 0.9, true, "optimal", 0}, {0.95, {307, 50}, 0.85, false, "feasible", 1e-7}};
  report.layers = {{"conv2d_1", 150, 75, 0, {150, 0}, {75, 0}, ""},
                   {"it's", 48000, 4800, 10, {1920, 960}, {192, 96}, ""},
                   {"narrow", 10, 10, 0, {0, 0}, {0, 0}, "weights of 8 bits use no DSP"}};
  report.ended = "the schedule ended";
  return report;
}

}  // namespace support

#endif
