// The order in which a fetcher asks for its partitions, as the recorded run r10 shows it.
#include "models/fetch_order.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace rollcast;

TEST_CASE("partitions are asked for in the order of a Scala hash map") {
    // Broker 4's of which broker 5 was the leader; the leader's own log has its first entries.
    std::vector<std::pair<std::string, std::uint32_t>> partitions{{"audit", 5},
                                                                  {"events", 3},
                                                                  {"events", 9},
                                                                  {"events", 11},
                                                                  {"events", 15},
                                                                  {"events", 21},
                                                                  {"events", 23},
                                                                  {"orders", 4},
                                                                  {"orders", 9},
                                                                  {"orders", 10},
                                                                  {"orders", 16},
                                                                  {"orders", 21},
                                                                  {"orders", 22},
                                                                  {"orders", 28},
                                                                  {"orders", 33},
                                                                  {"orders", 34},
                                                                  {"orders", 40},
                                                                  {"orders", 45},
                                                                  {"orders", 46}};
    const std::size_t count = partitions.size();
    std::sort(partitions.begin(), partitions.end(), [&](const auto& x, const auto& y) {
        return models::fetch_place(x.first, x.second, count) <
               models::fetch_place(y.first, y.second, count);
    });
    const std::vector<std::pair<std::string, std::uint32_t>> first{
        {"orders", 40}, {"events", 21}, {"orders", 9}, {"orders", 10}, {"events", 23}};
    CHECK(std::equal(first.begin(), first.end(), partitions.begin()));
}

TEST_CASE("a hash map of 16 slots doubles with its 12th and its 24th entry") {
    // hashCode of ("a", 0) is 31 x 31 + 97 = 1058: slot 2 of 16, slot 2 of 32, slot 34 of 64.
    CHECK((models::fetch_place("a", 0, 11) >> 32U) == 2);
    CHECK((models::fetch_place("a", 0, 12) >> 32U) == 2);
    CHECK((models::fetch_place("a", 0, 23) >> 32U) == 2);
    CHECK((models::fetch_place("a", 0, 24) >> 32U) == 34);
    // ("a", 1): 31 x 32 + 97 = 1089: slots 1, 1 and 1.
    CHECK((models::fetch_place("a", 1, 11) >> 32U) == 1);
}
