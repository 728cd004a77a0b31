#include "planner/parallel_bound.hpp"

#include <algorithm>

namespace rollcast::planner {

namespace {

/// P||Cmax without tails. `lengths` descending, in ns, with their sum.
std::int64_t no_tails(const std::vector<std::int64_t>& lengths, std::int64_t sum, std::int64_t k) {
    std::int64_t bound = std::max(lengths.front(), (sum + k - 1) / k);
    for (std::size_t h = 1; h * static_cast<std::size_t>(k) < lengths.size(); ++h) {
        const std::size_t last = h * static_cast<std::size_t>(k);  // the hK+1 longest: 0 .. last
        std::int64_t shortest = 0;
        for (std::size_t i = last - h; i <= last; ++i) shortest += lengths[i];
        bound = std::max(bound, shortest);
    }
    return bound;
}

}  // namespace

sim::Duration parallel_bound(std::vector<Job> jobs, int machines) {
    sim::ensure(machines > 0, "a bound on jobs needs a machine");
    std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.tail > b.tail; });
    std::vector<std::int64_t> lengths;  // of the jobs with the longest tails, descending
    std::int64_t sum = 0;
    std::int64_t best = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const std::int64_t length = jobs[i].length.count();
        lengths.insert(std::upper_bound(lengths.begin(), lengths.end(), length, std::greater<>()),
                       length);
        sum += length;
        if (i + 1 < jobs.size() && jobs[i + 1].tail == jobs[i].tail) continue;
        best = std::max(best, no_tails(lengths, sum, machines) + jobs[i].tail.count());
    }
    return sim::Duration{best};
}

}  // namespace rollcast::planner
