// What holds of records whatever fails: held against every state of a run that counts them.
#pragma once

#include <string>
#include <vector>

#include "models/record_state.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// Watches one run: takes note of what is committed, and of who loses it.
///
/// Requires a look at the state after every event, so that nothing is committed and lost between
/// two of them.
class RecordWatch {
public:
    /// What is wrong now; empty = nothing. A high watermark lies within its log and never goes back
    /// in an epoch; every live member of a leader's ISR has what is below it (KIP-101, KIP-966).
    std::string look(const RecordState& state);

    /// At the end: a committed record that the leader lacks has been lost by somebody who held it,
    /// with the disk or the page cache, and by everybody who has followed the leader since.
    /// Requires that no election was unclean.
    std::string judge(const RecordState& state) const;

private:
    /// A position in a partition's history: one record wherever it is held.
    struct Position {
        std::uint32_t epoch = 0;
        Offset offset = 0;
    };
    /// A record below the high watermark of a leader, and the replicas that still hold it of those
    /// that did then.
    struct Committed {
        Position position;
        std::uint8_t holders = 0;
        bool lost_by_disk = false;  // whoever held it, then or later, lost it with its page cache
    };
    struct Mark {
        std::uint32_t epoch = 0;
        Offset high_watermark = 0;
    };

    static bool holds(const ReplicaLog& log, const Position& position);
    static bool kept_by_a_follower(const RecordState& state,
                                   const RecordPartition& p,
                                   const Committed& record);
    void note_loss(const RecordState& state, const LogLoss& loss);
    std::string look_at(const RecordState& state, std::uint32_t index);
    std::string commit(const RecordState& state, std::uint32_t index, const RecordReplica& leader);

    std::vector<Mark> high_watermarks_;
    std::vector<std::vector<Committed>> committed_;
    std::size_t losses_ = 0;
};

/// What is wrong with the order of records as a reader finds them at the end: those of an
/// idempotent producer come in order. Empty = nothing.
std::string read_in_order(const RecordState& state);

/// What is wrong with the counts of a run; empty = nothing. Every record that was sent has one end,
/// every one that was read is new or a duplicate, idempotent producers with acks=all and those that
/// do not retry make none, and acks=all loses nothing unless a disk or a page cache is lost.
/// `clean`: no election was unclean.
std::string counts_wrong(const RecordState& state, const RecordResult& result, bool clean);

}  // namespace rollcast::models
