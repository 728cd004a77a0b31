#include "sim/event_queue.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "sim/random.hpp"

using namespace rollcast::sim;  // NOLINT(google-build-using-namespace)

namespace {

struct Note {
    std::uint64_t value;
    std::uint64_t other;
};
using Queue = EventQueue<Note>;

Instant at(std::int64_t ns) { return Instant{nanoseconds(ns)}; }

/// The same queue by the book: a list that is searched for its least (instant, sequence).
class SortedList {
public:
    void push(Instant due, std::uint64_t sequence) { pending_.emplace_back(due, sequence); }
    std::pair<Instant, std::uint64_t> pop() {
        const auto next = std::min_element(pending_.begin(), pending_.end());
        const auto taken = *next;
        pending_.erase(next);
        return taken;
    }
    bool empty() const { return pending_.empty(); }

private:
    std::vector<std::pair<Instant, std::uint64_t>> pending_;
};

/// Increments of every size, with many ties: 0, a few ns, up to hours, and rarely "never".
Instant later_instant(Instant now, RandomStream& random) {
    if (now == Instant::never() || random.below(200) == 0) return Instant::never();
    const std::uint64_t bits = random.below(44);
    const auto step = static_cast<std::int64_t>(random.below(std::uint64_t{1} << bits));
    if (now > Instant::never() - nanoseconds(step)) return Instant::never();
    return now + nanoseconds(random.below(3) == 0 ? step & ~std::int64_t{0xff} : step);
}

std::vector<std::uint64_t> drained(Queue queue) {
    std::vector<std::uint64_t> sequences;
    while (!queue.empty()) sequences.push_back(queue.pop().sequence);
    return sequences;
}

}  // namespace

TEST_CASE("events leave by instant, and those of one instant in the order of their pushes") {
    Queue queue;
    CHECK(queue.empty());
    CHECK(queue.push(at(20), {1, 0}) == 0);
    CHECK(queue.push(at(10), {2, 0}) == 1);
    CHECK(queue.push(at(20), {3, 0}) == 2);
    CHECK(queue.push(at(10), {4, 0}) == 3);
    CHECK(queue.size() == 4);
    CHECK(queue.top().payload.value == 2);
    CHECK(queue.pop().payload.value == 2);
    CHECK(queue.pop().payload.value == 4);
    CHECK(queue.push(at(10), {5, 0}) == 4);
    CHECK(queue.pop().payload.value == 5);
    const Queue::Entry last = queue.pop();
    CHECK(last.at == at(20));
    CHECK(last.sequence == 0);
    CHECK(queue.pop().payload.value == 3);
    CHECK(queue.empty());
}

TEST_CASE("every event that waits is visited once, wherever the queue keeps it") {
    RandomStream random{12, 0, Draw::search, 0};
    Queue queue;
    std::set<std::uint64_t> waiting;
    Instant now{};
    for (int round = 0; round < 2'000; ++round) {
        const bool near = random.below(2) == 0;
        const auto ahead = static_cast<std::int64_t>(random.below(near ? 3 : 5'000'000'000));
        waiting.insert(queue.push(now + nanoseconds(ahead), {}));
        if (random.below(3) == 0) {
            const Queue::Entry popped = queue.pop();
            now = popped.at;
            waiting.erase(popped.sequence);
        }
        std::set<std::uint64_t> visited;
        std::size_t visits = 0;
        queue.for_each([&](const Queue::Entry& entry) {
            visited.insert(entry.sequence);
            ++visits;
        });
        REQUIRE(visits == queue.size());
        REQUIRE(visited == waiting);
    }
}

TEST_CASE("an event pushed after a look at the top may still come before it") {
    Queue queue;
    queue.push(at(1'000'000), {1, 0});
    CHECK(queue.top().at == at(1'000'000));
    for (std::int64_t ns = 300; ns > 0; --ns) queue.push(at(ns), {2, 0});
    for (std::int64_t ns = 1; ns <= 300; ++ns) REQUIRE(queue.pop().at == at(ns));
    CHECK(queue.pop().payload.value == 1);
}

TEST_CASE("many events pushed after a look far ahead come before what was looked at") {
    RandomStream random{11, 0, Draw::search, 0};
    for (int round = 0; round < 50; ++round) {
        Queue queue;
        SortedList list;
        const auto push = [&](std::int64_t ns) {
            const Instant due{Duration{ns}};
            list.push(due, queue.push(due, {0, 0}));
        };
        push(1'000);
        CHECK(queue.pop().sequence == list.pop().second);
        const std::int64_t ahead = std::int64_t{1} << (15 + random.below(20));
        for (int i = 0; i < 100; ++i) {
            push(ahead + static_cast<std::int64_t>(random.below(1'000'000'000)));
        }
        queue.top();  // moves the present of the queue ahead
        for (int i = 0; i < 200; ++i) {
            push(1'000 + static_cast<std::int64_t>(
                             random.below(static_cast<std::uint64_t>(ahead) - 1'000)));
        }
        while (!list.empty()) REQUIRE(queue.pop().sequence == list.pop().second);
        CHECK(queue.empty());
    }
}

TEST_CASE("a burst of one instant that schedules more for that instant keeps its order") {
    Queue queue;
    for (std::uint64_t i = 0; i < 1'000; ++i) queue.push(at(5), {i, 0});
    queue.push(at(6), {9'999, 0});
    for (std::uint64_t i = 0; i < 3'000; ++i) {
        const Queue::Entry entry = queue.pop();
        REQUIRE(entry.at == at(5));
        REQUIRE(entry.payload.value == i);
        if (i < 2'000) queue.push(at(5), {i + 1'000, 0});
        if (i % 7 == 0) queue.push(at(7), {0, 0});
    }
    CHECK(queue.pop().payload.value == 9'999);
}

TEST_CASE("the extreme instants are in order") {
    Queue queue;
    queue.push(Instant::never(), {3, 0});
    queue.push(at(0), {1, 0});
    queue.push(Instant::never(), {4, 0});
    queue.push(Instant::never() - nanoseconds(1), {2, 0});
    for (std::uint64_t expected = 1; expected <= 4; ++expected) {
        CHECK(queue.pop().payload.value == expected);
    }
    queue.push(Instant::never(), {5, 0});
    CHECK(queue.pop().payload.value == 5);
}

TEST_CASE("what has no place in the order is refused") {
    Queue queue;
    CHECK_THROWS_AS(queue.pop(), ContractViolation);
    CHECK_THROWS_AS(queue.top(), ContractViolation);
    CHECK_THROWS_AS(queue.push(at(-1), {}), ContractViolation);
    queue.push(at(10), {});
    queue.pop();
    CHECK_THROWS_AS(queue.push(at(9), {}), ContractViolation);
    queue.push(at(10), {});
    queue.clear();
    CHECK(queue.empty());
    CHECK(queue.push(at(1), {}) == 0);
}

TEST_CASE("property: any workload leaves in the order of a sorted list") {
    CHECK(rc::check([](std::uint64_t seed) {
        RandomStream random{seed, 0, Draw::search, 0};
        const std::uint64_t target = 1 + random.below(300);
        Queue queue;
        SortedList list;
        Instant now{};
        for (int step = 0; step < 1'500; ++step) {
            const bool grow = queue.size() < target ? random.below(4) != 0 : random.below(4) == 0;
            if (grow || queue.empty()) {
                const Instant due = later_instant(now, random);
                list.push(due, queue.push(due, {random.next(), 0}));
            } else {
                if (random.below(2) == 0) queue.top();
                const auto [due, sequence] = list.pop();
                const Queue::Entry entry = queue.pop();
                RC_ASSERT(entry.at == due);
                RC_ASSERT(entry.sequence == sequence);
                now = due == Instant::never() ? now : due;
                if (due == Instant::never()) break;  // nothing but "never" is left to compare
            }
        }
        while (!list.empty()) RC_ASSERT(queue.pop().sequence == list.pop().second);
        RC_ASSERT(queue.empty());
    }));
}

TEST_CASE("a copy taken in mid-run pops the same, whatever happens to the original") {
    RandomStream random{3, 0, Draw::search, 0};
    Queue queue;
    Queue snapshot;  // reused: copied into again and again
    Instant now{};
    for (int step = 0; step < 5'000; ++step) {
        queue.push(later_instant(now, random), {static_cast<std::uint64_t>(step), 0});
        if (step % 3 == 0 && queue.top().at != Instant::never()) now = queue.pop().at;
        if (step % 250 != 0) continue;
        snapshot = queue;
        const std::vector<std::uint64_t> expected = drained(queue);
        REQUIRE(drained(snapshot) == expected);
        queue = snapshot;
    }
}

TEST_CASE("bimodal increments keep their order at ten thousand pending events") {
    RandomStream random{4, 0, Draw::search, 0};
    Queue queue;
    const auto increment = [&random] {
        const auto short_one = static_cast<std::int64_t>(random.below(2'000'000));
        return nanoseconds(random.below(1'000) == 0 ? 10'000 * short_one : short_one);
    };
    for (std::uint64_t i = 0; i < 10'000; ++i) queue.push(Instant{} + increment(), {i, 0});
    Queue::Entry last = queue.pop();
    for (int hold = 0; hold < 100'000; ++hold) {
        queue.push(last.at + increment(), last.payload);
        const Queue::Entry next = queue.pop();
        REQUIRE((next.at > last.at || (next.at == last.at && next.sequence > last.sequence)));
        last = next;
    }
    CHECK(queue.size() == 9'999);
}
