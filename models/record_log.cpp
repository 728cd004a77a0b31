#include "models/record_log.hpp"

#include <algorithm>

#include "sim/contract.hpp"

namespace rollcast::models {

void ReplicaLog::truncate(Offset end) {
    if (end >= leo) return;
    leo = end;
    high_watermark = std::min(high_watermark, end);
    flushed = std::min(flushed, end);
    while (!history.empty() && history.back().start >= end) history.pop_back();
}

void ReplicaLog::append(std::uint32_t epoch, Offset count) {
    if (history.empty() || history.back().epoch != epoch) history.push_back({epoch, leo});
    leo += count;
}

void ReplicaLog::copy(const ReplicaLog& source, Offset end, std::uint32_t epoch) {
    for (std::size_t i = 0; i < source.history.size() && leo < end; ++i) {
        if (source.history[i].epoch > epoch) break;  // it has begun since
        const bool last = i + 1 == source.history.size();
        const Offset stop = std::min(end, last ? source.leo : source.history[i + 1].start);
        if (stop > leo) append(source.history[i].epoch, stop - leo);
    }
    if (leo < end) append(epoch, end - leo);
}

void PartitionRecords::begin_epoch(std::uint32_t epoch, Offset start) {
    if (epochs_.back().epoch == epoch) return;
    sim::ensure(epochs_.back().epoch < epoch, "epochs of a partition ascend");
    epochs_.push_back({.epoch = epoch, .start = start, .batches = {}});
}

void PartitionRecords::append(std::uint32_t epoch, const RecordBatch& batch) {
    for (std::size_t i = epochs_.size(); i > 0; --i) {
        if (epochs_[i - 1].epoch != epoch) continue;
        epochs_[i - 1].batches.push_back(batch);
        return;
    }
    sim::ensure(false, "records are appended to an epoch that has begun");
}

Offset PartitionRecords::common_prefix(const ReplicaLog& log, const ReplicaLog& leader) {
    // The follower names its last epoch; the leader answers with its own last epoch that is not
    // later, and where that ends. What lies beyond either end goes, and they go on from there.
    Offset end = log.leo;
    std::size_t mine = log.history.size();
    std::size_t theirs = leader.history.size();
    while (mine > 0) {
        const std::uint32_t epoch = log.history[mine - 1].epoch;
        while (theirs > 0 && leader.history[theirs - 1].epoch > epoch) --theirs;
        if (theirs == 0) return 0;
        const Offset leader_end =
            theirs < leader.history.size() ? leader.history[theirs].start : leader.leo;
        if (leader.history[theirs - 1].epoch == epoch) return std::min(end, leader_end);
        end = log.history[mine - 1].start;
        --mine;
    }
    return 0;
}

const EpochRecords* PartitionRecords::records_of(std::uint32_t epoch) const {
    const auto found = std::lower_bound(
        epochs_.begin(), epochs_.end(), epoch, [](const EpochRecords& records, std::uint32_t e) {
            return records.epoch < e;
        });
    return found != epochs_.end() && found->epoch == epoch ? &*found : nullptr;
}

std::size_t PartitionRecords::first_above(const std::vector<RecordBatch>& batches, Offset offset) {
    // Mostly the tail is meant: the last few are looked at first.
    std::size_t first = batches.size();
    for (int steps = 0; steps < 4; ++steps) {
        if (first == 0 || batches[first - 1].end() <= offset) return first;
        --first;
    }
    const auto found =
        std::partition_point(batches.begin(),
                             batches.begin() + static_cast<std::ptrdiff_t>(first),
                             [offset](const RecordBatch& batch) { return batch.end() <= offset; });
    return static_cast<std::size_t>(found - batches.begin());
}

Offset PartitionRecords::cut(const ReplicaLog& log, Offset from, Offset limit) const {
    if (limit >= log.leo) return log.leo;
    if (from < stored_) return std::min(limit, stored_);
    Offset end = from;
    for (std::size_t i = 0; i < log.history.size(); ++i) {
        const Offset epoch_end = i + 1 < log.history.size() ? log.history[i + 1].start : log.leo;
        const EpochRecords* records = records_of(log.history[i].epoch);
        if (records == nullptr || epoch_end <= from) continue;
        const std::vector<RecordBatch>& batches = records->batches;
        for (std::size_t b = first_above(batches, from); b < batches.size(); ++b) {
            const Offset batch_end = std::min(batches[b].end(), epoch_end);
            if (batches[b].base >= epoch_end) break;
            if (end > from && batch_end > limit) return end;
            end = batch_end;
        }
        if (end > limit) return end;
    }
    return end;
}

}  // namespace rollcast::models
