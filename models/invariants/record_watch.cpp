#include "models/invariants/record_watch.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "models/case.hpp"

namespace rollcast::models {

bool RecordWatch::holds(const ReplicaLog& log, const Position& position) {
    if (position.offset >= log.leo) return false;
    for (std::size_t i = log.history.size(); i > 0; --i) {
        if (log.history[i - 1].start > position.offset) continue;
        return log.history[i - 1].epoch == position.epoch;
    }
    return false;
}

std::string RecordWatch::look(const RecordState& state) {
    high_watermarks_.resize(state.partitions.size());
    committed_.resize(state.partitions.size());
    for (; losses_ < state.losses.size(); ++losses_) note_loss(state, state.losses[losses_]);
    for (std::uint32_t i = 0; i < state.partitions.size(); ++i) {
        std::string wrong = look_at(state, i);
        if (!wrong.empty()) return wrong;
    }
    return {};
}

std::string RecordWatch::judge(const RecordState& state) const {
    for (std::uint32_t i = 0; i < state.partitions.size(); ++i) {
        const RecordPartition& p = state.partitions[i];
        if (p.leader < 0 || !state.up(state.replica(p, p.leader).broker)) continue;
        const ReplicaLog& log = state.replica(p, p.leader).log;
        for (const Committed& record : committed_[i]) {
            if (holds(log, record.position)) continue;
            if (!record.lost_by_disk) return "a committed record was lost without a disk";
            if (kept_by_a_follower(state, p, record)) {
                return "a committed record is missing, and somebody who follows has it";
            }
        }
    }
    return {};
}

bool RecordWatch::kept_by_a_follower(const RecordState& state,
                                     const RecordPartition& p,
                                     const Committed& record) {
    for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
        const RecordReplica& replica = state.replica(p, slot);
        const bool held = ((record.holders >> slot) & 1) != 0;
        if (held && replica.checked_epoch == p.epoch && holds(replica.log, record.position)) {
            return true;
        }
    }
    return false;
}

void RecordWatch::note_loss(const RecordState& state, const LogLoss& loss) {
    for (Committed& record : committed_[loss.partition]) {
        const ReplicaLog& log = state.replica(state.partitions[loss.partition], loss.slot).log;
        if (!holds(loss.before, record.position) || holds(log, record.position)) continue;
        record.holders = static_cast<std::uint8_t>(record.holders & ~(1U << loss.slot));
        record.lost_by_disk = record.lost_by_disk || loss.why != LogLoss::Why::follows;
    }
}

std::string RecordWatch::look_at(const RecordState& state, std::uint32_t index) {
    const RecordPartition& p = state.partitions[index];
    for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
        const ReplicaLog& log = state.replica(p, slot).log;
        if (log.high_watermark > log.leo) return "a high watermark beyond the log's end";
        if (log.flushed > log.leo) return "more is flushed than there is";
    }
    if (p.leader < 0) return {};
    const RecordReplica& leader = state.replica(p, p.leader);
    if (!leader.leads) return {};
    Mark& mark = high_watermarks_[index];
    const Offset now = leader.log.high_watermark;
    if (mark.epoch == leader.epoch && now < mark.high_watermark) {
        return "the high watermark went back within an epoch";
    }
    const bool moved = now > 0 && (mark.epoch != leader.epoch || now > mark.high_watermark);
    std::string wrong = moved ? commit(state, index, leader) : std::string();
    mark = {leader.epoch, now};
    return wrong;
}

std::string RecordWatch::commit(const RecordState& state,
                                std::uint32_t index,
                                const RecordReplica& leader) {
    const RecordPartition& p = state.partitions[index];
    Committed record;
    record.position.offset = leader.log.high_watermark - 1;
    for (const EpochStart& start : leader.log.history) {
        if (start.start <= record.position.offset) record.position.epoch = start.epoch;
    }
    for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
        const bool in_isr = ((leader.isr >> slot) & 1) != 0;
        const bool has = holds(state.replica(p, slot).log, record.position);
        if (has) record.holders = static_cast<std::uint8_t>(record.holders | (1U << slot));
        // A member that has lost its power is a member until it is fenced.
        const bool lives = state.up(state.replica(p, slot).broker);
        if (in_isr && lives && !has) return "a member of the ISR lacks what is committed";
    }
    committed_[index].push_back(record);
    return {};
}

std::string read_in_order(const RecordState& state) {
    for (const RecordPartition& p : state.partitions) {
        if (p.leader < 0) continue;
        const ReplicaLog& log = state.replica(p, p.leader).log;
        std::map<std::uint32_t, std::uint64_t> next;
        std::string wrong;
        p.records.for_each(log, 0, log.leo, [&](const RecordBatch& batch, std::uint32_t count) {
            if (!state.producers[batch.producer].idempotent) return;
            std::uint64_t& expected = next[batch.producer];
            if (batch.first < expected) wrong = "an idempotent producer's records out of order";
            expected = batch.first + count;
        });
        if (!wrong.empty()) return wrong;
    }
    return {};
}

namespace {

/// True where some replica of a topic has lost records by other ways than following its leader.
bool lost_by_disk(const RecordState& state, TopicId topic) {
    return std::any_of(state.losses.begin(), state.losses.end(), [&](const LogLoss& loss) {
        const PartitionId p = state.partitions[loss.partition].id;
        return loss.why != LogLoss::Why::follows &&
               state.a_case->fleet.partitions()[p].topic == topic;
    });
}

}  // namespace

std::string counts_wrong(const RecordState& state, const RecordResult& result, bool clean) {
    for (const TopicRecords& counts : result.topics) {
        const Topic& topic = state.a_case->fleet.topics()[counts.topic];
        const bool all = topic.acks_all >= 1.0;
        if (counts.sent != counts.acked + counts.failures()) {
            return "a record that was sent has no end, or two";
        }
        if (counts.read != counts.distinct + counts.duplicates) {
            return "a record that was read is neither new nor a duplicate";
        }
        if (clean && counts.duplicates > 0 && (!topic.retries || (topic.idempotent && all))) {
            return "duplicates though the producers are idempotent or do not retry";
        }
        if (clean && all && counts.acked_lost > 0 && !lost_by_disk(state, counts.topic)) {
            return fmt::format("acks=all lost {} records, and no disk was lost", counts.acked_lost);
        }
    }
    return {};
}

}  // namespace rollcast::models
