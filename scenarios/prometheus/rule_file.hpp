// Rule files of Prometheus: plain ones, and those that the Prometheus operator takes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rollcast::scenarios {

/// A rule as it stands in its file. What is wrong with it is said and stays with it, so that the
/// others can be used.
struct PrometheusRule {
    std::string file;
    int line = 0;  // from 1
    std::string group;
    std::string alert;   // its name; empty: it records
    std::string record;  // the series that it makes; empty: it alerts
    std::string expression;
    std::string hold;         // "for"
    std::string keep_firing;  // "keep_firing_for"
    std::vector<std::pair<std::string, std::string>> labels;
    std::vector<std::pair<std::string, std::string>> annotations;
    std::string problem;  // empty: none that is seen without Prometheus

    const std::string& name() const { return alert.empty() ? record : alert; }
};

/// Every rule of the file, in order: of `groups`, of the `spec` of a PrometheusRule, or of the
/// items of a list of them; several documents are read one after the other. Throws InputError
/// where the file is no YAML or holds no rules.
std::vector<PrometheusRule> read_prometheus_rules(const std::string& file);

}  // namespace rollcast::scenarios
