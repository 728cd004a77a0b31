// One machine's step: the phases it passes and how long each takes when nothing fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/units.hpp"

namespace rollcast::models {

/// Phases in the order a machine passes them (architecture §4).
enum class StepPhase : std::uint8_t {
    waiting,            // not started
    preflight,          // probes and audit
    leader_drain,       // controlled shutdown moves leaders away
    shutdown,           // flush and stop
    baseline_checksum,  // after the clean stop
    reimage,            // holds a re-image slot
    install,
    verify_checksum,
    start,     // log load until the process registers
    catch_up,  // until every replica of the broker is back in its ISR
    observe,   // until the orchestrator sees that
    post_flight,
    soak,
    done,
    lost  // never came back
};
inline constexpr int step_phase_count = 15;

std::string_view to_string(StepPhase phase);

/// A duration with its spread: lognormal with this median and 95th percentile where durations are
/// drawn; the median where they are nominal. `p95 <= nominal` = no spread.
struct SpreadDuration {
    sim::Duration nominal{};
    sim::Duration p95{};
};

/// Durations of the phases. Sources in kafka-semantics §10; "assumed" where it has none.
struct StepTimes {
    SpreadDuration preflight{sim::seconds(60), {}};              // assumed
    sim::Duration drain_base = sim::seconds(3);                  // §2.2, Kafka >= 1.1
    std::optional<sim::Duration> drain_per_leader;               // absent: by version, era_costs
    SpreadDuration shutdown{sim::seconds(5), {}};                // §10, PR#3860
    SpreadDuration baseline_checksum{sim::minutes(2), {}};       // assumed
    SpreadDuration reimage{sim::minutes(35), sim::minutes(75)};  // §10, assumed
    /// Share of re-images that fail when they should be over. Drawn where durations are; nominal
    /// runs fail only by faults.
    double reimage_fails = 0.0;
    SpreadDuration install{sim::minutes(5), sim::minutes(8)};  // assumed
    SpreadDuration verify_checksum{sim::minutes(2), {}};       // assumed
    SpreadDuration start{sim::seconds(30), sim::seconds(60)};  // §10 log load
    SpreadDuration quorum_sync{sim::seconds(60), {}};          // §5.1, assumed
    sim::Duration observe_delay = sim::seconds(15);            // one scrape, assumed
    SpreadDuration post_flight{sim::seconds(60), {}};          // assumed
    sim::Duration soak{};
    /// Of a log dir, where a plan asks for checksums: one reader, one hash on one core (assumed);
    /// never more than its disk reads.
    sim::ByteRate checksum_rate{200'000'000};
};

enum class DataDisk : std::uint8_t { keep, wipe };

}  // namespace rollcast::models
