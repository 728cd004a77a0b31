#include "models/lag_watch.hpp"

#include <algorithm>

#include "models/capacity.hpp"

namespace rollcast::models {

LagWatch::LagWatch(const RunState& run)
    : readers_(run.fleet().topics().size()), multiplier_(run.a_case->curve.multiplier(run.now)) {
    const Fleet& fleet = run.fleet();
    for (const GroupId g : Range<GroupId>(fleet.groups().size())) {
        const ConsumerGroup& group = fleet.groups()[g];
        if (!run.scope.holds(group.cluster)) continue;
        Group state{.id = g, .capacity = as_capacity(group.capacity)};
        for (const TopicId t : group.topics) {
            readers_[t.index()].push_back(static_cast<std::uint32_t>(groups_.size()));
            for (const PartitionId p : fleet.topics()[t].partitions()) {
                state.inflow += static_cast<double>(fleet.partitions()[p].write_bytes_per_s);
            }
        }
        groups_.push_back(state);
    }
}

void LagWatch::note(RunState& run, Group& group, double seconds, sim::Instant at) {
    const double objective = sim::to_seconds(run.fleet().groups()[group.id].lag_objective);
    Tally& tally = run.safety.tally(Rule::consumer_lag);
    tally.note(seconds, at);
    if (seconds <= objective) return;
    tally.closed_seconds += seconds - objective;
    if (!group.behind_ever) ++tally.subjects;
    group.behind_ever = true;
    if (tally.begin(at)) tally.first->cluster = run.fleet().groups()[group.id].cluster;
}

void LagWatch::advance(RunState& run, Group& group) {
    const double inflow = group.inflow * multiplier_;
    if (group.lag <= 0.0 && inflow <= group.capacity) return;
    group.lag =
        std::max(0.0, group.lag + (inflow - group.capacity) * sim::to_seconds(run.now - at_));
    if (inflow > 0.0) note(run, group, group.lag / inflow, run.now);
}

void LagWatch::load_changes(RunState& run, double multiplier) {
    for (Group& group : groups_) advance(run, group);
    at_ = run.now;
    multiplier_ = multiplier;
}

void LagWatch::outage_ended(RunState& run, const Outage& outage) {
    load_changes(run, multiplier_);
    const Partition& partition = run.fleet().partitions()[outage.partition];
    const sim::Instant held_from =
        std::max(outage.from, outage.to - run.a_case->rules.delivery_timeout);
    const double held = static_cast<double>(partition.write_bytes_per_s) *
                        (run.a_case->curve.effective_seconds(outage.to) -
                         run.a_case->curve.effective_seconds(held_from));
    if (held <= 0.0) return;
    for (const std::uint32_t g : readers_[partition.topic.index()]) {
        groups_[g].lag += held;
        note(run, groups_[g], sim::to_seconds(outage.to - held_from), outage.to);
    }
}

}  // namespace rollcast::models
