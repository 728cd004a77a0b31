// Means with their intervals, and what may stand after --vary.
#include "scenarios/study/study.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "scenarios/suite/student.hpp"

using namespace rollcast::scenarios;

namespace {

std::vector<double> numbers_of(const std::string& text) {
    const Json scenario = Json::parse(R"({"case": {"fleet": {"clusters": [{}, {}]}},
                                          "faults": [{"kind": "broker_crash"}]})");
    return read_axis(text, scenario, [] { return 7'200.0; }).numbers;
}

}  // namespace

TEST_CASE("an interval of a mean is Student's, of a share Wilson's, and none where all are alike") {
    // s = sqrt(5/3), standard error s / 2, t(3) at 97.5 % = 3.18245
    const Estimate mean = estimate({1.0, 2.0, 3.0, 4.0}, false);
    CHECK(mean.mean == doctest::Approx(2.5));
    CHECK(mean.high - mean.mean == doctest::Approx(3.18245 * 1.290994 / 2).epsilon(1e-5));
    CHECK(mean.least == 1.0);
    CHECK(mean.most == 4.0);
    // 8 of 10: Wilson's 95 % interval is 49.0 % to 94.3 %
    const Estimate share = estimate({1, 1, 1, 1, 1, 1, 1, 1, 0, 0}, true);
    CHECK(share.low == doctest::Approx(0.4902).epsilon(1e-3));
    CHECK(share.high == doctest::Approx(0.9433).epsilon(1e-3));
    const Estimate alike = estimate({3.0, 3.0, 3.0}, false);
    CHECK(alike.low == 3.0);
    CHECK(alike.high == 3.0);
    CHECK(estimate({}, false).runs == 0);
}

TEST_CASE("quantiles of Student's distribution are those of the tables") {
    CHECK(student_quantile(0.025, 1) == doctest::Approx(12.7062).epsilon(1e-5));
    CHECK(student_quantile(0.025, 10) == doctest::Approx(2.22814).epsilon(1e-5));
    CHECK(student_quantile(0.05, 5) == doctest::Approx(2.01505).epsilon(1e-5));
    CHECK(student_quantile(0.025, 1e6) == doctest::Approx(1.95996).epsilon(1e-5));
}

TEST_CASE("values are lists, ranges with a step, and so many values with both ends") {
    CHECK(numbers_of("crews=1,2,4") == std::vector<double>{1, 2, 4});
    CHECK(numbers_of("crews=1..7:2") == std::vector<double>{1, 3, 5, 7});
    CHECK(numbers_of("/case/x=0..1/5") == std::vector<double>{0, 0.25, 0.5, 0.75, 1});
    CHECK(numbers_of("telemetry-delay=1 min..3 min/3") == std::vector<double>{60, 120, 180});
    CHECK(numbers_of("throttle=1 MB,2 MB") == std::vector<double>{1e6, 2e6});
    CHECK(numbers_of("fault-time").size() == 25);
    CHECK(numbers_of("fault-time").back() == 7'200.0);
    CHECK(numbers_of("/policy=one,event").empty());  // words
    const StudyAxis throttle = read_axis(
        "throttle=1 MB", Json::parse(R"({"case": {"fleet": {"clusters": [{}, {}]}}})"), {});
    CHECK(throttle.pointers.size() == 4);
}

TEST_CASE("what cannot be read is shown at its place") {
    for (const char* wrong : {"crews=1,,2",
                              "crews=..",
                              "crews=5..1:1",
                              "crews=1..2/1",
                              "crews=1..9",
                              "telemetry-delay=5",
                              "throttle=5 s",
                              "nobody=1",
                              "crews=1..2:0"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(numbers_of(wrong), InputError);
    }
}
