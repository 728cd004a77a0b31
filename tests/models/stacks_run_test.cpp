// Stacks in a run: what refuses a link keeps brokers out of their ISRs, out of the cluster, or out
// of sight; what does not, changes nothing.
#include <doctest/doctest.h>

#include "tests/support/stack_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

std::uint64_t hash_of(Lab lab) { return lab.verdict().trace_hash; }

/// The cluster as `lab`, with no stacks named.
Lab nameless(Lab lab) {
    lab.tables.clusters[ClusterId{0}].stacks = {};
    return lab;
}

StepPhase reached(const Verdict& verdict, std::uint32_t machine) {
    return verdict.machines[machine].reached;
}

}  // namespace

TEST_CASE("stacks that are prepared for each other change nothing") {
    CHECK(hash_of(migrating_lab()) == hash_of(nameless(migrating_lab())));
    Lab named = migrating_lab();
    name_ends(named, old_stack(), old_stack(), old_stack());
    named.tables.stacks[named.tables.clusters[ClusterId{0}].stacks.quorum].listeners.clear();
    CHECK(hash_of(named) == hash_of(nameless(migrating_lab())));
}

TEST_CASE("a protocol that is not pinned: it comes up, registers, and never rejoins") {
    NodeStack loose = new_stack();
    loose.inter_broker_protocol.clear();
    Lab lab = migrating_lab(old_stack(), loose);
    World world = lab.world();
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::catch_up; });
    const sim::Instant registered = world.state().now;
    world.run_until(registered + sim::hours(2));
    // Partition i is on brokers i, i+1, i+2.
    CHECK(runs(world, 0));
    CHECK(!world.state().brokers[BrokerId{0}].fenced);
    CHECK(phase(world, 0) == StepPhase::catch_up);
    CHECK(in_sync(world, 0) == Places{1, 2});
    CHECK(in_sync(world, 4) == Places{4, 5});
    CHECK(in_sync(world, 5) == Places{1, 5});
    // The old ones among themselves go on.
    CHECK(in_sync(world, 2) == Places{2, 3, 4});
    world.run();
    const Verdict verdict = world.verdict();
    CHECK(verdict.unfinished == Unfinished::never_rejoins);
    CHECK(reached(verdict, 0) == StepPhase::lost);
    CHECK(reached(verdict, 3) == StepPhase::waiting);
    // Of the step of broker 1, which shares partitions with it, nothing is begun.
    CHECK(reached(verdict, 1) == StepPhase::waiting);
}

TEST_CASE("trust on one side alone: the new fetch from the old, who do not follow the new") {
    NodeStack stale = old_stack();
    stale.trust = {"old CA"};
    stale.listeners[0].client_certificate = false;
    NodeStack fresh = new_stack();
    fresh.listeners[0].client_certificate = false;
    Lab lab = migrating_lab(stale, fresh);
    lab.kraft();  // with ZooKeeper the controller could not tell it anything
    lab.a_case.step.soak = sim::hours(1);
    World world = lab.world();
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::soak; });
    CHECK(in_sync(world, 5) == Places{0, 1, 5});
    // It leads again; its followers are of the other generation, and leave after L to 1.5 L.
    support::run_until(world, [](const World& w) { return leader(w, 0) == 0; });
    const sim::Instant led = world.state().now;
    world.run_until(led + sim::seconds(29));
    CHECK(in_sync(world, 0) == Places{0, 1, 2});
    world.run_until(led + sim::seconds(46));
    CHECK(in_sync(world, 0) == Places{0});
    CHECK(world.verdict().rule(Rule::min_isr).broken());
}

TEST_CASE("expiry refuses new handshakes alone") {
    for (const bool over : {false, true}) {
        CAPTURE(over);
        NodeStack before = old_stack();
        NodeStack after = new_stack();
        before.certificate->expires = sim::Instant{sim::minutes(over ? 20 : 600)};
        Lab lab = migrating_lab(before, after);
        const Verdict verdict = lab.verdict();
        // The first step takes 48 minutes; those that run on speak to each other all the while.
        CHECK((reached(verdict, 0) == StepPhase::done) == !over);
        if (over) CHECK(verdict.unfinished == Unfinished::never_rejoins);
    }
    Lab quiet = migrating_lab();
    quiet.tables.stacks[StackId{0}].certificate->expires = sim::Instant{sim::minutes(20)};
    quiet.plan.clusters.clear();
    World world = quiet.world();
    world.run_until(at(3'600));
    CHECK(in_sync(world, 0) == Places{0, 1, 2});
}

TEST_CASE("who cannot reach ZooKeeper never registers") {
    NodeStack zookeeper = old_stack();
    zookeeper.listeners = {
        {.protocol = SecurityProtocol::ssl, .mechanisms = {}, .client_certificate = true}};
    zookeeper.trust = {"old CA"};
    NodeStack before = old_stack();
    before.quorum_protocol = SecurityProtocol::ssl;
    NodeStack after = new_stack();
    after.quorum_protocol = SecurityProtocol::ssl;
    Lab lab = migrating_lab(before, after);
    name_ends(lab, zookeeper, old_stack(), old_stack());
    const Verdict verdict = lab.verdict();
    CHECK(reached(verdict, 0) == StepPhase::lost);
    CHECK(verdict.machines[0].registered == sim::Instant::never());
    CHECK(verdict.machines[0].stopped != sim::Instant::never());
}

TEST_CASE("clients that cannot log in fail, though everything is in sync") {
    NodeStack clients = old_stack();
    clients.trust = {"old CA"};
    Lab lab = migrating_lab();
    name_ends(lab, NodeStack{}, clients, NodeStack{});
    lab.tables.clusters[ClusterId{0}].stacks.quorum = StackId::none();
    lab.tables.clusters[ClusterId{0}].stacks.orchestrator = StackId::none();
    World world = lab.world();
    support::run_until(
        world, [](const World& w) { return leader(w, 0) == 0 && phase(w, 0) == StepPhase::done; });
    CHECK(world.state().brokers[BrokerId{0}].out_of_isr == 0);
    CHECK(world.state().partitions[PartitionId{0}].has(shut_now));
    CHECK(!world.state().partitions[PartitionId{3}].has(shut_now));
    world.run();
    const RuleResult errors = world.verdict().rule(Rule::client_errors);
    CHECK(errors.broken());
    CHECK(errors.worst > 0.0);
    CHECK(!world.verdict().rule(Rule::leaderless).broken());
}

TEST_CASE("an orchestrator that cannot log in does not see what is back") {
    NodeStack orchestrator = old_stack();
    orchestrator.trust = {"old CA"};
    Lab lab = migrating_lab();
    lab.tables.clusters[ClusterId{0}].stacks.orchestrator =
        lab.tables.stacks.push_back(orchestrator);
    World world = lab.world();
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::catch_up; });
    world.run_until(world.state().now + sim::hours(1));
    CHECK(in_sync(world, 0) == Places{0, 1, 2});
    CHECK(phase(world, 0) == StepPhase::catch_up);
    world.run();
    CHECK(reached(world.verdict(), 0) == StepPhase::lost);
}

TEST_CASE("record by record an unpinned broker stays out as well") {
    NodeStack loose = new_stack();
    loose.inter_broker_protocol.clear();
    for (const bool pinned : {true, false}) {
        CAPTURE(pinned);
        Lab lab = migrating_lab(old_stack(), pinned ? new_stack() : loose);
        lab.options.fidelity = Fidelity::record;
        lab.a_case.step.reimage = {sim::seconds(60), {}};
        lab.a_case.step.install = {sim::seconds(5), {}};
        lab.a_case.step.baseline_checksum = lab.a_case.step.verify_checksum = {};
        lab.a_case.step_timeout = sim::minutes(10);
        for (Partition& p : lab.tables.partitions) p.write_bytes_per_s = 2'000;
        for (Partition& p : lab.tables.partitions) p.stored_bytes = 1'000'000;
        World world = lab.world();
        support::run_until(world,
                           [](const World& w) { return phase(w, 0) == StepPhase::catch_up; });
        world.run_until(world.state().now + sim::minutes(5));
        CHECK(runs(world, 0));
        const bool rejoined = in_sync(world, 0) == Places{0, 1, 2};
        CHECK(rejoined == pinned);
    }
}
