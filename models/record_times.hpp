// How long the small steps of a record's way take; parameters of the record fidelity and of the
// latency model.
#pragma once

#include "models/step.hpp"

namespace rollcast::models {

/// Defaults of all clients (§3.1): retry.backoff.ms, reconnect.backoff.ms and its maximum.
inline constexpr sim::Duration retry_backoff = sim::milliseconds(100);
inline constexpr sim::Duration reconnect_backoff = sim::milliseconds(50);
inline constexpr sim::Duration reconnect_backoff_max = sim::seconds(1);

struct RecordTimes {
    sim::Duration network = sim::microseconds(250);      // one way between two hosts; assumed
    SpreadDuration service{sim::microseconds(300), {}};  // a broker handles a request; assumed
    /// fsync of what a request or a fetch brings, where every message is flushed; assumed.
    SpreadDuration flush{sim::milliseconds(2), {}};
    SpreadDuration propagation{sim::milliseconds(20), {}};  // a decision reaches brokers; assumed
    SpreadDuration hearing{};     // then, until one of them acts on it; assumed
    SpreadDuration takeover{};    // then, until it leads the first of what it is to lead; assumed
    SpreadDuration succession{};  // then, until it leads the last of that; assumed
    SpreadDuration closing{sim::milliseconds(80),
                           {}};  // of a killed process's connections; assumed
    /// A hung broker that goes on hears what it has missed. KRaft: some 20 ms and 109-116 ms over
    /// four cases (b3, r23). ZooKeeper: from its new registration (ControlPlane::resume).
    SpreadDuration resume{sim::milliseconds(90), sim::milliseconds(250)};
    /// Until a hung process that goes on has read what has reached it meanwhile: 3-105 ms, by the
    /// first answers with acks=1 after eleven hangs, 19 cases (scripts/measure.py).
    SpreadDuration wake{sim::milliseconds(20), sim::milliseconds(90)};
    sim::Duration write_back = sim::seconds(30);  // a dirty page reaches the disk (§2.7, assumed)
    /// A broker's process stands still now and then (a collection of garbage, a page that is not
    /// there): for so long, on average every `pause_every`. Never where that is 0 (assumed).
    SpreadDuration pause{};
    sim::Duration pause_every{};
    /// How many times slower than usual the machines are in one run of twenty: `service` takes so
    /// much longer in all of it. 1 = always alike (assumed).
    double slowness_p95 = 1.0;
};

}  // namespace rollcast::models
