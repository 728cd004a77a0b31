#include "planner/certificate/colours.hpp"

#include <algorithm>

namespace rollcast::planner::certificate {

namespace {

constexpr std::uint32_t uncoloured = 0xffff'ffffU;

class ColourSearch {
public:
    ColourSearch(const ColourProblem& problem, std::uint32_t colours, std::uint64_t node_budget)
        : colours_(colours),
          budget_(node_budget),
          adjacent_(problem.vertices),
          left_(problem.vertices, true),
          seen_(problem.vertices, std::vector<std::uint32_t>(colours, 0)),
          saturation_(problem.vertices, 0) {
        for (const auto& [a, b] : problem.apart) {
            adjacent_[a].push_back(b);
            adjacent_[b].push_back(a);
        }
        colour_.assign(problem.vertices, uncoloured);
    }

    ColourAnswer run() {
        set_aside();
        std::uint32_t used = 0;
        for (const std::uint32_t v : greedy_clique()) {
            if (used == colours_) return {Colours::no, {}, nodes_};
            paint(v, used++);
        }
        if (!extend(used)) {
            return {nodes_ > budget_ ? Colours::unknown : Colours::no, {}, nodes_};
        }
        for (auto v = aside_.rbegin(); v != aside_.rend(); ++v) paint(*v, first_free(*v));
        return {Colours::yes, std::move(colour_), nodes_};
    }

private:
    /// Vertices with fewer neighbours left than colours always find one: they come last.
    void set_aside() {
        std::vector<std::size_t> degree(adjacent_.size());
        for (std::uint32_t v = 0; v < adjacent_.size(); ++v) {
            std::sort(adjacent_[v].begin(), adjacent_[v].end());
            adjacent_[v].erase(std::unique(adjacent_[v].begin(), adjacent_[v].end()),
                               adjacent_[v].end());
            degree[v] = adjacent_[v].size();
        }
        for (bool more = true; more;) {
            more = false;
            for (std::uint32_t v = 0; v < adjacent_.size(); ++v) {
                if (!left_[v] || degree[v] >= colours_) continue;
                left_[v] = false;
                more = true;
                aside_.push_back(v);
                for (const std::uint32_t w : adjacent_[v]) --degree[w];
            }
        }
    }

    bool joined(std::uint32_t a, std::uint32_t b) const {
        return std::binary_search(adjacent_[a].begin(), adjacent_[a].end(), b);
    }

    /// The largest that any vertex is the start of, each taking the neighbour with most neighbours.
    std::vector<std::uint32_t> greedy_clique() const {
        std::vector<std::uint32_t> best;
        for (std::uint32_t start = 0; start < adjacent_.size(); ++start) {
            if (!left_[start]) continue;
            std::vector<std::uint32_t> clique{start};
            std::vector<std::uint32_t> open = adjacent_[start];
            std::erase_if(open, [&](std::uint32_t w) { return !left_[w]; });
            while (!open.empty()) {
                const std::uint32_t next =
                    *std::max_element(open.begin(), open.end(), [&](auto a, auto b) {
                        return adjacent_[a].size() < adjacent_[b].size();
                    });
                clique.push_back(next);
                std::erase_if(open, [&](std::uint32_t w) { return !joined(next, w); });
            }
            if (clique.size() > best.size()) best = std::move(clique);
        }
        return best;
    }

    void paint(std::uint32_t v, std::uint32_t colour) {
        colour_[v] = colour;
        for (const std::uint32_t w : adjacent_[v]) {
            if (seen_[w][colour]++ == 0) ++saturation_[w];
        }
    }
    void scrape(std::uint32_t v) {
        const std::uint32_t colour = colour_[v];
        colour_[v] = uncoloured;
        for (const std::uint32_t w : adjacent_[v]) {
            if (--seen_[w][colour] == 0) --saturation_[w];
        }
    }
    std::uint32_t first_free(std::uint32_t v) const {
        return static_cast<std::uint32_t>(std::find(seen_[v].begin(), seen_[v].end(), 0U) -
                                          seen_[v].begin());
    }

    std::uint32_t next_vertex() const {
        std::uint32_t next = uncoloured;
        for (std::uint32_t v = 0; v < adjacent_.size(); ++v) {
            if (!left_[v] || colour_[v] != uncoloured) continue;
            if (next == uncoloured || saturation_[v] > saturation_[next] ||
                (saturation_[v] == saturation_[next] &&
                 adjacent_[v].size() > adjacent_[next].size())) {
                next = v;
            }
        }
        return next;
    }

    bool extend(std::uint32_t used) {
        if (++nodes_ > budget_) return false;
        const std::uint32_t v = next_vertex();
        if (v == uncoloured) return true;
        for (std::uint32_t colour = 0; colour < std::min(used + 1, colours_); ++colour) {
            if (seen_[v][colour] != 0) continue;
            paint(v, colour);
            if (extend(std::max(used, colour + 1))) return true;
            scrape(v);
            if (nodes_ > budget_) return false;
        }
        return false;
    }

    std::uint32_t colours_;
    std::uint64_t budget_;
    std::uint64_t nodes_ = 0;
    std::vector<std::vector<std::uint32_t>> adjacent_;
    std::vector<bool> left_;                        // not set aside
    std::vector<std::uint32_t> aside_;              // in the order in which they were
    std::vector<std::vector<std::uint32_t>> seen_;  // by vertex and colour: neighbours that have it
    std::vector<std::uint32_t> saturation_;
    std::vector<std::uint32_t> colour_;
};

}  // namespace

ColourAnswer colour_with(const ColourProblem& problem,
                         std::uint32_t colours,
                         std::uint64_t node_budget) {
    if (problem.vertices == 0) return {Colours::yes, {}, 0};
    if (colours == 0) return {Colours::no, {}, 0};
    if (colours > most_colours) return {};
    return ColourSearch(problem, colours, node_budget).run();
}

}  // namespace rollcast::planner::certificate
