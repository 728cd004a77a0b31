// Log dirs, reassignment JSON and kcat: text and JSON mixed, and what is wrong with a dump.
#include <doctest/doctest.h>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/json_text.hpp"
#include "scenarios/import/kcat.hpp"
#include "scenarios/import/log_dirs.hpp"
#include "scenarios/import/reassignment.hpp"
#include "tests/support/real_dumps.hpp"

using namespace rollcast::scenarios;
using Ids = std::vector<std::int64_t>;

namespace {

template <class Parse>
DumpError json_error_of(Parse parse, const std::string& text) {
    try {
        parse(text);
    } catch (const DumpError& error) {
        return error;
    }
    FAIL("this was read: ", text);
    throw;
}

}  // namespace

TEST_CASE("log dirs are read from both key orders") {
    const LogDirsDump kraft = parse_log_dirs(real_dump("kraft-3.9/log-dirs-first.txt"));
    const LogDirsDump zookeeper = parse_log_dirs(real_dump("zookeeper-2.8/log-dirs-first.txt"));

    for (const LogDirsDump* dump : {&kraft, &zookeeper}) {
        REQUIRE(dump->brokers.size() == 6);
        std::size_t replicas = 0;
        for (const auto& [id, broker] : dump->brokers) {
            replicas += broker.replicas.size();
            CHECK(broker.dirs.size() == 1);
        }
        CHECK(replicas == 3 * (48 + 24 + 6 + 6));
    }
    CHECK(kraft.brokers.at(1).replicas.at({"orders", 8}).bytes == 892'994);
    CHECK(kraft.brokers.at(1).dirs[0].path == "/var/lib/kafka/b1/data0");
}

TEST_CASE("the last dash separates a partition's number from its topic") {
    const LogDirsDump dump = parse_log_dirs(
        R"({"version":1,"brokers":[{"broker":1,"logDirs":[{"logDir":"/d","error":null,"partitions":[
        {"partition":"a-b-1-7","size":5,"offsetLag":0,"isFuture":false},
        {"partition":"a-b-1-8","size":6,"offsetLag":0,"isFuture":true}]},
        {"logDir":"/e","error":"org.apache.kafka.common.errors.KafkaStorageException","partitions":[]}
        ]}]})");

    const BrokerLogDirs& broker = dump.brokers.at(1);
    CHECK(broker.replicas.size() == 1);  // the future replica is left out
    CHECK(broker.replicas.at({"a-b-1", 7}).bytes == 5);
    CHECK(broker.dirs[0].error.empty());
    CHECK(broker.dirs[1].error == "org.apache.kafka.common.errors.KafkaStorageException");
}

TEST_CASE("log dirs without their JSON, with half of it or with wrong values are errors") {
    const std::string text = "Querying brokers for log directories information\n";

    CHECK(json_error_of(parse_log_dirs, text).kind() == DumpError::Kind::truncated);
    CHECK(json_error_of(parse_log_dirs, text + R"({"brokers":[{"bro)").line() == 2);
    CHECK(json_error_of(parse_log_dirs,
                        R"({"brokers":[{"broker":1,"logDirs":[{"logDir":"/d","partitions":[)"
                        R"({"partition":"t-0","size":-4}]}]}]})")
              .kind() == DumpError::Kind::malformed);
    CHECK(json_error_of(parse_log_dirs,
                        R"({"brokers":[{"broker":1,"logDirs":[{"logDir":"/d","partitions":[)"
                        R"({"partition":"t-0","size":18446744073709551615}]}]}]})")
              .kind() == DumpError::Kind::malformed);
    CHECK(json_error_of(parse_log_dirs, R"({"brokers":[{"broker":"1"}]})").kind() ==
          DumpError::Kind::malformed);
}

TEST_CASE("a place inside JSON is told by line and column") {
    const DumpError error = json_error_of(json_parts, "text\n{\"a\": 1,\r\n \"b\": nul}\n");

    CHECK(error.line() == 3);
    CHECK(error.column() >= 7);
    CHECK(error.column() <= 11);
}

TEST_CASE("nesting without end is refused before anything is built") {
    const std::string deep = "{\"a\":" + std::string(200'000, '[');

    CHECK(json_error_of(json_parts, deep).kind() == DumpError::Kind::malformed);
}

TEST_CASE("the current assignment is taken, the proposed one is not") {
    for (const char* const cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const AssignmentDump dump =
            parse_assignment(real_dump(std::string(cluster) + "/reassign-generate.txt"));
        CHECK(dump.replicas.size() == 48 + 24 + 6);
        CHECK(dump.replicas.at({"orders", 2}) == Ids{3, 4, 2});
        CHECK_FALSE(dump.plain);
    }
}

TEST_CASE("what --generate printed is refused with a place wherever it is cut") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const std::string text = real_dump(cluster + "/reassign-generate.txt");
        const std::size_t whole = text.rfind('}') + 1;
        const std::size_t header = std::string(current_assignment_header).size();
        const std::size_t proposed = text.find(proposed_assignment_header);
        for (std::size_t cut = header; cut < whole; ++cut) {
            const bool near = (cut > proposed - 10 && cut < proposed + 60) || cut + 10 > whole;
            if (!near && cut % 101 != 0) continue;
            CAPTURE(cut);
            const DumpError error = json_error_of(parse_assignment, text.substr(0, cut));
            CHECK(error.kind() == DumpError::Kind::truncated);
            CHECK(error.line() >= 1);
        }
        CHECK(parse_assignment(text.substr(0, whole)).replicas.size() == 78);
    }
}

TEST_CASE("the current assignment that --execute prints is whole with what follows it") {
    const std::string json =
        R"({"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[2,1]}]})";
    const std::string head = "Current partition replica assignment\n\n" + json + "\n";
    CHECK(parse_assignment(head + "\nSave this to use as the --reassignment-json-file option "
                                  "during rollback\nSuccessfully started\n")
              .replicas.size() == 1);
    CHECK(json_error_of(parse_assignment, head).kind() == DumpError::Kind::truncated);
}

TEST_CASE("a plain reassignment file says that it is one") {
    const AssignmentDump dump = parse_assignment(
        R"({"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[2,1]}]})");

    CHECK(dump.plain);
    CHECK(dump.replicas.at({"t", 0}) == Ids{2, 1});
}

TEST_CASE("an assignment with a hole, a double or no current part is an error") {
    CHECK(json_error_of(parse_assignment,
                        R"({"partitions":[{"topic":"t","partition":1,"replicas":[1]}]})")
              .kind() == DumpError::Kind::malformed);
    CHECK(json_error_of(parse_assignment,
                        R"({"partitions":[{"topic":"t","partition":0,"replicas":[1,1]}]})")
              .kind() == DumpError::Kind::malformed);
    CHECK(json_error_of(parse_assignment,
                        "Current partition replica assignment\n\n"
                        "Proposed partition reassignment configuration\n"
                        R"({"partitions":[{"topic":"t","partition":0,"replicas":[1]}]})")
              .kind() == DumpError::Kind::truncated);
}

TEST_CASE("both forms of kcat give the same partitions") {
    for (const std::string cluster : {"kraft-3.9", "zookeeper-2.8"}) {
        const KcatDump json = parse_kcat_json(real_dump(cluster + "/kcat.json"));
        const KcatDump text = parse_kcat_text(real_dump(cluster + "/kcat.txt"));
        CHECK(json.brokers.size() == 6);
        CHECK(json.brokers == text.brokers);
        CHECK(json.all_topics);
        CHECK(text.all_topics);
        REQUIRE(json.partitions.size() == 84);
        REQUIRE(text.partitions.size() == 84);
        for (const auto& [name, partition] : json.partitions) {
            CHECK(partition.replicas == text.partitions.at(name).replicas);
            CHECK(partition.leader == text.partitions.at(name).leader);
        }
    }
    CHECK(parse_kcat_json(real_dump("kraft-3.9/kcat.json")).controller == 3);
    CHECK(parse_kcat_text(real_dump("kraft-3.9/kcat.txt")).controller == 6);
}

TEST_CASE("kcat's mock cluster has no controller, and one topic is not all topics") {
    const KcatDump dump = parse_kcat_json(
        "%5|1|MOCK|rdkafka#producer-1| Mock cluster enabled: original bootstrap.servers dummy\n"
        R"({"originating_broker":{"id":2,"name":"127.0.0.1:33069/2"},"query":{"topic":"orders"},)"
        R"("controllerid":0,"brokers":[{"id":1,"name":"127.0.0.1:41293"}],"topics":[{"topic":"orders",)"
        R"("partitions":[{"partition":0,"leader":-1,"error":"x","replicas":[1,2],"isrs":[]}]}]})");

    CHECK_FALSE(dump.controller.has_value());
    CHECK_FALSE(dump.all_topics);
    CHECK_FALSE(dump.partitions.at({"orders", 0}).leader.has_value());
    CHECK(dump.partitions.at({"orders", 0}).replicas == Ids{1, 2});
}

TEST_CASE("a partition in error is read from kcat's text") {
    const KcatDump dump = parse_kcat_text(
        "Metadata for orders (from broker -1: k1:9092/bootstrap):\n"
        " 1 brokers:\n"
        "  broker 1 at k1:9092 (controller)\n"
        " 1 topics:\n"
        "  topic \"orders\" with 1 partitions:\n"
        "    partition 0, leader -1, replicas: 1,2, isrs: 2, Broker: Leader not available\n");

    CHECK_FALSE(dump.all_topics);
    CHECK(dump.controller == 1);
    CHECK(dump.partitions.at({"orders", 0}).isr == Ids{2});
}

TEST_CASE("kcat's text is counted against what it announces") {
    const std::string text = real_dump("kraft-3.9/kcat.txt");
    const std::size_t last_topic = text.rfind("  topic \"");

    CHECK(json_error_of(parse_kcat_text, text.substr(0, last_topic)).kind() ==
          DumpError::Kind::truncated);
}
