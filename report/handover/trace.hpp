// A run as a trace that Perfetto and chrome://tracing open.
#pragma once

#include <string>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "models/watched_run.hpp"

namespace rollcast::report {

/// A cluster is a process, a machine a thread in it: slices are steps and, within them, phases;
/// batches are a track of their own. Faults are marks over everything; counters are partitions out
/// of sync, partitions under min ISR and the seconds that consumers are behind; arrows lead from
/// the step whose end let another one start to that one. Times are microseconds of the run.
/// `run`: watched with `keep_series`. Format: Trace Event Format, JSON object form.
std::string trace_text(const models::Case& a_case, const models::WatchedRun& run);

}  // namespace rollcast::report
