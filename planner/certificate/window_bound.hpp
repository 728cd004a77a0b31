// What change windows make of jobs that must each end in the stretch in which they start.
#pragma once

#include <vector>

#include "models/windows.hpp"
#include "planner/certificate/packing.hpp"

namespace rollcast::planner::certificate {

/// The earliest time from the start of the run by which all jobs can be through, tails included, on
/// `machines` identical machines, where each job with its tail lies inside one open stretch.
///
/// A stretch of length l holds, of jobs of at least length p and tail q, at most
/// floor((l - q) / p) a machine, and of jobs of at least tail q lengths of l - q: the best over all
/// thresholds p and q (an energetic bound, planner §1.5.8). O(jobs^2 x stretches). Requires a
/// machine.
sim::Duration window_bound(const models::Windows& windows,
                           const std::vector<TailedJob>& jobs,
                           int machines);

/// The earliest time from the start of the run by which `needed` of open time has passed.
sim::Duration wall_time(const models::Windows& windows, sim::Duration needed);

}  // namespace rollcast::planner::certificate
