// The recorded roll from Kafka 2.8 to 3.4: pinned, as it was, and with the pin left out.
#include <filesystem>

#include <doctest/doctest.h>

#include "models/world.hpp"
#include "scenarios/recorded/recorded_case.hpp"

namespace {

using namespace rollcast;

scenarios::RecordedSetup mixed_roll() {
    return scenarios::read_recorded_setup(std::filesystem::path(ROLLCAST_SOURCE_DIR) / "tests" /
                                          "reference" / "r11-zk-mixed-roll");
}

/// The cluster at the end of the recorded time.
models::World at_the_end(const scenarios::RecordedSetup& setup, const models::Case& a_case) {
    models::World world(a_case, {}, models::Scope::whole(a_case.fleet), {});
    world.run_until(sim::Instant{sim::seconds(setup.seconds)});
    return world;
}

int out_of_sync(const models::World& world) {
    int out = 0;
    for (const models::PartitionId p :
         models::Range<models::PartitionId>(world.state().fleet().partitions().size())) {
        const models::Partition& partition = world.state().fleet().partitions()[p];
        out += partition.rf - models::isr_size(world.state().partitions[p].isr);
    }
    return out;
}

}  // namespace

TEST_CASE("the recorded mixed roll is one between two stacks, with the old protocol pinned") {
    const scenarios::RecordedSetup setup = mixed_roll();
    const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
    const models::Fleet& fleet = recorded.a_case.fleet;
    const models::ClusterStacks& stacks = fleet.clusters()[models::ClusterId{0}].stacks;
    REQUIRE(stacks.next.exists());
    CHECK(fleet.stacks()[stacks.now].kafka_version == "2.8");
    CHECK(fleet.stacks()[stacks.next].kafka_version == "3.4");
    CHECK(fleet.stacks()[stacks.next].inter_broker_protocol == "2.8");
    int upgrades = 0;
    for (const models::Action& action : recorded.a_case.actions)
        upgrades += action.upgrades ? 1 : 0;
    CHECK(upgrades == 6);
    // As in the recording, every broker rejoins.
    CHECK(out_of_sync(at_the_end(setup, recorded.a_case)) == 0);
}

TEST_CASE("the same roll without the pin: brokers come up, register, and never rejoin") {
    scenarios::RecordedSetup setup = mixed_roll();
    REQUIRE(setup.rolls.size() == 1);
    setup.rolls[0].protocol.clear();
    const scenarios::RecordedCase recorded = scenarios::make_recorded_case(setup);
    models::World world(recorded.a_case, {}, models::Scope::whole(recorded.a_case.fleet), {});
    // The first is down from 35 s on and back at about 50; the second goes down at 62 s.
    world.run_until(sim::Instant{sim::seconds(60)});
    const models::BrokerState& first = world.state().brokers[models::BrokerId{0}];
    CHECK(first.process == models::BrokerState::Process::up);
    CHECK(!first.fenced);
    CHECK(first.out_of_isr == recorded.a_case.fleet.hosted(models::BrokerId{0}).size());
    const scenarios::RecordedCase pinned = scenarios::make_recorded_case(mixed_roll());
    models::World as_recorded(pinned.a_case, {}, models::Scope::whole(pinned.a_case.fleet), {});
    as_recorded.run_until(sim::Instant{sim::seconds(60)});
    CHECK(as_recorded.state().brokers[models::BrokerId{0}].out_of_isr == 0);
}
