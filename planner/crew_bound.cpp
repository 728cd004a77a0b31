#include "planner/crew_bound.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace rollcast::planner {

namespace {

using certificate::Packing;
using certificate::Packs;
using certificate::TailedJob;
using sim::Duration;

constexpr std::size_t most_jobs = 48;  // beyond, packings are not within reach anyway

/// When the last of the jobs of each machine is through, tails included.
Duration makespan_of(const std::vector<TailedJob>& jobs, const Packing& packing) {
    Duration makespan{};
    for (const auto& machine : packing.machines) {
        Duration at{};
        for (const std::uint32_t j : machine) {
            at += jobs[j].length;
            makespan = std::max(makespan, at + jobs[j].tail);
        }
    }
    return makespan;
}

/// Longest tail first, and longest job first, each to the machine that is free first.
Duration list_schedule(const std::vector<TailedJob>& jobs, int machines) {
    std::vector<std::uint32_t> order(jobs.size());
    std::iota(order.begin(), order.end(), 0U);
    Duration best{std::numeric_limits<std::int64_t>::max()};
    for (const bool by_sum : {false, true}) {
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            const auto key = [&](std::uint32_t j) {
                return jobs[j].tail + (by_sum ? jobs[j].length : Duration{});
            };
            return key(a) > key(b);
        });
        std::vector<Duration> free(static_cast<std::size_t>(machines));
        Duration makespan{};
        for (const std::uint32_t j : order) {
            Duration& first = *std::min_element(free.begin(), free.end());
            first += jobs[j].length;
            makespan = std::max(makespan, first + jobs[j].tail);
        }
        best = std::min(best, makespan);
    }
    return best;
}

}  // namespace

CrewBound crew_bound(const std::vector<TailedJob>& jobs, int machines, std::uint64_t nodes) {
    if (jobs.empty()) return {};
    CrewBound bound{certificate::threshold_bound(jobs, machines), false, false};
    Duration best = list_schedule(jobs, machines);
    if (jobs.size() > most_jobs) return {bound.value, false, best == bound.value};
    Duration low = bound.value;  // what no assignment takes less than
    Duration untold = best;      // the least deadline that no search could answer
    const Duration near{low.count() / 5'000};
    for (bool first = true; low + near < std::min(best, untold) || (first && low < best);
         first = false) {
        const Duration high = std::min(best, untold);
        const Duration deadline = first ? low : low + Duration{(high - low).count() / 2};
        const Packing packing = certificate::pack(jobs, machines, deadline, nodes);
        if (packing.packs == Packs::yes) {
            best = makespan_of(jobs, packing);
            if (first) break;
        } else if (packing.packs == Packs::no) {
            low = deadline + Duration{1};
        } else {
            untold = deadline;
        }
    }
    return {low, low > bound.value, best <= low + near};
}

}  // namespace rollcast::planner
