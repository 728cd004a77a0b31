#include "report/study.hpp"

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/words.hpp"
#include "scenarios/suite/quantity.hpp"

namespace rollcast::report {
namespace {

using scenarios::Dimension;
using scenarios::Estimate;
using scenarios::ResultMetric;
using scenarios::Study;
using scenarios::StudyPoint;

/// "s", "B", "share of runs", or what is counted.
std::string base_unit(const ResultMetric& metric) {
    switch (metric.dimension) {
        case Dimension::time:
            return "s";
        case Dimension::bytes:
            return "B";
        case Dimension::truth:
            return "share of runs";
        default:
            return metric.counts;
    }
}

std::string value_text(const ResultMetric& metric, double value) {
    if (metric.dimension == Dimension::truth) return percent_text(value);
    return scenarios::quantity_text(metric.dimension, value);
}

std::string signed_text(const ResultMetric& metric, double value) {
    if (metric.dimension == Dimension::truth) {
        return fmt::format("{:+.3g} %", 100.0 * value);
    }
    return (value > 0 ? "+" : "") + scenarios::quantity_text(metric.dimension, value);
}

std::string axis_value_text(const scenarios::StudyAxis& axis, std::size_t value) {
    std::string text = axis.label(value);
    // As a cell of CSV.
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

void add_table(const Study& study, std::size_t m, std::string& text) {
    const ResultMetric& metric = scenarios::result_metrics()[study.metrics[m]];
    const bool drawn = study.seeds > 1;
    std::vector<std::string> header;
    for (const scenarios::StudyAxis& axis : study.axes) header.push_back(axis.name);
    header.push_back(metric.name);
    if (drawn) header.insert(header.end(), {"from", "to", "difference", "from", "to", "runs"});
    Table table(header);
    for (const StudyPoint& point : study.points) {
        std::vector<std::string> row;
        for (std::size_t a = 0; a < study.axes.size(); ++a) {
            row.push_back(study.axes[a].label(point.place[a]));
        }
        const Estimate& value = point.values[m];
        if (value.runs == 0) {
            row.emplace_back("-");
            row.resize(header.size());
            table.add(std::move(row));
            continue;
        }
        row.push_back(value_text(metric, value.mean));
        if (drawn) {
            const Estimate& difference = point.differences[m];
            row.push_back(value_text(metric, value.low));
            row.push_back(value_text(metric, value.high));
            row.push_back(signed_text(metric, difference.mean));
            row.push_back(signed_text(metric, difference.low));
            row.push_back(signed_text(metric, difference.high));
            row.push_back(count_text(value.runs));
        }
        table.add(std::move(row));
    }
    text += table.text() + "\n";
}

Json estimate_json(const Estimate& value) {
    if (value.runs == 0) return {{"runs", 0}};
    return {{"runs", value.runs},
            {"mean", json_share(value.mean)},
            {"low", json_share(value.low)},
            {"high", json_share(value.high)},
            {"least", json_share(value.least)},
            {"most", json_share(value.most)}};
}

}  // namespace

std::string study_text(const Study& study) {
    std::string text = fmt::format("{}, {} each",
                                   count_text(study.points.size(), "point", "points"),
                                   count_text(study.seeds, "seed", "seeds"));
    if (study.seeds > 1) {
        text += fmt::format("; means with 95 % intervals; differences to {}, seed by seed",
                            study.label(study.points[study.reference]));
    }
    text = wrapped(text) + "\n";
    for (std::size_t m = 0; m < study.metrics.size(); ++m) add_table(study, m, text);
    if (!study.whole) text += "ended early: not all runs are in it\n";
    return text;
}

std::string study_csv(const Study& study) {
    std::string text;
    for (const scenarios::StudyAxis& axis : study.axes) text += axis.name + ",";
    text += "metric,unit,runs,mean,low,high,least,most,difference,difference_low,difference_high\n";
    for (const StudyPoint& point : study.points) {
        for (std::size_t m = 0; m < study.metrics.size(); ++m) {
            const ResultMetric& metric = scenarios::result_metrics()[study.metrics[m]];
            for (std::size_t a = 0; a < study.axes.size(); ++a) {
                text += axis_value_text(study.axes[a], point.place[a]) + ",";
            }
            const Estimate& v = point.values[m];
            const Estimate& d = point.differences[m];
            text += fmt::format("{},{},{},", metric.name, base_unit(metric), v.runs);
            text += v.runs == 0 ? ",,,,"
                                : fmt::format("{:.10g},{:.10g},{:.10g},{:.10g},{:.10g}",
                                              v.mean,
                                              v.low,
                                              v.high,
                                              v.least,
                                              v.most);
            text += d.runs == 0 ? ",,,"
                                : fmt::format(",{:.10g},{:.10g},{:.10g}", d.mean, d.low, d.high);
            text += "\n";
        }
    }
    return text;
}

Json study_document(const Study& study, const Provenance& provenance) {
    Json document{{"schema_version", schema_version},
                  {"summary",
                   {{"ok", study.whole},
                    {"points", study.points.size()},
                    {"seeds", study.seeds},
                    {"reference", study.label(study.points[study.reference])}}}};
    document["axes"] = Json::array();
    for (const scenarios::StudyAxis& axis : study.axes) {
        document["axes"].push_back(
            {{"name", axis.name}, {"pointers", axis.pointers}, {"values", axis.values}});
    }
    document["metrics"] = Json::array();
    for (const std::size_t m : study.metrics) {
        const ResultMetric& metric = scenarios::result_metrics()[m];
        document["metrics"].push_back({{"name", metric.name}, {"unit", base_unit(metric)}});
    }
    document["points"] = Json::array();
    for (const StudyPoint& point : study.points) {
        Json entry{{"label", study.label(point)},
                   {"values", Json::array()},
                   {"differences", Json::array()}};
        for (std::size_t m = 0; m < study.metrics.size(); ++m) {
            entry["values"].push_back(estimate_json(point.values[m]));
            entry["differences"].push_back(estimate_json(point.differences[m]));
        }
        document["points"].push_back(std::move(entry));
    }
    document["provenance"] = provenance_json(provenance);
    return document;
}

}  // namespace rollcast::report
