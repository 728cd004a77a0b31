// A stretch of a run as a unit test of Prometheus' rules: what `promtool test rules` is given, and
// what is read from its answer.
//
// promtool runs the rules with the rule manager of Prometheus itself. Asked for the alerts that
// begin and end at every evaluation, with none expected, it lists them as differences.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/prometheus/profile.hpp"
#include "scenarios/prometheus/rule_file.hpp"

namespace rollcast::report {

/// Rules as a rule file of Prometheus, in JSON, which is YAML: groups as in their files, without
/// annotations, which tell people and change nothing.
std::string rule_file_text(const std::vector<scenarios::PrometheusRule>& rules);
/// One rule alone, with its annotations: for `promtool check rules`.
std::string one_rule_text(const scenarios::PrometheusRule& rule);

/// Evaluations at every whole `tick` since the start of the run. Those of [reported_from, to] are
/// reported; those from `from` on are there to bring the alerts into their state.
struct TestStretch {
    sim::Instant from;
    sim::Instant reported_from;
    sim::Instant to;
    sim::Duration tick = sim::seconds(15);
};

/// The test: the rule file `rules_file`; the series of every name in `metrics` (sorted) as a scrape
/// before each evaluation has found them, stale where a target did not answer.
std::string rule_test_text(const std::string& rules_file,
                           const models::Fleet& fleet,
                           const std::vector<models::SeriesStore>& stores,
                           Profile profile,
                           const std::vector<std::string>& metrics,
                           const TestStretch& stretch);

/// An alert that begins or ends to fire at `at`. At the start of the reported stretch every alert
/// that fires begins.
struct AlertEdge {
    sim::Instant at;
    bool fires = false;
    std::vector<Label> labels;  // with alertname, without alertstate; by name
};

/// A rule that could not be evaluated, and why.
struct FailedRule {
    std::string name;
    std::string why;
};

struct RuleTestAnswer {
    std::vector<AlertEdge> edges;  // ascending by time
    std::vector<FailedRule> failed;
    std::string not_understood;  // the first line that is neither; empty where there is none
};

/// Reads what promtool printed about a test of `stretch`.
RuleTestAnswer read_rule_test(std::string_view output, const TestStretch& stretch);

}  // namespace rollcast::report
