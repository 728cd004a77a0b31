#include "models/safety_book.hpp"

namespace rollcast::models {

SafetyBook::SafetyBook(const Case& a_case, const Scope& scope, PartitionTable& partitions)
    : case_(&a_case), floor_by_cluster_(a_case.fleet.clusters().size()) {
    for (const PartitionId p : scope.partitions()) {
        PartitionState& state = partitions[p];
        const PartitionState healthy{.isr = 0xff, .leader = 0, .flags = state.flags};
        if (isr_size(state.isr) == a_case.fleet.partitions()[p].floor &&
            !state.has(breach_accepted)) {
            at_floor_.change(+1, sim::Instant{});
        }
        if (Breach* breach = judge_floor(p, healthy, state, sim::Instant{})) {
            breach->causes.push_back({.kind = Cause::Kind::initial_state, .at = sim::Instant{}});
        }
        if (Breach* breach = judge_leader(p, state, sim::Instant{})) {
            breach->causes.push_back({.kind = Cause::Kind::initial_state, .at = sim::Instant{}});
        }
        judge_clients(p, healthy, state, sim::Instant{});
    }
}

bool SafetyBook::available(const Topic& topic, const PartitionState& state) const {
    if (state.leader < 0 || state.has(unserved_now) || state.has(shut_now)) return false;
    // acks=all waits for every member of the ISR, min ISR or not (kafka-semantics §1.5, §1.6).
    return topic.acks_all <= 0.0 || (!state.under_min_isr() && !state.has(stalled_now));
}

Breach* SafetyBook::partition_changed(PartitionId p,
                                      const PartitionState& before,
                                      PartitionState& after,
                                      sim::Instant now) {
    Breach* to_explain = nullptr;
    if (before.isr != after.isr) {
        const int floor = case_->fleet.partitions()[p].floor;
        if (!after.has(breach_accepted)) {
            const int was = isr_size(before.isr) == floor ? 1 : 0;
            const int is = isr_size(after.isr) == floor ? 1 : 0;
            if (was != is) at_floor_.change(is - was, now);
        }
        if (isr_size(before.isr) < floor || isr_size(after.isr) < floor) {
            to_explain = judge_floor(p, before, after, now);
        }
    }
    if (before.leaderless() != after.leaderless()) {
        if (Breach* breach = judge_leader(p, after, now)) to_explain = breach;
    }
    const bool served = after.leader >= 0 && before.leader >= 0 && !before.has(unserved_now) &&
                        !after.has(unserved_now) && !before.has(shut_now) && !after.has(shut_now);
    if (!served || before.has(stalled_now) || after.has(stalled_now) || before.under_min_isr() ||
        after.under_min_isr()) {
        judge_clients(p, before, after, now);
    }
    return to_explain;
}

Breach* SafetyBook::judge_floor(PartitionId p,
                                const PartitionState& before,
                                PartitionState& after,
                                sim::Instant now) {
    const int floor = case_->fleet.partitions()[p].floor;
    const int missing = floor - isr_size(after.isr);
    const bool was_under = isr_size(before.isr) < floor;
    const bool is_under = missing > 0;
    Tally& tally = this->tally(Rule::min_isr, after.has(breach_accepted));
    if (is_under) tally.note(missing, now);
    if (was_under == is_under) return nullptr;
    after.set(under_floor_now, is_under);
    tally.open.change(is_under ? +1 : -1, now);
    const bool first_time = is_under && !after.has(ever_under_floor);
    if (!after.has(breach_accepted)) {
        FloorTally& cluster = floor_by_cluster_[case_->fleet.cluster_of(p)];
        cluster.open.change(is_under ? +1 : -1, now);
        if (first_time) ++cluster.partitions;
        if (is_under) cluster.first = std::min(cluster.first, now);
    }
    if (!is_under) return nullptr;
    if (first_time) {
        after.set(ever_under_floor, true);
        ++tally.subjects;
    }
    if (!tally.begin(now)) return nullptr;
    tally.first->partition = p;
    tally.first->cluster = case_->fleet.cluster_of(p);
    return &*tally.first;
}

Breach* SafetyBook::judge_leader(PartitionId p, PartitionState& after, sim::Instant now) {
    const bool is = after.leaderless();
    if (is == after.has(leaderless_now)) return nullptr;
    Tally& tally = this->tally(Rule::leaderless, after.has(breach_accepted));
    after.set(leaderless_now, is);
    tally.open.change(is ? +1 : -1, now);
    if (!is) return nullptr;
    if (!after.has(ever_leaderless)) {
        after.set(ever_leaderless, true);
        ++tally.subjects;
    }
    if (!tally.begin(now)) return nullptr;
    tally.first->partition = p;
    tally.first->cluster = case_->fleet.cluster_of(p);
    return &*tally.first;
}

void SafetyBook::judge_clients(PartitionId p,
                               const PartitionState& before,
                               const PartitionState& after,
                               sim::Instant now) {
    const Partition& partition = case_->fleet.partitions()[p];
    const Topic& topic = case_->fleet.topics()[partition.topic];
    const bool was = available(topic, before);
    const bool is = available(topic, after);
    if (was == is) return;
    if (!is) {
        outages_.emplace(p, now);
        return;
    }
    const auto found = outages_.find(p);
    if (found == outages_.end()) return;
    end_outage(p, after.has(breach_accepted), found->second, now);
    outages_.erase(found);
}

void SafetyBook::end_outage(PartitionId p, bool accepted, sim::Instant since, sim::Instant now) {
    const Partition& partition = case_->fleet.partitions()[p];
    const Topic& topic = case_->fleet.topics()[partition.topic];
    ended_outages_.push_back({p, since, now});
    Tally& leaderless = tally(Rule::leaderless, accepted);
    if (leaderless.first) leaderless.note(sim::to_seconds(now - since), now);
    const sim::Instant failing = topic.retries ? since + case_->rules.delivery_timeout : since;
    if (failing >= now || partition.write_bytes_per_s == 0) return;
    const double bytes =
        static_cast<double>(partition.write_bytes_per_s) *
        (case_->curve.effective_seconds(now) - case_->curve.effective_seconds(failing));
    Tally& tally = this->tally(Rule::client_errors, accepted || topic.errors_accepted);
    ++tally.subjects;
    tally.closed_seconds += sim::to_seconds(now - failing);
    tally.worst += bytes / record_bytes(topic);
    tally.worst_at = now;
    if (!tally.begin_earlier(failing)) return;
    tally.first->partition = p;
    tally.first->cluster = topic.cluster;
    // Why it took no writes is told by the rule that it broke first.
    const Rule rule =
        leaderless.first && leaderless.first->partition == p ? Rule::leaderless : Rule::min_isr;
    if (const auto& earlier = this->tally(rule, accepted).first) {
        tally.first->causes = earlier->causes;
        tally.first->brokers = earlier->brokers;
    }
}

Breach* SafetyBook::leader_moved(PartitionId p, const PartitionState& state, sim::Instant now) {
    const Partition& partition = case_->fleet.partitions()[p];
    const Topic& topic = case_->fleet.topics()[partition.topic];
    if (topic.retries || partition.write_bytes_per_s == 0) return nullptr;
    Tally& tally =
        this->tally(Rule::client_errors, state.has(breach_accepted) || topic.errors_accepted);
    ++tally.subjects;
    tally.worst += 1.0;
    tally.worst_at = now;
    if (!tally.begin(now)) return nullptr;
    tally.first->partition = p;
    tally.first->cluster = topic.cluster;
    return &*tally.first;
}

void SafetyBook::close(Verdict& verdict, sim::Instant end) {
    for (const auto& [p, since] : outages_) {
        const bool accepted = case_->fleet.topics()[case_->fleet.partitions()[p].topic].accepted;
        end_outage(p, accepted, since, end);
    }
    outages_.clear();
    for (int r = 0; r < rule_count; ++r) {
        const Rule rule = static_cast<Rule>(r);
        verdict.rules[static_cast<std::size_t>(r)] = tally(rule).result(end);
        verdict.accepted[static_cast<std::size_t>(r)] = tally(rule, true).result(end);
    }
    // Not answered unless the data plane can (architecture §6).
    for (const Rule rule : {Rule::latency, Rule::data_signature}) {
        verdict.rule(rule).answer = Answer::not_answered;
        verdict.accepted[static_cast<std::size_t>(rule)].answer = Answer::not_answered;
    }
    for (ClusterTimes& cluster : verdict.clusters) {
        const FloorTally& floor = floor_by_cluster_[cluster.cluster];
        cluster.under_floor = floor.partitions;
        cluster.under_floor_seconds = floor.open.seconds(end);
        cluster.under_floor_at = floor.first;
    }
    verdict.at_floor_partition_seconds = at_floor_.seconds(end);
    verdict.peak_at_floor = at_floor_.peak();
    verdict.peak_at_floor_at = at_floor_.peak_at();
}

}  // namespace rollcast::models
