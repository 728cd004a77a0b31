#include "report/words.hpp"

#include <limits>

#include <doctest/doctest.h>

using namespace rollcast;
using namespace rollcast::report;

TEST_CASE("a duration shows its two largest units") {
    CHECK(duration_text(sim::Duration{}) == "0 s");
    CHECK(duration_text(sim::nanoseconds(1)) == "under 1 ms");
    CHECK(duration_text(sim::milliseconds(350)) == "350 ms");
    CHECK(duration_text(sim::milliseconds(12'500)) == "12.5 s");
    CHECK(duration_text(sim::seconds(15)) == "15 s");
    CHECK(duration_text(sim::seconds(6 * 60 + 40)) == "6 min 40 s");
    CHECK(duration_text(sim::hours(25) + sim::minutes(6)) == "25 h 06 min");
}

TEST_CASE("a duration that rounds up to the next unit is shown in that unit") {
    CHECK(duration_text(sim::nanoseconds(999'999'999)) == "1 s");
    CHECK(duration_text(sim::seconds(60) - sim::nanoseconds(1)) == "1 min 00 s");
    CHECK(duration_text(sim::hours(1) - sim::nanoseconds(1)) == "1 h 00 min");
}

TEST_CASE("a number has three decimals below a thousand and none above") {
    CHECK(number_text(0.1236) == "0.124");
    CHECK(number_text(2) == "2");
    CHECK(number_text(7'431'388.809) == "7,431,388");
}

TEST_CASE("seconds that are no number are unknown, and very many are hours") {
    CHECK(seconds_text(std::numeric_limits<double>::quiet_NaN()) == "unknown");
    CHECK(seconds_text(-1) == "unknown");
    CHECK(seconds_text(3.6e12) == "1000000000 h");
    CHECK(seconds_text(90'360) == "25 h 06 min");
}

TEST_CASE("an instant is a time since the start of the run") {
    CHECK(clock_text(sim::Instant{sim::seconds(3'600 + 12 * 60 + 20)}) == "1:12:20");
    CHECK(clock_text(sim::Instant{sim::hours(31)}) == "31:00:00");
    CHECK(clock_text(sim::Instant::never()) == "never");
}

TEST_CASE("counts are grouped by thousands and agree in number") {
    CHECK(count_text(7) == "7");
    CHECK(count_text(360'000) == "360,000");
    CHECK(count_text(1'234'567) == "1,234,567");
    CHECK(count_text(1, "partition", "partitions") == "1 partition");
    CHECK(count_text(0, "partition", "partitions") == "0 partitions");
}

TEST_CASE("bytes have three digits and a decimal unit") {
    CHECK(bytes_text(0) == "0 B");
    CHECK(bytes_text(999) == "999 B");
    CHECK(bytes_text(999.7) == "1 kB");
    CHECK(bytes_text(1.25e12) == "1.25 TB");
    CHECK(bytes_text(218e9) == "218 GB");
    CHECK(bytes_text(-1) == "unknown");
}

TEST_CASE("a share that is not zero never shows as zero") {
    CHECK(percent_text(0) == "0 %");
    CHECK(percent_text(0.0001) == "under 0.1 %");
    CHECK(percent_text(0.0544) == "5.4 %");
    CHECK(percent_text(1) == "100 %");
    CHECK(percent_text(std::numeric_limits<double>::infinity()) == "unknown");
}
