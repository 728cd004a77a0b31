// How soon jobs can end on a few identical machines: crews, re-image slots, brokers down at once.
#pragma once

#include <vector>

#include "sim/units.hpp"

namespace rollcast::planner {

/// A job holds a machine for `length`; its work goes on for `tail` after that without one.
struct Job {
    sim::Duration length{};
    sim::Duration tail{};
};

/// No schedule of `jobs` on `machines` ends sooner. For every threshold t: the jobs with tail >= t
/// need at least their P||Cmax bound (area, longest job, and for each h the h+1 shortest of the
/// hK+1 longest, which share a machine), then t (planner §1.5.5). O(n^2) for n jobs.
/// Requires machines > 0.
sim::Duration parallel_bound(std::vector<Job> jobs, int machines);

}  // namespace rollcast::planner
