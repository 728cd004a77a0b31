#include "sim/parallel.hpp"

#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using rollcast::sim::for_each_index;

TEST_CASE("every index is visited once, at any number of threads") {
    for (const int threads : {-1, 1, 2, 7}) {
        std::vector<int> visits(100, 0);
        for_each_index(visits.size(), threads, [&](std::size_t i) { ++visits[i]; });
        CHECK(visits == std::vector<int>(100, 1));
    }
    for_each_index(0, 4, [](std::size_t) { FAIL("there is nothing to do"); });
}

TEST_CASE("an exception of a body reaches the caller") {
    const auto fails = [](std::size_t i) {
        if (i == 3) throw std::runtime_error("three");
    };
    CHECK_THROWS_WITH(for_each_index(8, 2, fails), "three");
}
