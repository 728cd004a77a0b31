// The state machine of an alert at every edge, as Prometheus 2.42 was observed to run it.
#include "models/alert_state.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/support/lab.hpp"

using namespace rollcast;
using models::AlertState;
using support::at;

namespace {

/// Evaluations every 15 s; `outcomes`: '1' holds, '0' does not. Returns the phase after each: '.'
/// inactive, 'p' pending, 'F' firing.
std::string phases(std::int64_t hold_s, std::int64_t keep_s, const std::string& outcomes) {
    AlertState state(sim::seconds(hold_s), sim::seconds(keep_s));
    std::string seen;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        state.evaluate(at(15 * static_cast<std::int64_t>(i)), outcomes[i] == '1');
        seen += state.phase() == AlertState::Phase::firing    ? 'F'
                : state.phase() == AlertState::Phase::pending ? 'p'
                                                              : '.';
    }
    return seen;
}

}  // namespace

TEST_CASE("an alert fires at the first evaluation at which it has held for long enough") {
    // True from 75 s on, for 30 s: fires at 105 s.
    CHECK(phases(30, 0, "00000111") == ".....ppF");
    // 20 s are not over at the second evaluation, and are at the third.
    CHECK(phases(20, 0, "0111") == ".ppF");
    CHECK(phases(0, 0, "0110") == ".FF.");
}

TEST_CASE("an alert that does not hold for long enough never fires") {
    CHECK(phases(30, 0, "0110110110") == ".pp.pp.pp.");
}

TEST_CASE("a flapping condition begins anew each time") {
    CHECK(phases(15, 0, "1101101") == "pF.pF.p");
    CHECK(phases(0, 0, "10101") == "F.F.F");
}

TEST_CASE("keep_firing_for holds an alert until it has been false for so long") {
    // False from 150 s on, kept for 120 s: firing at 255 s, gone at 270 s.
    const std::string seen = phases(0, 120, "1111111111" + std::string(12, '0'));
    CHECK(seen == std::string(10, 'F') + std::string(8, 'F') + "....");
    CHECK(seen[255 / 15] == 'F');
    CHECK(seen[270 / 15] == '.');
}

TEST_CASE("keep_firing_for bridges gaps, and counts from the last of them") {
    CHECK(phases(0, 30, "10100100000") == "FFFFFFFF...");
    CHECK(phases(0, 45, "100100000") == "FFFFFFF..");
    // A pending alert is not kept.
    CHECK(phases(30, 120, "11011") == "pp.pp");
}

TEST_CASE("evaluations before the next change change nothing") {
    AlertState state(sim::seconds(60), sim::seconds(45));
    CHECK(state.next_change() == sim::Instant::never());
    state.evaluate(at(30), true);
    CHECK(state.next_change() == at(30 + 60));
    state.evaluate(at(90), true);
    CHECK(state.firing());
    CHECK(state.next_change() == sim::Instant::never());
    state.evaluate(at(120), false);
    CHECK(state.next_change() == at(120 + 45));
    state.evaluate(at(165), false);
    CHECK_FALSE(state.firing());
    CHECK(state.next_change() == sim::Instant::never());
}
