#include "sim/elementary.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "sim/contract.hpp"
#include "sim/random.hpp"

using namespace rollcast::sim;  // NOLINT(google-build-using-namespace)

namespace {

double relative_error(double found, double expected) {
    return expected == 0 ? std::abs(found) : std::abs(found - expected) / std::abs(expected);
}

}  // namespace

TEST_CASE("exp_exact agrees with libm to 1e-13 over the whole range of doubles") {
    RandomStream random{1, 0, Draw::search, 0};
    for (int i = 0; i < 100'000; ++i) {
        const double x = -708.0 + 1'417.0 * random.uniform();
        CAPTURE(x);
        REQUIRE(relative_error(exp_exact(x), std::exp(x)) < 1e-13);
        REQUIRE(relative_error(exp_exact(x / 1e4), std::exp(x / 1e4)) < 1e-15);
    }
    CHECK(exp_exact(0.0) == 1.0);
    CHECK(exp_exact(1e6) == std::numeric_limits<double>::infinity());
    CHECK(exp_exact(-1e6) == 0.0);
    CHECK(relative_error(exp_exact(709.78), std::exp(709.78)) < 1e-13);
}

TEST_CASE("log_exact agrees with libm to 1e-13, near one and among subnormals too") {
    RandomStream random{2, 0, Draw::search, 0};
    for (int i = 0; i < 100'000; ++i) {
        const double wide = std::exp(-740.0 + 1'449.0 * random.uniform());
        const double near = 1.0 + (random.uniform() - 0.5) * std::exp(-40.0 * random.uniform());
        CAPTURE(wide);
        CAPTURE(near);
        REQUIRE(relative_error(log_exact(wide), std::log(wide)) < 1e-13);
        REQUIRE(relative_error(log_exact(near), std::log(near)) < 1e-13);
    }
    CHECK(log_exact(1.0) == 0.0);
    CHECK(relative_error(log_exact(std::numeric_limits<double>::denorm_min()), -744.4400719213812) <
          1e-13);
}

TEST_CASE("elementary functions have the same bits on every compiler and optimisation level") {
    double folded = 0.0;
    for (int i = 1; i <= 1'000; ++i) folded = exp_exact(-folded) + log_exact(i * 0.37);
    CHECK(folded == 0x1.7aa30a0253873p+2);
}

TEST_CASE("elementary functions refuse what has no answer") {
    CHECK_THROWS_AS(exp_exact(std::numeric_limits<double>::quiet_NaN()), ContractViolation);
    CHECK_THROWS_AS(log_exact(0.0), ContractViolation);
    CHECK_THROWS_AS(log_exact(-1.0), ContractViolation);
    CHECK_THROWS_AS(log_exact(std::numeric_limits<double>::infinity()), ContractViolation);
}
