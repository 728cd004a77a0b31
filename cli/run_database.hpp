// A run as a SQLite file.
#pragma once

#include <string>

#include "models/alert_rules.hpp"
#include "models/case.hpp"
#include "models/watched_run.hpp"

namespace rollcast::cli {

/// Tables meta, step, promise, fault, alert and sample (series where they change: from `at_s` on
/// `value`, moving by `per_s` each second); views v_batch, v_cluster, v_broken and
/// v_pages_per_cluster. Times are seconds since the start of the run. `run`: watched with
/// `keep_series`. Throws InputError.
void write_run_database(const std::string& file,
                        const models::Case& a_case,
                        const models::AlertRules& rules,
                        const models::WatchedRun& run);

}  // namespace rollcast::cli
