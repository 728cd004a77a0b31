#include "planner/clique.hpp"

#include <algorithm>
#include <numeric>

namespace rollcast::planner {

namespace {

using Words = std::vector<std::uint64_t>;

bool empty(const Words& set) {
    return std::all_of(set.begin(), set.end(), [](std::uint64_t w) { return w == 0; });
}

/// The smallest element. Requires a set that is not empty.
std::uint32_t first_of(const Words& set) {
    std::uint32_t word = 0;
    while (set[word] == 0) ++word;
    return word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(set[word]));
}

void remove(Words& set, std::uint32_t element) {
    set[element / 64] &= ~(std::uint64_t{1} << (element % 64));
}

/// Vertices are renamed so that the heaviest comes first: the first of a colour class is then its
/// heaviest.
class Search {
public:
    Search(const ConflictGraph& graph,
           const std::vector<sim::Duration>& weight,
           std::uint64_t node_budget)
        : budget_(node_budget) {
        const auto n = static_cast<std::uint32_t>(boost::num_vertices(graph));
        name_.resize(n);
        std::iota(name_.begin(), name_.end(), 0U);
        std::sort(name_.begin(), name_.end(), [&](std::uint32_t a, std::uint32_t b) {
            if (weight[a] != weight[b]) return weight[a] > weight[b];
            const auto degree_a = boost::out_degree(a, graph);
            const auto degree_b = boost::out_degree(b, graph);
            return degree_a != degree_b ? degree_a > degree_b : a < b;
        });
        std::vector<std::uint32_t> place(n);
        for (std::uint32_t i = 0; i < n; ++i) place[name_[i]] = i;
        words_ = (n + 63) / 64;
        rows_.assign(n, Words(words_, 0));
        for (std::uint32_t i = 0; i < n; ++i) {
            weight_.push_back(weight[name_[i]].count());
            const auto [first, last] = boost::adjacent_vertices(name_[i], graph);
            for (auto it = first; it != last; ++it) {
                rows_[i][place[*it] / 64] |= std::uint64_t{1} << (place[*it] % 64);
            }
        }
    }

    Clique run() {
        Words all(words_, 0);
        for (std::uint32_t v = 0; v < weight_.size(); ++v) {
            all[v / 64] |= std::uint64_t{1} << (v % 64);
        }
        expand(all, 0);
        Clique best{{}, sim::Duration{best_weight_}, nodes_ <= budget_};
        for (const std::uint32_t v : best_) best.members.push_back(name_[v]);
        std::sort(best.members.begin(), best.members.end());
        return best;
    }

private:
    struct Candidate {
        std::uint32_t vertex;
        std::int64_t bound;  // on what it and those before it in the list can add together
    };

    std::vector<Candidate> by_bound(const Words& candidates) const {
        std::vector<Candidate> list;
        Words left = candidates;
        std::int64_t bound = 0;
        while (!empty(left)) {
            Words open = left;  // may join the class at hand
            bound += weight_[first_of(open)];
            while (!empty(open)) {
                const std::uint32_t v = first_of(open);
                remove(left, v);
                remove(open, v);
                for (std::size_t w = 0; w < words_; ++w) open[w] &= ~rows_[v][w];
                list.push_back({v, bound});
            }
        }
        return list;
    }

    void expand(const Words& candidates, std::int64_t weight) {
        if (++nodes_ > budget_) return;
        if (weight > best_weight_) {
            best_weight_ = weight;
            best_ = current_;
        }
        std::vector<Candidate> list = by_bound(candidates);
        Words left = candidates;
        Words next(words_);
        for (auto it = list.rbegin(); it != list.rend(); ++it) {
            if (weight + it->bound <= best_weight_ || nodes_ > budget_) return;
            for (std::size_t w = 0; w < words_; ++w) next[w] = left[w] & rows_[it->vertex][w];
            current_.push_back(it->vertex);
            expand(next, weight + weight_[it->vertex]);
            current_.pop_back();
            remove(left, it->vertex);
        }
    }

    std::uint64_t budget_;
    std::uint64_t nodes_ = 0;
    std::size_t words_ = 0;
    std::vector<std::uint32_t> name_;
    std::vector<Words> rows_;
    std::vector<std::int64_t> weight_;
    std::vector<std::uint32_t> current_;
    std::vector<std::uint32_t> best_;
    std::int64_t best_weight_ = -1;
};

}  // namespace

Clique heaviest_clique(const ConflictGraph& graph,
                       const std::vector<sim::Duration>& weight,
                       std::uint64_t node_budget) {
    sim::ensure(weight.size() == boost::num_vertices(graph), "a weight for each vertex");
    if (weight.empty()) return {};
    return Search(graph, weight, node_budget).run();
}

}  // namespace rollcast::planner
