#include "sim/random.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "sim/contract.hpp"

using namespace rollcast::sim;  // NOLINT(google-build-using-namespace)

namespace {

std::vector<std::uint64_t> first_numbers(RandomStream random, int count) {
    std::vector<std::uint64_t> numbers;
    numbers.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) numbers.push_back(random.next());
    return numbers;
}

double chi_square(const std::vector<int>& counts, double expected) {
    double sum = 0.0;
    for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the answers published with Random123") {
    using Block = std::array<std::uint32_t, 4>;
    CHECK(philox_block({0, 0, 0, 0}, {0, 0}) ==
          Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox_block({ones, ones, ones, ones}, {ones, ones}) ==
          Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(
        philox_block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is the sequence of blocks of its own counter") {
    RandomStream random{0x0123'4567'89ab'cdef, 77, Draw::faults, 5};
    for (std::uint32_t block = 0; block < 3; ++block) {
        const auto words = philox_block({block, 5, 77, 8}, {0x89ab'cdef, 0x0123'4567});
        CHECK(random.next() == (std::uint64_t{words[1]} << 32 | words[0]));
        CHECK(random.next() == (std::uint64_t{words[3]} << 32 | words[2]));
    }
}

TEST_CASE("a stream depends on each part of its key and on nothing else") {
    const auto reference = first_numbers({7, 3, Draw::restart_time, 0}, 8);
    // Whatever other entities draw, and how much, this one's numbers stay.
    for (std::uint32_t entity = 100; entity < 120; ++entity) {
        first_numbers({7, entity, Draw::restart_time, 0}, static_cast<int>(entity));
    }
    CHECK(first_numbers({7, 3, Draw::restart_time, 0}, 8) == reference);
    CHECK(first_numbers({8, 3, Draw::restart_time, 0}, 8) != reference);
    CHECK(first_numbers({7ULL | 1ULL << 32, 3, Draw::restart_time, 0}, 8) != reference);
    CHECK(first_numbers({7, 4, Draw::restart_time, 0}, 8) != reference);
    CHECK(first_numbers({7, 3, Draw::step_phase, 0}, 8) != reference);
    CHECK(first_numbers({7, 3, Draw::restart_time, 1}, 8) != reference);
}

TEST_CASE("numbers below a bound are uniform, also across entities and occurrences") {
    constexpr int bins = 97;
    constexpr int expected = 1'000;  // in each bin
    constexpr int draws = bins * expected;
    std::vector<int> along(bins);
    std::vector<int> across(bins);
    RandomStream random{11, 0, Draw::placement, 0};
    for (std::uint32_t i = 0; i < draws; ++i) {
        ++along[random.below(bins)];
        ++across[RandomStream{11, i % 311, Draw::placement, i / 311}.below(bins)];
    }
    // 96 degrees of freedom: P(chi^2 > 146) = 0.0007.
    CHECK(chi_square(along, expected) < 146.0);
    CHECK(chi_square(across, expected) < 146.0);
}

TEST_CASE("numbers below a bound near 2^64 keep to it") {
    RandomStream random{12, 0, Draw::search, 0};
    const std::uint64_t bound = (std::uint64_t{1} << 63) + 1;
    double sum = 0.0;
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t number = random.below(bound);
        REQUIRE(number < bound);
        sum += static_cast<double>(number) / static_cast<double>(bound);
    }
    CHECK(sum / 10'000 == doctest::Approx(0.5).epsilon(0.02));
    CHECK(random.below(1) == 0);
    CHECK_THROWS_AS(random.below(0), ContractViolation);
}

TEST_CASE("uniform numbers fill the unit interval evenly") {
    std::vector<int> counts(100);
    RandomStream random{13, 0, Draw::rates, 0};
    for (int i = 0; i < 100'000; ++i) {
        const double u = random.uniform();
        REQUIRE(u >= 0.0);
        REQUIRE(u < 1.0);
        ++counts[static_cast<std::size_t>(u * 100)];
    }
    CHECK(chi_square(counts, 1'000) < 149.0);  // 99 degrees of freedom: P = 0.0009
}

TEST_CASE("normal quantiles invert the normal distribution to 1e-12 out to the far tail") {
    for (int step = -820; step <= 820; ++step) {
        const double x = step / 100.0;
        if (x > 5.0) continue;  // 1 - p would lose the digits that the test needs
        const double p = 0.5 * std::erfc(-x / std::sqrt(2.0));
        CAPTURE(x);
        REQUIRE(std::abs(normal_quantile(p) - x) < (x < 0 ? 1e-12 : 1e-9));
    }
    CHECK(normal_quantile(0.5) == 0.0);
    CHECK(std::abs(normal_quantile(0.95) - 1.6448536269514722) < 1e-15);
    CHECK_THROWS_AS(normal_quantile(0.0), ContractViolation);
    CHECK_THROWS_AS(normal_quantile(1.0), ContractViolation);
}

TEST_CASE("normal draws have the moments and quantiles of the standard normal") {
    constexpr int draws = 200'000;
    RandomStream random{14, 0, Draw::step_phase, 0};
    std::vector<double> sample;
    double mean = 0.0;
    double square = 0.0;
    double cube = 0.0;
    double fourth = 0.0;
    for (int i = 0; i < draws; ++i) {
        const double x = random.normal();
        sample.push_back(x);
        mean += x / draws;
        square += x * x / draws;
        cube += x * x * x / draws;
        fourth += x * x * x * x / draws;
    }
    // Four standard errors each.
    CHECK(std::abs(mean) < 0.009);
    CHECK(std::abs(square - 1.0) < 0.013);
    CHECK(std::abs(cube) < 0.035);
    CHECK(std::abs(fourth - 3.0) < 0.088);
    std::sort(sample.begin(), sample.end());
    CHECK(std::abs(sample[draws / 20] + 1.6449) < 0.02);
    CHECK(std::abs(sample[draws / 2]) < 0.012);
    CHECK(std::abs(sample[draws - draws / 40] - 1.9600) < 0.03);
}

TEST_CASE("a lognormal factor has median one and the 95th percentile asked for") {
    CHECK(lognormal_factor(0.0, 1.8) == 1.0);
    CHECK(lognormal_factor(1.6448536269514722, 1.8) == doctest::Approx(1.8).epsilon(1e-13));
    CHECK(lognormal_factor(-1.6448536269514722, 1.8) == doctest::Approx(1 / 1.8).epsilon(1e-13));
    CHECK(lognormal_factor(2.5, 1.0) == 1.0);
    CHECK_THROWS_AS(lognormal_factor(1.0, 0.0), ContractViolation);
}

TEST_CASE("draws have the same bits on every compiler and optimisation level") {
    RandomStream random{15, 1, Draw::detection, 2};
    double folded = 0.0;
    for (int i = 0; i < 1'000; ++i) {
        const double normal = random.normal();
        folded = 0.5 * folded + lognormal_factor(normal, 1.0 + random.uniform());
    }
    CHECK(folded == 0x1.7afc821caa734p+0);
}
