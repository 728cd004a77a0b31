#include "planner/certificate/heaviest_set.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/units.hpp"

namespace rollcast::planner::certificate {

namespace {

template <std::size_t words>
struct Bits {
    std::array<std::uint64_t, words> w{};

    void add(std::uint32_t i) { w[i / 64] |= std::uint64_t{1} << (i % 64); }
    void remove(std::uint32_t i) { w[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
    bool empty() const {
        return std::all_of(w.begin(), w.end(), [](std::uint64_t word) { return word == 0; });
    }
    /// The smallest element; requires one.
    std::uint32_t first() const {
        std::uint32_t i = 0;
        while (w[i] == 0) ++i;
        return i * 64 + static_cast<std::uint32_t>(__builtin_ctzll(w[i]));
    }
    Bits operator&(const Bits& o) const {
        Bits r;
        for (std::size_t i = 0; i < words; ++i) r.w[i] = w[i] & o.w[i];
        return r;
    }
    Bits without(const Bits& o) const {
        Bits r;
        for (std::size_t i = 0; i < words; ++i) r.w[i] = w[i] & ~o.w[i];
        return r;
    }
};

template <std::size_t words>
class SetSearch {
public:
    using Set = Bits<words>;

    /// Elements are renamed, the heaviest first.
    SetSearch(const SetProblem& problem, std::uint64_t node_budget)
        : problem_(problem), budget_(node_budget), name_(problem.weight.size()) {
        std::iota(name_.begin(), name_.end(), 0U);
        std::stable_sort(name_.begin(), name_.end(), [&](std::uint32_t a, std::uint32_t b) {
            return problem.weight[a] > problem.weight[b];
        });
        std::vector<std::uint32_t> place(name_.size());
        for (std::uint32_t i = 0; i < name_.size(); ++i) place[name_[i]] = i;
        for (const std::uint32_t element : name_) weight_.push_back(problem.weight[element]);
        rows_.resize(name_.size());
        for (const auto& [a, b] : problem.apart) {
            rows_[place[a]].add(place[b]);
            rows_[place[b]].add(place[a]);
        }
        for (const SetLimit& limit : problem.limits) {
            limits_.push_back({});
            for (const std::uint32_t m : limit.members) limits_.back().add(place[m]);
        }
        taken_.assign(limits_.size(), 0);
    }

    HeaviestSet run() {
        Set all;
        for (std::uint32_t i = 0; i < weight_.size(); ++i) {
            if (weight_[i] > 0) all.add(i);
        }
        for (std::size_t l = 0; l < limits_.size(); ++l) {
            if (problem_.limits[l].most <= 0) all = all.without(limits_[l]);
        }
        expand(all, 0);
        HeaviestSet result{best_weight_, {}, nodes_ <= budget_, nodes_};
        for (const std::uint32_t i : best_) result.members.push_back(name_[i]);
        std::sort(result.members.begin(), result.members.end());
        return result;
    }

private:
    /// Elements of `candidates` that a cover by cliques worth at most `room` leaves uncovered.
    Set uncovered(const Set& candidates, std::int64_t room) {
        Set left = candidates;
        std::int64_t spent = 0;
        for (Set walk = candidates; !walk.empty();) {
            const std::uint32_t i = walk.first();
            walk.remove(i);
            rest_[i] = weight_[i];
        }
        while (!left.empty()) {
            // A clique around the lightest rest, so that one element at least is done.
            std::uint32_t lightest = left.first();
            for (Set walk = left; !walk.empty();) {
                const std::uint32_t i = walk.first();
                walk.remove(i);
                if (rest_[i] < rest_[lightest]) lightest = i;
            }
            const std::int64_t share = rest_[lightest];
            if (spent + share > room) return left;
            spent += share;
            std::uint32_t member = lightest;
            for (Set open = left & rows_[lightest];; open = open & rows_[member]) {
                rest_[member] -= share;
                if (rest_[member] == 0) left.remove(member);
                if (open.empty()) break;
                member = open.first();
            }
        }
        return left;
    }

    /// What the `count` heaviest of `candidates` weigh.
    std::int64_t heaviest(const Set& candidates, int count) const {
        std::int64_t sum = 0;
        Set walk = candidates;
        for (int k = 0; k < count && !walk.empty(); ++k) {
            const std::uint32_t i = walk.first();
            walk.remove(i);
            sum += weight_[i];
        }
        return sum;
    }

    void expand(const Set& candidates, std::int64_t weight) {
        if (++nodes_ > budget_) return;
        if (weight > best_weight_) {
            best_weight_ = weight;
            best_ = current_;
        }
        const std::int64_t room = best_weight_ - weight;
        if (problem_.most &&
            heaviest(candidates, *problem_.most - static_cast<int>(current_.size())) <= room) {
            return;
        }
        Set branch = uncovered(candidates, room);
        Set left = candidates;
        while (!branch.empty() && nodes_ <= budget_) {
            const std::uint32_t i = branch.first();
            branch.remove(i);
            left.remove(i);
            Set next = left.without(rows_[i]);
            for (std::size_t l = 0; l < limits_.size(); ++l) {
                if ((limits_[l].w[i / 64] >> (i % 64) & 1U) == 0) continue;
                if (++taken_[l] == problem_.limits[l].most) next = next.without(limits_[l]);
            }
            current_.push_back(i);
            expand(next, weight + weight_[i]);
            current_.pop_back();
            for (std::size_t l = 0; l < limits_.size(); ++l) {
                if (limits_[l].w[i / 64] >> (i % 64) & 1U) --taken_[l];
            }
        }
    }

    const SetProblem& problem_;
    std::uint64_t budget_;
    std::uint64_t nodes_ = 0;
    std::vector<std::uint32_t> name_;
    std::vector<std::int64_t> weight_;
    std::vector<Set> rows_;
    std::vector<Set> limits_;
    std::vector<int> taken_;
    std::array<std::int64_t, words * 64> rest_{};
    std::vector<std::uint32_t> current_;
    std::vector<std::uint32_t> best_;
    std::int64_t best_weight_ = 0;
};

}  // namespace

HeaviestSet heaviest_set(const SetProblem& problem, std::uint64_t node_budget) {
    const std::size_t n = problem.weight.size();
    if (n > largest_set_problem) return {0, {}, false, 0};
    if (problem.most && *problem.most <= 0) return {};
    return n <= 64 ? SetSearch<1>(problem, node_budget).run()
                   : SetSearch<4>(problem, node_budget).run();
}

}  // namespace rollcast::planner::certificate
