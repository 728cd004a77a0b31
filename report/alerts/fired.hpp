// What has fired, put together of the answers about stretches of a run.
#pragma once

#include <string>
#include <vector>

#include "report/prometheus/rule_test.hpp"

namespace rollcast::report {

/// An alert that fired, by the labels that it had.
struct FiredAlert {
    std::string name;
    std::vector<Label> labels;  // with alertname; by name
    sim::Instant fired;
    sim::Instant resolved = sim::Instant::never();  // never(): still firing at the end
};

/// One stretch that was evaluated.
struct AnsweredStretch {
    TestStretch stretch;
    RuleTestAnswer answer;
};

/// The alerts of all stretches, in order of their beginning. Between two stretches nothing begins
/// or ends; an alert that fires at the end of one and at the start of the next has fired on.
std::vector<FiredAlert> fired_alerts(const std::vector<AnsweredStretch>& stretches);

/// `labels` but for alertname: `severity="page",pod="c1-kafka-0"`.
std::string labels_but_name(const std::vector<Label>& labels);

}  // namespace rollcast::report
