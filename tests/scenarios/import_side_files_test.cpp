// What a user adds by hand: racks, rates, hosts, times.
#include <doctest/doctest.h>

#include "scenarios/import/dump_text.hpp"
#include "scenarios/import/side_files.hpp"

using namespace rollcast::scenarios;

TEST_CASE("racks are pairs, on one line or many, bound to a cluster or not") {
    const auto racks = parse_racks("1=a,2=b # the first room\nprod:3 = c\n");

    REQUIRE(racks.size() == 3);
    CHECK(racks[1].broker == 2);
    CHECK(racks[1].rack == "b");
    CHECK(racks[1].cluster.empty());
    CHECK(racks[2].cluster == "prod");
    CHECK(racks[2].line == 2);
    CHECK_THROWS_AS(parse_racks("1=a,1=b"), DumpError);
    CHECK_THROWS_AS(parse_racks("x=a"), DumpError);
    CHECK_THROWS_AS(parse_racks("1"), DumpError);
}

TEST_CASE("rates are a topic's or a partition's, with units") {
    const auto rates = parse_rates("orders=1.2MB/s\norders/3=50000\nprod:audit=20 KiB/s\n");

    REQUIRE(rates.size() == 3);
    CHECK(rates[0].bytes_per_s == 1'200'000);
    CHECK_FALSE(rates[0].partition.has_value());
    CHECK(rates[1].partition == 3);
    CHECK(rates[2].bytes_per_s == 20 * 1'024);
    CHECK_THROWS_AS(parse_rates("orders=-5"), DumpError);
    CHECK_THROWS_AS(parse_rates("orders=nan"), DumpError);
    CHECK_THROWS_AS(parse_rates("orders=1e400MB"), DumpError);
    CHECK_THROWS_AS(parse_rates("or ders=5"), DumpError);
}

TEST_CASE("a hosts file describes quorum nodes, brokers, disks and racks") {
    const HostFacts hosts = parse_hosts(
        "# machines\n"
        "quorum name=zk1 rack=a\n"
        "quorum name=zk2 broker=2 cluster=prod\n"
        "broker id=* nic_in=1.25GB nic_out=10GB/s\n"
        "broker id=7 host=k7 page_cache=64GiB\n"
        "disk broker=* class=ssd capacity=4TB read=500MB write=450MB\n"
        "rack name=a uplink_up=5GB\n");

    REQUIRE(hosts.quorum.size() == 2);
    CHECK(hosts.quorum[1].broker == 2);
    CHECK(hosts.quorum[1].cluster == "prod");
    CHECK(hosts.brokers[0].nic_in == 1'250'000'000);
    CHECK_FALSE(hosts.brokers[0].id.has_value());
    CHECK(hosts.brokers[1].page_cache == std::int64_t{64} * 1'024 * 1'024 * 1'024);
    CHECK(hosts.disks[0].disk_class == "ssd");
    CHECK(hosts.disks[0].capacity == 4'000'000'000'000);
    CHECK(hosts.racks[0].up == 5'000'000'000);
}

TEST_CASE("a line of a hosts file that means nothing is an error at its place") {
    const auto line_of = [](const std::string& text) -> std::size_t {
        try {
            parse_hosts(text);
        } catch (const DumpError& error) {
            return error.line();
        }
        return 0;
    };

    CHECK(line_of("\nserver name=x\n") == 2);
    CHECK(line_of("quorum rack=a\n") == 1);
    CHECK(line_of("disk broker=1 class=tape\n") == 1);
    CHECK(line_of("disk broker=1 read=-3\n") == 1);
    CHECK(line_of("disk broker=one\n") == 1);
    CHECK(line_of("broker id=1 colour=red\n") == 1);
    CHECK(line_of("quorum name=a\nquorum name=a\n") == 2);
}

TEST_CASE("moments are epoch seconds, milliseconds, or ISO 8601") {
    const std::int64_t may_first = 1'714'557'600'000;  // 2024-05-01T10:00:00Z

    CHECK(moment_ms("1714557600") == may_first);
    CHECK(moment_ms("1714557600000") == may_first);
    CHECK(moment_ms("2024-05-01T10:00:00Z") == may_first);
    CHECK(moment_ms("2024-05-01 10:00:00") == may_first);
    CHECK(moment_ms("2024-05-01T12:00:00.250+02:00") == may_first + 250);
    CHECK(moment_ms("80") == 80'000);
    CHECK(moment_ms("1970-01-01T00:00:00Z") == 0);
    CHECK(moment_ms("2000-02-29T00:00:00Z") == 951'782'400'000);
    for (const char* const bad : {"", "soon", "2024-13-01T00:00:00Z", "-5", "2024-05-01", "nan"}) {
        CHECK_FALSE(moment_ms(bad).has_value());
    }
}
