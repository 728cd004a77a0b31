#include "scenarios/import/steps_taken.hpp"

#include <doctest/doctest.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/import/current_state.hpp"
#include "tests/scenarios/small_case.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast;
using scenarios::StepTaken;

namespace {

constexpr const char* estate = R"({"rollcast_case": 1, "name": "small", "fleet": {"clusters": [{
    "name": "c1", "racks": ["a", "b", "c"], "brokers": 6, "quorum": {"nodes": 3},
    "topics": [{"name": "orders", "partitions": 2, "rf": 3, "min_isr": 2,
                "write_bytes_per_s": 2000000}]}]}})";

models::Case case_here() { return scenarios::load_case_text(estate, "case.json").a_case; }

std::string refused(const std::string& text) {
    const models::Case a_case = case_here();
    try {
        scenarios::parse_steps_taken(text, "steps.txt", a_case.fleet);
    } catch (const scenarios::InputError& error) {
        return scenarios::render(std::span(error.diagnostics()));
    }
    return "taken";
}

/// What kafka-topics prints of the case's partitions, with these ISRs.
std::string described(const models::Fleet& fleet, const std::vector<std::string>& isrs) {
    std::string text =
        "Topic: orders\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: min.insync.replicas=2\n";
    for (std::uint32_t p = 0; p < 2; ++p) {
        std::string replicas;
        for (const models::BrokerId b : fleet.replicas(models::PartitionId{p})) {
            replicas += (replicas.empty() ? "" : ",") + std::to_string(fleet.brokers()[b].number);
        }
        text += "\tTopic: orders\tPartition: " + std::to_string(p) +
                "\tLeader: " + isrs[p].substr(0, 1) + "\tReplicas: " + replicas +
                "\tIsr: " + isrs[p] + "\n";
    }
    return text;
}

std::string numbers_of(const models::Fleet& fleet, std::uint32_t p, std::size_t count) {
    std::string text;
    for (std::size_t slot = 0; slot < count; ++slot) {
        const models::BrokerId b = fleet.replicas(models::PartitionId{p})[slot];
        text += (text.empty() ? "" : ",") + std::to_string(fleet.brokers()[b].number);
    }
    return text;
}

}  // namespace

TEST_CASE("a file of steps tells what is done, what runs and what is lost") {
    const models::Case a_case = case_here();
    const auto steps = scenarios::parse_steps_taken(
        "# machine start end\n"
        "c1/1 0:00:00 0:52:10\n"
        "c1/2 600   # runs\n"
        "\n"
        "c1/3\n"
        "c1/4 lost\n"
        "c1/zk1 lost 2:00:00\n",
        "steps.txt",
        a_case.fleet);
    REQUIRE(steps.size() == 5);
    CHECK(steps[0].state == StepTaken::State::done);
    CHECK(*steps[0].end == sim::seconds(52 * 60 + 10));
    CHECK(steps[1].state == StepTaken::State::running);
    CHECK(*steps[1].start == sim::minutes(10));
    CHECK(steps[2].state == StepTaken::State::done);
    CHECK_FALSE(steps[2].end);
    CHECK(steps[3].state == StepTaken::State::lost);
    CHECK_FALSE(steps[3].back);
    CHECK(*steps[4].back == sim::hours(2));
}

TEST_CASE("times are h:mm:ss, minutes and seconds, or seconds") {
    CHECK(*scenarios::clock_time("1:02:03") == sim::seconds(3'723));
    CHECK(*scenarios::clock_time("62:03") == sim::seconds(3'723));
    CHECK(*scenarios::clock_time("3723") == sim::seconds(3'723));
    CHECK(*scenarios::clock_time("124:00:00") == sim::hours(124));
    for (const char* bad :
         {"", ":", "1:60", "1:2:3:4", "x", "-5", "1.5", "+3", "1:", "99999999999"}) {
        CAPTURE(bad);
        CHECK_FALSE(scenarios::clock_time(bad));
    }
}

TEST_CASE("a wrong line of steps is refused at its place") {
    CHECK(refused("c1/1 0:00:00 0:52:10\nc1/9 5\n").find("steps.txt:2:1") != std::string::npos);
    CHECK(refused("c1/1\nc1/1 5\n").find("named twice") != std::string::npos);
    CHECK(refused("c1/1 soon\n").find("is no time") != std::string::npos);
    CHECK(refused("c1/1 0:10:00 0:05:00\n").find("ends before it starts") != std::string::npos);
    CHECK(refused("c1/1 1 2 3\n").find("one word too many") != std::string::npos);
    CHECK(refused("c1/1 5\n") == "taken");
}

TEST_CASE("a dump of now takes the place of the case's ISRs and leaders") {
    const models::Case a_case = case_here();
    const std::string full = numbers_of(a_case.fleet, 0, 3);
    const std::string less = numbers_of(a_case.fleet, 1, 2);
    const scenarios::ScratchFolder folder("state");
    folder.write("topics.txt", described(a_case.fleet, {full, less}));

    const auto now =
        scenarios::with_current_state(a_case, models::ClusterId{0}, {folder.path() / "topics.txt"});

    CHECK(now.partitions == 2);
    CHECK(now.out_of_sync == 1);
    CHECK(models::isr_size(now.a_case.fleet.partitions()[models::PartitionId{0}].isr) == 3);
    CHECK(now.a_case.fleet.partitions()[models::PartitionId{1}].isr == 0b011);
    CHECK(now.a_case.fleet.partitions()[models::PartitionId{1}].leader == 0);
}

TEST_CASE("a dump that shows other replicas than the case is refused") {
    const models::Case a_case = case_here();
    const scenarios::ScratchFolder folder("state");
    folder.write("topics.txt",
                 "Topic: orders\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: \n"
                 "\tTopic: orders\tPartition: 0\tLeader: 97\tReplicas: 97,98,99\tIsr: 97,98,99\n");
    CHECK_THROWS_AS(
        scenarios::with_current_state(a_case, models::ClusterId{0}, {folder.path() / "topics.txt"}),
        scenarios::InputError);
}
