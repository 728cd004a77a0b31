#include "planner/certificate/packing.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace rollcast::planner::certificate {

namespace {

using sim::Duration;
using Set = std::uint64_t;

/// Without tails; `lengths` descending, in ns.
std::int64_t without_tails(const std::vector<std::int64_t>& lengths, std::int64_t machines) {
    const std::int64_t sum = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
    std::int64_t bound = std::max(lengths.front(), (sum + machines - 1) / machines);
    for (std::size_t h = 1; h * static_cast<std::size_t>(machines) < lengths.size(); ++h) {
        const std::size_t last = h * static_cast<std::size_t>(machines);
        bound = std::max(bound,
                         std::accumulate(lengths.begin() + static_cast<std::ptrdiff_t>(last - h),
                                         lengths.begin() + static_cast<std::ptrdiff_t>(last + 1),
                                         std::int64_t{0}));
    }
    return bound;
}

struct Filling {
    Set jobs = 0;
    std::int64_t used = 0;  // lengths and the shortest tail
};

/// Jobs by Jackson's order: place 0 has the longest tail, so the earliest due date.
class PackingSearch {
public:
    PackingSearch(const std::vector<TailedJob>& jobs, Duration deadline, std::uint64_t node_budget)
        : deadline_(deadline.count()), budget_(node_budget), name_(jobs.size()) {
        std::iota(name_.begin(), name_.end(), 0U);
        std::stable_sort(name_.begin(), name_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return jobs[a].tail > jobs[b].tail;
        });
        for (const std::uint32_t j : name_) {
            length_.push_back(jobs[j].length.count());
            tail_.push_back(jobs[j].tail.count());
        }
    }

    Packing run(int machines) {
        const std::size_t n = name_.size();
        const Set all = n == 64 ? ~Set{0} : (Set{1} << n) - 1;
        Packing result;
        const bool found = fill(all, machines);
        result.nodes = nodes_;
        if (found) {
            result.packs = Packs::yes;
            for (const Set set : chosen_) {
                std::vector<std::uint32_t> jobs;
                for (Set walk = set; walk != 0; walk &= walk - 1) {
                    jobs.push_back(name_[place(walk)]);
                }
                result.machines.push_back(std::move(jobs));
            }
        } else if (nodes_ <= budget_) {
            result.packs = Packs::no;
        }
        return result;
    }

private:
    static std::uint32_t place(Set set) { return static_cast<std::uint32_t>(__builtin_ctzll(set)); }

    bool fits(Set set) const {
        std::int64_t load = 0;
        for (Set walk = set; walk != 0; walk &= walk - 1) {
            const std::uint32_t j = place(walk);
            load += length_[j];
            if (load + tail_[j] > deadline_) return false;
        }
        return true;
    }

    /// The last jobs of the machines are different ones, so their tails are at least the shortest.
    bool may_fit(Set left, int machines) const {
        std::int64_t need = 0;
        int tails = 0;
        for (std::size_t j = name_.size(); j-- > 0;) {
            if ((left >> j & 1U) == 0) continue;
            need += length_[j];
            if (tails < machines) need += tail_[j];
            ++tails;
        }
        if (tails < machines) return true;
        if (need > deadline_ * machines) return false;
        std::vector<TailedJob> jobs;
        for (Set walk = left; walk != 0; walk &= walk - 1) {
            const std::uint32_t j = place(walk);
            jobs.push_back({Duration{length_[j]}, Duration{tail_[j]}});
        }
        return threshold_bound(std::move(jobs), machines).count() <= deadline_;
    }

    /// Every set with job `must` to which nothing of `left` can be added.
    std::vector<Filling> fillings(Set left, std::uint32_t must) {
        std::vector<Filling> found;
        const std::function<void(Set, Set, std::int64_t)> extend =
            [&](Set open, Set set, std::int64_t load) {
                if (++nodes_ > budget_) return;
                if (open == 0) {
                    if (is_full(left, set)) found.push_back({set, load + tail_[last(set)]});
                    return;
                }
                const std::uint32_t j = place(open);
                const Set rest = open & (open - 1);
                if (load + length_[j] + tail_[j] <= deadline_) {
                    extend(rest, set | Set{1} << j, load + length_[j]);
                }
                if (j != must) extend(rest, set, load);
            };
        extend(left, 0, 0);
        std::stable_sort(found.begin(), found.end(), [](const Filling& a, const Filling& b) {
            return a.used > b.used;
        });
        return found;
    }

    static std::uint32_t last(Set set) {
        return static_cast<std::uint32_t>(63 - __builtin_clzll(set));
    }

    bool is_full(Set left, Set set) const {
        if (set == 0) return false;
        for (Set walk = left & ~set; walk != 0; walk &= walk - 1) {
            if (fits(set | Set{1} << place(walk))) return false;
        }
        return true;
    }

    bool fill(Set left, int machines) {
        if (left == 0) return true;
        if (machines == 0 || !may_fit(left, machines)) return false;
        std::uint32_t longest = place(left);
        for (Set walk = left; walk != 0; walk &= walk - 1) {
            if (length_[place(walk)] > length_[longest]) longest = place(walk);
        }
        for (const Filling& filling : fillings(left, longest)) {
            chosen_.push_back(filling.jobs);
            if (fill(left & ~filling.jobs, machines - 1)) return true;
            chosen_.pop_back();
            if (nodes_ > budget_) return false;
        }
        return false;
    }

    std::int64_t deadline_;
    std::uint64_t budget_;
    std::uint64_t nodes_ = 0;
    std::vector<std::uint32_t> name_;
    std::vector<std::int64_t> length_;
    std::vector<std::int64_t> tail_;
    std::vector<Set> chosen_;
};

}  // namespace

Duration threshold_bound(std::vector<TailedJob> jobs, int machines) {
    sim::ensure(machines > 0, "a bound on jobs needs a machine");
    std::stable_sort(jobs.begin(), jobs.end(), [](const TailedJob& a, const TailedJob& b) {
        return a.tail > b.tail;
    });
    std::vector<std::int64_t> lengths;  // of the jobs looked at, descending
    std::int64_t best = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const std::int64_t length = jobs[i].length.count();
        lengths.insert(std::upper_bound(lengths.begin(), lengths.end(), length, std::greater<>()),
                       length);
        if (i + 1 < jobs.size() && jobs[i + 1].tail == jobs[i].tail) continue;
        best = std::max(best, without_tails(lengths, machines) + jobs[i].tail.count());
    }
    return Duration{best};
}

Packing pack(const std::vector<TailedJob>& jobs,
             int machines,
             Duration deadline,
             std::uint64_t node_budget) {
    sim::ensure(machines > 0, "jobs need a machine");
    if (jobs.size() > 64) return {};
    return PackingSearch(jobs, deadline, node_budget).run(machines);
}

}  // namespace rollcast::planner::certificate
