// Today's tools: each rule against a small estate, with the answers of its own text.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "models/policies/catalogue.hpp"
#include "models/simulate.hpp"
#include "models/world.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

using Places = std::vector<std::uint32_t>;

/// The choice with some parameters, by their key.
PolicyChoice choose(PolicyKind kind, const std::map<std::string_view, double>& values = {}) {
    PolicyChoice choice{.kind = kind};
    const PolicyInfo& info = policy_info(kind);
    std::size_t set = 0;
    for (std::size_t i = 0; i < info.parameter_count(); ++i) {
        const auto found = values.find(info.parameters[i].key);
        if (found == values.end()) continue;
        choice.values[i] = found->second;
        ++set;
    }
    REQUIRE(set == values.size());
    return choice;
}

Verdict roll(const Case& a_case, const PolicyChoice& choice) {
    return simulate(a_case, policy_plan(a_case.fleet, choice), {});
}

const MachineTimes& times(const Verdict& verdict, std::uint32_t broker) {
    return verdict.machines[broker];
}

/// When the process of a broker begins to start: its registration less the log load.
sim::Instant begins(const Case& a_case, const Verdict& verdict, std::uint32_t broker) {
    return times(verdict, broker).registered - a_case.step.start.nominal;
}

/// Batches as the policy asked for them.
std::vector<Places> batches(const Verdict& verdict, std::uint32_t brokers) {
    std::map<std::uint32_t, Places> by_batch;
    for (std::uint32_t b = 0; b < brokers; ++b) {
        if (times(verdict, b).start != sim::Instant::never()) {
            by_batch[times(verdict, b).batch].push_back(b);
        }
    }
    std::vector<Places> result;
    for (const auto& [unused, members] : by_batch) result.push_back(members);
    return result;
}

/// One policy over a cluster that stands still, but for what the test does to it.
struct PolicyDesk {
    PolicyDesk(Case& the_case, const PolicyChoice& choice)
        : a_case(the_case),
          run(a_case, Scope::whole(a_case.fleet), {}),
          sights(run.scope.machines(), Sight::untouched),
          policy(policy_info(choice.kind).make(choice)) {
        for (const BrokerId b : a_case.fleet.clusters()[ClusterId{0}].brokers()) {
            listed.push_back(b);
        }
    }

    Decision look() {
        return policy->look(Observation(run, ClusterId{0}, listed, sights, quorum_left));
    }
    void see(const std::vector<BrokerId>& brokers, Sight sight) {
        for (const BrokerId b : brokers) sights[a_case.fleet.brokers()[b].machine] = sight;
    }

    Case& a_case;
    RunState run;
    std::vector<BrokerId> listed;
    ScopeMap<MachineId, Sight> sights;
    bool quorum_left = false;
    std::unique_ptr<Policy> policy;
};

Places places(const std::vector<BrokerId>& brokers) {
    Places result;
    for (const BrokerId b : brokers) result.push_back(b.value);
    return result;
}

/// Brokers 6 to 11 of the example in proposals#103, here 0 to 5.
Case example_103() {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2, 3, 4, 5};
    TopicSketch topic;
    topic.replicas = {{3, 4, 5}, {0, 1, 2}, {4, 2, 0}, {1, 3, 5}, {0, 4, 5}};
    cluster.topics = {topic};
    FleetTables tables = fleet_tables({cluster});
    tables.partitions[PartitionId{0}].isr = 0b011;  // broker 11 is not in sync in topic A
    Case a_case;
    a_case.fleet = make_fleet(std::move(tables));
    return a_case;
}

}  // namespace

TEST_CASE("strimzi-v2 makes the batches of its proposal: (11, 8), (7), (6)") {
    Case a_case = example_103();
    PolicyDesk desk(a_case,
                    choose(PolicyKind::strimzi_v2,
                           {{"max_batch", 0}, {"ready_timeout_s", 60}, {"highest_first", 1}}));
    std::vector<Places> batches;
    for (int round = 0; round < 3; ++round) {
        Decision decision = desk.look();
        REQUIRE(decision.next == Decision::Next::started);
        batches.push_back(places(decision.start));
        desk.see(decision.start, Sight::starting);
        CHECK(desk.look().wait == sim::seconds(1));  // not ready yet
        desk.see(decision.start, Sight::started);
        CHECK(desk.look().wait ==
              sim::seconds(10) * static_cast<std::int64_t>(decision.start.size()));
        CHECK(desk.look().elect_preferred);
    }
    CHECK(batches == std::vector<Places>{{5, 2}, {1}, {0}});
    // 9 and 10 stay: topic A is at min ISR. It looks for a minute each, and then begins anew.
    for (int attempt = 1; attempt < 10; ++attempt) CHECK(desk.look().wait == sim::seconds(60));
    const Decision anew = desk.look();
    CHECK(anew.wait == sim::seconds(120));
    CHECK(anew.patient);
}

TEST_CASE("strimzi-v2 as proposed does not check its last pod; fixed, it does") {
    Case a_case = example_103();
    for (const bool fixed : {false, true}) {
        PolicyDesk desk(a_case, choose(PolicyKind::strimzi_v2, {{"fixed", fixed ? 1 : 0}}));
        for (const std::uint32_t b : {0U, 1U, 2U, 3U, 5U}) desk.see({BrokerId{b}}, Sight::started);
        CHECK(desk.look().start.size() == (fixed ? 0 : 1));
    }
}

TEST_CASE("yelp-rolling-restart stops the next broker after twelve good reads, ten seconds apart") {
    const Case a_case = sketched_case({six_in_three_racks()});
    const Verdict verdict = roll(a_case, choose(PolicyKind::yelp_rolling_restart));
    CHECK(verdict.stopped.empty());
    CHECK(verdict.safe());
    CHECK(times(verdict, 0).start == sim::Instant{});  // the first needs one good read
    for (std::uint32_t b = 0; b + 1 < 6; ++b) {
        CAPTURE(b);
        const sim::Instant from = begins(a_case, verdict, b);
        // The first good read is the first at or after the last replica has joined.
        const std::int64_t wait = (times(verdict, b).in_sync - from).count();
        const std::int64_t interval = sim::seconds(10).count();
        const std::int64_t bad = (wait + interval - 1) / interval;
        CHECK(times(verdict, b + 1).start == from + sim::seconds(10) * (bad + 12 - 1));
    }
}

TEST_CASE("yelp-rolling-restart gives up after sixty bad reads") {
    ClusterSketch cluster = six_in_three_racks();
    cluster.disk_bytes_per_s = 4'000'000;  // two partitions of 1 MB/s: it takes about 45 min
    const Case a_case = sketched_case({cluster});
    const Verdict verdict = roll(a_case, choose(PolicyKind::yelp_rolling_restart));
    REQUIRE(verdict.stopped.size() == 1);
    CHECK(verdict.stopped[0].gave_up);
    CHECK(verdict.stopped[0].reason == "the cluster is still unhealthy");
    CHECK(verdict.stopped[0].at == begins(a_case, verdict, 0) + sim::seconds(600));
    CHECK(verdict.unfinished == Unfinished::gave_up);
    CHECK(verdict.rule(Rule::finished).subjects == 5);
    CHECK(times(verdict, 0).end != sim::Instant::never());  // its own step goes on
}

TEST_CASE("yelp-rolling-restart is blind to what brokers lead that are not listed") {
    Case a_case = sketched_case({six_in_three_racks()});
    PolicyDesk desk(a_case, choose(PolicyKind::yelp_rolling_restart));
    desk.run.partitions[PartitionId{0}].isr = 0b101;  // broker 1 is out; broker 0 leads
    desk.run.brokers[BrokerId{1}].out_of_isr = 1;
    CHECK(desk.look().start.empty());
    PolicyDesk blind(a_case, choose(PolicyKind::yelp_rolling_restart));
    blind.run.partitions[PartitionId{0}].isr = 0b101;
    blind.run.brokers[BrokerId{1}].out_of_isr = 1;
    blind.listed = {BrokerId{2}, BrokerId{3}};
    CHECK(places(blind.look().start) == Places{2});
}

TEST_CASE("cp-ansible fails where catch-up takes longer than 20 and 75 seconds after the restart") {
    ClusterSketch cluster = six_in_three_racks();
    for (const bool slow : {false, true}) {
        cluster.disk_bytes_per_s = slow ? 20'000'000 : 200'000'000;
        const Case a_case = sketched_case({cluster});
        const Verdict verdict = roll(a_case, choose(PolicyKind::cp_ansible));
        const sim::Instant from = begins(a_case, verdict, 0);
        CAPTURE(sim::to_seconds(times(verdict, 0).in_sync - from));
        CHECK(verdict.stopped.size() == (slow ? 1 : 0));
        if (!slow) {
            CHECK(verdict.safe());
            continue;
        }
        CHECK(verdict.stopped[0].at == from + sim::seconds(20 + 15 * 5));
        CHECK(times(verdict, 1).start == sim::Instant::never());
    }
}

TEST_CASE("cp-ansible-parallel stops all brokers at once, and breaks min ISR") {
    const Case a_case = sketched_case({six_in_three_racks()});
    const Verdict verdict = roll(a_case, choose(PolicyKind::cp_ansible_parallel));
    CHECK(batches(verdict, 6) == std::vector<Places>{{0, 1, 2, 3, 4, 5}});
    CHECK(verdict.rule(Rule::min_isr).subjects == 4);
}

TEST_CASE("cfk goes from the highest broker down, each when the last is in sync") {
    const Case a_case = sketched_case({six_in_three_racks()});
    const Verdict verdict = roll(a_case, choose(PolicyKind::cfk));
    CHECK(verdict.safe());
    for (std::uint32_t b = 5; b > 0; --b) {
        CHECK(times(verdict, b - 1).start >= times(verdict, b).in_sync);
        CHECK(times(verdict, b - 1).start <= times(verdict, b).in_sync + sim::seconds(5));
    }
}

TEST_CASE("strimzi restarts what its partitions can spare, tries the others later") {
    ClusterSketch cluster = six_in_three_racks();
    cluster.disk_bytes_per_s = 20'000'000;
    const Case a_case = sketched_case({cluster});
    const Verdict verdict = roll(a_case, choose(PolicyKind::strimzi));
    CHECK(verdict.safe());
    CHECK(verdict.stopped.empty());
    // 0 is the controller, so that 1 is first. 4 shares nothing with it and does not wait for its
    // ISRs; 2 does.
    CHECK(times(verdict, 1).start == sim::Instant{});
    CHECK(times(verdict, 4).start < times(verdict, 1).in_sync);
    CHECK(times(verdict, 2).start >= times(verdict, 1).in_sync);
}

TEST_CASE("strimzi gives up where a process does not come within its time-out") {
    Case a_case = sketched_case({six_in_three_racks()});
    a_case.step.start.nominal = sim::seconds(301);
    const Verdict verdict = roll(a_case, choose(PolicyKind::strimzi));
    REQUIRE(verdict.stopped.size() == 1);
    CHECK(verdict.stopped[0].reason == "a pod does not become ready");
    CHECK(verdict.stopped[0].at == begins(a_case, verdict, 1) + sim::seconds(300));
}

TEST_CASE("rack by rack is safe while every partition keeps the rack rule, and not else") {
    ClusterSketch broken = six_in_three_racks();
    broken.topics[0].replicas.push_back({0, 3, 4});  // two replicas in the first rack
    const Case clean = sketched_case({six_in_three_racks()});
    const Case dirty = sketched_case({broken});
    const auto under = [](const Case& a_case, const PolicyChoice& choice) {
        return roll(a_case, choice).rule(Rule::min_isr).subjects;
    };
    const PolicyChoice naive = choose(PolicyKind::rack_naive);
    CHECK(batches(roll(clean, naive), 6) == std::vector<Places>{{0, 3}, {1, 4}, {2, 5}});
    CHECK(under(clean, naive) == 0);
    CHECK(under(dirty, naive) == 1);
    CHECK(under(dirty, choose(PolicyKind::rollout_operator, {{"max_unavailable", 2}})) == 1);
    for (const PolicyKind kind : {PolicyKind::ok_to_stop,
                                  PolicyKind::ok_to_upgrade,
                                  PolicyKind::strimzi,
                                  PolicyKind::zpdb,
                                  PolicyKind::serial_isr,
                                  PolicyKind::cfk,
                                  PolicyKind::msk}) {
        const Verdict verdict = roll(dirty, choose(kind));
        INFO(policy_info(kind).word);
        CHECK(verdict.stopped.empty());
        CHECK(verdict.rule(Rule::min_isr).subjects == 0);
    }
}

TEST_CASE("rack-naive keeps quiet for a minute after the last replica is back") {
    const Case a_case = sketched_case({six_in_three_racks()});
    const Verdict verdict = roll(a_case, choose(PolicyKind::rack_naive));
    const sim::Instant back = std::max(times(verdict, 0).in_sync, times(verdict, 3).in_sync);
    CHECK(times(verdict, 1).start >= back + sim::seconds(60));
    CHECK(times(verdict, 1).start <= back + sim::seconds(60 + 10));
}

TEST_CASE("koperator restarts one pod at a time; fast, a rack, and not where the rack goal fails") {
    const Case a_case = sketched_case({six_in_three_racks()});
    const Verdict slow = roll(a_case, choose(PolicyKind::koperator));
    CHECK(slow.safe());
    CHECK(batches(slow, 6).size() == 6);
    for (std::uint32_t b = 0; b + 1 < 6; ++b) {
        CHECK(times(slow, b + 1).start >= times(slow, b).in_sync);
    }
    const PolicyChoice fast =
        choose(PolicyKind::koperator, {{"max_restarts", 25}, {"failure_threshold", 26}});
    const Verdict quick = roll(a_case, fast);
    CHECK(quick.safe());
    CHECK(times(quick, 3).start == times(quick, 0).start + sim::seconds(15));
    CHECK(times(quick, 1).start >= times(quick, 3).in_sync);

    ClusterSketch broken = six_in_three_racks();
    broken.topics[0].replicas.push_back({0, 3, 4});
    const Verdict refused = roll(sketched_case({broken}), fast);
    REQUIRE(refused.stopped.size() == 1);
    CHECK_FALSE(refused.stopped[0].gave_up);
    CHECK(refused.stopped[0].reason == "the rack goal is violated");
    CHECK(refused.unfinished == Unfinished::blocked);
}

TEST_CASE("rollout-operator takes a running process for a healthy one") {
    ClusterSketch cluster = six_in_three_racks();
    cluster.disk_bytes_per_s = 4'000'000;
    const Case a_case = sketched_case({cluster});
    const Verdict verdict = roll(a_case, choose(PolicyKind::rollout_operator));
    // 3 shares nothing with 0, but 1 begins while 3 is still catching up, and they share one.
    CHECK(times(verdict, 1).start < times(verdict, 3).in_sync);
    CHECK(verdict.rule(Rule::min_isr).subjects > 0);
}

TEST_CASE("zpdb takes every pod none of whose partitions has a replica away") {
    Case a_case = sketched_case({six_in_three_racks()});
    PolicyDesk desk(a_case, choose(PolicyKind::zpdb));
    const Decision first = desk.look();
    CHECK(places(first.start) == Places{0, 3});
    desk.see(first.start, Sight::asked);
    CHECK(desk.look().start.empty());
    desk.see(first.start, Sight::started);
    CHECK(places(desk.look().start) == Places{1, 4});

    PolicyDesk delayed(a_case, choose(PolicyKind::zpdb, {{"cross_zone_delay_s", 1200}}));
    delayed.see(delayed.look().start, Sight::started);
    CHECK(delayed.look().start.empty());
    delayed.run.now = sim::Instant{sim::seconds(1200)};
    CHECK(places(delayed.look().start) == Places{1, 4});
}

TEST_CASE("ok-to-stop grows from the broker to its rack to the cluster, up to its maximum") {
    ClusterSketch cluster = six_in_three_racks();
    cluster.topics[0].replicas = {{0, 1, 2}, {0, 4, 5}};
    Case a_case = sketched_case({cluster});
    PolicyDesk desk(a_case, choose(PolicyKind::ok_to_stop));
    CHECK(places(desk.look().start) == Places{0, 3});  // 1, 2, 4 and 5 each share one with 0
    PolicyDesk one(a_case, choose(PolicyKind::ok_to_stop, {{"max", 1}}));
    CHECK(places(one.look().start) == Places{0});

    PolicyDesk below(a_case, choose(PolicyKind::ok_to_stop));
    below.run.partitions[PartitionId{0}].isr = 0b011;
    below.run.brokers[BrokerId{2}].out_of_isr = 1;
    CHECK(below.look().start.empty());  // without 0 it would have one replica
    CHECK(below.look().patient);
}

TEST_CASE("ok-to-upgrade cuts a rack down until it is ok, then fills it up") {
    ClusterSketch cluster;
    cluster.rack_of = {0, 0, 0, 0, 0, 1, 2};
    TopicSketch topic;
    topic.replicas = {{0, 1, 5}, {2, 5, 6}, {3, 5, 6}, {3, 5, 6}, {4, 5, 6}};
    cluster.topics = {topic};
    Case a_case = sketched_case({cluster});
    PolicyDesk desk(a_case, choose(PolicyKind::ok_to_upgrade));
    // By replicas: 0 1 2 4 3. Of five 0.8 are four, of four three, of three two, of two one: 0.
    CHECK(places(desk.look().start) == Places{0, 2, 4, 3});
}

TEST_CASE("serial-isr fails after a minute, or waits for ever as msk does") {
    ClusterSketch cluster = six_in_three_racks();
    cluster.disk_bytes_per_s = 4'000'000;
    const Case a_case = sketched_case({cluster});
    const Verdict failed = roll(a_case, choose(PolicyKind::serial_isr));
    REQUIRE(failed.stopped.size() == 1);
    CHECK(failed.stopped[0].at == begins(a_case, failed, 0) + sim::seconds(60));
    const Verdict patient = roll(a_case, choose(PolicyKind::serial_isr, {{"timeout_s", 0}}));
    CHECK(patient.safe());
    const Verdict zoned = roll(a_case, choose(PolicyKind::msk));
    CHECK(zoned.safe());
    CHECK(times(zoned, 3).start < times(zoned, 1).start);  // rack by rack
}

TEST_CASE("a tool whose machine does not come back gives up") {
    Case a_case = sketched_case({six_in_three_racks()});
    Fault fault;
    fault.kind = FaultKind::reimage_no_return;
    fault.machine = MachineId{1};
    fault.trigger.at = sim::Instant{};
    a_case.faults = {fault};
    const Verdict verdict = roll(a_case, choose(PolicyKind::yelp_rolling_restart));
    REQUIRE(verdict.stopped.size() == 1);
    CHECK(verdict.stopped[0].reason == "a machine did not come back");
    CHECK(times(verdict, 2).start == sim::Instant::never());
}

TEST_CASE("crews hold up what a tool has asked for") {
    Case a_case = sketched_case({six_in_three_racks()});
    a_case.limits.crews = 1;
    const Verdict verdict = roll(a_case, choose(PolicyKind::rack_naive));
    CHECK(times(verdict, 3).start == times(verdict, 0).registered);
}

TEST_CASE("a snapshot of a run with any policy goes on as the run does") {
    const Case a_case = sketched_case({six_in_three_racks(), six_in_three_racks()});
    for (int k = 0; k < policy_kind_count; ++k) {
        INFO(policy_info(static_cast<PolicyKind>(k)).word);
        const Plan plan = policy_plan(a_case.fleet, choose(static_cast<PolicyKind>(k)));
        World world(a_case, plan, Scope::whole(a_case.fleet), {});
        world.run_until(sim::Instant{sim::hours(1)});
        World copy = world;
        world.run();
        copy.run();
        const Verdict a = world.verdict();
        const Verdict b = copy.verdict();
        CHECK(a.trace_hash == b.trace_hash);
        CHECK(a.makespan == b.makespan);
        CHECK(a.stopped.size() == b.stopped.size());
        CHECK(a.trace_hash == simulate(a_case, plan, {.threads = 2}).trace_hash);
    }
}

TEST_CASE("every row of the catalogue has a rule and its parameters a source") {
    std::set<std::string_view> words;
    for (int k = 0; k < policy_kind_count; ++k) {
        const PolicyInfo& info = policy_info(static_cast<PolicyKind>(k));
        CHECK(words.insert(info.word).second);
        CHECK(policy_kind(info.word) == static_cast<PolicyKind>(k));
        CHECK_FALSE(info.rule.empty());
        for (std::size_t i = 0; i < info.parameter_count(); ++i) {
            const PolicyParameter& parameter = info.parameters[i];
            CHECK(parameter.least <= parameter.fallback);
            CHECK(parameter.fallback <= parameter.most);
            CHECK_FALSE(parameter.source.empty());
        }
    }
}
