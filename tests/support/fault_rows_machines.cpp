// Rows of the kinds that strike disks, machines and racks.
#include <algorithm>

#include "tests/support/fault_rows.hpp"

namespace rollcast::support::fault_rows {

using namespace models;

namespace {

using K = FaultKind;

/// Three hours at rest with two log dirs a broker.
Lab two_dirs() {
    Lab lab = resting();
    support::two_log_dirs(lab);
    return lab;
}

/// Broker 0 is migrated, its stored bytes are signed before its re-image.
Lab signed_step() {
    Lab lab(support::ring_of_six());
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}});
    lab.plan.checksums = Checksums::none;
    return lab;
}

/// At rest for eleven hours.
Lab long_rest() { return Lab(support::ring_of_six(), 11); }

/// A seventh broker, empty, in the rack of 1 and 4; what 0 holds is moved away after 100 s.
Lab emptied() {
    support::ClusterSketch sketch = support::ring_of_six();
    sketch.rack_of.push_back(1);
    Lab lab(sketch);
    lab.fault(support::fault_of(K::reassignment, sim::seconds(100)));
    return lab;
}

const Field two_in_a_rack{"peak_partitions", [](const Seen& seen) {
                              double peak = 0.0;
                              for (const DomainExposure& exposure : seen.verdict.margin.domains) {
                                  if (exposure.domain.kind != DomainKind::rack) continue;
                                  peak =
                                      std::max(peak, static_cast<double>(exposure.peak_partitions));
                              }
                              return peak;
                          }};

/// Machine 0 is lost from the start, and the plan goes on with the others.
void plan_anew(Lab& lab) {
    auto& batches = lab.plan.clusters.back().batches;
    batches.erase(batches.begin());
    lab.a_case.faults.pop_back();
    lab.fault(support::crash(0, {}, {}));
}

Change in_step(StepPhase phase, sim::Duration delay = {}) {
    return [phase, delay](Lab& lab) {
        Fault& fault = lab.a_case.faults.back();
        fault = support::in_phase(fault, 0, phase, delay);
    };
}

}  // namespace

std::vector<FaultRow> machine_rows() {
    return {
        {.kind = K::slow_disk,
         .bench = busy,
         .neutral = value(1.0, "all of the rate is left"),
         .moves = {{isr_shrinks}, {at_floor}},
         .source = "§8.1, §8.2: a slow disk is not detected; what lags for L leaves the ISR",
         .cure = {"the disk is replaced", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::log_dir_fails,
         .bench = two_dirs,
         .neutral = said_before("the dir has failed already"),
         .moves = {{isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§8.1: replicas of the dir go offline, others are elected",
         .cure = {"the disk is replaced, what lay there rebuilt",
                  ends_after(sim::hours(1)),
                  at_floor}},
        {.kind = K::disk_full,
         .bench = two_dirs,
         .neutral = value(0.0, "nothing else is on the disk"),
         .moves = {{isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§8.1: disk full = IOException = log dir failure",
         .cure = {"space is made", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::data_disk_lost,
         .bench = migrating,
         .neutral = {"the plan wipes the disks",
                     [](Lab& lab) { lab.plan.data_disk = DataDisk::wipe; }},
         .moves = {{at_floor}},
         .source = "§4.4: a rebuild of all that is stored takes longer than what was missed",
         .cure = {"the rebuild from the leaders, not held up by a throttle",
                  {},
                  at_floor,
                  [](Lab& lab) {
                      lab.config().follower_throttle = sim::bytes_per_second(3'500'000);
                  }}},
        {.kind = K::bit_rot,
         .bench = signed_step,
         .strike = in_step(StepPhase::preflight, sim::seconds(1)),
         .neutral = value(0.0, "no byte flips"),
         .moves = {{differing_bytes}},
         .source = "assumed: no metric shows it (architecture §5); stored bytes differ",
         .cure = {"the node is rebuilt",
                  [](Lab& lab) { lab.plan.data_disk = DataDisk::wipe; },
                  differing_bytes}},
        {.kind = K::broker_crash,
         .bench = resting,
         .neutral = said_before("the process is dead already"),
         .moves = {{stalled}, {isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§1.6: led partitions unserved until the session ends, then out of the ISR",
         .cure = {"the process is started again", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::broker_hang,
         .bench = resting,
         .neutral = said_before("it hangs already"),
         .moves = {{stalled}, {isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§1.6, §5.3: a stall beyond the session is as good as death",
         .cure = {"it goes on", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::machine_power_loss,
         .bench = resting,
         .neutral = said_before("it has no power already"),
         .moves = {{stalled}, {isr_shrinks}, {at_floor}},
         .source = "§1.8: as a kill, and the page cache is gone",
         .cure = {"the power is back", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::slow_leader,
         .bench = resting,
         .neutral = value(0.0, "fetches are answered at once"),
         .moves = {{under_floor}, {client_errors}},
         .source = "§8.2 (KIP-501): evicts healthy followers, under min ISR",
         .cure = {"it answers again", ends_after(sim::hours(1)), client_errors}},
        {.kind = K::straggler,
         .bench = migrating,
         .neutral = value(1.0, "once as long"),
         .moves = {{at_floor}},
         .source = "§10: what is away for longer is exposed for longer",
         .cure = {"its step ends, and is not given up",
                  {},
                  not_migrated,
                  [](Lab& lab) { lab.a_case.faults.back().values[0] = 1'000.0; }}},
        {.kind = K::kernel_limit,
         .bench = long_rest,
         .neutral = value(1e6, "the limit is reached after the run"),
         .moves = {{stalled}, {leader_moves}, {isr_shrinks}},
         .source = "§6.4: OOM \"Map failed\", delayed, under load",
         .cure = {"the limit is set", ends_after(sim::hours(4)), stalled}},
        {.kind = K::reimage_no_return,
         .bench = migrating,
         .neutral = said_before("it does not return already"),
         .moves = {{at_floor}, {makespan}, {not_migrated}},
         .source = "§8.5: 0.5-1 % of machines do not survive a restart",
         .cure = {"a new plan without it, once broker 3 of its rack has what it held",
                  [](Lab& lab) {
                      plan_anew(lab);
                      for (BrokerId& host : lab.tables.replica_broker) {
                          if (host == BrokerId{0}) host = BrokerId{3};
                      }
                  },
                  not_migrated,
                  plan_anew}},
        {.kind = K::lost_rack,
         .bench = emptied,
         .strike = [](Lab& lab) { lab.a_case.faults.back().trigger.at = at(1); },
         .neutral = said_before("it runs without already"),
         .moves = {{two_in_a_rack}},
         .source = "§7: one broker without a rack, and nothing is placed by racks",
         .cure = {"the setting is there before anything is placed",
                  ends_after(sim::seconds(60)),
                  two_in_a_rack}},
        {.kind = K::correlated_burst,
         .bench = resting,
         .neutral = value(0.0, "no machine is lost"),
         .moves = {{stalled}, {isr_shrinks}, {at_floor}},
         .source = "§8.5: bursts of 2 and more within 120 s",
         .cure = {"their power is back", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::rack_power_loss,
         .bench = resting,
         .neutral = said_before("it is dark already"),
         .moves = {{stalled}, {isr_shrinks}, {at_floor}},
         .source = "§1.8, §8.5: every machine of the rack",
         .cure = {"the power is back", ends_after(sim::hours(1)), at_floor}},
    };
}

}  // namespace rollcast::support::fault_rows
