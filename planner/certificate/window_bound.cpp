#include "planner/certificate/window_bound.hpp"

#include <algorithm>

namespace rollcast::planner::certificate {

namespace {

using sim::Duration;
using sim::Instant;

constexpr int most_stretches = 4'000;

/// Open stretches one after another, from the start of the run.
class Stretches {
public:
    explicit Stretches(const models::Windows& windows) : windows_(windows) {}

    /// The stretch of that number, or nothing where there are no more.
    const models::Span* at(std::size_t i) {
        while (list_.size() <= i && !ended_) {
            const Instant from = list_.empty() ? Instant{} : list_.back().to;
            const models::Span open = windows_.stretch_after(from);
            ended_ = open.from == Instant::never() || list_.size() >= most_stretches;
            if (ended_) break;
            list_.push_back({std::max(from, open.from), open.to});
            ended_ = open.to == Instant::never();
        }
        return i < list_.size() ? &list_[i] : nullptr;
    }
    Instant last_end() const { return list_.empty() ? Instant{} : list_.back().to; }

private:
    const models::Windows& windows_;
    std::vector<models::Span> list_;
    bool ended_ = false;
};

std::int64_t rounded_up(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }

/// When `count` jobs of at least `length` and `tail` are through.
Duration by_count(
    Stretches& stretches, std::int64_t count, Duration length, Duration tail, int machines) {
    for (std::size_t i = 0; const models::Span* open = stretches.at(i); ++i) {
        const Duration through = rounded_up(count, machines) * length + tail;
        if (open->to == Instant::never() || open->to - open->from >= through) {
            return (open->from + through).since_start();
        }
        const Duration usable = open->to - open->from - tail;
        if (usable > Duration{}) count -= machines * (usable.count() / length.count());
    }
    return stretches.last_end().since_start();
}

/// When jobs of at least `tail` whose lengths add up to `sum` are through.
Duration by_area(Stretches& stretches, Duration sum, Duration tail, int machines) {
    std::int64_t left = sum.count();
    for (std::size_t i = 0; const models::Span* open = stretches.at(i); ++i) {
        const Duration through = Duration{rounded_up(left, machines)} + tail;
        if (open->to == Instant::never() || open->to - open->from >= through) {
            return (open->from + through).since_start();
        }
        const Duration usable = open->to - open->from - tail;
        if (usable > Duration{}) left -= machines * usable.count();
    }
    return stretches.last_end().since_start();
}

}  // namespace

Duration window_bound(const models::Windows& windows,
                      const std::vector<TailedJob>& jobs,
                      int machines) {
    sim::ensure(machines > 0, "a bound on jobs needs a machine");
    std::vector<TailedJob> sorted = jobs;
    std::erase_if(sorted, [](const TailedJob& job) { return job.length <= Duration{}; });
    std::stable_sort(sorted.begin(), sorted.end(), [](const TailedJob& a, const TailedJob& b) {
        return a.tail > b.tail;
    });
    Stretches stretches(windows);
    Duration best{};
    Duration sum{};
    std::vector<Duration> lengths;  // of the jobs looked at, descending
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const auto [length, tail] = sorted[i];
        sum += length;
        lengths.insert(std::upper_bound(lengths.begin(), lengths.end(), length, std::greater<>()),
                       length);
        if (i + 1 < sorted.size() && sorted[i + 1].tail == tail) continue;
        best = std::max(best, by_area(stretches, sum, tail, machines));
        for (std::size_t k = 0; k < lengths.size(); ++k) {
            if (k + 1 < lengths.size() && lengths[k + 1] == lengths[k]) continue;
            const auto count = static_cast<std::int64_t>(k + 1);
            best = std::max(best, by_count(stretches, count, lengths[k], tail, machines));
        }
    }
    return best;
}

Duration wall_time(const models::Windows& windows, Duration needed) {
    if (windows.always_open() || needed <= Duration{}) return needed;
    Stretches stretches(windows);
    Duration left = needed;
    for (std::size_t i = 0; const models::Span* open = stretches.at(i); ++i) {
        if (open->to == Instant::never() || open->to - open->from >= left) {
            return (open->from + left).since_start();
        }
        left -= open->to - open->from;
    }
    return std::max(needed, stretches.last_end().since_start());
}

}  // namespace rollcast::planner::certificate
