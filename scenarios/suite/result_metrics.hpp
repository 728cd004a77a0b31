// What a scenario may expect something of: every figure of a run's result, by name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/alert_rules.hpp"
#include "models/case.hpp"
#include "models/run_watch.hpp"
#include "models/verdict.hpp"
#include "scenarios/format/json_file.hpp"

namespace rollcast::scenarios {

/// Of which kind the values of a metric are. Times are held in seconds, sizes in bytes.
enum class Dimension : std::uint8_t { truth, word, time, bytes, number };

/// Nothing where the run does not answer.
using MetricValue = std::variant<std::monostate, bool, double, std::string>;

/// What of a metric is worse than before, for baselines.
enum class Worse : std::uint8_t { neither, more, less };

/// What a metric is read from. Alerts and checks are null where nobody looked on.
struct RunFacts {
    const models::Case& a_case;
    const models::Verdict& verdict;
    const std::vector<models::Alert>* alerts = nullptr;
    const std::vector<models::Noticed>* noticed = nullptr;
};

struct ResultMetric {
    std::string name;
    Dimension dimension = Dimension::number;
    std::string counts;  // what a number counts, "partitions"; empty for the others
    std::string meaning;
    std::vector<std::string> words;  // of a word, all that there are
    bool watched = false;            // known only where somebody looks on
    Worse worse = Worse::neither;
    std::function<MetricValue(const RunFacts&)> read;
};

/// Every metric, in the order of the page: the verdict, its rules, alerts, checks. Alerts are those
/// of the rules that come with the program.
const std::vector<ResultMetric>& result_metrics();

/// The place of a metric in `result_metrics`.
std::optional<std::size_t> result_metric_called(std::string_view name);

/// All values of a run, by their place in `result_metrics`.
using MetricValues = std::vector<MetricValue>;
MetricValues read_metrics(const RunFacts& facts);

/// Exact: numbers come back with all their bits.
Json metric_json(const MetricValue& value);
MetricValue metric_value(const Json& json);

/// As a number: true is 1. Nothing where it is none.
std::optional<double> metric_number(const MetricValue& value);

/// "2 h 05 min", "12.5 GB", "3 partitions", "true", "not answered".
std::string metric_text(const ResultMetric& metric, const MetricValue& value);

}  // namespace rollcast::scenarios
