// What faults on links and stacks do beyond what their rows say (fault_rows.hpp): how much, when,
// and to whom.
#include <doctest/doctest.h>

#include "tests/support/stack_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

using K = FaultKind;

Verdict with(Lab lab, const Fault& fault) {
    lab.fault(fault);
    return lab.verdict();
}

Fault of(FaultKind kind, std::uint32_t broker, sim::Duration from, sim::Duration length = {}) {
    Fault fault = fault_of(kind, from, length);
    if (fault.broker.exists()) fault.broker = BrokerId{broker};
    return fault;
}

/// A cluster at rest, the run kept going.
Lab resting_lab() {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    Lab lab(sketch);
    Cluster& cluster = lab.tables.clusters[ClusterId{0}];
    cluster.stacks.now = lab.tables.stacks.push_back(old_stack());
    cluster.stacks.next = lab.tables.stacks.push_back(new_stack());
    return lab;
}

std::uint32_t out(const World& world, std::uint32_t broker) {
    return world.state().brokers[BrokerId{broker}].out_of_isr;
}

/// Runs `lab` until the step of machine 0 is in catch-up, and half an hour on.
World after_first_step(Lab& lab) {
    World world = lab.world();
    support::run_until(world, [](const World& w) { return phase(w, 0) == StepPhase::catch_up; });
    world.run_until(world.state().now + sim::minutes(30));
    return world;
}

}  // namespace

TEST_CASE("a blip within the session stalls, one beyond it costs the session") {
    for (const int length : {5, 120}) {
        CAPTURE(length);
        Lab lab = resting_lab();
        lab.fault(of(K::network_blip, 1, sim::seconds(100), sim::seconds(length)));
        World world = lab.world();
        world.run_until(at(101));
        CHECK(world.state().partitions[PartitionId{0}].has(stalled_now));
        CHECK(in_sync(world, 0) == Places{0, 1, 2});
        world.run_until(at(100 + length - 1));
        CHECK((out(world, 1) > 0) == (length > 60));
        CHECK((leader(world, 1) == 1) == (length < 60));
        world.run_until(at(100 + length + 120));
        CHECK(out(world, 1) == 0);
        CHECK(!world.state().partitions[PartitionId{0}].has(stalled_now));
        CHECK(!world.state().brokers[BrokerId{1}].fenced);
    }
}

TEST_CASE("a port that is closed: a leader whose followers leave, and come back") {
    Lab lab = resting_lab();
    lab.fault(of(K::one_way_block, 1, sim::seconds(100), sim::seconds(600)));
    World world = lab.world();
    world.run_until(at(129));
    CHECK(in_sync(world, 1) == Places{1, 2, 3});
    world.run_until(at(147));  // L to 1.5 L
    CHECK(in_sync(world, 1) == Places{1});
    CHECK(leader(world, 1) == 1);
    CHECK(in_sync(world, 0) == Places{0, 1, 2});  // it follows as before
    CHECK(!world.state().brokers[BrokerId{1}].fenced);
    support::run_until(world, [](const World& w) { return in_sync(w, 1) == Places{1, 2, 3}; });
    CHECK(world.state().now >= at(700));
    CHECK(world.state().now < at(900));
    CHECK(world.data().catch_up_bytes() > 1e6);
}

TEST_CASE("a slow or lossy uplink: catch-up over it takes longer") {
    const auto back = [](const std::optional<Fault>& fault) {
        Lab lab = resting_lab();
        for (Rack& rack : lab.tables.racks) {
            rack.uplink_up = rack.uplink_down = ByteRate{100'000'000};
        }
        lab.fault(crash(0, sim::seconds(100), sim::seconds(1'000)));
        if (fault) lab.fault(*fault);
        World world = lab.world();
        support::run_until(
            world, [](const World& w) { return w.state().now > at(200) && out(w, 0) == 0; });
        return world.state().now;
    };
    const sim::Instant usual = back(std::nullopt);
    CHECK(back(fault_of(K::uplink_degraded, {}, {})) > usual);
    // 2 brokers inside, 4 outside: 8 connections of 1.22 x 1,460 B / (0.5 ms x root of the loss).
    CHECK(back(fault_at(K::uplink_lossy, 0.02, {}, {})) == usual);  // 201 MB/s: as good as the rate
    CHECK(back(fault_at(K::uplink_lossy, 0.9, {}, {})) > usual);
    // It is over before there is anything to catch up with.
    CHECK(back(fault_of(K::uplink_degraded, {}, sim::seconds(500))) == usual);
}

TEST_CASE("below the write rate an uplink throws the brokers of its rack out") {
    Lab lab = resting_lab();
    for (Rack& rack : lab.tables.racks) {
        rack.uplink_up = rack.uplink_down = ByteRate{20'000'000};
    }
    lab.fault(fault_at(K::uplink_degraded, 0.05, sim::seconds(100), sim::seconds(300)));
    World world = lab.world();
    world.run_until(at(150));
    CHECK(out(world, 0) + out(world, 3) > 0);
    support::run_until(world, [](const World& w) { return out(w, 0) + out(w, 3) == 0; });
    CHECK(world.state().now > at(400));
}

TEST_CASE("a split: the side without the quorum is fenced, and is back afterwards") {
    Lab lab = resting_lab();
    Fault split = fault_of(K::rack_split);  // rack 0: brokers 0 and 3, one of three nodes
    lab.fault(split);
    World world = lab.world();
    world.run_until(at(150));
    CHECK(world.state().brokers[BrokerId{0}].fenced);
    CHECK(world.state().brokers[BrokerId{3}].fenced);
    CHECK(!world.state().brokers[BrokerId{1}].fenced);
    CHECK(in_sync(world, 0) == Places{1, 2});
    CHECK(leader(world, 0) == 1);
    support::run_until(world, [](const World& w) {
        return w.state().now > at(700) && out(w, 0) + out(w, 3) == 0;
    });
    CHECK(world.state().now < at(900));
}

TEST_CASE("a broker that its quorum alone does not hear is fenced, whatever else it reaches") {
    for (const bool kraft : {false, true}) {
        CAPTURE(kraft);
        Lab lab = resting_lab();
        if (kraft) lab.kraft();
        lab.fault(of(K::cut_from_quorum, 1, sim::seconds(100), sim::seconds(600)));
        World world = lab.world();
        world.run_until(at(kraft ? 112 : 125));
        CHECK(runs(world, 1));
        CHECK(world.state().brokers[BrokerId{1}].fenced);
        CHECK(in_sync(world, 0) == Places{0, 2});
        CHECK(leader(world, 1) == 2);
        world.run_until(at(760));
        CHECK(out(world, 1) == 0);
    }
}

TEST_CASE("what producers with acks=1 write to a leader that nobody hears is lost") {
    const auto lost = [](double acks_all, sim::Duration length) {
        Lab lab = resting_lab();
        lab.tables.topics[TopicId{0}].acks_all = acks_all;
        lab.fault(of(K::cut_from_quorum, 1, sim::seconds(100), length));
        World world = lab.world();
        world.run_until(at(2'000));
        return world.verdict().rule(Rule::acked_loss).worst;
    };
    // A session of 18 s at most, then 5 minutes until they look for another leader, 1 MB/s.
    const double second = 1e6 / record_bytes(Topic{});
    CHECK(lost(1.0, sim::seconds(900)) < 1.0);
    const double all = lost(0.0, sim::seconds(900));
    CHECK(all > 290 * second * 0.9);
    CHECK(all < 310 * second * 1.2);
    CHECK(lost(0.0, sim::seconds(120)) < 0.5 * all);
    CHECK(lost(0.0, sim::seconds(5)) < 0.01 * all);
}

TEST_CASE("without the pin the first new broker never rejoins; the pin put right helps") {
    Lab lab = migrating_lab();
    lab.fault(fault_of(K::protocol_unpinned, {}, {}));
    World world = after_first_step(lab);
    CHECK(runs(world, 0));
    CHECK(out(world, 0) == 3);
    Lab mended = migrating_lab();
    mended.fault(fault_of(K::protocol_unpinned, {}, sim::hours(1)));
    CHECK(mended.verdict().unfinished == Unfinished::no);
}

TEST_CASE("a protocol that the binary does not know: the process does not come up") {
    for (const bool mended : {false, true}) {
        CAPTURE(mended);
        Lab lab = migrating_lab();
        lab.fault(of(K::protocol_unknown, 0, {}, mended ? sim::hours(1) : sim::Duration{}));
        const Verdict verdict = lab.verdict();
        CHECK((verdict.machines[0].registered == sim::Instant::never()) == !mended);
        CHECK((verdict.machines[0].reached == StepPhase::done) == mended);
        if (mended) CHECK(verdict.machines[0].registered == at(3'600));
    }
}

TEST_CASE("fetches that fail from the next start on: up, registered, out") {
    Lab lab = migrating_lab();
    lab.fault(of(K::never_rejoins, 0, {}, {}));
    World world = after_first_step(lab);
    CHECK(runs(world, 0));
    CHECK(!world.state().brokers[BrokerId{0}].fenced);
    CHECK(out(world, 0) == 3);
    CHECK(lab.verdict().unfinished == Unfinished::never_rejoins);
    Lab mended = migrating_lab();
    mended.fault(of(K::never_rejoins, 0, {}, sim::hours(1)));
    CHECK(mended.verdict().unfinished == Unfinished::no);
}

TEST_CASE("only transactions fail, while both stacks are there") {
    Lab lab = migrating_lab();
    lab.fault(fault_of(K::transactions_fail, {}, {}));
    World world = lab.world();
    world.run();
    const Verdict verdict = world.verdict();
    const RuleResult errors = verdict.rule(Rule::client_errors);
    CHECK(errors.broken());
    // From the first new broker to the end, brokers 3 to 5 being left as they are.
    const double seconds = sim::to_seconds(world.state().now - verdict.machines[0].registered);
    const double records = 6e6 / record_bytes(lab.a_case.fleet.topics()[TopicId{0}]);
    CHECK(errors.worst == doctest::Approx(0.1 * records * seconds).epsilon(0.001));
    CHECK(errors.first->at == verdict.machines[0].registered);
    CHECK(!verdict.rule(Rule::min_isr).broken());
    CHECK(verdict.unfinished == Unfinished::no);
}

TEST_CASE("it breaks only while the controller is on one side") {
    // Broker 0 controls first; in its step it is 1, in that of 1 it is 0 again, of the new stack:
    // what broker 2 leads goes to 3, which is not told.
    CHECK(!migrating_lab().verdict().rule(Rule::client_errors).broken());
    const Verdict broken = with(migrating_lab(), fault_of(K::controller_side, {}, {}));
    CHECK(broken.rule(Rule::client_errors).broken());
    CHECK(broken.machines[0].reached == StepPhase::done);
    // The first on the new stack is not told anything by one of the old: it never rejoins.
    const Fault under_old = fault_at(K::controller_side, 0.0, {}, {});
    CHECK(with(migrating_lab(), under_old).unfinished == Unfinished::never_rejoins);
    Fault mended = under_old;
    mended.duration = sim::hours(2);
    CHECK(with(migrating_lab(), mended).unfinished == Unfinished::no);
}

TEST_CASE("new brokers that do not understand each other: the first step is well") {
    Lab lab = migrating_lab();
    lab.fault(fault_of(K::masked_error, {}, {}));
    const Verdict verdict = lab.verdict();
    CHECK(verdict.machines[0].reached == StepPhase::done);
    CHECK(verdict.machines[1].reached == StepPhase::lost);
    CHECK(verdict.unfinished == Unfinished::never_rejoins);
    CHECK(with(migrating_lab(), fault_of(K::masked_error, {}, sim::hours(3))).unfinished ==
          Unfinished::no);
}

TEST_CASE("certificates that are missing, wrong, weak or short keep a broker out") {
    for (const FaultKind kind : {K::certificate_missing,
                                 K::wrong_issuer,
                                 K::sha1_certificate,
                                 K::short_key,
                                 K::principal_changed}) {
        CAPTURE(fault_info(kind).word);
        const Fault fault = of(kind, 0, {}, {});
        Lab lab = migrating_lab();
        lab.fault(fault);
        World world = after_first_step(lab);
        CHECK(runs(world, 0));
        CHECK(out(world, 0) == 3);
        Fault mended = fault;
        mended.duration = sim::hours(1);
        const Verdict verdict = with(migrating_lab(), mended);
        CHECK(verdict.unfinished == Unfinished::no);
        CHECK(verdict.machines[0].in_sync > at(3'600));
    }
    // Among hosts with CentOS 7 a weak certificate is as good as any.
    NodeStack old_system = new_stack();
    old_system.os = "CentOS 7";
    for (const FaultKind kind : {K::sha1_certificate, K::short_key}) {
        CHECK(with(migrating_lab(old_stack(), old_system), of(kind, 0, {}, {})).unfinished ==
              Unfinished::no);
    }
}

TEST_CASE("certificates that expire: nothing, until a broker starts") {
    Lab rest = resting_lab();
    rest.fault(fault_of(K::certificate_expired, sim::seconds(100), {}));
    World world = rest.world();
    world.run_until(at(5'000));
    for (std::uint32_t b = 0; b < 6; ++b) CHECK(out(world, b) == 0);
    Lab lab = migrating_lab();
    lab.fault(fault_of(K::certificate_expired, sim::seconds(100), {}));
    CHECK(lab.verdict().unfinished == Unfinished::never_rejoins);
    // A blip makes everybody shake hands anew.
    Lab blip = resting_lab();
    blip.fault(fault_of(K::certificate_expired, sim::seconds(100), {}));
    blip.fault(of(K::network_blip, 1, sim::seconds(200), sim::seconds(5)));
    World after = blip.world();
    after.run_until(at(1'000));
    CHECK(in_sync(after, 0) == Places{0, 2});
    CHECK(in_sync(after, 1) == Places{1});
}

TEST_CASE("trust and key in one pass: each broker talks to its own generation alone") {
    Lab lab = migrating_lab();
    lab.fault(fault_of(K::trust_collapsed, {}, {}));
    World world = after_first_step(lab);
    CHECK(runs(world, 0));
    CHECK(out(world, 0) == 3);
    CHECK(with(migrating_lab(), fault_of(K::trust_collapsed, {}, sim::hours(1))).unfinished ==
          Unfinished::no);
}

TEST_CASE("an orchestrator that is locked out waits for what has long been back") {
    Lab lab = migrating_lab();
    lab.fault(fault_of(K::orchestrator_blind, {}, {}));
    World world = after_first_step(lab);
    CHECK(out(world, 0) == 0);
    CHECK(phase(world, 0) == StepPhase::catch_up);
    const Verdict mended =
        with(migrating_lab(), fault_of(K::orchestrator_blind, {}, sim::hours(1)));
    CHECK(mended.unfinished == Unfinished::no);
    CHECK(mended.machines[0].in_sync == at(3'600));
}

TEST_CASE("clients that are locked out fail, and the cluster is well") {
    const Verdict locked = with(migrating_lab(), fault_of(K::clients_locked_out, {}, {}));
    CHECK(locked.rule(Rule::client_errors).broken());
    CHECK(!locked.rule(Rule::min_isr).broken());
    CHECK(locked.unfinished == Unfinished::no);
    const Verdict mended =
        with(migrating_lab(), fault_of(K::clients_locked_out, {}, sim::minutes(40)));
    CHECK(!mended.rule(Rule::client_errors).broken());
}
