#include "tests/report/sample.hpp"

namespace rollcast::tests {

using namespace models;
using sim::Instant;
using sim::minutes;
using sim::seconds;

namespace {

Instant at(Duration since_start) { return Instant{since_start}; }

FleetTables sample_tables() {
    FleetTables t;
    t.name = "sample";
    Cluster cluster;
    cluster.name = "c01";
    t.clusters.push_back(cluster);
    for (const char* name : {"a", "b", "c"}) {
        Rack rack;
        rack.name = name;
        rack.cluster = ClusterId{0};
        t.racks.push_back(rack);
    }
    for (std::uint32_t b = 0; b < 4; ++b) {
        Broker broker;
        broker.number = b + 1;
        broker.host = "c01-b" + std::to_string(b + 1);
        broker.cluster = ClusterId{0};
        broker.rack = RackId{b % 3};
        t.brokers.push_back(broker);
        LogDir dir;
        dir.broker = BrokerId{b};
        dir.path = "/data/1";
        t.log_dirs.push_back(dir);
    }
    QuorumNode node;
    node.name = "c01-z1";
    node.cluster = ClusterId{0};
    node.rack = RackId{2};
    t.quorum_nodes.push_back(node);
    Topic topic;
    topic.name = "orders";
    topic.cluster = ClusterId{0};
    topic.min_isr = 2;
    topic.first_partition = 0;
    topic.partition_count = 2;
    t.topics.push_back(topic);
    for (std::uint32_t p = 0; p < 2; ++p) {
        Partition partition;
        partition.topic = TopicId{0};
        partition.number = p;
        partition.first_replica = 3 * p;
        partition.rf = 3;
        partition.min_isr = 2;
        partition.isr = 0b111;
        t.partitions.push_back(partition);
        for (std::uint32_t slot = 0; slot < 3; ++slot) {
            t.replica_broker.push_back(BrokerId{(p + slot) % 4});
        }
    }
    return t;
}

RuleResult broken(std::uint64_t subjects, double subject_seconds, double worst) {
    RuleResult result;
    result.answer = Answer::broken;
    result.subjects = subjects;
    result.seconds = subject_seconds;
    result.worst = worst;
    return result;
}

RuleResult estimated(std::uint64_t subjects, double expected) {
    RuleResult result;
    result.answer = Answer::estimated;
    result.subjects = subjects;
    result.worst = expected;
    return result;
}

}  // namespace

Case sample_case() {
    Case out;
    out.name = "sample";
    out.fleet = make_fleet(sample_tables());
    Fault fault;
    fault.name = "rack b dark";
    fault.kind = FaultKind::rack_power_loss;
    fault.rack = RackId{1};
    fault.trigger.at = at(minutes(50));
    fault.duration = minutes(10);
    out.faults.push_back(fault);
    return out;
}

Plan sample_plan() {
    Plan plan;
    plan.name = "in turn";
    ClusterPlan cluster;
    cluster.cluster = ClusterId{0};
    for (std::uint32_t m = 0; m < 4; ++m) cluster.batches.push_back({{MachineId{m}}, 0});
    cluster.quorum = {MachineId{4}};
    plan.clusters.push_back(cluster);
    return plan;
}

Verdict safe_verdict() {
    Verdict v;
    for (const Rule rule : {Rule::latency, Rule::data_signature}) {
        v.rule(rule).answer = Answer::not_answered;
    }
    for (const Rule rule : {Rule::acked_loss, Rule::duplicates}) {
        v.rule(rule).answer = Answer::estimated;
        v.accepted[static_cast<std::size_t>(rule)].answer = Answer::estimated;
    }
    v.makespan = minutes(200) + seconds(20);
    v.trace_hash = 0x1234;
    v.isr_shrinks = 6;
    v.isr_expands = 6;
    v.leader_moves = 4;
    v.catch_up_bytes = 1.25e12;
    v.at_floor_partition_seconds = 4 * 3'000.0;
    v.peak_at_floor = 2;
    v.peak_at_floor_at = at(minutes(5));
    for (std::uint32_t m = 0; m < 5; ++m) {
        MachineTimes times;
        times.machine = MachineId{m};
        times.reached = StepPhase::done;
        times.start = at(m == 4 ? Duration{} : minutes(50 * m));
        times.end = times.start + minutes(50);
        v.machines.push_back(times);
    }
    v.clusters.push_back({ClusterId{0}, at({}), at(minutes(200)), 0x1234});
    return v;
}

Verdict broken_verdict() {
    Verdict v = safe_verdict();
    v.unfinished = Unfinished::machine_lost;
    v.machines[3].reached = StepPhase::lost;
    v.machines[3].end = Instant::never();
    v.clusters[0].last_end = Instant::never();

    RuleResult min_isr = broken(1, 600, 1);
    min_isr.worst_at = at(minutes(50));
    Breach breach;
    breach.at = at(minutes(50));
    breach.partition = PartitionId{0};
    breach.cluster = ClusterId{0};
    breach.brokers = {BrokerId{0}, BrokerId{1}};
    breach.causes = {
        {Cause::Kind::step, at(minutes(1)), MachineId{0}, BrokerId{0}, RackId::none(), 0},
        {Cause::Kind::left_isr, at(minutes(2)), MachineId{0}, BrokerId{0}, RackId::none(), 0},
        {Cause::Kind::fault, at(minutes(50)), MachineId::none(), BrokerId{1}, RackId{1}, 0},
        {Cause::Kind::session_expired, at(minutes(51)), MachineId{1}, BrokerId{1}, RackId{1}, 0},
    };
    min_isr.first = breach;
    v.rule(Rule::min_isr) = min_isr;
    v.rule(Rule::leaderless) = broken(2, 12.5, 7);
    v.accepted[static_cast<std::size_t>(Rule::min_isr)] = broken(1'200, 86'400, 1);
    v.rule(Rule::acked_loss) = estimated(2, 1'234.4);
    v.rule(Rule::acked_loss).first = breach;
    v.accepted[static_cast<std::size_t>(Rule::duplicates)] = estimated(1, 0.25);
    v.accepted[static_cast<std::size_t>(Rule::duplicates)].first = breach;

    v.stall_partition_seconds = 36;
    v.longest_stall = seconds(18);
    v.margin.domains = {
        {{DomainKind::rack, 1}, 3'600, 2, at(minutes(10))},
        {{DomainKind::broker, 1}, 3'000, 2, at(minutes(10))},
        {{DomainKind::log_dir, 1}, 3'000, 1, at(minutes(10))},
    };
    v.margin.peak_domains = 3;
    v.margin.peak_at = at(minutes(10));
    return v;
}

planner::PlanResult sample_result() {
    planner::PlanResult result;
    result.status = planner::PlanStatus::feasible;
    result.reason = "the brokers of c01 conflict pairwise";
    result.plan = sample_plan();
    result.verdict = safe_verdict();
    result.bound.value = minutes(190);
    result.bound.kind = "clique";
    result.bound.reason = "4 brokers of c01 conflict pairwise, and each is out for 47 min 30 s";
    result.bound.cluster = ClusterId{0};
    result.bound.machines = {MachineId{0}, MachineId{1}, MachineId{2}, MachineId{3}};
    result.gap = 0.0544;
    result.certificate = planner::certificate::Certificate{
        .estate = 0x0123'4567'89ab'cdef,
        .plan = 7,
        .makespan = result.verdict.makespan,
        .bound = result.bound.value,
        .proof = {.rule = planner::certificate::Rule::brokers,
                  .parts = {{.rule = planner::certificate::Rule::clique,
                             .machines = result.bound.machines}}}};
    result.evaluations = 20'000;
    result.findings = sample_findings();
    return result;
}

std::vector<planner::Finding> sample_findings() {
    using planner::Severity;
    return {
        {"RC3001",
         "zero_slack",
         Severity::blocks,
         "c01/orders",
         "2 partitions have as many in-sync replicas as their floor",
         "raise the replication factor to 4 for the time of the migration",
         "1.2 TB moved, 3 h 20 min",
         2,
         {"c01/orders-0", "c01/orders-1"},
         false},
        {"RC3001",
         "zero_slack",
         Severity::blocks,
         "c01/audit",
         "1,200 partitions have one replica",
         "raise the replication factor",
         "40 GB moved",
         1'200,
         {"c01/audit-0"},
         true},
        {"RC3010",
         "rack_violation",
         Severity::warning,
         "c01/orders",
         "1 partition has two replicas in one rack",
         "move one of them",
         "",
         1,
         {},
         false},
        {"RC3030",
         "certificate",
         Severity::note,
         "c01-b4",
         "its certificate is signed with SHA-1",
         "issue a new one",
         "",
         1,
         {},
         false},
    };
}

}  // namespace rollcast::tests
