// What the page of a run shows, as one JSON document that the page's script reads.
#pragma once

#include "models/alert_rules.hpp"
#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/watched_run.hpp"
#include "report/numbers.hpp"

namespace rollcast::report {

/// `result`: the document of the run (run_document). `run`: the same run, watched with
/// `keep_series`. The fields:
/// - `result`, `end_s`, `clock_s` (time of day at the start, seconds since midnight);
/// - `clusters` {name, control_plane, racks, now, next}, `groups` {name, cluster};
/// - `machines` [name, cluster, rack in its cluster, kind: 0 broker, 1 quorum node, 2 both];
/// - `steps` [machine, batch, phase reached, start, stopped, registered, in sync, end], seconds or
///   null;
/// - `faults` {name, text, at_s}; `alert_rules` {name, severity, failure, meaning, expression};
/// - `alerts` [rule, cluster, machine, group, active, fired, resolved]; `noticed` [check, at,
///   cluster, machine]; indices are -1 where there is none;
/// - `metrics` {name, unit, type, source, meaning};
/// - `series` [metric, kind of subject: 0 cluster, 1 machine, 2 group, its index, times, values,
///   slopes]: times in whole seconds, each as the difference to the one before; a counter of bytes
///   or seconds has its rate as values; null is absent; slopes are left out where all are 0. A
///   series that is 0 all the time is left out.
Json page_data(const models::Case& a_case,
               const models::AlertRules& rules,
               const models::WatchedRun& run,
               Json result);

}  // namespace rollcast::report
