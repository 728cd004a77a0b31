#include "planner/tabu_colouring.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "sim/random.hpp"

namespace rollcast::planner {

namespace {

using Neighbours = std::vector<std::vector<std::uint32_t>>;

Neighbours neighbours_of(const ConflictGraph& graph) {
    Neighbours list(boost::num_vertices(graph));
    for (std::uint32_t v = 0; v < list.size(); ++v) {
        const auto [first, last] = boost::adjacent_vertices(v, graph);
        list[v].assign(first, last);
    }
    return list;
}

/// Colours of all vertices, proper or not, and for each vertex how many neighbours have each.
class Painted {
public:
    Painted(const Neighbours& neighbours, std::vector<std::uint32_t> colour, std::uint32_t colours)
        : neighbours_(neighbours),
          colours_(colours),
          colour_(std::move(colour)),
          near_(neighbours.size() * colours, 0) {
        for (std::uint32_t v = 0; v < neighbours.size(); ++v) {
            for (const std::uint32_t w : neighbours[v]) ++near_[w * colours_ + colour_[v]];
        }
        for (std::uint32_t v = 0; v < neighbours.size(); ++v) conflicts_ += near(v, colour_[v]);
        conflicts_ /= 2;
    }

    std::uint32_t near(std::uint32_t v, std::uint32_t colour) const {
        return near_[v * colours_ + colour];
    }
    std::int64_t change(std::uint32_t v, std::uint32_t to) const {
        return std::int64_t{near(v, to)} - std::int64_t{near(v, colour_[v])};
    }
    void paint(std::uint32_t v, std::uint32_t to) {
        conflicts_ += change(v, to);
        for (const std::uint32_t w : neighbours_[v]) {
            --near_[w * colours_ + colour_[v]];
            ++near_[w * colours_ + to];
        }
        colour_[v] = to;
    }
    std::int64_t conflicts() const { return conflicts_; }
    std::uint32_t colours() const { return colours_; }
    const std::vector<std::uint32_t>& colour() const { return colour_; }

private:
    const Neighbours& neighbours_;
    std::uint32_t colours_;
    std::vector<std::uint32_t> colour_;
    std::vector<std::uint32_t> near_;
    std::int64_t conflicts_ = 0;
};

struct Recolouring {
    std::uint32_t vertex = 0;
    std::uint32_t to = 0;
    std::int64_t change = 0;
};

/// The best of what is offered, one of equals by lot.
class BestMove {
public:
    explicit BestMove(sim::RandomStream& random) : random_(random) {}
    void offer(const Recolouring& move) {
        if (move.change > best_.change) return;
        if (move.change < best_.change) ties_ = 0;
        if (random_.below(++ties_) == 0) best_ = move;
    }
    bool found() const { return ties_ > 0; }
    const Recolouring& get() const { return best_; }

private:
    sim::RandomStream& random_;
    Recolouring best_{0, 0, std::numeric_limits<std::int64_t>::max()};
    std::uint64_t ties_ = 0;
};

/// Which colours a vertex may not have back before some move.
class TabuList {
public:
    TabuList(std::size_t vertices, std::uint32_t colours)
        : colours_(colours), until_(vertices * colours, 0) {}
    bool holds(std::uint32_t v, std::uint32_t colour, std::uint64_t move) const {
        return until_[v * colours_ + colour] > move;
    }
    void put(std::uint32_t v, std::uint32_t colour, std::uint64_t until) {
        until_[v * colours_ + colour] = until;
    }

private:
    std::uint32_t colours_;
    std::vector<std::uint64_t> until_;
};

/// WeightClasses by their heaviest vertex. Vertices are ranked, the heaviest first; a class is a
/// bit set over ranks.
class WeightClasses {
public:
    WeightClasses(const std::vector<sim::Duration>& weight,
                  const std::vector<std::uint32_t>& colour,
                  std::uint32_t colours)
        : words_((weight.size() + 63) / 64),
          rank_(weight.size()),
          members_(colours * words_, 0),
          size_(colours, 0) {
        std::vector<std::uint32_t> order(weight.size());
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return weight[a] > weight[b];
        });
        for (std::uint32_t r = 0; r < order.size(); ++r) {
            rank_[order[r]] = r;
            weight_.push_back(weight[order[r]].count());
        }
        for (std::uint32_t v = 0; v < colour.size(); ++v) add(v, colour[v]);
        for (std::uint32_t c = 0; c < colours; ++c) total_ += heaviest(c, none);
    }

    std::int64_t total() const { return total_; }
    std::uint32_t size(std::uint32_t c) const { return size_[c]; }
    /// What the classes weigh more after `v` went from one to the other.
    std::int64_t change(std::uint32_t v, std::uint32_t from, std::uint32_t to) const {
        const std::int64_t own = weight_[rank_[v]];
        return heaviest(from, rank_[v]) - heaviest(from, none) +
               std::max<std::int64_t>(0, own - heaviest(to, none));
    }
    void move(std::uint32_t v, std::uint32_t from, std::uint32_t to) {
        total_ += change(v, from, to);
        members_[from * words_ + rank_[v] / 64] &= ~(std::uint64_t{1} << (rank_[v] % 64));
        --size_[from];
        add(v, to);
    }

private:
    static constexpr std::uint32_t none = 0xffff'ffffU;

    void add(std::uint32_t v, std::uint32_t c) {
        members_[c * words_ + rank_[v] / 64] |= std::uint64_t{1} << (rank_[v] % 64);
        ++size_[c];
    }
    /// Weight of the first of a class but `without`.
    std::int64_t heaviest(std::uint32_t c, std::uint32_t without) const {
        for (std::size_t w = 0; w < words_; ++w) {
            std::uint64_t bits = members_[c * words_ + w];
            if (without / 64 == w) bits &= ~(std::uint64_t{1} << (without % 64));
            if (bits != 0) return weight_[w * 64 + static_cast<std::size_t>(__builtin_ctzll(bits))];
        }
        return 0;
    }

    std::size_t words_;
    std::vector<std::uint32_t> rank_;
    std::vector<std::int64_t> weight_;  // by rank
    std::vector<std::uint64_t> members_;
    std::vector<std::uint32_t> size_;
    std::int64_t total_ = 0;
};

/// Numbers the classes anew, so that none is empty.
Colouring without_gaps(const std::vector<std::uint32_t>& colour) {
    Colouring result{colour, 0};
    std::vector<std::uint32_t> used = colour;
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (std::uint32_t& c : result.colour) {
        c = static_cast<std::uint32_t>(std::lower_bound(used.begin(), used.end(), c) -
                                       used.begin());
    }
    result.count = static_cast<std::uint32_t>(used.size());
    return result;
}

/// The tabu search for light classes: colours and classes kept side by side.
class LightSearch {
public:
    LightSearch(const ConflictGraph& graph,
                const std::vector<sim::Duration>& weight,
                const TabuOptions& options)
        : neighbours_(neighbours_of(graph)),
          start_(colour_dsatur(graph, weight)),
          colours_(start_.count + 2),
          random_(options.seed, 2, sim::Draw::search, 0),
          moves_(options.moves),
          painted_(neighbours_, start_.colour, colours_),
          classes_(weight, start_.colour, colours_),
          tabu_(weight.size(), colours_),
          best_(start_.colour),
          best_weight_(classes_.total()),
          heaviest_(std::max_element(weight.begin(), weight.end())->count()),
          price_(heaviest_) {}

    WeightedColouring run() {
        for (std::uint64_t i = 0; i < moves_; ++i) {
            const BestMove move = choose(i);
            if (!move.found()) continue;
            act(move.get(), i);
            set_price();
            if (painted_.conflicts() > 0 || classes_.total() >= best_weight_) {
                if (i - improved_ > patience) shake(i);
                continue;
            }
            best_weight_ = classes_.total();
            best_ = painted_.colour();
            improved_ = i;
        }
        return {without_gaps(best_), sim::Duration{best_weight_}};
    }

private:
    static constexpr std::uint64_t patience = 20'000;  // moves without a better colouring

    std::int64_t cost() const { return classes_.total() + price_ * painted_.conflicts(); }

    BestMove choose(std::uint64_t i) {
        BestMove best(random_);
        const std::int64_t now = classes_.total();
        for (std::uint32_t v = 0; v < neighbours_.size(); ++v) {
            const std::uint32_t from = painted_.colour()[v];
            bool empty_seen = false;
            for (std::uint32_t to = 0; to < colours_; ++to) {
                if (to == from) continue;
                if (classes_.size(to) == 0) {
                    if (empty_seen || classes_.size(from) == 1) continue;
                    empty_seen = true;
                }
                const std::int64_t conflicts = painted_.change(v, to);
                const std::int64_t weight = classes_.change(v, from, to);
                const bool record =
                    painted_.conflicts() + conflicts == 0 && now + weight < best_weight_;
                if (tabu_.holds(v, to, i) && !record) continue;
                best.offer({v, to, weight + price_ * conflicts});
            }
        }
        return best;
    }

    void act(const Recolouring& move, std::uint64_t i) {
        const std::uint32_t from = painted_.colour()[move.vertex];
        classes_.move(move.vertex, from, move.to);
        painted_.paint(move.vertex, move.to);
        const auto conflicts = static_cast<std::uint64_t>(painted_.conflicts());
        tabu_.put(move.vertex, from, i + 5 + conflicts / 2 + random_.below(10));
    }

    /// Ten moves on one side of the border move the price by a tenth.
    void set_price() {
        side_ = painted_.conflicts() == 0 ? std::max(side_, 0) + 1 : std::min(side_, 0) - 1;
        if (side_ == 10) price_ = std::max<std::int64_t>(1, price_ - price_ / 10 - 1);
        if (side_ == -10) price_ = std::min(2 * heaviest_, price_ + price_ / 10 + 1);
        if (side_ == 10 || side_ == -10) side_ = 0;
    }

    /// From the best, some vertices by lot elsewhere.
    void shake(std::uint64_t i) {
        improved_ = i;
        for (std::uint32_t v = 0; v < best_.size(); ++v) move_to(v, best_[v]);
        const std::uint64_t count = 1 + best_.size() / 8;
        for (std::uint64_t k = 0; k < count; ++k) {
            move_to(static_cast<std::uint32_t>(random_.below(best_.size())),
                    static_cast<std::uint32_t>(random_.below(colours_)));
        }
    }
    void move_to(std::uint32_t v, std::uint32_t to) {
        const std::uint32_t from = painted_.colour()[v];
        if (from == to) return;
        classes_.move(v, from, to);
        painted_.paint(v, to);
    }

    Neighbours neighbours_;
    Colouring start_;
    std::uint32_t colours_;
    sim::RandomStream random_;
    std::uint64_t moves_;
    Painted painted_;
    WeightClasses classes_;
    TabuList tabu_;
    std::vector<std::uint32_t> best_;
    std::int64_t best_weight_;
    std::int64_t heaviest_;
    std::int64_t price_;  // of an edge with equal ends
    int side_ = 0;        // moves in a row with such edges (below 0) or without
    std::uint64_t improved_ = 0;
};

}  // namespace

std::optional<Colouring> tabu_colouring(const ConflictGraph& graph,
                                        std::uint32_t colours,
                                        const TabuOptions& options) {
    const Neighbours neighbours = neighbours_of(graph);
    if (neighbours.empty()) return Colouring{};
    if (colours == 0) return std::nullopt;
    sim::RandomStream random(options.seed, 1, sim::Draw::search, colours);
    std::vector<std::uint32_t> start(neighbours.size());
    for (std::uint32_t& c : start) c = static_cast<std::uint32_t>(random.below(colours));
    Painted painted(neighbours, std::move(start), colours);
    TabuList tabu(neighbours.size(), colours);
    std::int64_t least = painted.conflicts();
    for (std::uint64_t i = 0; i < options.moves && painted.conflicts() > 0; ++i) {
        BestMove best(random);
        for (std::uint32_t v = 0; v < neighbours.size(); ++v) {
            const std::uint32_t from = painted.colour()[v];
            if (painted.near(v, from) == 0) continue;
            for (std::uint32_t to = 0; to < colours; ++to) {
                if (to == from) continue;
                const std::int64_t change = painted.change(v, to);
                if (tabu.holds(v, to, i) && painted.conflicts() + change >= least) continue;
                best.offer({v, to, change});
            }
        }
        if (!best.found()) continue;
        const std::uint32_t vertex = best.get().vertex;
        const std::uint32_t to = best.get().to;
        const std::uint32_t from = painted.colour()[vertex];
        painted.paint(vertex, to);
        least = std::min(least, painted.conflicts());
        const auto share = static_cast<std::uint64_t>(painted.conflicts()) * 6 / 10;
        tabu.put(vertex, from, i + 1 + share + random.below(10));
    }
    if (painted.conflicts() > 0) return std::nullopt;
    return without_gaps(painted.colour());
}

Colouring few_colours(const ConflictGraph& graph,
                      std::uint32_t at_least,
                      const TabuOptions& options) {
    Colouring best = colour_dsatur(graph, std::vector<sim::Duration>(boost::num_vertices(graph)));
    while (best.count > std::max(1U, at_least)) {
        std::optional<Colouring> fewer = tabu_colouring(graph, best.count - 1, options);
        if (!fewer) break;
        best = std::move(*fewer);
    }
    return best;
}

WeightedColouring light_colouring(const ConflictGraph& graph,
                                  const std::vector<sim::Duration>& weight,
                                  const TabuOptions& options) {
    sim::ensure(weight.size() == boost::num_vertices(graph), "a weight for each vertex");
    if (weight.empty()) return {};
    return LightSearch(graph, weight, options).run();
}

}  // namespace rollcast::planner
