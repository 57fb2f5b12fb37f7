// SPDX-License-Identifier: Apache-2.0
// A pruning report as a picture: accuracy against the first resource, and what is left of each layer. Needs gnuplot.
#ifndef ESPALIER_IO_REPORT_SVG_HPP
#define ESPALIER_IO_REPORT_SVG_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/io/file.hpp>
#include <espalier/report/pruning_report.hpp>

namespace espalier::inline v0::io {

namespace detail {

/// A text without line ends and the like: names come from model files, and a new line would be a new command.
[[nodiscard]] inline std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) < ' '; }, ' ');
  return text;
}

/// A text between gnuplot's single quotes.
[[nodiscard]] inline std::string gnuplot_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char letter : one_line(text)) {
    quoted += letter == '\'' ? "''" : std::string(1, letter);
  }
  return quoted + "'";
}

/// A text between double quotes, as a column of data; the quotes in it become single ones.
[[nodiscard]] inline std::string gnuplot_column(std::string text) {
  text = one_line(std::move(text));
  std::replace(text.begin(), text.end(), '"', '\'');
  return '"' + text + '"';
}

inline void run_gnuplot(const std::string& script) {
  // The shell reads what gnuplot leaves, or all if there is no gnuplot: writing into a closed pipe would end the
  // program.
  constexpr const char* command = "gnuplot >/dev/null 2>&1; status=$?; while read -r rest; do :; done; exit $status";
  std::FILE* gnuplot = popen(command, "w");
  const bool written = gnuplot != nullptr && std::fwrite(script.data(), 1, script.size(), gnuplot) == script.size();
  if (gnuplot == nullptr || pclose(gnuplot) != 0 || !written) {
    reject<file_error>("io::save_report_svg", {"a failure of the program gnuplot"},
                       {"gnuplot 5 on the path (package gnuplot-nox)"});
  }
}

/// Upper half: the metric of every level against what it uses of the first resource, on a logarithmic axis.
inline void plot_levels(std::ostream& script, const report::pruning_report& report) {
  const report::resource& resource = report.resources.front();
  script << "$accepted << EOD\n" << resource.before << ' ' << report.baseline << '\n';
  for (const report::level& level : report.levels) {
    if (level.accepted) {
      script << level.used.front() << ' ' << level.metric << '\n';
    }
  }
  script << "EOD\n$rejected << EOD\n";
  bool any_rejected = false;
  for (const report::level& level : report.levels) {
    if (!level.accepted) {
      any_rejected = true;
      script << level.used.front() << ' ' << level.metric << '\n';
    }
  }
  script
      << "EOD\nset title " << gnuplot_quoted("Accuracy against " + resource.name) << "\n"
      << "set xlabel " << gnuplot_quoted(resource.name + " used") << "\nset ylabel 'accuracy'\n"
      << "set logscale x\nset grid\nset key bottom right\nset offsets 0, 0, 0.005, 0.005\n"
      << "plot $accepted using 1:2 with linespoints pointtype 7 linewidth 2 linecolor rgb '#1b6ca8' title 'accepted'";
  if (any_rejected) {
    script << ", $rejected using 1:2 with points pointtype 6 linewidth 2 linecolor rgb '#c0392b' title 'rejected'";
  }
  script << "\nunset logscale\nunset offsets\n";
}

/// Lower half: what is left of each layer in every resource, as bars.
inline void plot_layers(std::ostream& script, const report::pruning_report& report) {
  script << "$layers << EOD\n";
  for (const report::layer& layer : report.layers) {
    script << gnuplot_column(layer.name);
    for (std::size_t r = 0; r < layer.before.size(); ++r) {
      const double before = static_cast<double>(layer.before[r]);
      script << ' ' << (before > 0 ? 100 * static_cast<double>(layer.after[r]) / before : 0.0);
    }
    script << '\n';
  }
  script << "EOD\nset title 'What is left of each layer'\nset xlabel ''\nset ylabel '%'\nset yrange [0:100]\n"
         << "set style data histogram\nset style histogram clustered gap 1\nset style fill solid\n"
         << "set boxwidth 0.9\nset key top right\nset grid ytics\nplot ";
  for (std::size_t r = 0; r < report.resources.size(); ++r) {
    script << (r == 0 ? "" : ", ") << "$layers using " << r + 2 << (r == 0 ? ":xtic(1)" : "") << " title "
           << gnuplot_quoted(report.resources[r].name);
  }
  script << '\n';
}

}  // namespace detail

/// Makes sure that the program which draws the picture is there, before hours of work depend on it.
/// @throws file_error if gnuplot cannot be run.
inline void check_report_svg() {
  detail::run_gnuplot("exit\n");
}

/// Draws a report and writes it as SVG, whole or not at all. Equal reports give equal bytes.
/// @param path    where the file shall be; an existing file is replaced.
/// @param report  with at least one resource.
/// @throws argument_error if there is no resource; file_error if gnuplot fails or the file cannot be written.
inline void save_report_svg(const std::filesystem::path& path, const report::pruning_report& report) {
  if (report.resources.empty()) {
    reject<argument_error>("io::save_report_svg", {"a report without resources"},
                           {"at least one to draw accuracy against"});
  }
  replace_file(path, [&](const std::filesystem::path& temporary) {
    std::ostringstream script;
    script
        << "set encoding utf8\nset terminal svg size 800,840 font 'sans-serif,14' background rgb 'white' noenhanced\n"
        << "set output " << detail::gnuplot_quoted(temporary.string()) << "\nset multiplot layout 2,1\n";
    detail::plot_levels(script, report);
    detail::plot_layers(script, report);
    script << "unset multiplot\n";
    detail::run_gnuplot(script.str());
  });
}

}  // namespace espalier::inline v0::io

#endif
