// What one run showed: each safety rule held, broken, estimated, or not answered; how long it took;
// what was within one failure of breaking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/ids.hpp"
#include "models/record_result.hpp"
#include "models/step.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

/// The safety rules of architecture §6, in the order they are shown.
enum class Rule : std::uint8_t {
    min_isr,         // no partition under its ISR floor
    leaderless,      // no partition without a leader after fencing
    acked_loss,      // no acknowledged record lost
    duplicates,      // no record twice
    client_errors,   // no error reaches a producer's application
    latency,         // produce and end-to-end latency
    consumer_lag,    // no group behind its objective
    headroom,        // disks, NICs, uplinks and room links below their limit
    quorum,          // quorum kept, controller there
    data_signature,  // what was stored before is stored after
    mixed_mode,      // old and new can talk; time limit kept
    windows,         // steps inside their change windows
    finished         // every machine migrated
};
inline constexpr int rule_count = 13;

/// `estimated`: only a count would know, and RuleResult::worst is how much this fidelity expects of
/// it. An expectation proves neither a breach nor that there is none: the rule is not broken, so
/// that `safe()` and exit codes do not move, and it does not count as held.
enum class Answer : std::uint8_t { held, broken, not_answered, estimated };

/// One link of a chain of causes, oldest first: what happened, when, to whom.
struct Cause {
    enum class Kind : std::uint8_t {
        initial_state,    // out of sync before the run
        step,             // machine entered its step
        left_isr,         // broker left the ISR
        fault,            // a fault of the case started
        session_expired,  // broker fenced by the controller
        action            // an action of the case
    };
    Kind kind = Kind::step;
    sim::Instant at;
    MachineId machine = MachineId::none();
    BrokerId broker = BrokerId::none();
    RackId rack = RackId::none();
    std::uint32_t index = 0;  // batch of the plan (step), fault or action of the case
};

/// The first breach of a rule.
struct Breach {
    sim::Instant at;
    PartitionId partition = PartitionId::none();
    ClusterId cluster = ClusterId::none();
    BrokerId broker = BrokerId::none();
    std::vector<BrokerId> brokers;  // those whose absence made the breach
    std::vector<Cause> causes;
};

/// One rule's answer with its totals. `amount` is in the rule's own unit (see `unit_of`).
struct RuleResult {
    Answer answer = Answer::held;
    std::optional<Breach> first;  // estimated: where something is expected first
    std::uint64_t subjects = 0;   // distinct partitions, brokers, groups or machines that broke it
    double seconds = 0.0;         // subject-seconds of breach
    double worst = 0.0;           // worst value, in the rule's unit; an expected total if estimated
    sim::Instant worst_at;

    bool broken() const { return answer == Answer::broken; }
};

/// A failure domain for the N-1 margin.
enum class DomainKind : std::uint8_t { log_dir, broker, rack };
struct Domain {
    DomainKind kind = DomainKind::broker;
    std::uint32_t index = 0;  // LogDirId, BrokerId or RackId
    bool operator==(const Domain&) const = default;
};

/// How exposed one failure domain was: its failure just then would have put partitions under their
/// floor.
struct DomainExposure {
    Domain domain;
    double seconds = 0.0;               // total time with at least one such partition
    std::uint32_t peak_partitions = 0;  // most such partitions at once
    sim::Instant peak_at;
};

/// The N-1 margin over the run.
struct Margin {
    std::vector<DomainExposure> domains;  // exposed ones, worst first (by peak, then by seconds)
    std::uint32_t peak_domains = 0;       // most domains exposed at once
    sim::Instant peak_at;
};

struct MachineTimes {
    MachineId machine;
    StepPhase reached = StepPhase::waiting;
    std::uint32_t batch = 0;
    std::uint32_t reimages = 0;  // begun
    sim::Instant start = sim::Instant::never();
    sim::Instant stopped = sim::Instant::never();     // replicas left their ISRs
    sim::Instant registered = sim::Instant::never();  // process is back
    sim::Instant in_sync = sim::Instant::never();     // last replica rejoined
    sim::Instant end = sim::Instant::never();         // step done
};

struct ClusterTimes {
    ClusterId cluster;
    sim::Instant first_start = sim::Instant::never();
    sim::Instant last_end = sim::Instant::never();
    std::uint64_t trace_hash = 0;
    // min ISR: partitions that fell under their floor and are not accepted
    std::uint64_t under_floor = 0;
    double under_floor_seconds = 0.0;                     // partition-seconds
    sim::Instant under_floor_at = sim::Instant::never();  // the first
};

/// Why a run stopped before every machine was migrated.
enum class Unfinished : std::uint8_t {
    no,
    machine_lost,   // a machine never returned and blocks what is left
    never_rejoins,  // catch-up cannot converge (stability cliff)
    blocked,        // what is left is never admitted
    no_window,      // a step does not fit any change window
    horizon,        // the run's time limit
    gave_up,        // the policy of the plan did
    halted,         // a stop rule of the plan did what it is for
    rolled_back     // the same, and every machine that had begun runs what it ran before
};

/// The policy of a cluster ended without having seen the end of its roll.
struct Stopped {
    ClusterId cluster;
    sim::Instant at;
    bool gave_up = false;       // else it waited, and nothing went on that it could wait for
    std::string_view reason{};  // lasts for ever
};

/// What became of the machines of a cluster that a stop rule of the plan turned back.
struct Rollback {
    enum class Outcome : std::uint8_t {
        complete,    // each runs what it ran before
        incomplete,  // some never came back, or were not let go
        refused      // past the point of no return: none was touched
    };
    ClusterId cluster;
    sim::Instant at;                           // the roll turned
    sim::Instant end = sim::Instant::never();  // of the last step back so far
    std::uint32_t machines = 0;                // that had been taken down, and were to go back
    std::uint32_t back = 0;                    // that are
    BrokerId past_return = BrokerId::none();   // refused: has run what has no way back

    Outcome outcome() const {
        if (past_return.exists()) return Outcome::refused;
        return back == machines ? Outcome::complete : Outcome::incomplete;
    }
};

/// What one run showed. Safe exactly when no rule is broken.
struct Verdict {
    std::vector<RuleResult> rules = std::vector<RuleResult>(rule_count);
    std::vector<RuleResult> accepted = std::vector<RuleResult>(rule_count);  // accepted breaches
    Unfinished unfinished = Unfinished::no;
    sim::Duration makespan{};  // last step's end (or last event, where unfinished)
    std::uint64_t trace_hash = 0;

    std::uint64_t isr_shrinks = 0;
    std::uint64_t isr_expands = 0;
    std::uint64_t leader_moves = 0;
    std::uint64_t events = 0;
    double catch_up_bytes = 0.0;
    double at_floor_partition_seconds = 0.0;  // exposure: partitions at their floor
    std::uint64_t peak_at_floor = 0;          // blast radius: most partitions at their floor
    sim::Instant peak_at_floor_at;
    double stall_partition_seconds = 0.0;  // led or followed by a dead, not yet fenced broker
    sim::Duration longest_stall{};
    Margin margin;
    std::vector<MachineTimes> machines;  // in machine order
    std::vector<ClusterTimes> clusters;
    std::vector<Stopped> stopped{};       // policies that did not finish, in cluster order
    std::vector<Rollback> rollbacks{};    // clusters that were turned back, in cluster order
    std::vector<MachineTimes> went_back;  // steps back, in machine order; not in `machines`
    std::optional<RecordResult> records;  // where records were counted

    const RuleResult& rule(Rule r) const { return rules[static_cast<std::size_t>(r)]; }
    RuleResult& rule(Rule r) { return rules[static_cast<std::size_t>(r)]; }
    /// Machines that run what is new: their steps are done, and none has led back.
    std::size_t migrated() const {
        std::size_t count = 0;
        for (const MachineTimes& times : machines) {
            if (times.end == sim::Instant::never()) continue;
            bool back = false;
            for (const MachineTimes& gone : went_back) {
                back = back ||
                       (gone.machine == times.machine && gone.stopped != sim::Instant::never());
            }
            if (!back) ++count;
        }
        return count;
    }
    bool safe() const {
        for (const RuleResult& r : rules) {
            if (r.broken()) return false;
        }
        return true;
    }
};

std::string_view to_string(Rule rule);
std::string_view to_string(Answer answer);
std::string_view to_string(Unfinished reason);
std::string_view to_string(Rollback::Outcome outcome);
/// Unit of RuleResult::worst for a rule: "replicas missing", "partitions", "bytes", ...
std::string_view unit_of(Rule rule);

}  // namespace rollcast::models
