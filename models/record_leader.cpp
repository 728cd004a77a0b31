#include "models/record_leader.hpp"

#include <algorithm>

#include "models/record_consumer.hpp"
#include "models/record_draws.hpp"
#include "models/record_fetch.hpp"
#include "models/record_producer.hpp"

namespace rollcast::models {

namespace {

/// Batches that the broker remembers of each producer (ProducerStateEntry, §3.3).
constexpr int remembered_batches = 5;

bool holds(std::uint8_t isr, std::uint8_t slot) { return ((isr >> slot) & 1) != 0; }

void begin_to_lead(RecordState& state,
                   std::uint32_t index,
                   std::uint8_t slot,
                   const PartitionState& decided) {
    RecordPartition& p = state.partitions[index];
    RecordReplica& leader = state.replica(p, slot);
    leader.leads = true;
    leader.epoch = decided.epoch;
    p.leader = static_cast<std::int8_t>(slot);
    p.epoch = decided.epoch;
    p.epoch_start = leader.log.leo;
    p.records.begin_epoch(decided.epoch, leader.log.leo);
    std::vector<EpochStart>& history = leader.log.history;
    while (!history.empty() && history.back().start >= leader.log.leo) history.pop_back();
    history.push_back({decided.epoch, leader.log.leo});
    for (std::uint8_t other = 0; other < p.rf; ++other) {
        RecordReplica& replica = state.replica(p, other);
        replica.known_leo = -1;
        replica.leader_leo = 0;
        replica.fetched_at = {};
        replica.proposed = false;
        // The clock of L starts anew for members of the ISR (kafka-semantics §1.2 point 5).
        replica.caught_up_at = holds(decided.isr, other) ? state.now : sim::Instant{};
        const bool asked_already =
            replica.fetcher != no_index && state.fetchers[replica.fetcher].leader == leader.broker;
        if (asked_already) follow(state, index, other, leader.broker);
    }
}

void learn_to_lead(RecordState& state,
                   std::uint32_t index,
                   std::uint8_t slot,
                   const PartitionState& decided) {
    RecordPartition& p = state.partitions[index];
    RecordReplica& replica = state.replica(p, slot);
    if (!replica.leads || replica.epoch != decided.epoch) {
        unfollow(state, index, slot);
        begin_to_lead(state, index, slot, decided);
    }
    replica.isr = decided.isr;
    for (std::uint8_t other = 0; other < p.rf; ++other) {
        if (holds(decided.isr, other)) state.replica(p, other).proposed = false;
    }
    advance_high_watermark(state, index);
}

void learn_to_follow(RecordState& state,
                     std::uint32_t index,
                     std::uint8_t slot,
                     const PartitionState& decided) {
    RecordPartition& p = state.partitions[index];
    RecordReplica& replica = state.replica(p, slot);
    resign(state, index, slot);
    replica.epoch = decided.epoch;
    if (decided.leader < 0) {
        unfollow(state, index, slot);
        return;
    }
    const RecordReplica& leader = state.replica(p, decided.leader);
    const bool leads = leader.leads && leader.epoch == decided.epoch;
    if (leads || !state.up(leader.broker)) {
        follow(state, index, slot, leader.broker);
        return;
    }
    // Its first fetch is refused; it waits before the next (replica.fetch.backoff.ms, §4.1).
    unfollow(state, index, slot);
    state.schedule(state.now + fetch_backoff, RecordEventKind::partition_learned, p.id.value, slot);
}

/// The follower in `slot` is near enough to be waited for though it is out of the ISR, so that it
/// can get in (kafka-semantics §1.3).
bool about_to_join(const RecordState& state, const RecordPartition& p, std::uint8_t slot) {
    const RecordReplica& replica = state.replica(p, slot);
    if (replica.proposed) return true;
    if (replica.known_leo < 0 || !state.up(replica.broker)) return false;
    return state.now - replica.caught_up_at <= p.lag_time_max;
}

/// What the leader's log says about a batch of an idempotent producer (kafka-semantics §3.3).
enum class Sequence { next, duplicate, gap };
Sequence judge_sequence(const RecordPartition& p,
                        const ReplicaLog& log,
                        const SendBatch& batch,
                        Offset& end) {
    Sequence found = Sequence::next;
    int seen = 0;
    p.records.for_each_back(log, [&](const RecordBatch& before) {
        if (before.producer != batch.records.producer) return true;
        const bool same_epoch = before.producer_epoch == batch.records.producer_epoch;
        if (seen == 0) {
            const bool older = batch.records.producer_epoch < before.producer_epoch;
            const std::uint32_t expected = same_epoch ? before.sequence + before.count : 0;
            if (!older && batch.records.sequence == expected) return false;
            found = Sequence::gap;
        }
        if (same_epoch && before.sequence == batch.records.sequence) {
            found = Sequence::duplicate;
            end = before.end();
            return false;
        }
        return ++seen < remembered_batches;
    });
    return found;
}

}  // namespace

void resign(RecordState& state, std::uint32_t index, std::uint8_t slot) {
    RecordReplica& replica = state.replica(state.partitions[index], slot);
    if (!replica.leads) return;
    replica.leads = false;
    const std::vector<Waiting> given_up(replica.waiting.begin() + replica.waiting_from,
                                        replica.waiting.end());
    replica.waiting.clear();
    replica.waiting_from = 0;
    for (const Waiting& waiting : given_up) batch_waited(state, waiting, SendError::not_leader);
}

void learn_partition(RecordState& state, const RunState& run, PartitionId id, std::uint8_t slot) {
    const std::uint32_t index = id.value - state.first_partition;
    RecordPartition& p = state.partitions[index];
    const PartitionState& decided = run.partitions[id];
    const bool leads = decided.leader == static_cast<int>(slot);
    const RecordReplica& replica = state.replica(p, slot);
    if (state.up(replica.broker) && !run.dir_failed(id, slot)) {
        if (!leads) {
            learn_to_follow(state, index, slot, decided);
        } else if (!replica.leads) {
            const sim::Duration after = takes_over_after(state, run, replica.broker, index);
            unfollow(state, index, slot);
            if (after.count() > 0) {
                state.schedule(state.now + after, RecordEventKind::takes_over, id.value, slot);
            } else {
                learn_to_lead(state, index, slot, decided);
            }
        } else {
            learn_to_lead(state, index, slot, decided);
        }
    }
    if (!leads && decided.leader >= 0) return;
    p.leader = decided.leader;
    p.epoch = decided.epoch;
    reader_redirected(state, index);
}

void take_over(RecordState& state, const RunState& run, PartitionId id, std::uint8_t slot) {
    const std::uint32_t index = id.value - state.first_partition;
    const PartitionState& decided = run.partitions[id];
    const RecordReplica& replica = state.replica(state.partitions[index], slot);
    const bool is_to = decided.leader == static_cast<int>(slot) && !replica.leads;
    if (!is_to || !state.up(replica.broker) || run.dir_failed(id, slot)) return;
    learn_to_lead(state, index, slot, decided);
    reader_redirected(state, index);
}

SendError append_batch(
    RecordState& state, std::uint32_t index, std::uint8_t slot, SendBatch& batch, Offset& end) {
    RecordPartition& p = state.partitions[index];
    RecordReplica& leader = state.replica(p, slot);
    const Producer& producer = state.producers[batch.records.producer];
    if (!leader.leads) return SendError::not_leader;
    if (producer.acks == Acks::all && isr_size(leader.isr) < p.min_isr) {
        return SendError::not_enough_replicas;
    }
    if (producer.idempotent) {
        const Sequence sequence = judge_sequence(p, leader.log, batch, end);
        if (sequence == Sequence::duplicate) return SendError::none;
        if (sequence == Sequence::gap) return SendError::out_of_order;
    }
    batch.records.base = leader.log.leo;
    p.records.append(leader.epoch, batch.records);
    leader.log.append(leader.epoch, batch.records.count);
    end = leader.log.leo;
    for (std::uint8_t other = 0; other < p.rf; ++other) {
        const std::uint32_t f = state.replica(p, other).fetcher;
        if (other == slot || f == no_index) continue;
        const Fetcher& fetcher = state.fetchers[f];
        if (fetcher.state != Fetcher::State::parked || fetcher.leader != leader.broker) continue;
        if (std::find(state.woken.begin(), state.woken.end(), f) == state.woken.end()) {
            state.woken.push_back(f);
        }
    }
    return SendError::none;
}

void advance_high_watermark(RecordState& state, std::uint32_t index) {
    RecordPartition& p = state.partitions[index];
    if (p.leader < 0) return;
    const auto slot = static_cast<std::uint8_t>(p.leader);
    RecordReplica& leader = state.replica(p, slot);
    if (!leader.leads || !state.up(leader.broker)) return;
    const bool under = isr_size(leader.isr) < p.min_isr;
    if (p.freezes && under) return;
    Offset mark = leader.log.leo;
    for (std::uint8_t other = 0; other < p.rf && mark > leader.log.high_watermark; ++other) {
        if (other == slot) continue;
        const RecordReplica& replica = state.replica(p, other);
        if (replica.known_leo >= mark) continue;
        if (holds(leader.isr, other) || about_to_join(state, p, other)) {
            mark = std::max(replica.known_leo, leader.log.high_watermark);
        }
    }
    if (mark <= leader.log.high_watermark) return;
    leader.log.high_watermark = mark;
    // A batch that is done lets the next request be appended, so the list may grow meanwhile.
    while (leader.waiting_from < leader.waiting.size() &&
           leader.waiting[leader.waiting_from].end <= mark) {
        const Waiting waiting = leader.waiting[leader.waiting_from++];
        batch_waited(state, waiting, under ? SendError::not_enough_after_append : SendError::none);
    }
    if (leader.waiting_from == leader.waiting.size()) {
        leader.waiting.clear();
        leader.waiting_from = 0;
    }
    readable(state, index);
}

void lagging_followers(const RecordState& state, BrokerId b, std::vector<HostedReplica>& out) {
    for (const HostedReplica& led : state.a_case->fleet.hosted(b)) {
        const RecordPartition& p = state.partition(led.partition);
        const RecordReplica& leader = state.replica(p, led.slot);
        if (!leader.leads || p.leader != static_cast<int>(led.slot)) continue;
        for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
            if (slot == led.slot || !holds(leader.isr, slot)) continue;
            const RecordReplica& follower = state.replica(p, slot);
            if (p.equality_counts && follower.known_leo == leader.log.leo) continue;
            const sim::Instant caught_up = last_caught_up(state, p, slot, state.now);
            if (state.now - caught_up > p.lag_time_max) out.push_back({led.partition, slot});
        }
    }
}

void check_isr(RecordState& state, BrokerId b) {
    const ClusterId c = state.a_case->fleet.brokers()[b].cluster;
    const sim::Duration longest = state.a_case->fleet.clusters()[c].config.replica_lag_time_max;
    state.schedule(state.now + sim::Duration{longest.count() / 2},
                   RecordEventKind::isr_check,
                   b.value - state.first_broker);
    if (!state.up(b)) return;
    std::vector<HostedReplica> lagging;
    lagging_followers(state, b, lagging);
    if (!lagging.empty()) state.lagging_at.push_back(b);
}

}  // namespace rollcast::models
