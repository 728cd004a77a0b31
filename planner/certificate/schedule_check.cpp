#include "planner/certificate/schedule_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "planner/certificate/slack.hpp"

namespace rollcast::planner::certificate {

namespace {

using models::Case;
using models::ClusterId;
using models::Fleet;
using models::MachineId;
using sim::Instant;

/// `from` included, `to` not.
struct Busy {
    Instant from;
    Instant to;
};

/// The most that are busy at once.
int peak_of(const std::vector<Busy>& spans) {
    std::vector<std::pair<Instant, int>> changes;
    for (const Busy& span : spans) {
        if (span.from >= span.to) continue;
        changes.emplace_back(span.from, 1);
        changes.emplace_back(span.to, -1);
    }
    std::sort(changes.begin(), changes.end());  // at one instant ends come first
    int now = 0;
    int peak = 0;
    for (const auto& [at, change] : changes) peak = std::max(peak, now += change);
    return peak;
}

double hours(Instant at) { return sim::to_seconds(at.since_start()) / 3'600; }

class Sweep {
public:
    Sweep(const Case& a_case, const std::vector<MinimumStep>& steps, const Certificate& certificate)
        : case_(a_case), fleet_(a_case.fleet), steps_(steps), certificate_(certificate) {}

    std::vector<std::string> run() {
        if (!index()) return std::move(wrong_);
        check_lengths();
        check_windows();
        check_fleet_limits();
        for (std::uint32_t c = 0; c < fleet_.clusters().size(); ++c) check_cluster(ClusterId{c});
        return std::move(wrong_);
    }

private:
    const TimedStep& timed(MachineId m) const { return certificate_.steps[at_[m.index()]]; }
    const std::string& name(MachineId m) const { return fleet_.machines()[m].name; }

    /// Every machine of the case once.
    bool index() {
        constexpr std::size_t none = ~std::size_t{0};
        at_.assign(fleet_.machines().size(), none);
        Instant last{};
        for (std::size_t i = 0; i < certificate_.steps.size(); ++i) {
            const TimedStep& step = certificate_.steps[i];
            if (step.machine.index() >= at_.size()) {
                wrong_.emplace_back("the schedule has a machine that the case does not have");
                return false;
            }
            if (at_[step.machine.index()] != none) {
                wrong_.push_back(fmt::format("{} is scheduled twice", name(step.machine)));
                return false;
            }
            at_[step.machine.index()] = i;
            last = std::max(last, step.end);
        }
        for (std::uint32_t m = 0; m < at_.size(); ++m) {
            if (at_[m] != none) continue;
            wrong_.push_back(fmt::format("{} is not in the schedule", name(MachineId{m})));
            return false;
        }
        if (last.since_start() != certificate_.makespan) {
            wrong_.push_back(fmt::format("the last step ends after {:.4f} h, not after {:.4f} h",
                                         hours(last),
                                         sim::to_seconds(certificate_.makespan) / 3'600));
        }
        return true;
    }

    void check_lengths() {
        for (const TimedStep& step : certificate_.steps) {
            const MinimumStep& least = steps_[step.machine.index()];
            const bool ordered = Instant{} <= step.start && step.start <= step.stopped &&
                                 step.stopped <= step.registered &&
                                 step.registered <= step.in_sync && step.in_sync <= step.end;
            if (!ordered) {
                wrong_.push_back(
                    fmt::format("the times of {} are out of order", name(step.machine)));
                return;
            }
            if (step.stopped - step.start < least.stopped ||
                step.registered - step.start < least.registered ||
                step.in_sync - step.registered < least.in_sync - least.registered ||
                step.end - step.start < least.end) {
                wrong_.push_back(
                    fmt::format("the step of {} is shorter than the case allows: {:.4f} h, and no "
                                "such step takes less than {:.4f} h",
                                name(step.machine),
                                sim::to_seconds(step.end - step.start) / 3'600,
                                sim::to_seconds(least.end) / 3'600));
                return;
            }
        }
    }

    void check_windows() {
        const models::Windows& windows = case_.limits.windows;
        if (windows.always_open()) return;
        for (const TimedStep& step : certificate_.steps) {
            const models::Span open = windows.stretch_after(step.start);
            const bool inside = open.from <= step.start && step.end <= open.to;
            if (inside) continue;
            wrong_.push_back(
                fmt::format("the step of {} leaves its change window", name(step.machine)));
            return;
        }
    }

    void check_limit(std::optional<int> limit,
                     const std::vector<Busy>& spans,
                     const std::string& what) {
        if (!limit) return;
        const int peak = peak_of(spans);
        if (peak > *limit) {
            wrong_.push_back(fmt::format("{} at once {}, where {} may", peak, what, *limit));
        }
    }

    void check_fleet_limits() {
        std::vector<Busy> crews;
        std::vector<Busy> slots;
        for (const TimedStep& step : certificate_.steps) {
            crews.push_back({step.start, step.registered});
            slots.push_back({step.start, step.start + steps_[step.machine.index()].image_end});
        }
        check_limit(case_.limits.crews, crews, "hold a crew");
        check_limit(case_.limits.image_slots, slots, "hold a re-image slot");
    }

    /// When the broker, or the node of a quorum, is away.
    Busy away(MachineId m) const {
        const TimedStep& step = timed(m);
        const bool per_partition = certificate_.gate == models::Gate::shared_partitions;
        return {step.stopped, per_partition ? step.registered : step.in_sync};
    }

    void check_cluster(ClusterId c) {
        const models::Cluster& cluster = fleet_.clusters()[c];
        std::vector<Busy> in_step;
        for (const models::BrokerId b : cluster.brokers()) {
            const TimedStep& step = timed(fleet_.brokers()[b].machine);
            in_step.push_back({step.start, step.end});
        }
        check_limit(case_.limits.max_down, in_step, "of " + cluster.name + " are in a step");
        std::vector<Busy> nodes;
        for (const models::QuorumNodeId q : cluster.quorum()) {
            const TimedStep& step = timed(fleet_.quorum_nodes()[q].machine);
            nodes.push_back({step.stopped, step.registered});
        }
        const int spare = (static_cast<int>(nodes.size()) - 1) / 2;
        if (!nodes.empty())
            check_limit(spare, nodes, "quorum nodes of " + cluster.name + " are down");
        check_partitions(c);
        check_gate(c);
    }

    void check_partitions(ClusterId c) {
        for (const Spared& set : spared_sets(fleet_, c)) {
            std::vector<Busy> out;
            for (const models::BrokerId b : set.members) {
                out.push_back(away(fleet_.brokers()[b].machine));
            }
            const int peak = peak_of(out);
            if (peak <= set.slack) continue;
            std::string brokers;
            for (const models::BrokerId b : set.members) {
                brokers += (brokers.empty() ? "" : ", ") + fleet_.brokers()[b].host;
            }
            wrong_.push_back(
                fmt::format("a partition on {} has {} replicas out at once and can "
                            "spare {}",
                            brokers,
                            peak,
                            std::max(set.slack, 0)));
            return;
        }
    }

    void check_gate(ClusterId c) {
        const models::Cluster& cluster = fleet_.clusters()[c];
        const Exclusions exclusions(fleet_, c);
        const auto released = [&](const TimedStep& step) {
            return certificate_.gate == models::Gate::broker_in_sync
                       ? step.end
                       : step.registered + case_.step.observe_delay;
        };
        for (std::uint32_t a = 0; a < cluster.broker_count; ++a) {
            for (std::uint32_t b = 0; b < a; ++b) {
                if (!exclusions.both(a, b)) continue;
                const auto step_of = [&](std::uint32_t place) -> const TimedStep& {
                    const models::BrokerId id{cluster.first_broker + place};
                    return timed(fleet_.brokers()[id].machine);
                };
                const TimedStep& one = step_of(a);
                const TimedStep& two = step_of(b);
                if (one.start >= released(two) || two.start >= released(one)) continue;
                wrong_.push_back(fmt::format("{} and {} conflict and do not wait for each other",
                                             name(one.machine),
                                             name(two.machine)));
                return;
            }
        }
    }

    const Case& case_;
    const Fleet& fleet_;
    const std::vector<MinimumStep>& steps_;
    const Certificate& certificate_;
    std::vector<std::size_t> at_;  // by machine: its place in the schedule
    std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> wrong_in_schedule(const Case& a_case,
                                           const std::vector<MinimumStep>& steps,
                                           const Certificate& certificate) {
    return Sweep(a_case, steps, certificate).run();
}

}  // namespace rollcast::planner::certificate
