#include "models/record_fetch.hpp"

#include <algorithm>
#include <cmath>

#include "models/record_draws.hpp"
#include "models/record_leader.hpp"

namespace rollcast::models {

namespace {

constexpr sim::Duration fetch_wait = sim::milliseconds(500);  // replica.fetch.wait.max.ms, §4.1

using State = Fetcher::State;

/// The end of the 500 ms period of a parked request that holds `now`: periods follow each other
/// without an event of their own while nothing is there to be fetched.
sim::Instant period_start(const Fetcher& fetcher, sim::Instant now) {
    const std::int64_t whole = (now - fetcher.since).count() / fetch_wait.count();
    return fetcher.since + fetch_wait * whole;
}

/// What a follower could do by `now`: a hung one did nothing since it stopped.
sim::Instant active_until(const RecordState& state, BrokerId follower, sim::Instant now) {
    const RecordBroker& broker = state.broker(follower);
    return broker.process == RecordBroker::Process::up ? now : std::min(now, broker.since);
}

void schedule_end(RecordState& state, std::uint32_t f) {
    Fetcher& fetcher = state.fetchers[f];
    if (fetcher.ends_scheduled) return;
    fetcher.ends_scheduled = true;
    state.schedule(period_start(fetcher, state.now) + fetch_wait,
                   RecordEventKind::fetch_ends,
                   f,
                   fetcher.version);
}

void start(RecordState& state, std::uint32_t f) {
    Fetcher& fetcher = state.fetchers[f];
    // A fetcher that found its leader gone tries again every second.
    const std::int64_t tries = (state.now - fetcher.since).count() / fetch_backoff.count() + 1;
    const sim::Instant next_try =
        fetcher.failed ? fetcher.since + fetch_backoff * tries : state.now;
    fetcher.state = State::under_way;
    fetcher.append_at = state.now;
    state.schedule(
        next_try + state.times().network, RecordEventKind::fetch_arrives, f, ++fetcher.version);
}

void rest(RecordState& state, Fetcher& fetcher, bool failed) {
    fetcher.state = State::idle;
    fetcher.failed = failed;
    fetcher.since = state.now;
}

/// The response under way is there: its records are appended, its high watermarks taken over.
void append_arrived(RecordState& state, Fetcher& fetcher) {
    if (fetcher.transfers) {
        fetcher.transfers = false;
        --state.broker(fetcher.leader).sending;
        --state.broker(fetcher.follower).receiving;
    }
    for (const FetchMember& member : fetcher.members) {
        RecordPartition& p = state.partitions[member.partition];
        RecordReplica& replica = state.replica(p, member.slot);
        if (replica.arriving < 0) continue;
        if (replica.arriving > replica.log.leo) {
            const RecordReplica& source = state.replica(p, p.leader >= 0 ? p.leader : 0);
            replica.log.copy(source.log, replica.arriving, replica.checked_epoch);
        }
        replica.log.high_watermark = std::max(
            replica.log.high_watermark, std::min(replica.arriving_high_watermark, replica.log.leo));
        replica.arriving = -1;
    }
}

/// The response that was to come does not.
void forget_arriving(RecordState& state, const Fetcher& fetcher) {
    for (const FetchMember& member : fetcher.members) {
        state.replica(state.partitions[member.partition], member.slot).arriving = -1;
    }
}

/// The leader learns how far `member` is, and what follows from it (kafka-semantics §1.2-1.4).
void note_fetch(RecordState& state, std::uint32_t index, std::uint8_t slot, RecordReplica& leader) {
    RecordPartition& p = state.partitions[index];
    RecordReplica& replica = state.replica(p, slot);
    if (replica.checked_epoch != p.epoch) {
        replica.checked_epoch = p.epoch;
        cut_replica(state,
                    index,
                    slot,
                    PartitionRecords::common_prefix(replica.log, leader.log),
                    LogLoss::Why::follows);
    }
    const Offset offset = replica.log.leo;
    if (offset >= leader.log.leo) {
        replica.caught_up_at = state.now;
    } else if (offset >= replica.leader_leo) {
        replica.caught_up_at = std::max(replica.caught_up_at, replica.fetched_at);
    }
    replica.leader_leo = leader.log.leo;
    replica.fetched_at = state.now;
    const bool moved = replica.known_leo != offset;
    replica.known_leo = offset;
    const bool in_isr = ((leader.isr >> slot) & 1) != 0;
    if (!in_isr && !replica.proposed && offset >= leader.log.high_watermark &&
        offset >= p.epoch_start) {
        replica.proposed = true;
        state.caught_up.push_back({p.id, slot});
    }
    if (moved) advance_high_watermark(state, index);
}

/// Records that the next response holds for `member`: within the limits of the partition and the
/// response, at whole batches.
Offset part_of(const RecordPartition& p,
               const RecordReplica& leader,
               Offset from,
               std::int64_t bytes_left,
               std::int64_t partition_bytes) {
    const std::int64_t limit = std::min(bytes_left, partition_bytes) / p.record_bytes;
    return p.records.cut(leader.log, from, from + std::max<std::int64_t>(limit, 1));
}

bool throttled(const RecordState& state, const Fetcher& fetcher, bool in_isr) {
    if (in_isr) return false;
    const RecordBroker& follower = state.broker(fetcher.follower);
    return state.broker(fetcher.leader).quota_out.exceeded(state.now) ||
           (state.now >= follower.throttled_from && follower.quota_in.exceeded(state.now));
}

/// Sends `bytes` from the leader to the follower at the share of their rates that is free, and
/// schedules the next request.
void send_response(RecordState& state, std::uint32_t f, std::int64_t bytes, bool cold) {
    Fetcher& fetcher = state.fetchers[f];
    RecordBroker& from = state.broker(fetcher.leader);
    RecordBroker& to = state.broker(fetcher.follower);
    from.quota_out.record(static_cast<double>(bytes), state.now);
    double rate = std::min(from.out_rate / ++from.sending, to.in_rate / ++to.receiving);
    if (cold) rate = std::min(rate, from.cold_rate / from.sending);
    const sim::Duration transfer = sim::ceil_seconds(static_cast<double>(bytes) / rate);
    fetcher.transfers = true;
    fetcher.state = State::under_way;
    fetcher.sent_at = state.now + fetch_service(state, f, fetcher.version) + from.fetch_delay;
    fetcher.append_at = fetcher.sent_at + state.times().network + transfer;
    to.quota_in.record(static_cast<double>(bytes), state.now);
    state.schedule(fetcher.append_at + state.times().network,
                   RecordEventKind::fetch_arrives,
                   f,
                   ++fetcher.version);
}

/// Fills a response from all members, the first one another each time. False where there is nothing
/// to send; `excluded` where a throttle left something out.
bool respond(RecordState& state, std::uint32_t f, bool& excluded) {
    Fetcher& fetcher = state.fetchers[f];
    const ClusterConfig& config =
        state.a_case->fleet.clusters()[state.a_case->fleet.brokers()[fetcher.leader].cluster]
            .config;
    std::int64_t left = config.fetch_response_max.count();
    std::int64_t bytes = 0;  // the first batch goes whatever the limit
    bool cold = false;
    const std::size_t count = fetcher.members.size();
    if (fetcher.first >= count) fetcher.first = 0;
    const std::size_t begin = fetcher.first;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = begin + i < count ? begin + i : begin + i - count;
        const FetchMember member = fetcher.members[at];
        RecordPartition& p = state.partitions[member.partition];
        RecordReplica& replica = state.replica(p, member.slot);
        const RecordReplica& leader = state.replica(p, p.leader >= 0 ? p.leader : 0);
        if (!leader.leads || leader.broker != fetcher.leader) continue;
        if (replica.checked_epoch != p.epoch) continue;  // it comes with the next request
        replica.arriving = replica.log.leo;
        replica.arriving_high_watermark = leader.log.high_watermark;
        if (leader.log.leo <= replica.log.leo || (bytes > 0 && left <= 0)) continue;
        const bool in_isr = ((leader.isr >> member.slot) & 1) != 0;
        if (throttled(state, fetcher, in_isr)) {
            excluded = true;
            continue;
        }
        const Offset end =
            part_of(p, leader, replica.log.leo, left, config.fetch_partition_max.count());
        const std::int64_t part = (end - replica.log.leo) * p.record_bytes;
        cold = cold || replica.log.leo < p.records.stored();
        replica.arriving = end;
        left -= part;
        bytes += part;
        if (!in_isr) state.catch_up_bytes += static_cast<double>(part);
    }
    if (bytes == 0) return false;
    ++fetcher.first;
    send_response(state, f, bytes, cold);
    return true;
}

}  // namespace

void cut_replica(
    RecordState& state, std::uint32_t index, std::uint8_t slot, Offset end, LogLoss::Why why) {
    RecordReplica& replica = state.replica(state.partitions[index], slot);
    if (end >= replica.log.leo) return;
    state.losses.push_back({.partition = index,
                            .slot = slot,
                            .why = why,
                            .from = end,
                            .before = replica.log,
                            .at = state.now});
    replica.log.truncate(end);
    for (Offset& written : replica.written) written = std::min(written, end);
}

sim::Instant last_caught_up(const RecordState& state,
                            const RecordPartition& p,
                            std::uint8_t slot,
                            sim::Instant now) {
    const RecordReplica& replica = state.replica(p, slot);
    if (replica.fetcher == no_index) return replica.caught_up_at;
    const Fetcher& fetcher = state.fetchers[replica.fetcher];
    if (fetcher.state != State::parked || replica.known_leo < replica.leader_leo) {
        return replica.caught_up_at;
    }
    const sim::Instant active = active_until(state, fetcher.follower, now);
    if (active < fetcher.since) return replica.caught_up_at;
    return std::max(replica.caught_up_at, period_start(fetcher, active));
}

void follow(RecordState& state, std::uint32_t index, std::uint8_t slot, BrokerId leader) {
    RecordReplica& replica = state.replica(state.partitions[index], slot);
    if (state.is_cut(replica.broker, leader)) return unfollow(state, index, slot);
    const std::uint32_t f = state.fetcher_of(replica.broker, leader);
    if (replica.fetcher != f) {
        unfollow(state, index, slot);
        replica.fetcher = f;
        state.fetchers[f].members.push_back({index, slot});
    }
    Fetcher& fetcher = state.fetchers[f];
    if (fetcher.state == State::idle) {
        start(state, f);
    } else if (fetcher.state == State::parked) {
        schedule_end(state, f);  // the thread is busy with the request that waits
    }
}

void unfollow(RecordState& state, std::uint32_t index, std::uint8_t slot) {
    RecordPartition& p = state.partitions[index];
    RecordReplica& replica = state.replica(p, slot);
    if (replica.fetcher == no_index) return;
    const Fetcher& fetcher = state.fetchers[replica.fetcher];
    const sim::Instant active = active_until(state, fetcher.follower, state.now);
    if (fetcher.state == State::parked && active >= fetcher.since + fetch_wait && p.leader >= 0) {
        // The empty responses of the periods before have told it the high watermark.
        const Offset known = state.replica(p, p.leader).log.high_watermark;
        replica.log.high_watermark =
            std::max(replica.log.high_watermark, std::min(known, replica.log.leo));
    }
    std::vector<FetchMember>& members = state.fetchers[replica.fetcher].members;
    members.erase(std::find_if(members.begin(), members.end(), [&](const FetchMember& member) {
        return member.partition == index && member.slot == slot;
    }));
    replica.fetcher = no_index;
    replica.arriving = -1;
}

void fetch_arrives(RecordState& state, std::uint32_t f, std::uint32_t version) {
    Fetcher& fetcher = state.fetchers[f];
    if (fetcher.version != version) return;
    RecordBroker& follower = state.broker(fetcher.follower);
    RecordBroker& leader = state.broker(fetcher.leader);
    const RecordEvent again{RecordEventKind::fetch_arrives, f, version};
    if (follower.process == RecordBroker::Process::hung && follower.since <= fetcher.append_at) {
        follower.deferred.push_back(again);  // it has not even appended
        return;
    }
    append_arrived(state, fetcher);
    if (leader.process == RecordBroker::Process::hung) {
        leader.deferred.push_back(again);
        return;
    }
    const bool gone = leader.process == RecordBroker::Process::dead;
    if (gone || fetcher.members.empty()) {
        rest(state, fetcher, gone);
        return;
    }
    for (std::size_t i = 0; i < fetcher.members.size(); ++i) {
        const FetchMember member = fetcher.members[i];
        RecordPartition& p = state.partitions[member.partition];
        if (p.leader < 0) continue;
        RecordReplica& leading = state.replica(p, p.leader);
        if (leading.leads && leading.broker == fetcher.leader) {
            note_fetch(state, member.partition, member.slot, leading);
        }
    }
    bool excluded = false;
    if (respond(state, f, excluded)) return;
    fetcher.state = State::parked;
    fetcher.since = state.now;
    fetcher.ends_scheduled = false;
    if (excluded) schedule_end(state, f);
}

void fetch_ends(RecordState& state, std::uint32_t f, std::uint32_t version) {
    Fetcher& fetcher = state.fetchers[f];
    if (fetcher.version != version || fetcher.state != State::parked) return;
    RecordBroker& leader = state.broker(fetcher.leader);
    if (leader.process == RecordBroker::Process::hung) {
        leader.deferred.push_back({RecordEventKind::fetch_ends, f, version});
        return;
    }
    fetcher.ends_scheduled = false;
    fetcher.state = State::under_way;
    fetcher.append_at = state.now + state.times().network;
    state.schedule(fetcher.append_at + state.times().network,
                   RecordEventKind::fetch_arrives,
                   f,
                   ++fetcher.version);
}

void wake(RecordState& state, std::uint32_t f) {
    Fetcher& fetcher = state.fetchers[f];
    if (fetcher.state != State::parked) return;
    const sim::Instant active = active_until(state, fetcher.follower, state.now);
    if (active >= fetcher.since) {
        const sim::Instant fetched = period_start(fetcher, active);
        for (const FetchMember& member : fetcher.members) {
            RecordReplica& replica = state.replica(state.partitions[member.partition], member.slot);
            if (replica.known_leo < replica.leader_leo) continue;
            replica.caught_up_at = std::max(replica.caught_up_at, fetched);
            replica.fetched_at = std::max(replica.fetched_at, fetched);
        }
    }
    bool excluded = false;
    if (!respond(state, f, excluded) && excluded) schedule_end(state, f);
}

void fetchers_stop(RecordState& state, BrokerId b) {
    for (std::uint32_t f = 0; f < state.fetchers.size(); ++f) {
        Fetcher& fetcher = state.fetchers[f];
        const bool under_way = fetcher.state == State::under_way;
        if (fetcher.follower == b) {
            if (!under_way || fetcher.append_at > state.now) forget_arriving(state, fetcher);
            append_arrived(state, fetcher);
            ++fetcher.version;
            rest(state, fetcher, false);
        } else if (fetcher.leader == b) {
            const bool unsent = under_way && fetcher.sent_at > state.now;
            if (fetcher.state != State::parked && !unsent) continue;
            forget_arriving(state, fetcher);
            append_arrived(state, fetcher);
            ++fetcher.version;
            rest(state, fetcher, true);
        }
    }
}

}  // namespace rollcast::models
