#include "models/data_signature.hpp"

#include <algorithm>
#include <cmath>

#include "models/capacity.hpp"
#include "models/run_state.hpp"

namespace rollcast::models {

namespace {

constexpr double segment_bytes = 1'073'741'824.0;  // log.segment.bytes
constexpr double roll_seconds = 168.0 * 3600.0;    // log.roll.hours

double size_of(const LogSpan& span, Covered covered) {
    switch (covered) {
        case Covered::all:
            return span.end - span.start;
        case Covered::sealed:
            return span.active - span.start;
        case Covered::but_sealed:
            return span.end - span.active;
    }
    return 0.0;
}

/// B/s at which a scan reads a log dir, of which it takes `most` of its time.
double scan_rate(const Case& a_case, LogDirId dir, double most) {
    return std::min(as_capacity(a_case.fleet.log_dirs()[dir].read_rate) * most,
                    static_cast<double>(a_case.step.checksum_rate.count()));
}

/// Share of the time of the disks of `b` that a scan beside the traffic may take.
double most_of_scan(const Case& a_case, BrokerId b) {
    constexpr double most = 0.5;
    constexpr double least = 0.05;
    const double writes =
        static_cast<double>(a_case.fleet.hosted_write_rate(b).count()) * a_case.curve.highest();
    const double capacity = disk_write_capacity(a_case.fleet, b);
    return std::clamp(1.0 - writes / capacity, least, most);
}

/// Bytes of each log dir of `b` that `size` gives its replicas, over the rate at which it is read.
template <class Size>
sim::Duration longest_scan(const Case& a_case, BrokerId b, bool beside_traffic, Size size) {
    const Fleet& fleet = a_case.fleet;
    const auto dirs = fleet.brokers()[b].log_dirs();
    std::vector<double> bytes(dirs.size(), 0.0);
    for (const HostedReplica& replica : fleet.hosted(b)) {
        const LogDirId dir = fleet.replica_dirs(replica.partition)[replica.slot];
        bytes[dir.value - dirs.front().value] += size(replica);
    }
    const double most = beside_traffic ? most_of_scan(a_case, b) : 1.0;
    double longest = 0.0;
    for (const LogDirId dir : dirs) {
        longest =
            std::max(longest, bytes[dir.value - dirs.front().value] / scan_rate(a_case, dir, most));
    }
    return sim::ceil_seconds(longest);
}

/// What had flipped is there still: neither deleted by retention nor rewritten by the cleaner.
bool still_there(const RunState& run, const RottenByte& byte) {
    const LogSpan now = log_span(*run.a_case, byte.partition, run.now);
    const LogSpan then = log_span(*run.a_case, byte.partition, byte.since);
    const bool rewritten = byte.at_byte < then.active && now.rewritten != then.rewritten;
    return byte.at_byte >= now.start && !rewritten;
}

/// The slot that the replica in `place` is compared with: that of its leader, or, where it leads
/// itself, of the first that is in sync; `place` where there is none.
std::size_t compared_with(const PartitionState& partition,
                          std::size_t place,
                          std::size_t replicas) {
    if (partition.leader != static_cast<int>(place)) {
        return static_cast<std::size_t>(partition.leader);
    }
    for (std::size_t slot = 0; slot < replicas; ++slot) {
        if (slot != place && partition.in_sync(static_cast<std::uint8_t>(slot))) return slot;
    }
    return place;
}

/// A byte of the leader's replica of `p` has flipped, and is there still.
bool leader_is_spoilt(const RunState& run, PartitionId p) {
    const int leader = run.partitions[p].leader;
    if (leader < 0) return false;
    const LogDirId dir = run.fleet().replica_dirs(p)[static_cast<std::size_t>(leader)];
    const auto& rotten = run.signatures.rotten;
    return std::any_of(rotten.begin(), rotten.end(), [&](const RottenByte& byte) {
        return byte.partition == p && byte.dir == dir && still_there(run, byte);
    });
}

/// True where `byte` is in what was signed at `then` and is there still, not rewritten since.
bool kept_since(const Case& a_case,
                const RottenByte& byte,
                sim::Instant then,
                sim::Instant now,
                Covered covered) {
    const LogSpan before = log_span(a_case, byte.partition, then);
    const LogSpan after = log_span(a_case, byte.partition, now);
    const bool sealed = byte.at_byte < before.active;
    if (covered == Covered::sealed && !sealed) return false;
    if (covered == Covered::but_sealed && sealed) return false;
    if (sealed && before.rewritten != after.rewritten) return false;
    return byte.at_byte >= after.start && byte.at_byte < before.end;
}

}  // namespace

LogSpan log_span(const Case& a_case, PartitionId p, sim::Instant at) {
    const Partition& partition = a_case.fleet.partitions()[p];
    const Topic& topic = a_case.fleet.topics()[partition.topic];
    const auto rate = static_cast<double>(partition.write_bytes_per_s);
    const auto stored = static_cast<double>(partition.stored_bytes);
    LogSpan span;
    span.end = rate * a_case.curve.effective_seconds(at);
    span.start = topic.keeps_all ? -stored : span.end - stored;
    const double length = rate > 0.0 ? std::min(segment_bytes, rate * roll_seconds) : segment_bytes;
    span.active = std::max(span.start, std::floor((span.end + stored) / length) * length - stored);
    if (topic.compacted && stored > 0.0) {
        span.rewritten = static_cast<std::int64_t>(std::floor(span.end / stored));
    }
    return span;
}

sim::Duration scan_time(const RunState& run, MachineId m, Covered covered, bool beside_traffic) {
    const BrokerId b = run.fleet().machines()[m].broker;
    if (!b.exists()) return {};
    return longest_scan(*run.a_case, b, beside_traffic, [&](const HostedReplica& replica) {
        if (run.load.absent(replica.partition, replica.slot)) return 0.0;
        return size_of(log_span(*run.a_case, replica.partition, run.now), covered);
    });
}

sim::Duration nominal_scan_time(const Case& a_case, MachineId m, bool beside_traffic) {
    const BrokerId b = a_case.fleet.machines()[m].broker;
    if (!b.exists()) return {};
    return longest_scan(a_case, b, beside_traffic, [&](const HostedReplica& replica) {
        return static_cast<double>(a_case.fleet.partitions()[replica.partition].stored_bytes);
    });
}

double left_by_scan(const RunState& run, MachineId m) {
    const BrokerId b = run.fleet().machines()[m].broker;
    const double most = most_of_scan(*run.a_case, b);
    double left = 1.0;
    for (const LogDirId dir : run.fleet().brokers()[b].log_dirs()) {
        const double reads = as_capacity(run.fleet().log_dirs()[dir].read_rate);
        left = std::min(left, 1.0 - scan_rate(*run.a_case, dir, most) / reads);
    }
    return left;
}

bool signature_differs(const RunState& run, MachineId m) {
    const auto found = run.signatures.baselines.find(m);
    if (found == run.signatures.baselines.end()) return false;
    const Baseline& baseline = found->second;
    const bool online = baseline.sealed_at != sim::Instant::never();
    const BrokerId b = run.fleet().machines()[m].broker;
    const auto& rotten = run.signatures.rotten;
    // What had flipped before it was signed is in both.
    return std::any_of(rotten.begin(), rotten.end(), [&](const RottenByte& byte) {
        if (run.fleet().log_dirs()[byte.dir].broker != b) return false;
        const auto differs = [&](sim::Instant signed_at, Covered covered) {
            return byte.since >= signed_at &&
                   kept_since(*run.a_case, byte, signed_at, baseline.rest_at, covered);
        };
        if (online && differs(baseline.sealed_at, Covered::sealed)) return true;
        if (byte.since < baseline.rest_at) return false;
        // Nothing is appended, deleted or cleaned between the stop and the start. What was sealed
        // online has its signature from then, unless it was rewritten since.
        return kept_since(*run.a_case, byte, baseline.rest_at, baseline.rest_at, Covered::all);
    });
}

void disks_emptied(RunState& run, MachineId m, bool compare) {
    const BrokerId b = run.fleet().machines()[m].broker;
    std::erase_if(run.signatures.rotten, [&](const RottenByte& byte) {
        return run.fleet().log_dirs()[byte.dir].broker == b;
    });
    run.signatures.copies.insert(b);
    if (compare) run.signatures.to_compare.insert(m);
}

void hold_back_spoilt(RunState& run, BrokerId b, std::vector<HostedReplica>& caught_up) {
    DataSignatures& signatures = run.signatures;
    if (signatures.rotten.empty() || !signatures.copies.contains(b)) return;
    std::erase_if(caught_up, [&](const HostedReplica& replica) {
        if (!leader_is_spoilt(run, replica.partition)) return false;
        signatures.failed.push_back(replica);
        return true;
    });
}

std::vector<HostedReplica> take_copied(RunState& run) {
    std::vector<HostedReplica> copied;
    std::erase_if(run.signatures.failed, [&](const HostedReplica& replica) {
        if (leader_is_spoilt(run, replica.partition)) return false;
        copied.push_back(replica);
        return true;
    });
    return copied;
}

sim::Duration compare_with_leaders(RunState& run, MachineId m) {
    const Fleet& fleet = run.fleet();
    const BrokerId b = fleet.machines()[m].broker;
    std::map<LogDirId, std::map<PartitionId, LogDirId>> anew;  // what is spoilt where, from where
    std::erase_if(run.signatures.rotten, [&](const RottenByte& byte) {
        const PartitionState& partition = run.partitions[byte.partition];
        if (partition.leader < 0 || !still_there(run, byte)) return false;
        const auto dirs = fleet.replica_dirs(byte.partition);
        const auto replicas = fleet.replicas(byte.partition);
        const auto own = std::find(replicas.begin(), replicas.end(), b);
        if (own == replicas.end()) return false;
        const auto place = static_cast<std::size_t>(own - replicas.begin());
        const std::size_t other = compared_with(partition, place, replicas.size());
        if (other == place || (dirs[place] != byte.dir && dirs[other] != byte.dir)) return false;
        anew[byte.dir][byte.partition] = dirs[dirs[place] == byte.dir ? other : place];
        return true;
    });
    double seconds = 0.0;
    for (const auto& [spoilt, partitions] : anew) {
        for (const auto& [p, from] : partitions) {
            const LogSpan span = log_span(*run.a_case, p, run.now);
            seconds += (span.end - span.start) / as_capacity(fleet.log_dirs()[from].read_rate);
        }
    }
    return sim::ceil_seconds(seconds);
}

void judge_signatures(const RunState& run, Checksums checksums, Verdict& verdict) {
    if (checksums == Checksums::none && run.signatures.flipped == 0) return;
    RuleResult& rule = verdict.rule(Rule::data_signature);
    if (checksums != Checksums::none) rule.answer = Answer::held;
    for (const RottenByte& byte : run.signatures.rotten) {
        if (!still_there(run, byte)) continue;
        rule.answer = Answer::broken;
        ++rule.subjects;
        rule.worst += 1.0;
        rule.seconds += sim::to_seconds(run.now - byte.since);
        rule.worst_at = run.now;
        if (rule.first && rule.first->at <= byte.since) continue;
        rule.first.emplace();
        rule.first->at = byte.since;
        rule.first->partition = byte.partition;
        rule.first->cluster = run.fleet().cluster_of(byte.partition);
        rule.first->broker = run.fleet().log_dirs()[byte.dir].broker;
    }
}

}  // namespace rollcast::models
