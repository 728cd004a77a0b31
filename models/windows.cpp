#include "models/windows.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

/// A search for an open stretch looks this far ahead, then gives up.
constexpr int longest_search_stretches = 4'000;

}  // namespace

Windows::Windows(sim::Duration daily_from,
                 sim::Duration daily_to,
                 sim::Duration start_of_run,
                 std::vector<Span> blackouts)
    : limited_(true),
      daily_from_(daily_from),
      start_of_run_(start_of_run),
      blackouts_(std::move(blackouts)) {
    const std::int64_t length = (daily_to - daily_from).count();
    daily_length_ = sim::Duration{length > 0 ? length : length + sim::day.count()};
    std::sort(blackouts_.begin(), blackouts_.end(), [](const Span& a, const Span& b) {
        return a.from != b.from ? a.from < b.from : a.to < b.to;
    });
}

Span Windows::stretch_after(sim::Instant at) const {
    if (!limited_) return {sim::Instant{}, sim::Instant::never()};
    const bool whole_day = daily_length_.count() == sim::day.count();
    sim::Instant from = at;
    for (int i = 0; i < longest_search_stretches; ++i) {
        // The daily window that holds `from`, or the next one.
        Span open{sim::Instant{}, sim::Instant::never()};
        if (!whole_day) {
            const std::int64_t phase =
                ((from.count() + start_of_run_.count() - daily_from_.count()) % sim::day.count() +
                 sim::day.count()) %
                sim::day.count();
            const sim::Instant began = from - sim::Duration{phase};
            open = {began, began + daily_length_};
            if (from >= open.to) {
                open = {began + sim::Duration{sim::day.count()},
                        began + sim::Duration{sim::day.count()} + daily_length_};
            }
        }
        // Less the blackouts.
        bool moved = false;
        for (const Span& blackout : blackouts_) {
            if (blackout.to <= open.from || blackout.from >= open.to) continue;
            const sim::Instant reached = std::max(from, open.from);
            if (blackout.to <= reached) {
                open.from = std::max(open.from, blackout.to);
            } else if (blackout.from > reached) {
                open.to = std::min(open.to, blackout.from);
                break;
            } else {
                from = blackout.to;
                moved = true;
                break;
            }
        }
        if (!moved) return open;
    }
    return {sim::Instant::never(), sim::Instant::never()};
}

sim::Instant Windows::next_start(sim::Instant from, sim::Duration length) const {
    if (!limited_) return from;
    sim::Instant at = from;
    for (int i = 0; i < longest_search_stretches; ++i) {
        const Span open = stretch_after(at);
        if (open.from == sim::Instant::never()) break;
        const sim::Instant start = std::max(at, open.from);
        if (open.to - start >= length) return start;
        if (open.to == sim::Instant::never()) return start;
        at = open.to;
    }
    return sim::Instant::never();
}

Windows Windows::from(sim::Duration elapsed) const {
    if (!limited_) return {};
    Windows later = *this;
    const sim::Duration day = sim::hours(24);
    later.start_of_run_ = sim::Duration{(start_of_run_ + elapsed).count() % day.count()};
    later.blackouts_.clear();
    for (const Span& blackout : blackouts_) {
        if (blackout.to.since_start() <= elapsed) continue;
        const sim::Duration from = std::max(blackout.from.since_start(), elapsed) - elapsed;
        later.blackouts_.push_back(
            {sim::Instant{from}, sim::Instant{blackout.to.since_start() - elapsed}});
    }
    return later;
}

Windows Windows::with_daily_length(sim::Duration length) const {
    sim::ensure(length > sim::Duration{} && length <= sim::day, "a daily window fits a day");
    Windows changed = *this;
    changed.daily_length_ = length;
    return changed;
}

bool Windows::open_at(sim::Instant at) const {
    const Span open = stretch_after(at);
    return open.from <= at && at < open.to;
}

sim::Duration Windows::open_time_until(sim::Instant at) const {
    if (!limited_) return at.since_start();
    sim::Duration total{};
    sim::Instant from{};
    while (from < at) {
        const Span open = stretch_after(from);
        const sim::Instant begin = std::max(from, open.from);
        if (begin >= at) break;
        const sim::Instant end = std::min(open.to, at);
        total += end - begin;
        from = open.to;
    }
    return total;
}

}  // namespace rollcast::models
