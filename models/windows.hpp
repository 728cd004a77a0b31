// When work may start: daily change windows less blackouts.
#pragma once

#include <vector>

#include "sim/units.hpp"

namespace rollcast::models {

/// A span of run time, `from` included, `to` not.
struct Span {
    sim::Instant from;
    sim::Instant to;
};

/// Change windows. Empty = always open. A daily window may run over midnight.
class Windows {
public:
    Windows() = default;
    /// `daily_from`, `daily_to`: times of day; equal = the whole day. `start_of_run`: the time of
    /// day at which runs start. Blackouts are in run time, any order.
    Windows(sim::Duration daily_from,
            sim::Duration daily_to,
            sim::Duration start_of_run,
            std::vector<Span> blackouts);

    bool always_open() const { return !limited_; }
    /// The earliest instant >= `from` at which work of length `length` can start and end inside one
    /// open stretch; never() where no open stretch is that long.
    sim::Instant next_start(sim::Instant from, sim::Duration length) const;
    /// The same windows, for a run that starts `elapsed` later.
    Windows from(sim::Duration elapsed) const;
    /// The same windows, each open for `length` (above 0, at most a day) from when it opens.
    Windows with_daily_length(sim::Duration length) const;
    /// True where `at` lies in an open stretch.
    bool open_at(sim::Instant at) const;
    /// Open time between the start of the run and `at`.
    sim::Duration open_time_until(sim::Instant at) const;
    /// Opening and closing of the stretch that holds or follows `at`; {never, never} if none does.
    Span stretch_after(sim::Instant at) const;

private:
    bool limited_ = false;
    sim::Duration daily_from_{};
    sim::Duration daily_length_{};
    sim::Duration start_of_run_{};
    std::vector<Span> blackouts_;
};

}  // namespace rollcast::models
