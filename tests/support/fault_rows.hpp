// One row for every kind of fault: where it strikes, what holds already, what it moves in which
// direction and who says so, and what its remedy is. fault_catalogue_test.cpp runs them all.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/support/stack_lab.hpp"

namespace rollcast::support::fault_rows {

/// A run that is over, and what only those saw who were there.
struct Seen {
    std::shared_ptr<const Lab> lab;  // whose case the world reads
    models::World world;
    models::Verdict verdict;
    int quorum_elections = 0;  // quorum leaders that came after another
};

/// Runs the world of `lab` to its end.
Seen run_over(Lab lab);

/// Something downstream that can be read off a run. `name`: the identifier under which verdicts,
/// exporters or audits have it; the source of no kind that moves it may name it.
struct Field {
    std::string_view name;
    double (*read)(const Seen&) = nullptr;
};

struct Move {
    Field field;
    bool up = true;
};

using Change = std::function<void(Lab&)>;

/// The value, or the state of the world, at which the fault changes nothing.
struct Neutral {
    std::string_view because;
    Change set;  // of a lab whose last fault is that of the row
};

/// What ends the harm, or keeps it away. `withheld`: the lab in which there is no remedy, where
/// that is not the fault as it stands.
struct Cure {
    std::string_view what;
    Change applied;
    Field harm;
    Change withheld{};
};

struct FaultRow {
    models::FaultKind kind = models::FaultKind::broker_crash;
    Lab (*bench)() = nullptr;  // without the fault
    Change strike{};           // where and when, where that is not entity 0 after 100 s for good
    Neutral neutral;
    std::vector<Move> moves;
    std::string_view source;  // section of kafka-semantics, and what it says
    Cure cure;
};

// Benches.

/// The ring of six at rest, three quorum nodes, three hours.
Lab resting();
/// The same in KRaft mode, node 0 its leader.
Lab resting_kraft();
/// The same with disks and cards of 100 MB/s, of which writes take 30.
Lab busy();
/// Brokers 0, 1 and 2 go from the old stack to the new one after the other; uplinks of 1 GB/s.
Lab migrating();

// What is read.

extern const Field at_floor;     // partition-seconds at the floor
extern const Field under_floor;  // partition-seconds under it
extern const Field isr_shrinks;
extern const Field leader_moves;
extern const Field makespan;
extern const Field catch_up;         // bytes
extern const Field stalled;          // partition-seconds until somebody notices
extern const Field client_errors;    // records
extern const Field no_leader;        // partition-seconds
extern const Field not_migrated;     // machines
extern const Field differing_bytes;  // partitions whose stored bytes are not what they were

// Ways to say what holds, and what helps.

/// The first parameter at `x`.
Neutral value(double x, std::string_view because);
/// A fault that does the same has held from the start.
Neutral said_before(std::string_view because);
/// The fault is over after so long.
Change ends_after(sim::Duration length);
/// `fault` comes before the last one of the lab, on top of it.
void beside(Lab& lab, const models::Fault& fault);

// The rows, by families.
std::vector<FaultRow> machine_rows();    // disk, machine, rack
std::vector<FaultRow> link_rows();       // network, version, auth
std::vector<FaultRow> operation_rows();  // quorum, configuration, load, operation

}  // namespace rollcast::support::fault_rows
