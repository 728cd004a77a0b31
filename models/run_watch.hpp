// Everything that is looked at while a run goes on: metrics, what the orchestrator notices, when
// faults strike, and what has been lost by when.
#pragma once

#include <vector>

#include "models/scraper.hpp"

namespace rollcast::models {

/// What the orchestrator notices by itself, without any metric.
enum class Check : std::uint8_t {
    broker_out_of_sync,  // a broker is dead or out of sync and is not in its step
    step_given_up,       // a machine's step has taken longer than its patience
    config_audit,        // preflight or post-flight: not as the golden file has it
    data_checksum        // what is on the disks is not what was there before the re-image
};
inline constexpr int check_count = 4;

struct Noticed {
    Check check = Check::broker_out_of_sync;
    sim::Instant at;
    Subject subject;
};

/// Totals that nobody in the field knows, since the start of the run; breaches that the case
/// accepts are not among them.
struct Loss {
    double under_floor_s = 0.0;    // partition-seconds under the ISR floor
    double leaderless_s = 0.0;     // partition-seconds without a leader
    double failed_messages = 0.0;  // told to the application, counted when an outage ends

    Loss& operator+=(const Loss& other);
    /// What is more than in `other`, never below 0.
    Loss beyond(const Loss& other) const;
};

/// How losses grew, exactly: corners of piecewise linear functions.
class LossCurve {
public:
    void note(const SafetyBook& safety, sim::Instant now);
    Loss at(sim::Instant t) const;

private:
    struct Corner {
        sim::Instant at;
        Loss loss;
        std::uint64_t under_floor = 0;  // partitions, from here on
        std::uint64_t leaderless = 0;
    };
    std::vector<Corner> corners_;
};

/// Watches one world. It changes nothing of it.
class RunWatch {
public:
    RunWatch(const RunView& view, std::vector<Metric> metrics, ScrapeOptions options);

    /// The next event is due at `at`: everything until then is as it is now.
    void before(const RunView& view, sim::Instant at) { scraper_.advance(view, at); }
    /// `event` has been handled, with all that follows from it at once. `c`: its cluster, if any.
    void after(const RunView& view, const Event& event, ClusterId c);
    void machine_entered(const RunState& run, MachineId m, StepPhase phase);
    /// Nothing happens any more, but somebody looks on until `until`.
    void close(const RunView& view, sim::Instant until) { scraper_.advance(view, until); }

    SeriesStore take_series() { return scraper_.take(); }
    const std::vector<Noticed>& noticed() const { return noticed_; }
    const LossCurve& losses() const { return losses_; }
    /// By fault of the case: when it struck in this scope; never() if it did not.
    const std::vector<sim::Instant>& fault_starts() const { return fault_starts_; }

private:
    Scraper scraper_;
    LossCurve losses_;
    std::vector<Noticed> noticed_;
    std::vector<sim::Instant> fault_starts_;
    std::size_t findings_ = 0;  // of the run's, that have been noticed
};

std::string_view to_string(Check check);

}  // namespace rollcast::models
