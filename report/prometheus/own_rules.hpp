// The alert rules of this program as rules of Prometheus.
#pragma once

#include <string>
#include <vector>

#include "models/alert_rules.hpp"
#include "scenarios/prometheus/rule_file.hpp"

namespace rollcast::report {

/// How a range is written.
enum class RangeForm {
    as_meant,  // for real scrapes: the window
    // for series that have a value at every evaluation: from the first scrape after the window's
    // start to the last one, which is what evaluate_alerts takes
    between_scrapes
};

/// `rules` over the names and labels of the profile `rollcast`. Where a rule waits for a metric to
/// be absent there is one a cluster of `fleet` that should have it.
std::vector<scenarios::PrometheusRule> own_rules(const models::AlertRules& rules,
                                                 const models::Fleet& fleet,
                                                 RangeForm form);

/// The same as a rule file that Prometheus loads, with what it records besides and what its
/// metrics have to look like.
std::string own_rule_file(const models::AlertRules& rules, const models::Fleet& fleet);

}  // namespace rollcast::report
