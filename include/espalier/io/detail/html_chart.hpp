// SPDX-License-Identifier: Apache-2.0
// A picture of points over two axes, as SVG that stands inside a page and takes its colours from there.
#ifndef ESPALIER_IO_DETAIL_HTML_CHART_HPP
#define ESPALIER_IO_DETAIL_HTML_CHART_HPP

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/report/to_text.hpp>

namespace espalier::inline v0::io::detail {

/// A text as HTML and XML want it: names come from model files. What no page may hold becomes a question mark.
[[nodiscard]] inline std::string html_text(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += static_cast<unsigned char>(letter) < ' ' ? '?' : letter;
    }
  }
  return result;
}

/// One mark.
struct chart_point {
  double x = 0;      ///< > 0
  double y = 0;      ///< finite
  std::string kind;  ///< class of its style
  std::string says;  ///< shown when it is pointed at
};

/// Points over a logarithmic horizontal axis; those of the kinds "dense" and "accepted" are joined by a line.
class html_chart {
 public:
  html_chart(std::string_view x_title, std::string_view y_title) : x_title_(x_title), y_title_(y_title) {}

  void add(chart_point point) {
    if (point.x > 0 && std::isfinite(point.y)) {
      points_.push_back(std::move(point));
    }
  }

  [[nodiscard]] std::string svg() {
    set_ranges();
    std::string out = R"(<svg viewBox="0 0 420 290" role="img">)";
    out += "<title>" + html_text(y_title_) + " against " + html_text(x_title_) + "</title>";
    draw_axes(out);
    std::string line;
    for (const chart_point& p : points_) {
      if (p.kind == "dense" || p.kind == "accepted") {
        append(line, {line.empty() ? "" : " ", place(x_of(p.x)), ",", place(y_of(p.y))});
      }
    }
    out += "<polyline class=\"way\" points=\"" + line + "\"/>";
    for (const chart_point& p : points_) {
      append(out, {"<circle class=\"", p.kind, "\" cx=\"", place(x_of(p.x)), "\" cy=\"", place(y_of(p.y)),
                   "\" r=\"5\"><title>", html_text(p.says), "</title></circle>"});
    }
    return out + "</svg>";
  }

 private:
  static constexpr double right = 408, top = 12, bottom = 240;

  static void append(std::string& out, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) {
      out += part;
    }
  }

  [[nodiscard]] static std::string place(double value) { return report::detail::fixed(value, 1); }

  [[nodiscard]] double x_of(double x) const {
    return left_ + (right - left_) * (std::log(x) - x_low_) / (x_high_ - x_low_);
  }
  [[nodiscard]] double y_of(double y) const { return bottom - (bottom - top) * (y - y_low_) / (y_high_ - y_low_); }

  void set_ranges() {
    if (points_.empty()) {
      return;
    }
    const auto [x_least, x_most] =
        std::minmax_element(points_.begin(), points_.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
    const auto [y_least, y_most] =
        std::minmax_element(points_.begin(), points_.end(), [](const auto& a, const auto& b) { return a.y < b.y; });
    // At least a factor of 6, so that there is a number on the axis.
    const double beside = (std::max)(0.15, (std::log(6.0) - std::log(x_most->x / x_least->x)) / 2);
    x_low_ = std::log(x_least->x) - beside;
    x_high_ = std::log(x_most->x) + beside;
    const double margin = (std::max)(0.08 * (y_most->y - y_least->y), 1e-4 * (1 + std::abs(y_most->y)));
    y_low_ = y_least->y - margin;
    y_high_ = y_most->y + margin;
    for (const auto& [y, says] : ticks_of_y()) {
      left_ = (std::max)(left_, 28 + 7.6 * static_cast<double>(says.size()));  // room for it and for the title
    }
  }

  void draw_axes(std::string& out) const {
    for (const double x : ticks_of_x()) {
      const std::string at = place(x_of(x));
      append(out, {"<line class=\"grid\" x1=\"", at, "\" x2=\"", at, "\" y1=\"12\" y2=\"240\"/><text x=\"", at,
                   "\" y=\"257\" text-anchor=\"middle\">", short_number(x), "</text>"});
    }
    for (const auto& [y, says] : ticks_of_y()) {
      const std::string at = place(y_of(y));
      append(out,
             {"<line class=\"grid\" x1=\"", place(left_), "\" x2=\"408\" y1=\"", at, "\" y2=\"", at, "\"/><text x=\"",
              place(left_ - 6), "\" y=\"", place(y_of(y) + 4), "\" text-anchor=\"end\">", says, "</text>"});
    }
    out += "<text x=\"233\" y=\"280\" text-anchor=\"middle\">" + html_text(x_title_) +
           "</text><text transform=\"translate(13,126) rotate(-90)\" text-anchor=\"middle\">" + html_text(y_title_) +
           "</text>";
  }

  /// Powers of ten, with halves and fifths where there are few of them.
  [[nodiscard]] std::vector<double> ticks_of_x() const {
    const std::vector<double> few{1}, some{1, 2, 5};
    std::vector<double> ticks;
    for (const double part : x_high_ - x_low_ > std::log(1e3) ? few : some) {
      for (double power = std::floor(x_low_ / std::log(10.0)); power <= x_high_ / std::log(10.0); ++power) {
        const double x = part * std::pow(10.0, power);
        if (std::log(x) >= x_low_ && std::log(x) <= x_high_) {
          ticks.push_back(x);
        }
      }
    }
    return ticks;
  }

  struct tick {
    double at = 0;
    std::string says;
  };
  [[nodiscard]] std::vector<tick> ticks_of_y() const {
    const double step = step_of_y();
    const int digits = (std::max)(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    std::vector<tick> ticks;
    for (double n = std::ceil(y_low_ / step) + 0.0; n * step <= y_high_; ++n) {  // + 0.0: never -0
      const double y = n * step;
      ticks.push_back(
          {y, std::abs(y) >= 1e4 && std::abs(y) < 1e3 * step ? short_number(y) : report::detail::fixed(y, digits)});
    }
    return ticks;
  }

  /// 1, 2 or 5 times a power of ten, so that there are four to ten lines.
  [[nodiscard]] double step_of_y() const {
    const double wide = (y_high_ - y_low_) / 4;
    const double power = std::pow(10.0, std::floor(std::log10(wide)));
    return wide >= 5 * power ? 5 * power : wide >= 2 * power ? 2 * power : power;
  }

  [[nodiscard]] static std::string short_number(double x) {
    constexpr std::pair<double, const char*> units[]{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    for (const auto& [unit, name] : units) {
      if (std::abs(x) >= (std::max)(unit, 1e4)) {
        return report::detail::number(x / unit, std::chars_format::general, 4) + name;
      }
    }
    return report::detail::number(x, std::chars_format::general, 6);
  }

  std::string x_title_;
  std::string y_title_;
  std::vector<chart_point> points_;
  double x_low_ = 0, x_high_ = 1, y_low_ = 0, y_high_ = 1;
  double left_ = 58;
};

}  // namespace espalier::inline v0::io::detail

#endif
