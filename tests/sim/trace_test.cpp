#include "sim/trace.hpp"

#include <bit>
#include <set>
#include <vector>

#include <doctest/doctest.h>

using namespace rollcast::sim;  // NOLINT(google-build-using-namespace)

namespace {

struct Event {
    std::int64_t at_ns;
    std::uint32_t kind;
    std::uint32_t entity;
    std::uint64_t extra;
};

std::uint64_t hash_of(const std::vector<Event>& events) {
    TraceHash trace;
    for (const Event& event : events) {
        trace.fold(Instant{nanoseconds(event.at_ns)}, event.kind, event.entity, event.extra);
    }
    return trace.value();
}

}  // namespace

TEST_CASE("the order of events matters, at equal instants too") {
    const Event a{5, 1, 7, 0};
    const Event b{5, 2, 7, 0};
    CHECK(hash_of({a, b}) != hash_of({b, a}));
    CHECK(hash_of({a}) != hash_of({a, a}));
    CHECK(combine(1, 2) != combine(2, 1));
    CHECK(combine(0, 0) != combine(0, 1));
}

TEST_CASE("one flipped bit of one event changes about half the bits of the value") {
    const std::vector<Event> events(20, Event{1'000'000'007, 3, 41, 99});
    const std::uint64_t reference = hash_of(events);
    int changed_bits = 0;
    int flips = 0;
    const auto flip = [&](auto change) {
        for (const std::size_t place : {0U, 9U, 19U}) {
            std::vector<Event> other = events;
            change(other[place]);
            const int distance = std::popcount(hash_of(other) ^ reference);
            CHECK(distance > 8);
            changed_bits += distance;
            ++flips;
        }
    };
    for (int bit = 0; bit < 63; ++bit) flip([&](Event& e) { e.at_ns ^= std::int64_t{1} << bit; });
    for (int bit = 0; bit < 32; ++bit) flip([&](Event& e) { e.kind ^= std::uint32_t{1} << bit; });
    for (int bit = 0; bit < 32; ++bit) flip([&](Event& e) { e.entity ^= std::uint32_t{1} << bit; });
    for (int bit = 0; bit < 64; ++bit) flip([&](Event& e) { e.extra ^= std::uint64_t{1} << bit; });
    CHECK(changed_bits / static_cast<double>(flips) == doctest::Approx(32.0).epsilon(0.05));
}

TEST_CASE("kind, entity, extra and instant cannot stand in for one another") {
    std::set<std::uint64_t> values;
    int events = 0;
    for (std::int64_t at = 0; at < 12; ++at) {
        for (std::uint32_t kind = 0; kind < 12; ++kind) {
            for (std::uint32_t entity = 0; entity < 12; ++entity) {
                for (std::uint64_t extra = 0; extra < 12; ++extra, ++events) {
                    values.insert(hash_of({{at, kind, entity, extra}}));
                }
            }
        }
    }
    CHECK(values.size() == static_cast<std::size_t>(events));
}

TEST_CASE("a run of zeros is not a fixed point") {
    TraceHash trace;
    std::set<std::uint64_t> values{trace.value()};
    for (int i = 0; i < 10'000; ++i) {
        trace.fold(0);
        values.insert(trace.value());
    }
    CHECK(values.size() == 10'001);
}

TEST_CASE("the value of a fixed trace never changes: recorded runs depend on it") {
    CHECK(TraceHash{}.value() == 0xcca6'f018'7520'd208);
    CHECK(
        hash_of({{0, 0, 0, 0}, {1, 2, 3, 4}, {-1, 0xffff'ffff, 0xffff'ffff, ~std::uint64_t{0}}}) ==
        0x14b7'8c1d'c51c'433f);
    CHECK(combine(1, 2) == 0x86e8'e8a2'2f4f'dd61);
}
