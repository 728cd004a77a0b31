#include "models/replication_quota.hpp"

#include <limits>

#include <doctest/doctest.h>

using namespace rollcast;

TEST_CASE("a burst of n seconds' worth is followed by n seconds of nothing, at most by eleven") {
    models::ReplicationQuota quota(sim::bytes_per_second(2'000'000));
    const sim::Instant start{sim::milliseconds(100'700)};
    CHECK(quota.left(start) == doctest::Approx(2e6));  // nothing measured: one second's worth
    quota.record(12e6, start);
    CHECK(quota.exceeded(start));
    CHECK(quota.left(start + sim::milliseconds(500)) == doctest::Approx(-10e6));
    CHECK(quota.exceeded(start + sim::milliseconds(5'900)));
    CHECK(quota.left(start + sim::seconds(6)) == doctest::Approx(0.0));
    CHECK(quota.left(start + sim::milliseconds(10'900)) == doctest::Approx(9.8e6));
    CHECK(quota.left(start + sim::seconds(11)) == doctest::Approx(2e6));  // forgotten
    SUBCASE("a burst of a minute's worth is forgotten as fast") {
        quota.record(120e6, start);
        CHECK(quota.exceeded(start + sim::milliseconds(10'999)));
        CHECK(!quota.exceeded(start + sim::seconds(11)));
    }
    SUBCASE("what passed evenly before counts over its whole time") {
        quota.fill(0.5e6, start + sim::seconds(30));
        CHECK(quota.left(start + sim::seconds(30)) == doctest::Approx(1.5e6 * 11 - 1.5e6));
        quota.record(16e6, start + sim::seconds(30));
        CHECK(quota.exceeded(start + sim::seconds(30)));
    }
    SUBCASE("a new process has measured nothing") {
        quota.forget();
        CHECK(quota.left(start) == doctest::Approx(2e6));
    }
}

TEST_CASE("without a limit nothing exceeds it") {
    models::ReplicationQuota quota;
    CHECK(!quota.limited());
    quota.record(1e18, sim::Instant{});
    CHECK(!quota.exceeded(sim::Instant{}));
    CHECK(quota.left(sim::Instant{}) == std::numeric_limits<double>::infinity());
}
