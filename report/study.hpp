// A study as a table for people, as CSV and as JSON.
#pragma once

#include <string>

#include "report/document.hpp"
#include "scenarios/study/study.hpp"

namespace rollcast::report {

/// A table a metric: mean and 95 % interval at each point, and the difference to the reference
/// point where runs are drawn.
std::string study_text(const scenarios::Study& study);

/// A row a point and metric, RFC 4180. Values in the unit of the metric's column: s, bytes, share
/// of runs, or what it counts. Empty where no run answers.
std::string study_csv(const scenarios::Study& study);

Json study_document(const scenarios::Study& study, const Provenance& provenance);

}  // namespace rollcast::report
