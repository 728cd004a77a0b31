// Waits on a grid, against closed forms of queues.
#include "models/delay_grid.hpp"

#include <cmath>

#include <doctest/doctest.h>

using namespace rollcast;
using namespace rollcast::models;

namespace {

constexpr double step = 0.002;

DelayGrid exponential(double mean, double most) {
    return {step, most, [&](double t) { return t <= 0.0 ? 0.0 : 1.0 - std::exp(-t / mean); }};
}
DelayGrid always(double length) { return DelayGrid(step).shifted(length); }

/// P(length > t).
double beyond(const DelayGrid& grid, double t) {
    double sum = 0.0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (static_cast<double>(i) * step > t) sum += grid.share(i);
    }
    return sum;
}

}  // namespace

TEST_CASE("sums, the longer of two and mixtures of delays have the moments that they must have") {
    const DelayGrid a = exponential(0.3, 6.0);
    const DelayGrid b = exponential(0.5, 10.0);
    CHECK(a.mean() == doctest::Approx(0.3).epsilon(0.001));
    CHECK((a + b).mean() == doctest::Approx(0.8).epsilon(0.001));
    // E max = 1/l + 1/m - 1/(l + m).
    CHECK(longer(a, b).mean() == doctest::Approx(0.8 - 1.0 / (1 / 0.3 + 1 / 0.5)).epsilon(0.002));
    CHECK(a.mixed(0.25, b).mean() == doctest::Approx(0.75 * 0.3 + 0.25 * 0.5).epsilon(0.001));
    CHECK(a.shifted(1.0).quantile(0.5) == doctest::Approx(1.0 + 0.3 * std::log(2)).epsilon(0.001));
}

TEST_CASE(
    "a lognormal time has its median and its 95th percentile, and one without spread is one") {
    const SpreadDuration time{sim::milliseconds(300), sim::milliseconds(900)};
    const DelayGrid grid = spread_grid(step, time);
    CHECK(grid.quantile(0.5) == doctest::Approx(0.3).epsilon(0.002));
    CHECK(grid.quantile(0.95) == doctest::Approx(0.9).epsilon(0.002));
    const double sigma = std::log(3.0) / 1.6448536269514722;
    CHECK(grid.mean() == doctest::Approx(0.3 * std::exp(sigma * sigma / 2)).epsilon(0.002));
    CHECK(spread_grid(step, {sim::milliseconds(300), {}}).quantile(0.99) ==
          doctest::Approx(0.3).epsilon(0.004));
}

TEST_CASE("work that goes on for all that has come is met under way as often as renewals say") {
    // Rounds of length r and arrivals at rate l: busy l r e^(l r) to idle 1, and what is left of a
    // round is uniform.
    for (const double rate : {0.2, 1.0, 2.5}) {
        CAPTURE(rate);
        const DelayGrid wait = wait_at_random(rate, always(1.0));
        const double busy = rate * std::exp(rate) / (1.0 + rate * std::exp(rate));
        CHECK(beyond(wait, 0.0) == doctest::Approx(busy).epsilon(0.005));
        CHECK(beyond(wait, 0.5) == doctest::Approx(0.5 * busy).epsilon(0.01));
    }
    // Exponential rounds forget: what is left is exponential again; P(nothing came) = 1 / (1 + l).
    const DelayGrid wait = wait_at_random(1.0, exponential(1.0, 20.0));
    CHECK(beyond(wait, 0.0) == doctest::Approx(2.0 / 3.0).epsilon(0.005));
    CHECK(beyond(wait, 1.0) == doctest::Approx(2.0 / 3.0 * std::exp(-1.0)).epsilon(0.01));
}

TEST_CASE("a queue that is fed in step waits as D/M/1 does") {
    // P(wait > t) = s e^(-(1 - s) t), s = e^(-(1 - s) T) with work of mean 1 every T.
    for (const double interval : {1.5, 2.0, 4.0}) {
        CAPTURE(interval);
        double s = 0.5;
        for (int i = 0; i < 200; ++i) s = std::exp(-(1.0 - s) * interval);
        const DelayGrid begins =
            begin_in_step(interval, DelayGrid(step), exponential(1.0, 14.0), 40);
        CHECK(beyond(begins, 0.0) == doctest::Approx(s).epsilon(0.02));
        CHECK(beyond(begins, 1.0) == doctest::Approx(s * std::exp(-(1.0 - s))).epsilon(0.03));
    }
}

TEST_CASE("no more than so many are in a queue: what would be one more goes with the last") {
    // Work of 1 every 2, but now and then 30: without a limit a dozen would wait behind it.
    const DelayGrid work = always(1.0).mixed(0.002, always(30.0));
    const double free = beyond(begin_in_step(2.0, DelayGrid(step), work, 40), 1.0);
    const double limited = beyond(begin_in_step(2.0, DelayGrid(step), work, 2), 1.0);
    CHECK(limited < free);
    // Those that set out in the 30 seconds wait all the same, and next to nobody else.
    CHECK(limited == doctest::Approx(0.002 * (30.0 - 1.0) / 2.0).epsilon(0.15));
}
