#include "tests/support/random_runs.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "sim/dice.hpp"
#include "tests/support/fault_lab.hpp"

namespace rollcast::support {

namespace {

using models::BrokerId;
using models::ByteRate;
using models::ClusterId;
using models::FaultKind;
using models::FleetTables;
using models::LogDirId;
using models::MachineId;
using models::QuorumNodeId;
using models::RackId;
using models::TopicId;
using sim::Dice;

/// Draws of one run.
Dice dice_of(std::uint64_t seed) {
    return Dice(sim::RandomStream(seed, 0, sim::Draw::placement, 77));
}

/// Two rooms, now and then of limited links; a rack stands in one of them or in none.
void add_rooms(FleetTables& tables, Dice& dice) {
    for (const char* const name : {"A", "B"}) {
        models::Room room{.name = name};
        if (dice.chance(60)) room.link_up = ByteRate{dice.between(80, 400) * 1'000'000};
        if (dice.chance(60)) room.link_down = ByteRate{dice.between(80, 400) * 1'000'000};
        tables.rooms.push_back(room);
    }
    for (models::Rack& rack : tables.racks) {
        const std::uint32_t place = dice.index(3);
        if (place < 2) rack.room = models::RoomId{place};
    }
}

void add_brokers(FleetTables& tables, Dice& dice) {
    const auto racks = static_cast<std::uint32_t>(dice.between(2, 4));
    const auto brokers = static_cast<std::uint32_t>(dice.between(4, 8));
    for (std::uint32_t r = 0; r < racks; ++r) {
        tables.racks.push_back({.name = fmt::format("r{}", r), .cluster = ClusterId{0}});
        if (dice.chance(30)) {
            tables.racks[RackId{r}].uplink_down = ByteRate{dice.between(80, 400) * 1'000'000};
            tables.racks[RackId{r}].uplink_up = ByteRate{dice.between(80, 400) * 1'000'000};
        }
    }
    const std::int64_t dirs = dice.between(1, 3);
    for (std::uint32_t place = 0; place < brokers; ++place) {
        models::Broker broker;
        broker.number = place + 1;
        broker.host = fmt::format("b{}", place + 1);
        broker.rack = RackId{place % racks};
        broker.nic_in = broker.nic_out = ByteRate{dice.between(100, 1'250) * 1'000'000};
        broker.page_cache = models::Bytes{dice.between(0, 64) * 1'000'000'000};
        const BrokerId b = tables.brokers.push_back(broker);
        for (std::int64_t d = 0; d < dirs; ++d) {
            models::LogDir dir{.broker = b, .path = fmt::format("/d{}", d)};
            dir.read_rate = dir.write_rate = ByteRate{dice.between(60, 300) * 1'000'000};
            tables.log_dirs.push_back(dir);
        }
    }
}

void add_quorum(FleetTables& tables, Dice& dice) {
    const std::int64_t nodes = dice.between(0, 2) * 2 + (dice.chance(80) ? 1 : 0);
    for (std::int64_t i = 0; i < nodes; ++i) {
        models::QuorumNode node;
        node.name = fmt::format("q{}", i);
        node.rack = RackId{dice.index(tables.racks.size())};
        node.leader_at_start = i == 1;
        if (dice.chance(30) && static_cast<std::size_t>(i) < tables.brokers.size()) {
            node.shared_with = BrokerId{static_cast<std::uint32_t>(i)};
        }
        tables.quorum_nodes.push_back(node);
    }
}

std::vector<BrokerId> draw_replicas(const FleetTables& tables, Dice& dice, int rf, bool spread) {
    std::vector<BrokerId> order;
    for (const BrokerId b : models::Range<BrokerId>(tables.brokers.size())) order.push_back(b);
    dice.shuffle(order);
    if (!spread) return {order.begin(), order.begin() + rf};
    std::vector<BrokerId> replicas;
    std::vector<int> used(tables.racks.size(), 0);
    for (int round = 0; static_cast<int>(replicas.size()) < rf; ++round) {
        for (const BrokerId b : order) {
            int& in_rack = used[tables.brokers[b].rack.index()];
            const bool taken = std::find(replicas.begin(), replicas.end(), b) != replicas.end();
            if (taken || in_rack > round || static_cast<int>(replicas.size()) == rf) continue;
            replicas.push_back(b);
            ++in_rack;
        }
    }
    return replicas;
}

void add_topic(FleetTables& tables, Dice& dice, std::size_t number) {
    models::Topic topic;
    topic.name = fmt::format("t{}", number);
    topic.rf = static_cast<int>(dice.chance(10) ? 1 : dice.between(2, 4));
    // Mostly with slack, so that plans get through; now and then without.
    topic.min_isr =
        static_cast<int>(dice.between(1, dice.chance(10) ? 3 : std::max(1, topic.rf - 1)));
    topic.accepted = dice.chance(15);
    topic.acks_all = dice.chance(50) ? 1.0 : 0.25 * static_cast<double>(dice.between(0, 4));
    topic.retries = dice.chance(80);
    const TopicId id = tables.topics.push_back(topic);
    const std::int64_t partitions = dice.between(1, 8);
    for (std::int64_t n = 0; n < partitions; ++n) {
        models::Partition partition{.topic = id, .number = static_cast<std::uint32_t>(n)};
        partition.first_replica = static_cast<std::uint32_t>(tables.replica_broker.size());
        partition.rf = static_cast<std::uint8_t>(topic.rf);
        partition.isr = static_cast<std::uint8_t>((1U << topic.rf) - 1);
        if (topic.rf > 1 && dice.chance(6)) {
            partition.isr =
                static_cast<std::uint8_t>(partition.isr & ~2U);  // behind from the start
        }
        partition.write_bytes_per_s = dice.chance(10) ? 0 : dice.between(1, 3'000'000);
        partition.stored_bytes = dice.between(1, 20'000'000'000);
        for (const BrokerId b : draw_replicas(tables, dice, topic.rf, dice.chance(80))) {
            tables.replica_broker.push_back(b);
        }
        tables.partitions.push_back(partition);
    }
}

/// Slot 1 may be out of sync from the start, slot 0 leads; dirs at random.
models::Fleet random_fleet(Dice& dice) {
    FleetTables tables;
    tables.name = "random";
    models::Cluster cluster;
    cluster.name = "c";
    if (dice.chance(50)) {
        cluster.quorum_kind = models::QuorumKind::kraft;
        cluster.config.session_timeout = sim::seconds(9);
        cluster.config.heartbeat_interval = sim::seconds(2);
    }
    cluster.config.auto_leader_rebalance = dice.chance(70);
    if (dice.chance(20)) cluster.config.follower_throttle = ByteRate{80'000'000};
    tables.clusters.push_back(cluster);
    add_brokers(tables, dice);
    if (dice.chance(40)) add_rooms(tables, dice);
    add_quorum(tables, dice);
    const std::int64_t topics = dice.between(2, 5);
    for (std::int64_t t = 0; t < topics; ++t) add_topic(tables, dice, static_cast<std::size_t>(t));
    if (dice.chance(60)) {
        models::ConsumerGroup group{.name = "g", .cluster = ClusterId{0}, .topics = {TopicId{0}}};
        group.capacity = ByteRate{dice.between(1, 40) * 1'000'000};
        tables.groups.push_back(group);
    }
    return models::make_fleet(std::move(tables));
}

models::Fault random_fault(const models::Fleet& fleet, Dice& dice) {
    models::Fault fault;
    fault.kind = static_cast<FaultKind>(dice.between(0, 5));
    const BrokerId b{dice.index(fleet.brokers().size())};
    if (fault.kind == FaultKind::rack_power_loss) {
        fault.rack = RackId{dice.index(fleet.racks().size())};
    } else if (fault.kind == FaultKind::reimage_no_return) {
        fault.machine = MachineId{dice.index(fleet.machines().size())};
    } else {
        fault.broker = b;
    }
    // Half of them strike their own victim in the middle of its step.
    if (dice.chance(50)) {
        fault.trigger.at = sim::Instant{sim::seconds(dice.between(0, 21'600))};
    } else {
        const bool own = dice.chance(50) && fault.broker.exists();
        fault.trigger.machine = own ? fleet.brokers()[fault.broker].machine
                                    : MachineId{dice.index(fleet.machines().size())};
        fault.trigger.phase = static_cast<models::StepPhase>(dice.between(1, 13));
        fault.trigger.delay = sim::milliseconds(dice.between(0, 90'000));
    }
    fault.duration =
        dice.chance(50) ? sim::seconds(dice.between(1, 40)) : sim::seconds(dice.between(1, 3'600));
    if (dice.chance(10)) fault.duration = {};
    fault.values[0] = 0.01 * static_cast<double>(dice.between(0, 60));
    return fault;
}

models::Plan random_plan(const models::Fleet& fleet, Dice& dice) {
    models::Plan plan;
    plan.gate = dice.chance(50) ? models::Gate::broker_in_sync : models::Gate::shared_partitions;
    plan.data_disk = dice.chance(70) ? models::DataDisk::keep : models::DataDisk::wipe;
    models::ClusterPlan cluster;
    cluster.cluster = ClusterId{0};
    cluster.start = dice.chance(50) ? models::Start::barrier : models::Start::event_driven;
    std::vector<MachineId> machines;
    for (const MachineId m : models::Range<MachineId>(fleet.machines().size())) {
        if (fleet.machines()[m].broker.exists()) {
            machines.push_back(m);
        } else {
            cluster.quorum.push_back(m);
        }
    }
    dice.shuffle(machines);
    for (const MachineId m : machines) {
        if (cluster.batches.empty() || dice.chance(50)) cluster.batches.emplace_back();
        cluster.batches.back().machines.push_back(m);
        cluster.batches.back().priority = static_cast<std::int32_t>(cluster.batches.size());
    }
    plan.clusters.push_back(cluster);
    return plan;
}

}  // namespace

RandomRun random_run(std::uint64_t seed) {
    Dice dice = dice_of(seed);
    RandomRun run;
    run.a_case.name = "random";
    run.a_case.fleet = random_fleet(dice);
    if (dice.chance(50)) {
        run.a_case.curve =
            models::DailyCurve({{{}, 0.5}, {sim::hours(8), 1.0}, {sim::hours(17), 1.7}},
                               sim::minutes(dice.between(0, 24 * 60 - 1)));
    }
    if (dice.chance(40)) run.a_case.limits.crews = static_cast<int>(dice.between(1, 3));
    if (dice.chance(30)) run.a_case.limits.image_slots = static_cast<int>(dice.between(1, 3));
    if (dice.chance(30)) run.a_case.limits.max_down = static_cast<int>(dice.between(1, 3));
    if (dice.chance(20)) {
        run.a_case.limits.windows =
            models::Windows(sim::hours(20), sim::hours(4), sim::hours(12), {});
    }
    const std::int64_t faults = dice.between(0, 5);
    for (std::int64_t f = 0; f < faults; ++f) {
        run.a_case.faults.push_back(random_fault(run.a_case.fleet, dice));
    }
    run.plan = random_plan(run.a_case.fleet, dice);
    run.options.seed = seed;
    run.options.sampled = dice.chance(50);
    run.options.horizon = sim::hours(480);
    return run;
}

RandomRun random_run_of_every_fault(std::uint64_t seed) {
    RandomRun run = random_run(seed);
    const models::Fleet& fleet = run.a_case.fleet;
    Dice dice = dice_of(seed ^ 0xfa171U);
    const std::int64_t faults = dice.between(1, 8);
    for (std::int64_t f = 0; f < faults; ++f) {
        const auto kind = static_cast<FaultKind>(dice.between(0, models::fault_kind_count - 1));
        models::Fault fault = fault_of(
            kind, sim::seconds(dice.between(0, 21'600)), sim::seconds(dice.between(1, 7'200)));
        fault.name += std::to_string(f);
        if (fault.broker.exists()) fault.broker = BrokerId{dice.index(fleet.brokers().size())};
        if (fault.rack.exists()) fault.rack = RackId{dice.index(fleet.racks().size())};
        if (fault.machine.exists()) fault.machine = MachineId{dice.index(fleet.machines().size())};
        if (fault.log_dir.exists()) fault.log_dir = LogDirId{dice.index(fleet.log_dirs().size())};
        if (fault.topic.exists()) fault.topic = TopicId{dice.index(fleet.topics().size())};
        if (fault.quorum_node.exists()) {
            if (fleet.quorum_nodes().empty()) continue;
            fault.quorum_node = QuorumNodeId{dice.index(fleet.quorum_nodes().size())};
        }
        const models::FaultInfo& info = models::fault_info(kind);
        if (info.possible != nullptr && !info.possible(fleet, fault)) continue;
        if (dice.chance(20)) {
            fault.trigger.at.reset();
            fault.trigger.per_day = static_cast<double>(dice.between(1, 40));
        } else if (dice.chance(10)) {
            fault.trigger.at.reset();
            fault.trigger.worst_moment = true;
        }
        run.a_case.faults.push_back(fault);
    }
    return run;
}

}  // namespace rollcast::support
