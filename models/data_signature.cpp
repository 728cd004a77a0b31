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

double scan_rate(const RunState& run, LogDirId dir) {
    return std::min(as_capacity(run.fleet().log_dirs()[dir].read_rate),
                    static_cast<double>(run.a_case->step.checksum_rate.count()));
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

sim::Duration scan_time(const RunState& run, MachineId m, Covered covered) {
    const BrokerId b = run.fleet().machines()[m].broker;
    if (!b.exists()) return {};
    const auto dirs = run.fleet().brokers()[b].log_dirs();
    std::vector<double> bytes(dirs.size(), 0.0);
    for (const HostedReplica& replica : run.fleet().hosted(b)) {
        if (run.load.absent(replica.partition, replica.slot)) continue;
        const LogDirId dir = run.fleet().replica_dirs(replica.partition)[replica.slot];
        bytes[dir.value - dirs.front().value] +=
            size_of(log_span(*run.a_case, replica.partition, run.now), covered);
    }
    double longest = 0.0;
    for (const LogDirId dir : dirs) {
        longest = std::max(longest, bytes[dir.value - dirs.front().value] / scan_rate(run, dir));
    }
    return sim::ceil_seconds(longest);
}

double left_by_scan(const RunState& run, MachineId m) {
    const BrokerId b = run.fleet().machines()[m].broker;
    double left = 1.0;
    for (const LogDirId dir : run.fleet().brokers()[b].log_dirs()) {
        const double reads = as_capacity(run.fleet().log_dirs()[dir].read_rate);
        left = std::min(left, 1.0 - scan_rate(run, dir) / reads);
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

void forget_rot(RunState& run, MachineId m) {
    const BrokerId b = run.fleet().machines()[m].broker;
    std::erase_if(run.signatures.rotten, [&](const RottenByte& byte) {
        return run.fleet().log_dirs()[byte.dir].broker == b;
    });
}

void judge_signatures(const RunState& run, Checksums checksums, Verdict& verdict) {
    if (checksums == Checksums::none && run.signatures.flipped == 0) return;
    RuleResult& rule = verdict.rule(Rule::data_signature);
    if (checksums != Checksums::none) rule.answer = Answer::held;
    for (const RottenByte& byte : run.signatures.rotten) {
        const LogSpan now = log_span(*run.a_case, byte.partition, run.now);
        const LogSpan then = log_span(*run.a_case, byte.partition, byte.since);
        const bool rewritten = byte.at_byte < then.active && now.rewritten != then.rewritten;
        if (byte.at_byte < now.start || rewritten) continue;
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
