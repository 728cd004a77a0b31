// One small cluster on the bench: set up by hand, watched event by event.
//
//     Lab lab(sketch);
//     lab.fault(crash(1, sim::seconds(100), sim::seconds(60)));
//     World world = lab.world();
//     world.run_until(at(130));
//     CHECK(in_sync(world, 0) == Places{0, 2});
#pragma once

#include <vector>

#include "models/world.hpp"
#include "tests/support/planner_fleets.hpp"

namespace rollcast::support {

/// Brokers by place in cluster 0.
using Places = std::vector<std::uint32_t>;

/// A case that is put together before its first `world()`. Cluster 0 is the one under test; cluster
/// 1, "clock", has one machine whose step keeps the run going for `hours`, so that faults happen
/// without a plan.
class Lab {
public:
    explicit Lab(const ClusterSketch& cluster, int hours = 3);

    models::FleetTables tables;
    models::Case a_case;
    models::Plan plan;
    models::RunOptions options;

    models::ClusterConfig& config() { return tables.clusters[models::ClusterId{0}].config; }
    void kraft();
    void fault(const models::Fault& fault) { a_case.faults.push_back(fault); }
    /// Machines of cluster 0 in batches of places; machine of place b is the host of broker b.
    void batches(models::Start start, const std::vector<Places>& batches);
    /// Takes the clock away: the run ends with the plan.
    void stop_clock();

    /// Makes the fleet and the world. Later changes of `tables` have no effect.
    models::World world();
    models::Verdict verdict();

private:
    bool made_ = false;
};

sim::Instant at(std::int64_t seconds);
sim::Duration of(double seconds);

models::Fault crash(std::uint32_t broker, sim::Duration from, sim::Duration length);
models::Fault hang(std::uint32_t broker, sim::Duration from, sim::Duration length);
models::Fault power_loss(std::uint32_t rack, sim::Duration from, sim::Duration length);
models::Fault slow_disk(std::uint32_t broker, sim::Duration from, sim::Duration length, double k);
models::Fault slow_nic(std::uint32_t broker, sim::Duration from, sim::Duration length, double k);
/// The same fault, `delay` after machine `machine` has entered `phase`.
models::Fault in_phase(models::Fault fault,
                       std::uint32_t machine,
                       models::StepPhase phase,
                       sim::Duration delay = {});

/// In-sync brokers of a partition, ascending; its leader, -1 = none; whether somebody serves it.
Places in_sync(const models::World& world, std::uint32_t partition);
int leader(const models::World& world, std::uint32_t partition);
bool served(const models::World& world, std::uint32_t partition);
models::StepPhase phase(const models::World& world, std::uint32_t machine);
bool runs(const models::World& world, std::uint32_t broker);
/// B/s that a broker's disks take in.
double disk_load(const models::World& world, std::uint32_t broker);
/// From its registration until a machine's broker was back in sync.
double catch_up_seconds(const models::Verdict& verdict, std::uint32_t machine);

/// Steps until `holds(world)`; returns that instant, never() if the run ends before.
template <class Holds>
sim::Instant run_until(models::World& world, Holds holds) {
    do {
        if (holds(world)) return world.state().now;
    } while (world.step());
    return sim::Instant::never();
}

/// Six brokers in three racks, RF 3, min ISR 2; the brokers of a rack share nothing.
ClusterSketch six_in_three_racks();

}  // namespace rollcast::support
