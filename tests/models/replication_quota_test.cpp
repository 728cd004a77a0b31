#include "models/replication_quota.hpp"

#include <limits>

#include <doctest/doctest.h>

using namespace rollcast;

TEST_CASE("a replication quota lets ten seconds' worth pass at once, then nothing for eleven") {
    models::ReplicationQuota quota(sim::bytes_per_second(2'000'000));
    const sim::Instant start{sim::seconds(100)};
    CHECK(quota.left(start) == doctest::Approx(20e6));
    quota.record(20e6, start);
    CHECK(quota.left(start) == doctest::Approx(0.0));
    CHECK(!quota.exceeded(start));
    CHECK(quota.left(start + sim::seconds(10)) == doctest::Approx(0.0));
    CHECK(quota.left(start + sim::milliseconds(10'500)) == doctest::Approx(1e6));
    CHECK(quota.left(start + sim::seconds(11)) == doctest::Approx(20e6));
    quota.fill(0.5e6, start + sim::seconds(30));
    CHECK(quota.left(start + sim::seconds(30)) == doctest::Approx(20e6 - 5.5e6));
    quota.record(15e6, start + sim::seconds(30));
    CHECK(quota.exceeded(start + sim::seconds(30)));
}

TEST_CASE("without a limit nothing exceeds it") {
    models::ReplicationQuota quota;
    CHECK(!quota.limited());
    quota.record(1e18, sim::Instant{});
    CHECK(!quota.exceeded(sim::Instant{}));
    CHECK(quota.left(sim::Instant{}) == std::numeric_limits<double>::infinity());
}
