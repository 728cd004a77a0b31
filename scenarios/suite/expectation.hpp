// What a scenario expects of its run, and whether a run is so.
#pragma once

#include <string>
#include <vector>

#include "models/alert_rules.hpp"
#include "scenarios/format/reader.hpp"
#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::scenarios {

/// `metric is value`, give or take `tolerance`.
struct Expectation {
    std::size_t metric = 0;  // its place in result_metrics()
    models::Comparison is = models::Comparison::equal;
    MetricValue value;       // of the metric's dimension
    double tolerance = 0.0;  // of the metric's dimension; makes every comparison easier
    /// Compared is by how much the run is above its control, the run without what is taught.
    bool against_control = false;
    bool guard = false;  // holds of the control as well
    std::string because;
    std::string pointer;  // its place in the scenario file
};

/// How an expectation came out.
struct Judged {
    bool held = false;
    MetricValue actual;  // what was compared: with `against_control` the difference
};

/// Reads objects of `expectation_record`. A metric that does not exist, a value of the wrong kind
/// and a missing unit are problems at their place.
std::vector<Expectation> read_expectations(const std::vector<Reader>& readers, Problems& problems);

/// `control` may be empty where the expectation is not against it. Never held where the run does
/// not answer.
Judged judge(const Expectation& expectation, const MetricValues& run, const MetricValues& control);

/// "makespan <= 2 h", "isr_shrinks >= 3 shrinks more than without".
std::string expectation_text(const Expectation& expectation);

}  // namespace rollcast::scenarios
