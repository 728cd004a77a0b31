#include "planner/deadline_search.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "sim/random.hpp"

namespace rollcast::planner {

namespace {

using sim::Duration;

constexpr std::size_t most_conflict_jobs = 64;

std::uint64_t bit(std::uint32_t job) { return std::uint64_t{1} << job; }

/// Among placed neighbours of a job, those before place `cut` go first. Of them leave what is not
/// through by `start`, of the others what would end after the deadline.
struct Gap {
    std::size_t cut = 0;
    std::int64_t start = 0;
    std::uint64_t penalty = std::numeric_limits<std::uint64_t>::max();
};

class EjectionSearch {
public:
    EjectionSearch(const ConflictJobs& jobs, Duration deadline, const DeadlineOptions& options)
        : jobs_(jobs),
          deadline_(deadline.count()),
          left_(options.moves),
          random_(options.seed, 3, sim::Draw::search, 0),
          penalty_(jobs.length.size(), 1) {}

    std::optional<JobOrder> run() {
        for (const std::uint32_t job : hardest_first()) {
            if (!insert(job)) out_.push_back(job);
        }
        while (!out_.empty()) {
            const std::uint32_t job = out_.back();
            if (insert(job)) {
                out_.pop_back();
                continue;
            }
            if (left_ == 0) return std::nullopt;
            ++penalty_[job];
            out_.pop_back();
            eject_for(job);
            move_some();
        }
        return JobOrder{order_, makespan_of(jobs_, order_)};
    }

private:
    static constexpr int moves_between = 20;

    std::int64_t length(std::uint32_t job) const { return jobs_.length[job].count(); }

    std::vector<std::uint32_t> hardest_first() const {
        std::vector<std::uint32_t> order(jobs_.length.size());
        std::iota(order.begin(), order.end(), 0U);
        const auto key = [&](std::uint32_t job) {
            return __builtin_popcountll(jobs_.apart[job]) * (length(job) / 1'000'000);
        };
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return key(a) > key(b);
        });
        return order;
    }

    /// Heads (earliest starts) and tails (the longest chain after a job's end) of the placed jobs.
    void retime() {
        std::uint64_t before = 0;
        for (std::size_t i = 0; i < order_.size(); ++i) {
            const std::uint32_t job = order_[i];
            place_[job] = i;
            std::int64_t head = 0;
            for (std::uint64_t walk = jobs_.apart[job] & before; walk != 0; walk &= walk - 1) {
                head = std::max(head, done_[static_cast<std::size_t>(__builtin_ctzll(walk))]);
            }
            done_[job] = head + length(job);
            before |= bit(job);
        }
        std::uint64_t after = 0;
        for (std::size_t i = order_.size(); i-- > 0;) {
            const std::uint32_t job = order_[i];
            std::int64_t tail = 0;
            for (std::uint64_t walk = jobs_.apart[job] & after; walk != 0; walk &= walk - 1) {
                tail = std::max(tail, chain_[static_cast<std::size_t>(__builtin_ctzll(walk))]);
            }
            chain_[job] = tail + length(job);
            after |= bit(job);
        }
    }

    /// The placed neighbours of `job`, by place.
    void find_neighbours(std::uint32_t job) {
        near_.clear();
        for (const std::uint32_t other : order_) {
            if ((jobs_.apart[job] >> other & 1U) != 0) near_.push_back(other);
        }
    }

    std::size_t place_at(std::size_t cut) const {
        if (cut < near_.size()) return place_[near_[cut]];
        return near_.empty() ? 0 : place_[near_.back()] + 1;
    }

    void put(std::uint32_t job, std::size_t cut) {
        order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place_at(cut)), job);
    }

    /// Into one of the gaps that are wide enough, by lot; false where there is none.
    bool insert(std::uint32_t job) {
        if (left_ > 0) --left_;
        find_neighbours(job);
        const std::size_t n = near_.size();
        std::array<std::int64_t, most_conflict_jobs + 1> tail{};
        for (std::size_t i = n; i-- > 0;) tail[i] = std::max(tail[i + 1], chain_[near_[i]]);
        std::uint64_t wide = 0;
        std::size_t chosen = 0;
        std::int64_t head = 0;
        for (std::size_t cut = 0; cut <= n; ++cut) {
            if (cut > 0) head = std::max(head, done_[near_[cut - 1]]);
            if (head + length(job) + tail[cut] > deadline_) continue;
            if (random_.below(++wide) == 0) chosen = cut;
        }
        if (wide == 0) return false;
        put(job, chosen);
        retime();
        return true;
    }

    /// The gap whose neighbours that must leave have the least penalties; one of equals by lot.
    Gap cheapest_gap(std::uint32_t job) {
        Gap best;
        std::uint64_t ties = 0;
        for (std::size_t cut = 0; cut <= near_.size(); ++cut) {
            const auto middle = near_.begin() + static_cast<std::ptrdiff_t>(cut);
            before_.assign(near_.begin(), middle);
            after_.assign(middle, near_.end());
            std::sort(before_.begin(), before_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return done_[a] < done_[b];
            });
            std::sort(after_.begin(), after_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return chain_[a] < chain_[b];
            });
            std::uint64_t penalty = 0;
            for (const std::uint32_t other : before_) penalty += penalty_[other];
            for (std::size_t kept = 0; kept <= before_.size(); ++kept) {
                std::int64_t start = 0;
                if (kept > 0) {
                    start = done_[before_[kept - 1]];
                    penalty -= penalty_[before_[kept - 1]];
                }
                if (start + length(job) > deadline_) break;
                while (!after_.empty() && start + length(job) + chain_[after_.back()] > deadline_) {
                    penalty += penalty_[after_.back()];
                    after_.pop_back();
                }
                if (penalty > best.penalty) continue;
                if (penalty < best.penalty) ties = 0;
                if (random_.below(++ties) == 0) best = {cut, start, penalty};
            }
        }
        return best;
    }

    /// Puts `job` into the cheapest gap; who must leave for it waits, in an order by lot.
    void eject_for(std::uint32_t job) {
        const Gap gap = cheapest_gap(job);
        std::vector<std::uint32_t> leaving;
        for (std::size_t i = 0; i < near_.size(); ++i) {
            const bool too_late = i < gap.cut
                                      ? done_[near_[i]] > gap.start
                                      : gap.start + length(job) + chain_[near_[i]] > deadline_;
            if (too_late) leaving.push_back(near_[i]);
        }
        put(job, gap.cut);
        std::erase_if(order_, [&](std::uint32_t other) {
            return std::find(leaving.begin(), leaving.end(), other) != leaving.end();
        });
        retime();
        for (std::size_t i = leaving.size(); i > 1; --i) {
            std::swap(leaving[i - 1], leaving[random_.below(i)]);
        }
        out_.insert(out_.end(), leaving.begin(), leaving.end());
    }

    void move_some() {
        for (int i = 0; i < moves_between && !order_.empty(); ++i) {
            const auto from = static_cast<std::ptrdiff_t>(random_.below(order_.size()));
            const std::uint32_t job = order_[static_cast<std::size_t>(from)];
            order_.erase(order_.begin() + from);
            retime();
            const std::uint64_t left = left_;
            const bool moved = insert(job);  // its old gap is wide enough
            left_ = left;
            sim::ensure(moved, "a job goes back where it was");
        }
    }

    const ConflictJobs& jobs_;
    std::int64_t deadline_;
    std::uint64_t left_;
    sim::RandomStream random_;
    std::vector<std::uint64_t> penalty_;  // by job: how often it found no gap
    std::vector<std::uint32_t> order_;    // placed jobs
    std::vector<std::uint32_t> out_;
    std::vector<std::uint32_t> near_;
    std::vector<std::uint32_t> before_;
    std::vector<std::uint32_t> after_;
    std::array<std::size_t, most_conflict_jobs> place_{};
    std::array<std::int64_t, most_conflict_jobs> done_{};   // head and length
    std::array<std::int64_t, most_conflict_jobs> chain_{};  // length and tail
};

}  // namespace

Duration makespan_of(const ConflictJobs& jobs, const std::vector<std::uint32_t>& order) {
    std::vector<Duration> done(jobs.length.size());
    Duration makespan{};
    std::uint64_t before = 0;
    for (const std::uint32_t job : order) {
        Duration start{};
        for (std::uint64_t walk = jobs.apart[job] & before; walk != 0; walk &= walk - 1) {
            start = std::max(start, done[static_cast<std::size_t>(__builtin_ctzll(walk))]);
        }
        done[job] = start + jobs.length[job];
        makespan = std::max(makespan, done[job]);
        before |= bit(job);
    }
    return makespan;
}

std::optional<JobOrder> order_within(const ConflictJobs& jobs,
                                     Duration deadline,
                                     const DeadlineOptions& options) {
    sim::ensure(jobs.length.size() <= most_conflict_jobs && jobs.apart.size() == jobs.length.size(),
                "at most 64 jobs, each with its neighbours");
    for (const Duration length : jobs.length) {
        if (length > deadline) return std::nullopt;
    }
    return EjectionSearch(jobs, deadline, options).run();
}

}  // namespace rollcast::planner
