// What a partition's replicas hold, record by record.
//
// Only the leader of an epoch appends in that epoch, and whoever follows copies it, so that a
// position (epoch, offset) stands for one record wherever it is (KIP-101). The records of an epoch
// are therefore kept once a partition, and a replica is its log end and the offsets at which it
// went from epoch to epoch.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units.hpp"

namespace rollcast::models {

using Offset = std::int64_t;

/// Consecutive records of one producer in one partition, appended at once.
struct RecordBatch {
    Offset base = 0;          // of its first record
    std::uint64_t first = 0;  // number of its first record among its producer's for this partition
    std::uint32_t count = 0;
    std::uint32_t producer = 0;
    std::uint32_t sequence = 0;        // idempotent producers: of its first record
    std::uint32_t producer_epoch = 0;  // idempotent producers
    sim::Instant first_at;             // the first record was handed to the producer
    sim::Instant last_at;              // the last one was

    Offset end() const { return base + count; }
};

/// What the leader of `epoch` has appended, from `start` on.
struct EpochRecords {
    std::uint32_t epoch = 0;
    Offset start = 0;
    std::vector<RecordBatch> batches;
};

/// Where a replica's log goes over to an epoch.
struct EpochStart {
    std::uint32_t epoch = 0;
    Offset start = 0;
};

/// One replica's log: offsets 0 .. leo-1.
///
/// Invariant: `history` ascends in epochs and offsets, and starts lie below `leo` but for the last
/// one of a leader that has not yet appended.
struct ReplicaLog {
    Offset leo = 0;
    Offset high_watermark = 0;
    Offset flushed = 0;  // what a loss of the page cache leaves
    std::vector<EpochStart> history;

    /// Cuts the log to `end` records where it is longer.
    void truncate(Offset end);
    /// `count` records of `epoch` follow; the first ones of it begin the epoch here.
    void append(std::uint32_t epoch, Offset count);
    /// Takes over what `source` had up to `end` when `epoch` was its last one, with its epochs;
    /// what it has lost since it sent it is of `epoch`.
    void copy(const ReplicaLog& source, Offset end, std::uint32_t epoch);
};

/// Records of one partition by epoch, whoever holds them.
class PartitionRecords {
public:
    /// Records 0 .. `stored`-1 were there before the run, in epoch 0.
    explicit PartitionRecords(Offset stored = 0) : stored_(stored) { epochs_.push_back({}); }

    /// The leader of `epoch` begins at offset `start`. Epochs ascend.
    void begin_epoch(std::uint32_t epoch, Offset start);
    /// Appends to `epoch`, which has begun.
    void append(std::uint32_t epoch, const RecordBatch& batch);

    /// The offset below which `log` and `leader` are the same, found as a follower finds it, epoch
    /// by epoch (KIP-101, KIP-279).
    static Offset common_prefix(const ReplicaLog& log, const ReplicaLog& leader);

    /// The largest end of a batch that is above `from` and at most `limit`; `limit` where that cuts
    /// records of before the run, and the first batch's end where that alone is larger. Requires
    /// `from < log.leo`.
    Offset cut(const ReplicaLog& log, Offset from, Offset limit) const;

    /// Calls `use(batch, count)` for the first `count` records of each batch of `log` in offsets
    /// [from, to), oldest first; records of before the run are left out.
    template <class Use>
    void for_each(const ReplicaLog& log, Offset from, Offset to, Use use) const;
    /// The same, newest first, until `use` returns false.
    template <class Use>
    void for_each_back(const ReplicaLog& log, Use use) const;

    Offset stored() const { return stored_; }

private:
    const EpochRecords* records_of(std::uint32_t epoch) const;
    /// Index of the first batch that ends above `offset`.
    static std::size_t first_above(const std::vector<RecordBatch>& batches, Offset offset);

    Offset stored_ = 0;
    std::vector<EpochRecords> epochs_;  // ascending
};

template <class Use>
void PartitionRecords::for_each(const ReplicaLog& log, Offset from, Offset to, Use use) const {
    for (std::size_t i = 0; i < log.history.size(); ++i) {
        const Offset start = log.history[i].start;
        const Offset end = i + 1 < log.history.size() ? log.history[i + 1].start : log.leo;
        const EpochRecords* records = records_of(log.history[i].epoch);
        const Offset last = end < to ? end : to;
        if (records == nullptr || start >= to || end <= from) continue;
        const std::vector<RecordBatch>& batches = records->batches;
        for (std::size_t b = first_above(batches, start < from ? from : start); b < batches.size();
             ++b) {
            if (batches[b].base >= last) break;
            const Offset stop = batches[b].end() < last ? batches[b].end() : last;
            use(batches[b], static_cast<std::uint32_t>(stop - batches[b].base));
        }
    }
}

template <class Use>
void PartitionRecords::for_each_back(const ReplicaLog& log, Use use) const {
    Offset end = log.leo;
    for (std::size_t i = log.history.size(); i > 0; --i) {
        const EpochStart& begin = log.history[i - 1];
        const EpochRecords* records = records_of(begin.epoch);
        if (records != nullptr && end > begin.start) {
            const std::vector<RecordBatch>& batches = records->batches;
            std::size_t left = first_above(batches, end - 1);
            if (left < batches.size()) ++left;
            for (; left > 0; --left) {
                if (!use(batches[left - 1])) return;
            }
        }
        end = begin.start;
    }
}

}  // namespace rollcast::models
