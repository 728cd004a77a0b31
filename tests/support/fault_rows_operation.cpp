// Rows of the kinds that strike quorum and configuration, and of those that people bring about.
#include "tests/support/fault_rows.hpp"

namespace rollcast::support::fault_rows {

using namespace models;

namespace {

using K = FaultKind;

/// Node 1 of the quorum is down for good, and broker 4 dies after 200 s, for two hours.
Lab one_node_left_to_lose() {
    Lab lab = resting();
    Fault down = support::fault_of(K::quorum_node_lost, sim::seconds(10), {});
    down.quorum_node = QuorumNodeId{1};
    lab.fault(down);
    lab.fault(support::crash(4, sim::seconds(200), sim::hours(2)));
    return lab;
}

Lab with_a_death() {
    Lab lab = resting();
    lab.fault(support::crash(4, sim::seconds(200), sim::hours(2)));
    return lab;
}

/// Broker 4 dies so that its session ends just after 100 s.
Lab death_before() {
    Lab lab = resting_kraft();
    lab.fault(support::crash(4, sim::seconds(92), sim::minutes(30)));
    return lab;
}

/// Broker 0 goes, then the three quorum nodes on machines of their own, the leader last.
Lab quorum_roll() {
    support::ClusterSketch sketch = support::ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2, .leader = true}};
    Lab lab(sketch);
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}});
    lab.plan.clusters.back().quorum = {MachineId{7}, MachineId{6}, MachineId{8}};
    return lab;
}

Lab throttled() {
    Lab lab = migrating();
    lab.config().follower_throttle = sim::bytes_per_second(6'000'000);
    return lab;
}

/// Broker 1 crashes for a minute: what it led is led by 2.
Lab after_a_crash() {
    Lab lab = resting();
    lab.fault(support::crash(1, sim::seconds(100), sim::seconds(60)));
    return lab;
}

/// Partition 1 on 1, 2, 3: 2 and 3 die long before 1, and come back while 1 is away.
Lab last_in_sync_dies() {
    Lab lab = resting();
    lab.fault(support::crash(2, sim::seconds(100), sim::seconds(3'000)));
    lab.fault(support::crash(3, sim::seconds(100), sim::seconds(3'000)));
    lab.fault(support::crash(1, sim::seconds(2'000), sim::seconds(6'000)));
    return lab;
}

/// Ten times as many partitions of a tenth each, so that not all is moved at once.
Lab many_partitions() {
    support::ClusterSketch sketch = support::ring_of_six(100'000);
    support::TopicSketch& topic = sketch.topics[0];
    topic.stored_bytes /= 10;
    const auto once = topic.replicas;
    for (int i = 1; i < 10; ++i) {
        topic.replicas.insert(topic.replicas.end(), once.begin(), once.end());
    }
    return Lab(sketch);
}

/// Brokers 0 and 1 are rebuilt at 5 MB/s.
Lab slow_rebuild() {
    Lab lab = migrating();
    lab.plan.data_disk = DataDisk::wipe;
    lab.tables.log_dirs[LogDirId{0}].write_rate = sim::bytes_per_second(5'000'000);
    return lab;
}

/// Every disk reads 30 MB/s, which is what bounds a rebuild.
Lab cold_disks() {
    Lab lab = migrating();
    lab.plan.data_disk = DataDisk::wipe;
    for (LogDir& dir : lab.tables.log_dirs) dir.read_rate = sim::bytes_per_second(30'000'000);
    return lab;
}

const Field not_preferred{"preferredreplicaimbalancecount", [](const Seen& seen) {
                              double count = 0.0;
                              for (std::uint32_t p = 0; p < 6; ++p) {
                                  if (support::leader(seen.world, p) != static_cast<int>(p))
                                      ++count;
                              }
                              return count;
                          }};
const Field lost_records{
    "acked_loss", [](const Seen& seen) { return seen.verdict.rule(Rule::acked_loss).worst; }};
const Field unclean{"uncleanleaderelections", [](const Seen& seen) {
                        return static_cast<double>(seen.world.state().counters.unclean_elections);
                    }};
const Field elections{"quorum_elections",
                      [](const Seen& seen) { return static_cast<double>(seen.quorum_elections); }};
const Field headroom{"headroom_worst",
                     [](const Seen& seen) { return seen.verdict.rule(Rule::headroom).worst; }};
const Field still_moving{"reassigningpartitions", [](const Seen& seen) {
                             return static_cast<double>(seen.world.state().moves.under_way.size());
                         }};

Change in_first_reimage() {
    return [](Lab& lab) {
        Fault& fault = lab.a_case.faults.back();
        fault = support::in_phase(fault, 0, StepPhase::reimage);
    };
}

/// Machines that never come back from their re-images.
Change never_ends(std::vector<std::uint32_t> machines) {
    return [machines = std::move(machines)](Lab& lab) {
        for (const std::uint32_t m : machines) {
            Fault gone = support::fault_of(K::reimage_no_return, {});
            gone.machine = MachineId{m};
            beside(lab, gone);
        }
    };
}

/// The quorum is lost at that moment, for good.
void nobody_reacts(Lab& lab) {
    beside(lab, support::fault_of(K::quorum_lost, sim::seconds(100), {}));
}

std::vector<FaultRow> quorum_rows() {
    return {
        {.kind = K::quorum_node_lost,
         .bench = one_node_left_to_lose,
         .neutral = said_before("the node is gone already"),
         .moves = {{stalled}},
         .source = "§5.1, §5.3: without a majority nobody is replaced; acks=all stalls",
         .cure = {"it starts again and has synced", ends_after(sim::hours(1)), stalled}},
        {.kind = K::quorum_lost,
         .bench = with_a_death,
         .neutral = value(0.0, "no node is lost"),
         .moves = {{stalled}},
         .source = "§5.3, §5.4: no elections, no ISR changes",
         .cure = {"they start again", ends_after(sim::hours(1)), stalled}},
        {.kind = K::session_expiry_storm,
         .bench = resting,
         .neutral = value(0.0, "no session expires"),
         .moves = {{no_leader}, {under_floor}},
         .source = "§5.2 (ZOOKEEPER-2164), §5.3: a storm of elections",
         .cure = {"a controller gives each a new session", {}, no_leader, nobody_reacts}},
        {.kind = K::controller_failover,
         .bench = death_before,
         .neutral = {"there is no controller to fail over", nobody_reacts},
         .moves = {{stalled}},
         .source = "§2.3: elections wait for the new controller",
         .cure = {"the new controller is ready", {}, stalled, nobody_reacts}},
        {.kind = K::fast_restart,
         .bench = resting,
         .neutral = {"the process is dead already",
                     [](Lab& lab) { beside(lab, support::crash(0, sim::seconds(10), {})); }},
         .moves = {{stalled}, {isr_shrinks}, {at_floor}},
         .source = "§1.6 (NODEEXISTS): start-up fails until the old session is over",
         .cure = {"the old session is over, the sooner the shorter it is",
                  [](Lab& lab) { lab.config().session_timeout = sim::seconds(6); },
                  stalled}},
        {.kind = K::quorum_leader_rolled_early,
         .bench = quorum_roll,
         .strike = [](Lab& lab) { lab.a_case.faults.back().trigger.at = at(1); },
         .neutral =
             {"the plan takes it first",
              [](Lab& lab) {
                  lab.plan.clusters.back().quorum = {MachineId{8}, MachineId{6}, MachineId{7}};
              }},
         .moves = {{elections}},
         .source = "§5.2: the leader last makes one election, instead of up to n",
         .cure = {"its step ends", {}, not_migrated, never_ends({8})}},
    };
}

std::vector<FaultRow> configuration_rows() {
    return {
        {.kind = K::throttle_set,
         .bench = migrating,
         .neutral = value(1e6, "beyond any disk"),
         .moves = {{at_floor}, {makespan}, {not_migrated}},
         .source = "§4.2: with BytesInPerSec > throttle the replica never catches up",
         .cure = {"the throttle is taken away", ends_after(sim::hours(1)), not_migrated}},
        {.kind = K::throttle_lists_missing,
         .bench = throttled,
         .neutral = {"there are no lists", [](Lab& lab) { lab.config().throttle_lists = false; }},
         .moves = {{at_floor, false}, {makespan, false}},
         .source = "§4.2: rate without list = no throttle",
         .cure = {"the lists are there", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::leader_rebalance,
         .bench = after_a_crash,
         .neutral = value(1.0, "it is on"),
         .moves = {{not_preferred}},
         .source = "§2.4: leadership returns with it alone",
         .cure = {"it is on again", ends_after(sim::hours(1)), not_preferred}},
        {.kind = K::min_isr_set,
         .bench = migrating,
         .neutral = value(2.0, "that is min ISR"),
         .moves = {{client_errors}},
         .source = "§1.5: NOT_ENOUGH_REPLICAS for every broker that is away",
         .cure = {"it is set back", ends_after(sim::hours(1)), client_errors}},
        {.kind = K::unclean_election,
         .bench = last_in_sync_dies,
         .neutral = value(0.0, "it is not allowed"),
         .moves = {{unclean}, {no_leader, false}},
         .source = "§2.5: a live replica is elected at once; data above its LEO is gone",
         .cure = {"it is not allowed", ends_after(sim::seconds(600)), lost_records}},
        {.kind = K::stop_timeout,
         .bench = migrating,
         .strike = [](Lab& lab) { lab.a_case.faults.back().trigger.at = at(0); },
         .neutral = value(60.0, "it has stopped by then"),
         .moves = {{at_floor}, {catch_up}},
         .source = "§1.7, §4.3: killed, all logs are recovered before it registers",
         .cure = {"the supervisor waits", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::self_balancing,
         .bench = many_partitions,
         .neutral = value(0.0, "nothing is moved"),
         .moves = {{catch_up}, {headroom}},
         .source = "§4.2, KIP-455: bytes on disks and networks",
         .cure = {"the setting is flipped back", ends_after(sim::seconds(30)), catch_up}},
    };
}

std::vector<FaultRow> load_rows() {
    return {
        {.kind = K::surge,
         .bench = migrating,
         .neutral = value(1.0, "as much as usual"),
         .moves = {{catch_up}, {at_floor}, {makespan}},
         .source = "§4.5: more was missed, and less is left to fetch it",
         .cure = {"writes are as usual", ends_after(sim::hours(1)), catch_up}},
        {.kind = K::topic_surge,
         .bench = migrating,
         .neutral = value(1.0, "as much as usual"),
         .moves = {{catch_up}, {at_floor}, {makespan}},
         .source = "§4.5: more was missed, and less is left to fetch it",
         .cure = {"writes are as usual", ends_after(sim::hours(1)), catch_up}},
        {.kind = K::leader_imbalance,
         .bench = resting,
         .neutral = value(0.0, "nothing is taken"),
         .moves = {{leader_moves}},
         .source = "§2.4: peers carry its load until the next preferred election",
         .cure = {"the preferred election",
                  {},
                  not_preferred,
                  [](Lab& lab) { lab.config().auto_leader_rebalance = false; }}},
        {.kind = K::cold_consumer_scan,
         .bench = cold_disks,
         .neutral = value(0.0, "nothing is read"),
         .moves = {{at_floor}, {makespan}},
         .source = "§4.4: cold reads take the disks that rebuilds read from",
         .cure = {"they have read it all", ends_after(sim::hours(1)), at_floor}},
    };
}

std::vector<FaultRow> people_rows() {
    return {
        {.kind = K::gate_skipped,
         .bench = slow_rebuild,
         .neutral = value(36'000.0, "it waits longer than that takes"),
         .moves = {{under_floor}, {client_errors}},
         .source = "§10: guard conditions; the next starts beside one that is out",
         .cure = {"it waits for its replicas",
                  [](Lab& lab) { lab.a_case.faults.back().values[0] = 20'000.0; },
                  client_errors}},
        {.kind = K::next_batch_early,
         .bench = migrating,
         .strike = in_first_reimage(),
         .neutral = {"the last batch is at work",
                     [](Lab& lab) {
                         Fault& fault = lab.a_case.faults.back();
                         fault = support::in_phase(fault, 2, StepPhase::reimage);
                     }},
         .moves = {{under_floor}, {client_errors}},
         .source = "§10: two that share partitions are away at once",
         .cure = {"its steps end", {}, under_floor, never_ends({0, 1})}},
        {.kind = K::wrong_host,
         .bench = migrating,
         .strike =
             [](Lab& lab) {
                 Fault& fault = lab.a_case.faults.back();
                 fault = support::in_phase(fault, 0, StepPhase::reimage);
                 fault.machine = MachineId{1};
             },
         .neutral = {"it is at work already",
                     [](Lab& lab) {
                         Fault& fault = lab.a_case.faults.back();
                         fault = support::in_phase(fault, 1, StepPhase::reimage);
                     }},
         .moves = {{under_floor}, {client_errors}},
         .source = "§10: two that share partitions are away at once",
         .cure = {"its step ends", {}, under_floor, never_ends({0, 1})}},
        {.kind = K::reassignment,
         .bench = resting,
         .neutral = value(0.0, "nothing is moved"),
         .moves = {{catch_up}, {headroom}},
         .source = "§4.2, KIP-455: bytes on disks and networks",
         .cure = {"a throttle above the write rate",
                  {},
                  still_moving,
                  [](Lab& lab) { lab.a_case.faults.back().values[1] = 1e6; }}},
        {.kind = K::telemetry_outage,
         .bench = migrating,
         .neutral = value(0.0, "everybody is scraped"),
         .moves = {{not_migrated}},
         .source = "architecture §4: no gate opens while nothing is seen",
         .cure = {"everything is scraped again", ends_after(sim::hours(1)), not_migrated}},
    };
}

}  // namespace

std::vector<FaultRow> operation_rows() {
    std::vector<FaultRow> rows = quorum_rows();
    for (const auto& more : {configuration_rows(), load_rows(), people_rows()}) {
        rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
}

}  // namespace rollcast::support::fault_rows
