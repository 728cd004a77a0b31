// "May these brokers go down now?", on dumps by hand, of real clusters, and at random against a
// count from the text.
#include "scenarios/import/stop_gate.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/import/topics_describe.hpp"
#include "sim/random.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast;
using namespace rollcast::scenarios;
using Ids = std::vector<std::int64_t>;

namespace {

struct Row {
    std::string topic;
    std::string leader;
    Ids replicas;
    Ids isr;
};

std::string describe(const std::vector<Row>& rows, const std::string& min_isr = "2") {
    std::string text;
    std::string last;
    std::int64_t number = 0;
    for (const Row& row : rows) {
        if (row.topic != last) {
            const auto count = std::count_if(rows.begin(), rows.end(), [&](const Row& other) {
                return other.topic == row.topic;
            });
            text +=
                fmt::format("Topic: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n",
                            row.topic,
                            count,
                            row.replicas.size(),
                            min_isr.empty() ? "" : "min.insync.replicas=" + min_isr);
            number = 0;
        }
        last = row.topic;
        text += fmt::format("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}\n",
                            row.topic,
                            number++,
                            row.leader,
                            fmt::join(row.replicas, ","),
                            fmt::join(row.isr, ","));
    }
    return text;
}

StopAnswer ask(const std::string& text,
               std::set<std::int64_t> brokers,
               std::optional<std::int64_t> min_isr = std::nullopt) {
    const ScratchFolder folder("gate");
    StopQuestion question;
    question.state = {folder.write("topics.txt", text)};
    question.brokers = std::move(brokers);
    question.min_isr = min_isr;
    return may_stop(question);
}

std::string refused(const std::string& text, std::set<std::int64_t> brokers) {
    try {
        ask(text, std::move(brokers));
    } catch (const InputError& error) {
        return error.diagnostics().front().code + " " + error.diagnostics().front().message;
    }
    return "answered";
}

}  // namespace

TEST_CASE("a broker may go down while every partition on it keeps min ISR without it") {
    const std::string healthy =
        describe({{"a", "1", {1, 2, 3}, {1, 2, 3}}, {"a", "2", {2, 3, 4}, {2, 3, 4}}});
    const StopAnswer one = ask(healthy, {1});
    CHECK(one.go());
    CHECK(one.on_brokers == 1);
    CHECK(one.leads == 1);
    CHECK(one.last_margin == 1);
    const StopAnswer two = ask(healthy, {2, 3});
    CHECK_FALSE(two.go());
    REQUIRE(two.forbids.size() == 2);
    CHECK(two.forbids[0].left == Ids{1});
    CHECK(two.forbids[1].left == Ids{4});
    CHECK(ask(healthy, {1, 4}).go());  // they share nothing
}

TEST_CASE("a replica that is out of its ISR is no loss, and one that is missed already counts") {
    const std::string behind = describe({{"a", "1", {1, 2, 3}, {1, 2}}});
    CHECK(ask(behind, {3}).go());
    CHECK_FALSE(ask(behind, {1}).go());
    const std::string under = describe({{"a", "1", {1, 2, 3}, {1}}, {"b", "5", {5, 6, 7}, {5}}});
    const StopAnswer repair = ask(under, {2});  // it is not in sync: to restart it may mend it
    CHECK(repair.go());
    CHECK(repair.no_worse == 1);
    CHECK(repair.unwell_elsewhere == 1);
    const StopAnswer last = ask(under, {1});
    REQUIRE(last.forbids.size() == 1);
    CHECK(last.forbids[0].under_it_now);
    CHECK(last.forbids[0].left.empty());
}

TEST_CASE("one replica alone forbids its broker, unless its topic is accepted") {
    const std::string alone = describe({{"scratch", "1", {1}, {1}}}, "1");
    CHECK_FALSE(ask(alone, {1}).go());
    const ScratchFolder folder("gate");
    StopQuestion question;
    question.state = {folder.write("topics.txt", alone)};
    question.brokers = {1};
    question.accepted = {"scr*"};
    const StopAnswer answer = may_stop(question);
    CHECK(answer.go());
    CHECK(answer.accepted.size() == 1);
}

TEST_CASE(
    "the min ISR comes from the topic, then from a broker, then from the caller; never guessed") {
    const std::vector<Row> rows{{"a", "1", {1, 2, 3}, {1, 2, 3}}};
    CHECK(refused(describe(rows, ""), {1}) == "RC0508 no dump tells min.insync.replicas of `a`");
    CHECK(ask(describe(rows, ""), {1}, 2).go());
    CHECK_FALSE(ask(describe(rows, ""), {1}, 3).go());
    CHECK_FALSE(ask(describe(rows, "3"), {1}, 1).go());  // its own counts
    const ScratchFolder folder("gate");
    StopQuestion question;
    question.state = {dumps_folder() / "kraft-3.9" / "configs-broker-2.txt",  // 1, STATIC
                      folder.write("topics.txt", describe(rows, ""))};
    question.brokers = {1, 2};
    CHECK(may_stop(question).go());
    question.brokers = {1, 2, 3};
    CHECK_FALSE(may_stop(question).go());
}

TEST_CASE("a state that does not answer is refused") {
    const std::string healthy = describe({{"a", "1", {1, 2, 3}, {1, 2, 3}}});
    CHECK(refused(healthy, {9}) == "RC0508 broker 9 holds no replica in this state");
    CHECK(refused("Topic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1\n", {1}).substr(0, 4) ==
          "RC05");  // a selection
    CHECK(refused(healthy.substr(0, healthy.size() / 2), {1}).substr(0, 4) == "RC05");
    CHECK(refused(real_dump("kraft-3.9/reassign-generate.txt"), {1}).substr(0, 6) == "RC0508");
    CHECK(refused("hello\n", {1}).substr(0, 6) == "RC0501");
}

TEST_CASE("real dumps: every single broker is forbidden by audit, whose min ISR is its RF") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        CAPTURE(cluster);
        for (std::int64_t broker = 1; broker <= 6; ++broker) {
            StopQuestion question;
            question.state = {dumps_folder() / cluster / "topics-describe.txt"};
            question.brokers = {broker};
            question.min_isr = 1;
            const StopAnswer answer = may_stop(question);
            for (const ForbiddenStop& stop : answer.forbids) CHECK(stop.partition.topic == "audit");
            question.accepted = {"audit"};
            CHECK(may_stop(question).go());
        }
    }
}

TEST_CASE("random states are judged as a count from the text judges them") {
    int gos = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        sim::RandomStream random(seed, 31, sim::Draw::placement, 0);
        std::vector<Row> rows;
        const std::int64_t min_isr = 1 + static_cast<std::int64_t>(random.below(3));
        for (int p = 0; p < 12; ++p) {
            const auto first = static_cast<std::int64_t>(random.below(6));
            Row row{"t", "none", {}, {}};
            for (std::int64_t i = 0; i < 3; ++i) {
                row.replicas.push_back((first + i) % 6);
                if (random.below(8) != 0) row.isr.push_back((first + i) % 6);
            }
            if (!row.isr.empty()) row.leader = std::to_string(row.isr.front());
            rows.push_back(row);
        }
        std::set<std::int64_t> brokers{rows[0].replicas[0]};
        if (random.below(2) == 0) brokers.insert(rows[1].replicas[2]);
        std::size_t forbids = 0;
        for (const Row& row : rows) {
            std::int64_t stays = 0;
            std::int64_t lost = 0;
            for (const std::int64_t id : row.isr) ++(brokers.contains(id) ? lost : stays);
            forbids += lost > 0 && stays < min_isr ? 1 : 0;
        }
        const StopAnswer answer = ask(describe(rows, std::to_string(min_isr)), brokers);
        CHECK(answer.forbids.size() == forbids);
        gos += answer.go() ? 1 : 0;
    }
    CHECK(gos > 40);
    CHECK(gos < 360);
}
