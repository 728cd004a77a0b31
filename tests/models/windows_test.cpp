// Change windows against a scan of every minute.
#include "models/windows.hpp"

#include <doctest/doctest.h>

#include "sim/random.hpp"

using namespace rollcast;
using models::Span;
using models::Windows;

namespace {

constexpr std::int64_t day = 24 * 60;

sim::Instant minute(std::int64_t m) { return sim::Instant{sim::minutes(m)}; }

/// Windows in whole minutes, and what they mean.
struct Sketch {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::int64_t start_of_run = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> blackouts;

    Windows windows() const {
        std::vector<Span> spans;
        for (const auto& [a, b] : blackouts) spans.push_back({minute(a), minute(b)});
        return {sim::minutes(from), sim::minutes(to), sim::minutes(start_of_run), spans};
    }
    bool open(std::int64_t m) const {
        const std::int64_t now = (m + start_of_run) % day;
        const std::int64_t length = to > from ? to - from : to - from + day;
        if ((now - from + day) % day >= length) return false;
        for (const auto& [a, b] : blackouts) {
            if (m >= a && m < b) return false;
        }
        return true;
    }
    /// For each minute below `horizon`: how many minutes from it on are open.
    std::vector<std::int64_t> open_from(std::int64_t horizon) const {
        std::vector<std::int64_t> minutes(static_cast<std::size_t>(horizon) + 1, 0);
        for (std::int64_t m = horizon; m-- > 0;) {
            const auto i = static_cast<std::size_t>(m);
            minutes[i] = open(m) ? minutes[i + 1] + 1 : 0;
        }
        return minutes;
    }
};

Sketch random_sketch(std::uint64_t seed) {
    sim::RandomStream random(seed, 5, sim::Draw::placement, 0);
    const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.below(n)); };
    Sketch sketch;
    sketch.from = below(24) * 60;
    sketch.to = below(24) * 60;
    sketch.start_of_run = below(1'440);
    if (below(4) == 0) sketch.to = sketch.from;
    for (std::int64_t i = below(5); i > 0; --i) {
        const std::int64_t from = below(4 * 1'440);
        sketch.blackouts.emplace_back(from, from + 1 + below(1'000));
    }
    return sketch;
}

}  // namespace

TEST_CASE("property: windows equal a scan of every minute") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const Sketch sketch = random_sketch(seed);
        const Windows windows = sketch.windows();
        std::int64_t open_minutes = 0;
        for (std::int64_t m = 0; m < 5 * day; ++m) {
            REQUIRE(windows.open_at(minute(m)) == sketch.open(m));
            if (m % 7 == 0) {
                REQUIRE(windows.open_time_until(minute(m)) == sim::minutes(open_minutes));
            }
            open_minutes += sketch.open(m) ? 1 : 0;
        }
    }
}

TEST_CASE("property: the next start is the first minute from which the whole work fits") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        const Sketch sketch = random_sketch(seed);
        const Windows windows = sketch.windows();
        const std::vector<std::int64_t> open = sketch.open_from(12 * day);
        for (const std::int64_t length : {1, 45, 240, 600, 1'441}) {
            for (std::int64_t m = 0; m < 5 * day; m += 331) {
                CAPTURE(length);
                CAPTURE(m);
                auto first = static_cast<std::size_t>(m);
                while (first < open.size() && open[first] < length) ++first;
                const bool none = first == open.size();
                const sim::Instant start = windows.next_start(minute(m), sim::minutes(length));
                REQUIRE(start ==
                        (none ? sim::Instant::never() : minute(static_cast<std::int64_t>(first))));
            }
        }
    }
}

TEST_CASE("no windows are always open") {
    const Windows windows;
    CHECK(windows.always_open());
    CHECK(windows.open_at(minute(12'345)));
    CHECK(windows.next_start(minute(7), sim::hours(1'000)) == minute(7));
    CHECK(windows.open_time_until(minute(99)) == sim::minutes(99));
}

TEST_CASE("a window over midnight is one stretch") {
    const Windows windows(sim::hours(22), sim::hours(4), sim::hours(23), {});
    CHECK(!windows.always_open());
    CHECK(windows.open_at(minute(0)));
    CHECK(windows.stretch_after(minute(30)).to == minute(5 * 60));
    CHECK(windows.next_start(minute(60), sim::hours(5)) == minute(23 * 60));
}

TEST_CASE("equal times of day are the whole day, less blackouts") {
    const Windows windows(sim::hours(3), sim::hours(3), {}, {{minute(100), minute(200)}});
    CHECK(windows.open_at(minute(99)));
    CHECK(!windows.open_at(minute(100)));
    CHECK(windows.open_at(minute(200)));
    CHECK(windows.next_start(minute(50), sim::minutes(51)) == minute(200));
    CHECK(windows.next_start(minute(50), sim::minutes(50)) == minute(50));
    CHECK(windows.next_start(minute(300), sim::hours(10'000)) == minute(300));
}

TEST_CASE("work longer than every window never starts") {
    const Windows windows(sim::hours(1), sim::hours(2), {}, {});
    CHECK(windows.next_start(minute(0), sim::minutes(61)) == sim::Instant::never());
    CHECK(windows.next_start(minute(0), sim::minutes(60)) == minute(60));
}
