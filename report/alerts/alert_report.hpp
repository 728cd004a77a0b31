// What alert rules make of a run, as text, as JSON and as JUnit.
#pragma once

#include <string>
#include <vector>

#include "report/alerts/judgement.hpp"
#include "report/document.hpp"
#include "scenarios/prometheus/rule_file.hpp"

namespace rollcast::report {

/// A rule, and why it was not evaluated where it was not.
struct RuleStatus {
    scenarios::PrometheusRule rule;
    std::string broken{};                // what Prometheus says of it
    std::vector<std::string> missing{};  // metrics that are not simulated
    bool simulated = false;              // it records what the simulation gives itself

    bool runs() const { return broken.empty() && missing.empty() && !simulated; }
};

/// Everything that is shown.
struct AlertReport {
    const models::Case& a_case;
    const std::vector<RuleStatus>& rules;
    const AlertJudgement& judgement;
    std::string page_rule;  // "severity=critical|page": what pages
    std::string engine;     // "promtool 2.42.0"
};

std::string alerts_text(const AlertReport& alerts);
Json alerts_document(const AlertReport& alerts, const Provenance& provenance);
/// Two tables: each failure and who is told of it, each rule and whether it fired.
std::string alerts_markdown(const AlertReport& alerts);
/// A test case for each demand and each failure; a rule that could not be evaluated is skipped, a
/// broken one an error.
std::string alerts_junit(const AlertReport& alerts, const std::string& reproduce);

}  // namespace rollcast::report
