// A plan at several settings of one limit, as a table, as JSON and as CSV.
#pragma once

#include <string>
#include <vector>

#include "planner/what_if.hpp"
#include "report/document.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// One row a setting, what binds there and what more of it would save; then why some have no plan.
std::string what_if_text(planner::Resource resource,
                         const std::vector<planner::WhatIfPoint>& points);

/// The same with a header row; durations in seconds, empty where there is no plan.
std::string what_if_csv(planner::Resource resource,
                        const std::vector<planner::WhatIfPoint>& points);

/// The document of `plan --vary --json`.
Json what_if_document(planner::Resource resource,
                      const std::vector<planner::WhatIfPoint>& points,
                      bool ok,
                      const Provenance& provenance);

}  // namespace rollcast::report
