#include "tests/support/fault_rows.hpp"

namespace rollcast::support::fault_rows {

using namespace models;

Lab resting() {
    support::ClusterSketch sketch = support::ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    return Lab(sketch);
}

Lab resting_kraft() {
    support::ClusterSketch sketch = support::ring_of_six();
    sketch.quorum = {{.rack = 0, .leader = true}, {.rack = 1}, {.rack = 2}};
    Lab lab(sketch);
    lab.kraft();
    return lab;
}

Lab busy() {
    support::ClusterSketch sketch = support::ring_of_six(10'000'000);
    sketch.disk_bytes_per_s = 100'000'000;
    sketch.nic_bytes_per_s = 100'000'000;
    return Lab(sketch);
}

Lab migrating() {
    Lab lab = support::migrating_lab();
    for (Rack& rack : lab.tables.racks) {
        rack.uplink_up = rack.uplink_down = sim::bytes_per_second(1'000'000'000);
    }
    return lab;
}

const Field at_floor{"at_floor_partition_seconds",
                     [](const Seen& seen) { return seen.verdict.at_floor_partition_seconds; }};
const Field under_floor{"under_floor_seconds",
                        [](const Seen& seen) { return seen.verdict.rule(Rule::min_isr).seconds; }};
const Field isr_shrinks{
    "isr_shrinks", [](const Seen& seen) { return static_cast<double>(seen.verdict.isr_shrinks); }};
const Field leader_moves{"leader_moves", [](const Seen& seen) {
                             return static_cast<double>(seen.verdict.leader_moves);
                         }};
const Field makespan{"makespan",
                     [](const Seen& seen) { return sim::to_seconds(seen.verdict.makespan); }};
const Field catch_up{"catch_up_bytes",
                     [](const Seen& seen) { return seen.verdict.catch_up_bytes; }};
const Field stalled{"stall_partition_seconds",
                    [](const Seen& seen) { return seen.verdict.stall_partition_seconds; }};
const Field client_errors{
    "client_errors", [](const Seen& seen) { return seen.verdict.rule(Rule::client_errors).worst; }};
const Field no_leader{"leaderless",
                      [](const Seen& seen) { return seen.verdict.rule(Rule::leaderless).seconds; }};
const Field not_migrated{"machines_lost", [](const Seen& seen) {
                             const Verdict& verdict = seen.verdict;
                             return static_cast<double>(verdict.machines.size()) -
                                    static_cast<double>(verdict.migrated());
                         }};
const Field differing_bytes{"data_signature", [](const Seen& seen) {
                                const RuleResult& rule = seen.verdict.rule(Rule::data_signature);
                                return rule.broken() ? 1.0 : 0.0;
                            }};
Seen run_over(Lab lab) {
    auto own = std::make_shared<Lab>(std::move(lab));
    World world = own->world();
    const auto leads = [&] { return world.state().clusters[ClusterId{0}].quorum_leader; };
    int elections = 0;
    QuorumNodeId leader = leads();
    while (world.step()) {
        if (!leads().exists()) continue;
        if (leads() != leader) ++elections;
        leader = leads();
    }
    Verdict verdict = world.verdict();
    return {own, std::move(world), std::move(verdict), elections};
}

Neutral value(double x, std::string_view because) {
    return {because, [x](Lab& lab) { lab.a_case.faults.back().values[0] = x; }};
}

Neutral said_before(std::string_view because) {
    return {because, [](Lab& lab) {
                Fault before = lab.a_case.faults.back();
                before.name += " before";
                if (before.trigger.at) before.trigger.at = sim::Instant{};
                beside(lab, before);
            }};
}

Change ends_after(sim::Duration length) {
    return [length](Lab& lab) { lab.a_case.faults.back().duration = length; };
}

void beside(Lab& lab, const Fault& fault) {
    lab.a_case.faults.insert(lab.a_case.faults.end() - 1, fault);
}

}  // namespace rollcast::support::fault_rows
