// Random runs looked at after every single event: books against a recount, rules against an
// integration, the orchestrator against what it could see.
#include "models/invariants/recount.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "models/invariants/floor_totals.hpp"
#include "tests/support/random_runs.hpp"

using namespace rollcast;
using namespace rollcast::models;

namespace {

constexpr std::uint64_t run_count = 600;

World start(const support::RandomRun& run) {
    return {run.a_case, run.plan, Scope::whole(run.a_case.fleet), run.options};
}

/// What an orchestrator can have seen: since when each broker is dead or out of sync by itself.
class Watcher {
public:
    explicit Watcher(const World& world) : initially_out_(world.state().partitions.size()) {
        for (const PartitionId p : world.state().scope.partitions()) {
            initially_out_[p.index()] = world.state().fleet().partitions()[p].isr;
        }
    }

    void look(const World& world) {
        const RunState& run = world.state();
        for (const PartitionId p : run.scope.partitions()) {
            const auto replicas = run.fleet().replicas(p);
            for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
                const bool dead = run.brokers[replicas[slot]].process != BrokerState::Process::up;
                const bool gone = dead || !run.partitions[p].in_sync(slot);
                const auto key = std::pair{p, slot};
                if (!gone) {
                    gone_since_.erase(key);
                } else {
                    gone_since_.emplace(key, run.now);
                }
            }
        }
    }

    /// True where taking `b` down now, of all replicas seen gone, leaves each of its partitions
    /// that had slack at its floor at least.
    bool may_start(const World& world, BrokerId b) const {
        const RunState& run = world.state();
        const sim::Duration delay = run.a_case->step.observe_delay;
        for (const HostedReplica& replica : run.fleet().hosted(b)) {
            const Partition& partition = run.fleet().partitions()[replica.partition];
            if (run.fleet().topics()[partition.topic].accepted) continue;
            int left = 0;
            for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
                const auto found = gone_since_.find({replica.partition, slot});
                const bool seen_gone =
                    found != gone_since_.end() && found->second + delay < run.now;
                const bool counted = ((initially_out_[replica.partition.index()] >> slot) & 1) != 0;
                left += counted && slot != replica.slot && !seen_gone ? 1 : 0;
            }
            const bool counted =
                ((initially_out_[replica.partition.index()] >> replica.slot) & 1) != 0;
            if (counted && left < partition.floor) return false;
        }
        return true;
    }

private:
    std::vector<std::uint8_t> initially_out_;  // ISR at the start: what conflicts are made of
    std::map<std::pair<PartitionId, std::uint8_t>, sim::Instant> gone_since_;
};

}  // namespace

TEST_CASE("after every event of random runs with every kind of fault the books equal a recount") {
    for (std::uint64_t seed = 1; seed <= run_count; ++seed) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run_of_every_fault(seed);
        World world = start(run);
        Recounter recounter;
        do {
            const auto wrong = recounter.look(world);
            const std::string first = wrong.empty() ? "" : wrong.front();
            REQUIRE_MESSAGE(wrong.empty(), first, " at ", sim::to_seconds(world.state().now), " s");
            REQUIRE(recount_errors(world) == wrong);  // nothing that was kept is out of date
            for (const bool of : {false, true}) {
                REQUIRE(recounter.under_floor(of) == partitions_under_floor(world.state(), of));
            }
        } while (world.step());
        const std::uint64_t hash = world.verdict().trace_hash;
        World again = start(run);
        again.run();
        CHECK(again.verdict().trace_hash == hash);
    }
}

TEST_CASE("after every event of random runs the books equal a recount from scratch") {
    for (std::uint64_t seed = 1; seed <= run_count; ++seed) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run(seed);
        World world = start(run);
        sim::Instant before = world.state().now;
        do {
            const auto wrong = recount_errors(world);
            const std::string first = wrong.empty() ? "" : wrong.front();
            REQUIRE_MESSAGE(wrong.empty(), first, " at ", sim::to_seconds(world.state().now), " s");
            REQUIRE(world.state().now >= before);
            before = world.state().now;
        } while (world.step());
    }
}

TEST_CASE("min ISR totals of a verdict equal an integration over the states between events") {
    for (std::uint64_t seed = 1; seed <= run_count; ++seed) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run(seed);
        World world = start(run);
        FloorTotals safe(false);
        FloorTotals accepted(true);
        do {
            safe.look(world.state(), partitions_under_floor(world.state(), false));
            accepted.look(world.state(), partitions_under_floor(world.state(), true));
        } while (world.step());
        const Verdict verdict = world.verdict();

        CHECK(safe.differs(verdict) == "");
        CHECK(accepted.differs(verdict) == "");
    }
}

TEST_CASE("an event-driven plan starts nobody whose partitions it sees without the slack for it") {
    std::uint64_t starts = 0;
    for (std::uint64_t seed = 1; seed <= run_count; ++seed) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run(seed);
        if (run.plan.clusters.front().start != Start::event_driven) continue;
        World world = start(run);
        Watcher watcher(world);
        std::vector<bool> started(run.a_case.fleet.machines().size(), false);
        do {
            watcher.look(world);
            for (const MachineId m : world.state().scope.machines()) {
                if (started[m.index()] || world.executor().phase(m) == StepPhase::waiting) continue;
                started[m.index()] = true;
                ++starts;
                const BrokerId b = run.a_case.fleet.machines()[m].broker;
                CAPTURE(m.value);
                CAPTURE(sim::to_seconds(world.state().now));
                if (b.exists()) CHECK(watcher.may_start(world, b));
            }
        } while (world.step());
    }
    CHECK(starts > run_count);
}

TEST_CASE("without faults an event-driven plan breaks no floor that was kept at the start") {
    for (std::uint64_t seed = 1; seed <= run_count; ++seed) {
        CAPTURE(seed);
        support::RandomRun run = support::random_run(seed);
        run.a_case.faults.clear();
        run.plan.clusters.front().start = Start::event_driven;
        World world = start(run);
        const std::uint64_t at_start = partitions_under_floor(world.state(), false);
        do {
            REQUIRE(partitions_under_floor(world.state(), false) <= at_start);
        } while (world.step());
    }
}

TEST_CASE("at the end of a run nobody who could catch up has been forgotten") {
    for (std::uint64_t seed = 1; seed <= run_count; ++seed) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run(seed);
        World world = start(run);
        world.run();
        CHECK(forgotten_replica(world) == "");
    }
}

TEST_CASE("a copy taken anywhere goes on exactly as the original does") {
    for (std::uint64_t seed = 1; seed <= run_count; seed += 3) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run(seed);
        World original = start(run);
        for (std::uint64_t i = 0; i < seed % 97 && original.step(); ++i) {
        }
        World copy = original;
        World assigned = start(run);
        assigned.run();
        assigned = original;
        const std::uint64_t before = original.state().counters.events;
        copy.run();
        CHECK(original.state().counters.events == before);
        original.run();
        assigned.run();
        const Verdict verdict = original.verdict();
        CHECK(copy.verdict().trace_hash == verdict.trace_hash);
        const Verdict other = assigned.verdict();
        CHECK(other.trace_hash == verdict.trace_hash);
        CHECK(other.makespan == verdict.makespan);
        CHECK(other.catch_up_bytes == verdict.catch_up_bytes);
        CHECK(other.events == verdict.events);
    }
}
