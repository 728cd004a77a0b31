#include "report/study_svg.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "report/study_scale.hpp"
#include "report/xml_text.hpp"
#include "scenarios/suite/quantity.hpp"

namespace rollcast::report {
namespace {

using scenarios::Dimension;
using scenarios::Estimate;
using scenarios::ResultMetric;
using scenarios::Study;
using scenarios::StudyAxis;
using scenarios::StudyPoint;

constexpr double picture_width = 760;
constexpr double panel_height = 380;
constexpr double margin_left = 88;
constexpr double margin_right = 28;
constexpr double margin_top = 64;
constexpr double margin_bottom = 64;

/// Okabe and Ito's blue on white, a lighter one on black. No custom properties: not every renderer
/// has them.
constexpr std::string_view picture_style = R"(<style>
text{font-family:system-ui,'DejaVu Sans',sans-serif;font-size:13px;fill:#1b1f24}
.title{font-size:16px;font-weight:600}.small{font-size:12px}
.paper{fill:#ffffff}.grid{stroke:#d5d9de;stroke-width:1}.axis{stroke:#57606a;stroke-width:1}
.line{fill:none;stroke:#0072b2;stroke-width:2}.band{fill:#0072b2;fill-opacity:.2}
.dot{fill:#0072b2}.whisker{stroke:#0072b2;stroke-width:1.5}.cell{fill:#0072b2}
.none{fill:none;stroke:#8b949e;stroke-dasharray:3 3}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}.grid{stroke:#30363d}
.axis{stroke:#8b949e}.line,.whisker{stroke:#56b4e9}.band,.dot,.cell{fill:#56b4e9}}
</style>
)";

std::string with_unit(const std::string& name, const std::string& unit) {
    return unit.empty() ? name : name + ", " + unit;
}

std::string svg_text(double x,
                     double y,
                     std::string_view anchor,
                     std::string_view css,
                     std::string_view text,
                     std::string_view more = "") {
    return fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\"{}>{}</text>\n",
        x,
        y,
        anchor,
        css,
        more,
        xml_escaped(text));
}

std::string line_between(double x1, double y1, double x2, double y2, std::string_view css) {
    return fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n",
        x1,
        y1,
        x2,
        y2,
        css);
}

std::string shown_value(const ResultMetric& metric, double value) {
    if (metric.dimension == Dimension::truth) return fmt::format("{:.3g} %", 100.0 * value);
    return scenarios::quantity_text(metric.dimension, value);
}

std::string estimate_text(const ResultMetric& metric, const Estimate& value) {
    if (value.runs == 0) return "no answer";
    if (value.low == value.high) return shown_value(metric, value.mean);
    return fmt::format("{} ({} to {})",
                       shown_value(metric, value.mean),
                       shown_value(metric, value.low),
                       shown_value(metric, value.high));
}

/// Least and most of what is drawn of a metric.
std::pair<double, double> span_of(const Study& study, std::size_t m) {
    std::optional<std::pair<double, double>> span;
    for (const StudyPoint& point : study.points) {
        const Estimate& value = point.values[m];
        if (value.runs == 0) continue;
        if (!span) span.emplace(value.low, value.high);
        span->first = std::min(span->first, value.low);
        span->second = std::max(span->second, value.high);
    }
    return span.value_or(std::pair{0.0, 1.0});
}

/// Where the values of an axis lie: by their number, or side by side where they are words.
std::vector<double> places_on(const StudyAxis& axis) {
    if (!axis.numbers.empty()) return axis.numbers;
    std::vector<double> places;
    for (std::size_t i = 0; i < axis.values.size(); ++i) places.push_back(static_cast<double>(i));
    return places;
}

PictureScale axis_scale(const StudyAxis& axis) {
    const std::vector<double> places = places_on(axis);
    const auto [least, most] = std::minmax_element(places.begin(), places.end());
    if (!axis.numbers.empty()) return picture_scale(axis.dimension, "", *least, *most);
    PictureScale scale;
    scale.least = -0.5;
    scale.most = *most + 0.5;
    for (std::size_t i = 0; i < places.size(); ++i)
        scale.ticks.push_back({places[i], axis.label(i)});
    return scale;
}

/// One panel: title, axes, and what is drawn in it.
class Panel {
public:
    Panel(const Study& study, std::size_t m, double offset)
        : study_(study),
          m_(m),
          metric_(scenarios::result_metrics()[study.metrics[m]]),
          offset_(offset) {}

    std::string text() {
        std::string out = svg_text(margin_left, offset_ + 26, "start", "title", metric_.name);
        const std::string runs =
            study_.seeds > 1 ? fmt::format("means of {} seeds, 95 % intervals", study_.seeds)
                             : std::string("one run each");
        out += svg_text(picture_width - margin_right, offset_ + 26, "end", "small", runs);
        out += svg_text(margin_left, offset_ + 46, "start", "small", metric_.meaning);
        return out + (study_.axes.size() == 1 ? line_panel() : heat_panel());
    }

private:
    double y_top() const { return offset_ + margin_top; }
    double y_bottom() const { return offset_ + panel_height - margin_bottom; }

    std::string x_axis(const StudyAxis& axis, const PictureScale& x, bool grid) const {
        std::string out;
        for (const Tick& tick : x.ticks) {
            if (grid)
                out +=
                    line_between(x.at(tick.value), y_top(), x.at(tick.value), y_bottom(), "grid");
            out += svg_text(x.at(tick.value), y_bottom() + 18, "middle", "small", tick.text);
        }
        out +=
            line_between(margin_left, y_bottom(), picture_width - margin_right, y_bottom(), "axis");
        return out + svg_text((margin_left + picture_width - margin_right) / 2,
                              y_bottom() + 42,
                              "middle",
                              "",
                              with_unit(axis.name, x.unit));
    }

    std::string y_label(const std::string& text) const {
        const double y = (y_top() + y_bottom()) / 2;
        return svg_text(
            22, y, "middle", "", text, fmt::format(" transform=\"rotate(-90 22 {:.1f})\"", y));
    }

    std::string line_panel() const {
        const StudyAxis& axis = study_.axes.front();
        PictureScale x = axis_scale(axis);
        x.from = margin_left;
        x.to = picture_width - margin_right;
        const auto [least, most] = span_of(study_, m_);
        PictureScale y = picture_scale(metric_.dimension, metric_.counts, least, most);
        y.from = y_bottom();
        y.to = y_top();
        std::string out = x_axis(axis, x, true);
        for (const Tick& tick : y.ticks) {
            out += line_between(margin_left,
                                y.at(tick.value),
                                picture_width - margin_right,
                                y.at(tick.value),
                                "grid");
            out += svg_text(margin_left - 8, y.at(tick.value) + 4, "end", "small", tick.text);
        }
        out += line_between(margin_left, y_top(), margin_left, y_bottom(), "axis");
        out += y_label(with_unit(metric_.name, y.unit));
        if (!axis.numbers.empty()) out += band_and_line(x, y);
        return out + dots(x, y, axis.numbers.empty());
    }

    /// The points that answer, in stretches that none interrupts.
    std::string band_and_line(const PictureScale& x, const PictureScale& y) const {
        const std::vector<double> places = places_on(study_.axes.front());
        std::string out;
        for (std::size_t from = 0; from < study_.points.size();) {
            std::size_t to = from;
            std::string line;
            std::string upper;
            std::string lower;
            for (; to < study_.points.size() && study_.points[to].values[m_].runs > 0; ++to) {
                const Estimate& value = study_.points[to].values[m_];
                const double at = x.at(places[to]);
                line += fmt::format("{:.1f},{:.1f} ", at, y.at(value.mean));
                upper += fmt::format("{:.1f},{:.1f} ", at, y.at(value.high));
                lower.insert(0, fmt::format("{:.1f},{:.1f} ", at, y.at(value.low)));
            }
            if (to > from) {
                out += fmt::format("<polygon points=\"{}{}\" class=\"band\"/>\n", upper, lower);
                out += fmt::format("<polyline points=\"{}\" class=\"line\"/>\n", line);
            }
            from = to + 1;
        }
        return out;
    }

    std::string dots(const PictureScale& x, const PictureScale& y, bool whiskers) const {
        const std::vector<double> places = places_on(study_.axes.front());
        std::string out;
        for (std::size_t i = 0; i < study_.points.size(); ++i) {
            const Estimate& value = study_.points[i].values[m_];
            if (value.runs == 0) continue;
            const double at = x.at(places[i]);
            if (whiskers) out += line_between(at, y.at(value.low), at, y.at(value.high), "whisker");
            out += fmt::format(
                "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" "
                "class=\"dot\"><title>{}</title></circle>\n",
                at,
                y.at(value.mean),
                xml_escaped(study_.label(study_.points[i]) + ": " + estimate_text(metric_, value)));
        }
        return out;
    }

    std::string heat_panel() const {
        const StudyAxis& across = study_.axes[0];
        const StudyAxis& up = study_.axes[1];
        const double width = (picture_width - margin_left - margin_right) /
                             static_cast<double>(across.values.size());
        const double height = (y_bottom() - y_top()) / static_cast<double>(up.values.size());
        const auto [least, most] = span_of_means();
        std::string out;
        for (const StudyPoint& point : study_.points) {
            const double x = margin_left + width * static_cast<double>(point.place[0]);
            const double y = y_bottom() - height * static_cast<double>(point.place[1] + 1);
            out += cell(point, x, y, width, height, least, most);
        }
        for (std::size_t i = 0; i < across.values.size(); ++i) {
            out += svg_text(margin_left + width * (static_cast<double>(i) + 0.5),
                            y_bottom() + 18,
                            "middle",
                            "small",
                            across.label(i));
        }
        for (std::size_t i = 0; i < up.values.size(); ++i) {
            out += svg_text(margin_left - 8,
                            y_bottom() - height * (static_cast<double>(i) + 0.5) + 4,
                            "end",
                            "small",
                            up.label(i));
        }
        out += svg_text((margin_left + picture_width - margin_right) / 2,
                        y_bottom() + 42,
                        "middle",
                        "",
                        across.name);
        return out + y_label(up.name);
    }

    std::pair<double, double> span_of_means() const {
        std::optional<std::pair<double, double>> span;
        for (const StudyPoint& point : study_.points) {
            const Estimate& value = point.values[m_];
            if (value.runs == 0) continue;
            if (!span) span.emplace(value.mean, value.mean);
            span->first = std::min(span->first, value.mean);
            span->second = std::max(span->second, value.mean);
        }
        return span.value_or(std::pair{0.0, 0.0});
    }

    /// The more, the darker (on dark paper: the brighter); its value is written into it.
    std::string cell(const StudyPoint& point,
                     double x,
                     double y,
                     double width,
                     double height,
                     double least,
                     double most) const {
        const Estimate& value = point.values[m_];
        const double share = most > least ? (value.mean - least) / (most - least) : 0.0;
        const std::string title =
            xml_escaped(study_.label(point) + ": " + estimate_text(metric_, value));
        std::string out = fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\" "
            "fill-opacity=\"{:.2f}\"><title>{}</title></rect>\n",
            x + 1,
            y + 1,
            width - 2,
            height - 2,
            value.runs == 0 ? "none" : "cell",
            0.06 + 0.54 * share,
            title);
        constexpr double least_width = 44;
        constexpr double least_height = 16;
        if (width < least_width || height < least_height) return out;
        const std::string text = value.runs == 0 ? "-" : shown_value(metric_, value.mean);
        return out + svg_text(x + width / 2, y + height / 2 + 4, "middle", "small", text);
    }

    const Study& study_;
    std::size_t m_;
    const ResultMetric& metric_;
    double offset_;
};

}  // namespace

std::string study_svg(const Study& study) {
    const double height = panel_height * static_cast<double>(study.metrics.size());
    std::string names;
    for (const StudyAxis& axis : study.axes) names += (names.empty() ? "" : " and ") + axis.name;
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
        "width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" role=\"img\">\n<title>{2}</title>\n",
        picture_width,
        height,
        xml_escaped("study of " + names));
    out += picture_style;
    out += fmt::format(
        "<rect width=\"{:.0f}\" height=\"{:.0f}\" class=\"paper\"/>\n", picture_width, height);
    for (std::size_t m = 0; m < study.metrics.size(); ++m) {
        out += Panel(study, m, panel_height * static_cast<double>(m)).text();
    }
    return out + "</svg>\n";
}

}  // namespace rollcast::report
