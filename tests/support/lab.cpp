#include "tests/support/lab.hpp"

#include <algorithm>

namespace rollcast::support {

using models::BrokerId;
using models::Fault;
using models::FaultKind;
using models::MachineId;
using models::PartitionId;

namespace {

ClusterSketch clock_cluster() {
    ClusterSketch clock;
    clock.name = "clock";
    clock.rack_of = {0};
    return clock;
}

Fault timed(FaultKind kind, sim::Duration from, sim::Duration length) {
    Fault fault;
    fault.kind = kind;
    fault.trigger.at = sim::Instant{from};
    fault.duration = length;
    return fault;
}

Fault of_broker(
    FaultKind kind, std::uint32_t broker, sim::Duration from, sim::Duration length, double k) {
    Fault fault = timed(kind, from, length);
    fault.broker = BrokerId{broker};
    fault.values[0] = k;
    return fault;
}

}  // namespace

Lab::Lab(const ClusterSketch& cluster, int hours)
    : tables(fleet_tables({cluster, clock_cluster()})) {
    // The clock's soak is the last phase, so that the steps under test are not longer before it.
    a_case.name = "lab";
    a_case.step.soak = sim::hours(hours);
    a_case.step_timeout = sim::hours(hours + 4);
    models::ClusterPlan clock;
    clock.cluster = models::ClusterId{1};
    clock.batches = {{.machines = {}, .priority = 1'000'000}};
    plan.clusters.push_back(clock);
}

void Lab::kraft() {
    tables.clusters[models::ClusterId{0}].quorum_kind = models::QuorumKind::kraft;
    config().session_timeout = sim::seconds(9);
    config().heartbeat_interval = sim::seconds(2);
}

void Lab::batches(models::Start start, const std::vector<Places>& batches) {
    models::ClusterPlan cluster;
    cluster.cluster = models::ClusterId{0};
    cluster.start = start;
    for (const Places& places : batches) {
        models::Batch batch;
        for (const std::uint32_t place : places) batch.machines.push_back(MachineId{place});
        batch.priority = static_cast<std::int32_t>(cluster.batches.size());
        cluster.batches.push_back(batch);
    }
    plan.clusters.push_back(cluster);
}

void Lab::stop_clock() {
    plan.clusters.erase(plan.clusters.begin());
    a_case.step.soak = {};
    a_case.step_timeout = sim::hours(4);
}

models::World Lab::world() {
    if (!made_) {
        a_case.fleet = models::make_fleet(std::move(tables));
        if (!plan.clusters.empty() && plan.clusters.front().cluster == models::ClusterId{1}) {
            const BrokerId clock = a_case.fleet.clusters()[models::ClusterId{1}].brokers().front();
            plan.clusters.front().batches.front().machines = {
                a_case.fleet.brokers()[clock].machine};
        }
        made_ = true;
    }
    return {a_case, plan, models::Scope::whole(a_case.fleet), options};
}

models::Verdict Lab::verdict() {
    models::World running = world();
    running.run();
    return running.verdict();
}

sim::Instant at(std::int64_t seconds) { return sim::Instant{sim::seconds(seconds)}; }

sim::Duration of(double seconds) { return sim::ceil_seconds(seconds); }

Fault crash(std::uint32_t broker, sim::Duration from, sim::Duration length) {
    return of_broker(FaultKind::broker_crash, broker, from, length, 1.0);
}

Fault hang(std::uint32_t broker, sim::Duration from, sim::Duration length) {
    return of_broker(FaultKind::broker_hang, broker, from, length, 1.0);
}

Fault power_loss(std::uint32_t rack, sim::Duration from, sim::Duration length) {
    Fault fault = timed(FaultKind::rack_power_loss, from, length);
    fault.rack = models::RackId{rack};
    return fault;
}

Fault slow_disk(std::uint32_t broker, sim::Duration from, sim::Duration length, double k) {
    return of_broker(FaultKind::slow_disk, broker, from, length, k);
}

Fault slow_nic(std::uint32_t broker, sim::Duration from, sim::Duration length, double k) {
    return of_broker(FaultKind::nic_degraded, broker, from, length, k);
}

Fault in_phase(Fault fault, std::uint32_t machine, models::StepPhase phase, sim::Duration delay) {
    fault.trigger.at.reset();
    fault.trigger.machine = MachineId{machine};
    fault.trigger.phase = phase;
    fault.trigger.delay = delay;
    return fault;
}

Places in_sync(const models::World& world, std::uint32_t partition) {
    const models::RunState& run = world.state();
    const auto replicas = run.fleet().replicas(PartitionId{partition});
    Places places;
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        if (run.partitions[PartitionId{partition}].in_sync(slot)) {
            places.push_back(replicas[slot].value);
        }
    }
    std::sort(places.begin(), places.end());
    return places;
}

int leader(const models::World& world, std::uint32_t partition) {
    const int slot = world.state().partitions[PartitionId{partition}].leader;
    if (slot < 0) return -1;
    const auto replicas = world.state().fleet().replicas(PartitionId{partition});
    return static_cast<int>(replicas[static_cast<std::size_t>(slot)].value);
}

bool served(const models::World& world, std::uint32_t partition) {
    const models::PartitionState& state = world.state().partitions[PartitionId{partition}];
    return state.leader >= 0 && !state.has(models::unserved_now);
}

models::StepPhase phase(const models::World& world, std::uint32_t machine) {
    return world.executor().phase(MachineId{machine});
}

bool runs(const models::World& world, std::uint32_t broker) {
    return world.state().brokers[BrokerId{broker}].process == models::BrokerState::Process::up;
}

ClusterSketch six_in_three_racks() {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2, 0, 1, 2};
    TopicSketch topic;
    topic.replicas = {{0, 1, 2}, {3, 4, 5}, {0, 4, 5}, {3, 1, 2}};
    cluster.topics = {topic};
    return cluster;
}

double disk_load(const models::World& world, std::uint32_t broker) {
    return static_cast<double>(world.state().load.in(models::BrokerId{broker}));
}

double catch_up_seconds(const models::Verdict& verdict, std::uint32_t machine) {
    return sim::to_seconds(verdict.machines[machine].in_sync -
                           verdict.machines[machine].registered);
}

}  // namespace rollcast::support
