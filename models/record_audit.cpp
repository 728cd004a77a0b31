#include "models/record_audit.hpp"

#include <algorithm>

#include "models/latency_judge.hpp"
#include "models/record_producer.hpp"

namespace rollcast::models {

namespace {

/// What became of one source's records, by number.
struct Seen {
    std::vector<std::uint8_t> acked;
    std::vector<std::uint32_t> times;  // below the high watermark of the leader
    std::vector<std::uint8_t> held;  // in its log, whether it knows that they are committed or not
};

Seen told(const Source& source) {
    Seen seen;
    seen.acked.assign(source.next, 0);
    seen.times.assign(source.next, 0);
    seen.held.assign(source.next, 0);
    for (const Outcome& outcome : source.outcomes) {
        if (outcome.error != SendError::none) continue;
        std::fill_n(seen.acked.begin() + static_cast<std::ptrdiff_t>(outcome.first),
                    outcome.count,
                    std::uint8_t{1});
    }
    return seen;
}

/// Adds what became of the synthetic records among those of `source`.
void count_synthetic(const RecordState& state,
                     std::uint32_t source,
                     const Seen& seen,
                     RecordResult& result) {
    for (const SyntheticMark& mark : state.synthetic) {
        if (mark.source != source || mark.number >= seen.times.size()) continue;
        SyntheticRecords& counts = result.synthetic[static_cast<std::size_t>(mark.moment)];
        const std::uint32_t times = seen.times[mark.number];
        const bool acked = seen.acked[mark.number] != 0;
        ++counts.written;
        counts.once += times == 1 ? 1 : 0;
        counts.twice += times > 1 ? 1 : 0;
        counts.missing += seen.held[mark.number] == 0 && acked ? 1 : 0;
        counts.failed += acked ? 0 : 1;
    }
}

/// Adds how often each record of the sources is there; answers how many acknowledged ones are not.
std::uint64_t count_fates(const std::vector<Seen>& seen, TopicRecords& counts) {
    std::uint64_t lost = 0;
    for (const Seen& source : seen) {
        for (std::size_t k = 0; k < source.times.size(); ++k) {
            const std::uint32_t times = source.times[k];
            counts.distinct += times > 0 ? 1 : 0;
            counts.duplicates += times > 1 ? times - 1 : 0;
            counts.present_unacked += times > 0 && source.acked[k] == 0 ? 1 : 0;
            lost += source.held[k] == 0 && source.acked[k] != 0 ? 1 : 0;
        }
    }
    return lost;
}

void count_partition(const RecordState& state,
                     const RunState& run,
                     const RecordTopic& topic,
                     std::uint32_t index,
                     TopicRecords& counts,
                     RecordResult& result) {
    const RecordPartition& p = state.partitions[index];
    const std::uint32_t offset = index - topic.first_partition;
    std::vector<Seen> seen;
    for (std::uint32_t i = 0; i < topic.producer_count; ++i) {
        const Producer& producer = state.producers[topic.first_producer + i];
        seen.push_back(told(state.sources[producer.first_source + offset]));
    }
    const auto slot = run.partitions[p.id].leader;
    const bool readable = slot >= 0 && state.up(state.replica(p, slot).broker);
    if (readable) {
        const ReplicaLog& log = state.replica(p, slot).log;
        p.records.for_each(
            log, 0, log.high_watermark, [&](const RecordBatch& batch, std::uint32_t count) {
                counts.read += count;
                std::vector<std::uint32_t>& times =
                    seen[batch.producer - topic.first_producer].times;
                for (std::uint32_t i = 0; i < count; ++i) ++times[batch.first + i];
            });
        p.records.for_each(log, 0, log.leo, [&](const RecordBatch& batch, std::uint32_t count) {
            auto& held = seen[batch.producer - topic.first_producer].held;
            std::fill_n(
                held.begin() + static_cast<std::ptrdiff_t>(batch.first), count, std::uint8_t{1});
        });
    }
    for (std::uint32_t i = 0; i < topic.producer_count && !state.synthetic.empty(); ++i) {
        const Producer& producer = state.producers[topic.first_producer + i];
        count_synthetic(state, producer.first_source + offset, seen[i], result);
    }
    const std::uint64_t lost = count_fates(seen, counts);
    if (!readable) {
        counts.unreadable += lost;
    } else if (lost > 0) {
        counts.acked_lost += lost;
        counts.lost.push_back({p.id, lost});
    }
}

struct Judged {
    std::uint64_t subjects = 0;
    std::uint64_t records = 0;
    sim::Instant at = sim::Instant::never();
    PartitionId partition = PartitionId::none();
    ClusterId cluster = ClusterId::none();
};

RuleResult result_of(const Judged& judged) {
    RuleResult result;
    if (judged.records == 0) return result;
    result.answer = Answer::broken;
    result.subjects = judged.subjects;
    result.worst = static_cast<double>(judged.records);
    result.worst_at = judged.at;
    result.first.emplace();
    result.first->at = judged.at;
    result.first->partition = judged.partition;
    result.first->cluster = judged.cluster;
    return result;
}

/// When a replica of `p` first lost records; never() where none did.
sim::Instant first_loss(const RecordState& state, PartitionId p) {
    for (const LogLoss& loss : state.losses) {
        if (state.partitions[loss.partition].id == p) return loss.at;
    }
    return state.now;
}

}  // namespace

std::string_view to_string(SendError error) {
    switch (error) {
        case SendError::none:
            return "none";
        case SendError::timeout:
            return "TimeoutException";
        case SendError::network:
            return "NetworkException";
        case SendError::not_leader:
            return "NotLeaderOrFollowerException";
        case SendError::not_enough_replicas:
            return "NotEnoughReplicasException";
        case SendError::not_enough_after_append:
            return "NotEnoughReplicasAfterAppendException";
        case SendError::out_of_order:
            return "OutOfOrderSequenceException";
    }
    return "unknown";
}

std::string_view to_string(SyntheticMoment moment) {
    switch (moment) {
        case SyntheticMoment::before:
            return "before";
        case SyntheticMoment::during:
            return "during";
        case SyntheticMoment::after:
            return "after";
    }
    return "unknown";
}

bool all_ended(const RecordState& state) {
    return std::all_of(state.sources.begin(), state.sources.end(), [&](const Source& source) {
        return source.unresolved == 0 && source.queue.empty() &&
               handed_over(state, source, source.next) == sim::Instant::never();
    });
}

RecordResult count_records(RecordState& state, const RunState& run) {
    RecordResult result;
    for (RecordTopic& topic : state.topics) {
        TopicRecords& counts = topic.counts;
        for (std::uint32_t i = 0; i < topic.producer_count; ++i) {
            const Producer& producer = state.producers[topic.first_producer + i];
            for (std::uint32_t s = 0; s < producer.source_count; ++s) {
                counts.sent += state.sources[producer.first_source + s].next;
            }
        }
        for (std::uint32_t i = 0; i < topic.partition_count; ++i) {
            count_partition(state, run, topic, topic.first_partition + i, counts, result);
        }
        result.topics.push_back(counts);
    }
    return result;
}

void judge_records(const RecordState& state, const RecordResult& records, Verdict& verdict) {
    std::array<Judged, 2> lost;
    std::array<Judged, 2> twice;
    std::array<Judged, 2> errors;
    const Fleet& fleet = state.a_case->fleet;
    for (const TopicRecords& counts : records.topics) {
        const Topic& topic = fleet.topics()[counts.topic];
        const std::size_t accepted = topic.accepted ? 1 : 0;
        const auto note =
            [&](Judged& judged, std::uint64_t n, std::uint64_t subjects, sim::Instant at) {
                judged.records += n;
                judged.subjects += subjects;
                if (n == 0 || at >= judged.at) return;
                judged.at = at;
                judged.cluster = topic.cluster;
            };
        for (const PartitionLoss& loss : counts.lost) {
            const sim::Instant at = first_loss(state, loss.partition);
            if (at < lost[accepted].at) lost[accepted].partition = loss.partition;
            note(lost[accepted], loss.records, 1, at);
        }
        note(twice[accepted], counts.duplicates, counts.duplicates > 0 ? 1 : 0, state.now);
        const std::size_t wanted = topic.accepted || topic.errors_accepted ? 1 : 0;
        note(
            errors[wanted], counts.failures(), counts.failures() > 0 ? 1 : 0, counts.first_failure);
    }
    LatencyJudge judge(*state.a_case, verdict);
    for (const TopicRecords& counts : records.topics) {
        judge.note(counts.topic, counts.produce.quantile(0.99));
    }
    for (std::size_t i = 0; i < 2; ++i) {
        std::vector<RuleResult>& rules = i == 0 ? verdict.rules : verdict.accepted;
        rules[static_cast<std::size_t>(Rule::acked_loss)] = result_of(lost[i]);
        rules[static_cast<std::size_t>(Rule::duplicates)] = result_of(twice[i]);
        rules[static_cast<std::size_t>(Rule::client_errors)] = result_of(errors[i]);
    }
}

}  // namespace rollcast::models
