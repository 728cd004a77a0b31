#include "models/lag_watch.hpp"

#include <algorithm>
#include <utility>

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
                state.records_per_byte += record_rate(fleet, p);
            }
        }
        if (state.inflow > 0.0) state.records_per_byte /= state.inflow;
        groups_.push_back(state);
    }
}

sim::Duration LagWatch::objective(const RunState& run, const Group& group) const {
    return run.fleet().groups()[group.id].lag_objective;
}

/// The age of the oldest unread record is `seconds` now.
void LagWatch::note(RunState& run, Group& group, double seconds, bool accepted) {
    Tally& tally = run.safety.tally(Rule::consumer_lag, accepted);
    tally.note(seconds, run.now);
    if (seconds <= sim::to_seconds(objective(run, group))) return;
    if (!std::exchange(group.behind_ever[accepted ? 1 : 0], true)) ++tally.subjects;
    if (tally.begin(run.now)) tally.first->cluster = run.fleet().groups()[group.id].cluster;
}

/// The group was behind its objective from `from` to `to`; overlapping stretches count once.
void LagWatch::count_behind(
    RunState& run, Group& group, sim::Instant from, sim::Instant to, bool accepted) {
    sim::Instant& counted_until = group.counted_until[accepted ? 1 : 0];
    const sim::Instant begin = std::max(from, counted_until);
    if (begin >= to) return;
    run.safety.tally(Rule::consumer_lag, accepted).closed_seconds += sim::to_seconds(to - begin);
    counted_until = to;
}

void LagWatch::advance(RunState& run, Group& group) {
    const double inflow = group.inflow * multiplier_;
    if (group.lag <= 0.0 && inflow <= group.capacity) return;
    const double drift = inflow - group.capacity;
    group.lag = std::max(0.0, group.lag + drift * sim::to_seconds(run.now - at_));
    if (inflow <= 0.0) return;
    const double seconds = group.lag / inflow;
    note(run, group, seconds, false);
    if (seconds > sim::to_seconds(objective(run, group))) {
        count_behind(run, group, at_, run.now, false);
    }
}

GroupLag LagWatch::lag_of(GroupId g, sim::Instant at) const {
    const auto group = std::find_if(
        groups_.begin(), groups_.end(), [&](const Group& known) { return known.id == g; });
    const double inflow = group->inflow * multiplier_;
    if (inflow <= 0.0 || (group->lag <= 0.0 && inflow <= group->capacity)) return {};
    const double drift = inflow - group->capacity;
    const double since = sim::to_seconds(at - at_);
    const double bytes = since > 0.0 ? std::max(0.0, group->lag + drift * since) : group->lag;
    if (bytes <= 0.0 && drift <= 0.0) return {};
    const double records = group->records_per_byte;
    return {bytes * records, drift * records, bytes / inflow, drift / inflow};
}

void LagWatch::load_changes(RunState& run, double multiplier) {
    for (Group& group : groups_) advance(run, group);
    at_ = run.now;
    multiplier_ = multiplier;
}

void LagWatch::surges_change(RunState& run) {
    load_changes(run, multiplier_);
    for (Group& group : groups_) {
        group.inflow = 0.0;
        for (const TopicId t : run.fleet().groups()[group.id].topics) {
            for (const PartitionId p : run.fleet().topics()[t].partitions()) {
                group.inflow += static_cast<double>(run.load.rate(p));
            }
        }
    }
}

void LagWatch::outage_ended(RunState& run, const Outage& outage) {
    load_changes(run, multiplier_);
    const Partition& partition = run.fleet().partitions()[outage.partition];
    const Topic& topic = run.fleet().topics()[partition.topic];
    if (!topic.retries) return;
    const sim::Instant held_from =
        std::max(outage.from, outage.to - run.a_case->rules.delivery_timeout);
    const double held = static_cast<double>(partition.write_bytes_per_s) *
                        (run.a_case->curve.effective_seconds(outage.to) -
                         run.a_case->curve.effective_seconds(held_from));
    if (held <= 0.0) return;
    for (const std::uint32_t g : readers_[partition.topic.index()]) {
        Group& group = groups_[g];
        group.lag += held;
        note(run, group, sim::to_seconds(outage.to - held_from), topic.accepted);
        count_behind(run, group, held_from + objective(run, group), outage.to, topic.accepted);
    }
}

}  // namespace rollcast::models
