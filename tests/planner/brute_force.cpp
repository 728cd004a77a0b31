#include "tests/planner/brute_force.hpp"

#include <algorithm>
#include <numeric>

#include "planner/order.hpp"

namespace rollcast::tests {

using sim::Duration;

namespace {

class Placement {
public:
    explicit Placement(const Oracle& oracle) : oracle_(oracle) {}

    Duration makespan(const std::vector<std::uint32_t>& order) {
        start_.assign(oracle_.jobs.size(), Duration{-1});
        Duration makespan{};
        for (const std::uint32_t job : order) {
            start_[job] = earliest(job);
            makespan = std::max(makespan, start_[job] + oracle_.jobs[job].length);
        }
        return makespan;
    }

private:
    bool placed(std::uint32_t job) const { return start_[job] >= Duration{}; }

    /// Candidates are 0 and every instant relative to a placed job at which something frees up, for
    /// it or before it.
    Duration earliest(std::uint32_t job) const {
        std::vector<Duration> candidates{Duration{}};
        for (std::uint32_t other = 0; other < start_.size(); ++other) {
            if (!placed(other)) continue;
            const OracleJob& o = oracle_.jobs[other];
            for (const Duration end : {o.length, o.separation, o.crew, o.slot}) {
                candidates.push_back(start_[other] + end);
            }
        }
        std::sort(candidates.begin(), candidates.end());
        for (const Duration at : candidates) {
            if (fits(job, at)) return at;
        }
        return candidates.back();
    }

    bool fits(std::uint32_t job, Duration at) const {
        const OracleJob& mine = oracle_.jobs[job];
        for (std::uint32_t other = 0; other < start_.size(); ++other) {
            if (!placed(other) || !oracle_.conflict[job][other]) continue;
            const OracleJob& o = oracle_.jobs[other];
            if (at < start_[other] + o.separation && start_[other] < at + mine.separation) {
                return false;
            }
        }
        if (!below(job, at, mine.crew, &OracleJob::crew, oracle_.crews)) return false;
        if (!below(job, at, mine.slot, &OracleJob::slot, oracle_.slots)) return false;
        if (!below(job, at, mine.length, &OracleJob::length, oracle_.max_down)) return false;
        return std::all_of(oracle_.groups.begin(), oracle_.groups.end(), [&](const auto& group) {
            const bool member = std::binary_search(group.members.begin(), group.members.end(), job);
            return !member ||
                   below_in(group.members, job, at, mine.length, &OracleJob::length, group.slack);
        });
    }

    bool below(
        std::uint32_t job, Duration at, Duration span, Duration OracleJob::*held, int limit) const {
        std::vector<std::uint32_t> all(start_.size());
        std::iota(all.begin(), all.end(), 0U);
        return below_in(all, job, at, span, held, limit);
    }

    /// Fewer than `limit` of `others` hold theirs at any time in [at, at + span).
    bool below_in(const std::vector<std::uint32_t>& others,
                  std::uint32_t job,
                  Duration at,
                  Duration span,
                  Duration OracleJob::*held,
                  int limit) const {
        std::vector<Duration> instants{at};
        for (const std::uint32_t o : others) {
            if (o != job && placed(o) && start_[o] > at && start_[o] < at + span) {
                instants.push_back(start_[o]);
            }
        }
        return std::all_of(instants.begin(), instants.end(), [&](Duration t) {
            const auto busy = std::count_if(others.begin(), others.end(), [&](std::uint32_t o) {
                return o != job && placed(o) && start_[o] <= t &&
                       t < start_[o] + oracle_.jobs[o].*held;
            });
            return busy < limit;
        });
    }

    const Oracle& oracle_;
    std::vector<Duration> start_;
};

}  // namespace

Duration optimum(const Oracle& oracle) {
    std::vector<std::uint32_t> order(oracle.jobs.size());
    std::iota(order.begin(), order.end(), 0U);
    Placement placement(oracle);
    Duration best = placement.makespan(order);
    while (std::next_permutation(order.begin(), order.end())) {
        best = std::min(best, placement.makespan(order));
    }
    return best;
}

Oracle oracle_of(const models::Case& a_case,
                 const planner::StepTable& steps,
                 models::Gate gate,
                 bool least) {
    const models::ClusterId c{0};
    const models::ClusterConflicts conflicts(a_case.fleet, c);
    Oracle oracle;
    for (const models::BrokerId b : a_case.fleet.clusters()[c].brokers()) {
        const models::NominalStep& step = steps[a_case.fleet.brokers()[b].machine];
        const Duration length = least ? step.least() : step.mean();
        const Duration separation = gate == models::Gate::broker_in_sync
                                        ? length
                                        : step.until_registered + a_case.step.observe_delay +
                                              (least ? Duration{} : step.catch_up_mean);
        oracle.jobs.push_back({length, separation, step.until_registered, step.until_image_end});
    }
    const auto n = static_cast<std::uint32_t>(oracle.jobs.size());
    oracle.conflict.assign(n, std::vector<bool>(n, false));
    for (std::uint32_t a = 0; a < n; ++a) {
        for (std::uint32_t b = 0; b < n; ++b) oracle.conflict[a][b] = conflicts.conflict(a, b);
    }
    oracle.groups = conflicts.groups();
    oracle.crews = a_case.limits.crews.value_or(1 << 20);
    oracle.slots = a_case.limits.image_slots.value_or(1 << 20);
    oracle.max_down = a_case.limits.max_down.value_or(1 << 20);
    return oracle;
}

Duration best_event_driven(const planner::Decoder& decoder, models::Gate gate) {
    const models::Fleet& fleet = decoder.a_case().fleet;
    models::Plan pattern{"brute force", gate, models::DataDisk::keep, {}};
    pattern.clusters.push_back({models::ClusterId{0}, models::Start::event_driven, {}, {}, 0});
    planner::Order order;
    for (const models::BrokerId b : fleet.clusters()[models::ClusterId{0}].brokers()) {
        order.push_back(fleet.brokers()[b].machine);
    }
    std::sort(order.begin(), order.end());
    std::optional<Duration> best;
    do {
        const planner::Decoded decoded =
            decoder.decode(planner::plan_of(decoder, pattern, {models::ClusterId{0}}, order));
        if (decoded.complete && (!best || decoded.makespan < *best)) best = decoded.makespan;
    } while (std::next_permutation(order.begin(), order.end()));
    return best.value_or(Duration{});
}

}  // namespace rollcast::tests
