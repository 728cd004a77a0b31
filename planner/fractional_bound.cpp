#include "planner/fractional_bound.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace rollcast::planner {

namespace {

using certificate::HeaviestSet;
using certificate::SetProblem;
using sim::Duration;

constexpr double scale = 1e7;  // whole weights of a dual weight of 1
constexpr double tolerance = 1e-9;
constexpr std::size_t most_pivots = 20'000;

/// The basis of the primal simplex method with its inverse. A column is a set (its elements are
/// the rows with 1, cost 1) or the surplus of a row (-1, cost 0).
class Basis {
public:
    struct Column {
        std::vector<std::uint32_t> rows;
        bool surplus = false;
    };

    /// Every element alone. Lengths are told apart by a millionth, so that no two ratios tie and
    /// the method does not cycle.
    explicit Basis(const std::vector<Duration>& length) : n_(length.size()) {
        inverse_.assign(n_ * n_, 0.0);
        for (std::uint32_t i = 0; i < n_; ++i) {
            inverse_[i * n_ + i] = 1.0;
            columns_.push_back({{i}, false});
            const double apart = 1.0 + 1e-6 * static_cast<double>((i * 7'919) % 997) / 997.0;
            value_.push_back(sim::to_seconds(length[i]) * apart);
        }
        update_dual();
    }

    const std::vector<double>& dual() const { return dual_; }
    const std::vector<Column>& columns() const { return columns_; }

    /// Takes `column` in and the one that reaches zero first out.
    void enter(Column column) {
        std::vector<double> direction(n_, 0.0);
        for (std::size_t r = 0; r < n_; ++r) {
            for (const std::uint32_t row : column.rows) direction[r] += inverse_[r * n_ + row];
            if (column.surplus) direction[r] = -direction[r];
        }
        std::optional<std::size_t> leaving;
        for (std::size_t r = 0; r < n_; ++r) {
            if (direction[r] <= tolerance) continue;
            if (!leaving || value_[r] * direction[*leaving] < value_[*leaving] * direction[r]) {
                leaving = r;
            }
        }
        if (!leaving) {  // cannot be: costs are not negative
            stuck_ = true;
            return;
        }
        pivot(*leaving, direction);
        columns_[*leaving] = std::move(column);
        update_dual();
    }

    bool stuck() const { return stuck_; }

private:
    void pivot(std::size_t leaving, const std::vector<double>& direction) {
        const double by = direction[leaving];
        value_[leaving] /= by;
        for (std::size_t k = 0; k < n_; ++k) inverse_[leaving * n_ + k] /= by;
        for (std::size_t r = 0; r < n_; ++r) {
            if (r == leaving || direction[r] == 0.0) continue;
            value_[r] = std::max(0.0, value_[r] - direction[r] * value_[leaving]);
            for (std::size_t k = 0; k < n_; ++k) {
                inverse_[r * n_ + k] -= direction[r] * inverse_[leaving * n_ + k];
            }
        }
    }

    void update_dual() {
        dual_.assign(n_, 0.0);
        for (std::size_t r = 0; r < n_; ++r) {
            if (columns_[r].surplus) continue;
            for (std::size_t k = 0; k < n_; ++k) dual_[k] += inverse_[r * n_ + k];
        }
    }

    std::size_t n_;
    std::vector<double> inverse_;  // by row of the basis, then element
    std::vector<double> value_;
    std::vector<double> dual_;
    std::vector<Column> columns_;
    bool stuck_ = false;
};

class Generation {
public:
    Generation(SetProblem problem, const std::vector<Duration>& length, std::uint64_t nodes)
        : problem_(std::move(problem)), length_(length), nodes_(nodes), basis_(length) {}

    FractionalBound run() {
        for (std::size_t i = 0; i < most_pivots && !basis_.stuck(); ++i) {
            std::optional<Basis::Column> column = surplus();
            if (!column) column = known_set();
            if (!column) column = new_set();
            if (!column) break;
            basis_.enter(std::move(*column));
        }
        for (const Basis::Column& column : basis_.columns()) {
            if (!column.surplus) best_.sets.push_back(column.rows);
        }
        return std::move(best_);
    }

private:
    /// A dual weight below zero: the row's surplus enters.
    std::optional<Basis::Column> surplus() const {
        const auto& dual = basis_.dual();
        const auto least = std::min_element(dual.begin(), dual.end());
        if (*least >= -tolerance) return std::nullopt;
        return Basis::Column{{static_cast<std::uint32_t>(least - dual.begin())}, true};
    }

    /// The heaviest set found before, where it weighs more than 1.
    std::optional<Basis::Column> known_set() const {
        const std::vector<std::uint32_t>* heaviest = nullptr;
        double most = 1.0 + 1e-7;
        for (const auto& set : known_) {
            double weight = 0.0;
            for (const std::uint32_t i : set) weight += basis_.dual()[i];
            if (weight <= most) continue;
            most = weight;
            heaviest = &set;
        }
        if (heaviest == nullptr) return std::nullopt;
        return Basis::Column{*heaviest, false};
    }

    /// The heaviest of all; nothing where the linear program is solved or the budget spent.
    std::optional<Basis::Column> new_set() {
        for (std::size_t i = 0; i < length_.size(); ++i) {
            problem_.weight[i] = std::llround(std::max(0.0, basis_.dual()[i]) * scale);
        }
        if (nodes_ == 0) return std::nullopt;
        HeaviestSet found =
            certificate::heaviest_set(problem_, std::min<std::uint64_t>(nodes_, 400'000));
        nodes_ -= std::min(nodes_, found.nodes);
        if (!found.exact || found.weight == 0) return std::nullopt;
        note(found.weight);
        if (static_cast<double>(found.weight) <= scale * (1.0 + 2e-6)) {
            best_.solved = true;
            return std::nullopt;
        }
        known_.push_back(found.members);
        return Basis::Column{std::move(found.members), false};
    }

    /// The bound of the whole weights at hand.
    void note(std::int64_t heaviest) {
        __extension__ using Wide = __int128;
        Wide sum = 0;
        for (std::size_t i = 0; i < length_.size(); ++i) {
            sum += Wide{problem_.weight[i]} * length_[i].count();
        }
        const Duration value{static_cast<std::int64_t>(sum / heaviest)};
        if (value <= best_.value) return;
        best_.value = value;
        best_.weights = problem_.weight;
        best_.heaviest = heaviest;
    }

    SetProblem problem_;
    const std::vector<Duration>& length_;
    std::uint64_t nodes_;
    Basis basis_;
    std::vector<std::vector<std::uint32_t>> known_;
    FractionalBound best_;
};

}  // namespace

FractionalBound fractional_bound(SetProblem problem,
                                 const std::vector<Duration>& length,
                                 std::uint64_t nodes) {
    if (length.empty() || length.size() > certificate::largest_set_problem) return {};
    problem.weight.assign(length.size(), 0);
    return Generation(std::move(problem), length, nodes).run();
}

}  // namespace rollcast::planner
