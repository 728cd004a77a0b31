// What a plan's claims rest on, as data that anybody can check without searching: when every
// machine goes, and why no plan can be faster.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/plan.hpp"
#include "sim/units.hpp"

namespace rollcast::planner::certificate {

/// How a bound follows from the case. Each rule speaks of the machines it lists.
///
/// The first five hold for the brokers of one cluster and are parts below `brokers`: they bound the
/// time during which some of the listed brokers keeps its neighbours out, the time from its start
/// until a conflicting neighbour may start at the earliest (planner §1.5, first paragraph).
enum class Rule : std::uint8_t {
    longest_step,  // one machine: its time
    clique,        // every two share a partition without slack: their times add up
    join,          // `parts`, of which every two exclude each other: they add up (§1.5.4)
    fractional,    // `weights`, of which no set that may be down together holds more than the
                   // heaviest (§1.5.7): sum of time * weight / heaviest
    group,         // in sync for one partition of larger slack: jobs on `slack` machines
    // Below `brokers` and by themselves; by themselves they speak of whole steps.
    crews,        // held until registered, then a tail: jobs on the crews, by thresholds (§1.5.5)
    image_slots,  // held until the image is written
    max_down,     // brokers of one cluster, held for the whole time
    packing,      // as crews: jobs that no assignment gets through in less than `claim`
    // By themselves only.
    brokers,       // brokers of one cluster, bounded by the one part; of their steps what is left
                   // after they let their neighbours go, at least the shortest, comes on top
    quorum_chain,  // quorum nodes on machines of their own go one at a time
    quorum_area,   // all quorum nodes of a cluster: a minority of them may be down at once
    // Below `brokers` as well.
    colours,  // classes without a conflict, by start in steps of the shortest time: fewer than make
              // up `claim` do not colour the conflicts of the listed brokers
    // By itself only.
    windows  // the one part's jobs on its machines, each inside one open stretch (§1.5.8): of a
             // clique, crews, image_slots, max_down or a quorum_chain
};
inline constexpr int rule_count = 14;

struct Proof {
    Rule rule = Rule::longest_step;
    std::vector<models::MachineId> machines = {};
    std::vector<std::int64_t> weights = {};  // fractional: one a machine, >= 0
    sim::Duration claim{};                   // packing, colours
    std::vector<Proof> parts = {};           // join, brokers, windows
};

/// Why no plan in place is safe.
struct Refutation {
    enum class Kind : std::uint8_t {
        none,
        no_slack,            // partition `subject`: its ISR is at or below its floor
        no_leader,           // partition `subject` has none
        no_quorum_spare,     // the ensemble of cluster `subject` survives no node down
        never_rejoins,       // broker of machine `subject`: live writes alone fill its way in
        no_window,           // no change window is as long as the step of machine `subject`
        mixed_version_limit  // cluster `subject` needs longer than the limit: by `proof`
    };
    Kind kind = Kind::none;
    std::uint32_t subject = 0;
    Proof proof = {};
};
inline constexpr int refutation_count = 7;

/// One machine of the schedule; times since the start of the run.
struct TimedStep {
    models::MachineId machine;
    sim::Instant start;
    sim::Instant stopped;     // replicas leave their ISRs
    sim::Instant registered;  // process back
    sim::Instant in_sync;     // last replica back in its ISR
    sim::Instant end;
};

/// Either a schedule with a bound, or a refutation.
struct Certificate {
    std::uint64_t estate = 0;  // estate_fingerprint of the case
    std::uint64_t plan = 0;    // plan_fingerprint
    models::Gate gate = models::Gate::broker_in_sync;
    models::DataDisk data_disk = models::DataDisk::keep;
    sim::Duration makespan{};
    sim::Duration bound{};  // no plan for the gate takes less
    std::vector<TimedStep> steps = {};
    Proof proof = {};
    Refutation refutation = {};
};

/// "clique", "join", ...: as it stands in files.
std::string_view to_string(Rule rule);
std::string_view to_string(Refutation::Kind kind);
std::optional<Rule> rule_of(std::string_view word);
std::optional<Refutation::Kind> refutation_of(std::string_view word);

}  // namespace rollcast::planner::certificate
