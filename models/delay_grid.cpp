#include "models/delay_grid.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/random.hpp"

namespace rollcast::models {

/// A length in steps, and its share.
struct DelayPoint {
    std::size_t at = 0;
    double share = 0.0;
};

namespace {

constexpr double negligible = 1e-9;

std::size_t steps_in(double length, double step) {
    return static_cast<std::size_t>(std::max(0.0, std::round(length / step)));
}

/// The shares of a grid as a few points: beyond `fine` steps those that lie within a twentieth of
/// each other are one, at their mean.
std::vector<DelayPoint> points_of(const DelayGrid& grid) {
    constexpr std::size_t fine = 200;
    std::vector<DelayPoint> points;
    for (std::size_t i = 0; i < grid.size();) {
        const std::size_t end = std::min(grid.size(), i < fine ? i + 1 : i + i / 20);
        double share = 0.0;
        double at = 0.0;
        for (; i < end; ++i) {
            share += grid.share(i);
            at += grid.share(i) * static_cast<double>(i);
        }
        if (share > 0.0) points.push_back({steps_in(at / share, 1.0), share});
    }
    return points;
}

/// Spread around its nominal as sim::lognormal_factor does it.
double p95_ratio(const SpreadDuration& time) {
    return time.p95 > time.nominal ? sim::to_seconds(time.p95) / sim::to_seconds(time.nominal)
                                   : 1.0;
}

}  // namespace

DelayGrid::DelayGrid(double step) : step_(step), shares_{1.0} {}

DelayGrid::DelayGrid(double step, std::vector<double> shares)
    : step_(step), shares_(std::move(shares)) {
    double tail = 0.0;
    while (shares_.size() > 1 && tail + shares_.back() < negligible) {
        tail += shares_.back();
        shares_.pop_back();
    }
    shares_.back() += tail;
}

DelayGrid::DelayGrid(double step, double most, const std::function<double(double)>& below)
    : step_(step) {
    const std::size_t last = steps_in(most, step);
    double sum = 0.0;
    for (std::size_t i = 0; i < last; ++i) {
        const double up_to = below((static_cast<double>(i) + 0.5) * step);
        shares_.push_back(up_to - sum);
        sum = up_to;
    }
    shares_.push_back(1.0 - sum);
}

double DelayGrid::mean() const {
    double sum = 0.0;
    for (std::size_t i = 0; i < shares_.size(); ++i) sum += static_cast<double>(i) * shares_[i];
    return sum * step_;
}

double DelayGrid::quantile(double share) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < shares_.size(); ++i) {
        if (sum + shares_[i] >= share && shares_[i] > 0.0) {
            const double within = (share - sum) / shares_[i];
            return std::max(0.0, (static_cast<double>(i) - 0.5 + within) * step_);
        }
        sum += shares_[i];
    }
    return static_cast<double>(shares_.size() - 1) * step_;
}

DelayGrid operator+(const DelayGrid& a, const DelayGrid& b) {
    const std::vector<DelayPoint> points = points_of(b);
    std::vector<double> shares(a.size() + b.size() - 1, 0.0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.shares_[i] <= 0.0) continue;
        for (const DelayPoint& point : points) shares[i + point.at] += a.shares_[i] * point.share;
    }
    return {a.step_, std::move(shares)};
}

DelayGrid longer(const DelayGrid& a, const DelayGrid& b) {
    std::vector<double> shares(std::max(a.size(), b.size()));
    double below_a = 0.0;
    double below_b = 0.0;
    double before = 0.0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        below_a += i < a.size() ? a.shares_[i] : 0.0;
        below_b += i < b.size() ? b.shares_[i] : 0.0;
        shares[i] = below_a * below_b - before;
        before = below_a * below_b;
    }
    return {a.step_, std::move(shares)};
}

DelayGrid DelayGrid::mixed(double share, const DelayGrid& other) const {
    std::vector<double> shares(std::max(size(), other.size()), 0.0);
    for (std::size_t i = 0; i < size(); ++i) shares[i] += (1.0 - share) * shares_[i];
    for (std::size_t i = 0; i < other.size(); ++i) shares[i] += share * other.shares_[i];
    return {step_, std::move(shares)};
}

DelayGrid DelayGrid::shifted(double by) const {
    std::vector<double> shares(steps_in(by, step_), 0.0);
    shares.insert(shares.end(), shares_.begin(), shares_.end());
    return {step_, std::move(shares)};
}

DelayGrid spread_grid(double step, const SpreadDuration& time) {
    const double nominal = sim::to_seconds(time.nominal);
    const double ratio = p95_ratio(time);
    if (ratio <= 1.0) return DelayGrid(step).shifted(nominal);
    const double sigma = std::log(ratio) / sim::normal_quantile(0.95);
    return {step, longest(time), [&](double t) {
                return t <= 0.0 ? 0.0
                                : 0.5 * std::erfc(-std::log(t / nominal) / sigma * std::sqrt(0.5));
            }};
}

double longest(const SpreadDuration& time) {
    return sim::to_seconds(time.nominal) *
           sim::lognormal_factor(sim::normal_quantile(0.999999), p95_ratio(time));
}

DelayGrid wait_at_random(double rate, const DelayGrid& round) {
    const double mean = round.mean();
    if (rate <= 0.0 || mean <= 0.0) return DelayGrid(round.step());
    double nothing_came = 0.0;  // during a round
    for (std::size_t i = 0; i < round.size(); ++i) {
        nothing_came += round.share(i) * std::exp(-rate * static_cast<double>(i) * round.step());
    }
    const double busy = rate * mean / nothing_came;
    // Of a round that is met under way, the rest has the density P(round > t) / mean.
    const double most = static_cast<double>(round.size() - 1) * round.step();
    std::size_t next = 0;
    double left = 1.0;
    double below = 0.0;
    double at = 0.0;
    const DelayGrid rest(round.step(), most, [&](double t) {
        while (next < round.size() && static_cast<double>(next) * round.step() <= t) {
            const double edge = static_cast<double>(next) * round.step();
            below += left * (edge - at) / mean;
            at = edge;
            left -= round.share(next++);
        }
        below += left * (t - at) / mean;
        at = t;
        return below;
    });
    return DelayGrid(round.step()).mixed(busy / (1.0 + busy), rest);
}

/// begin_in_step, a pass after the other.
class StepQueue {
public:
    StepQueue(double interval, const DelayGrid& way, const DelayGrid& work, int most)
        : way_(way),
          gap_(std::max<std::size_t>(1, steps_in(interval, way.step()))),
          each_(std::max<std::size_t>(1, steps_in(work.mean(), way.step()))),
          longest_(work.size()),
          lengths_(points_of(work)),
          begins_(static_cast<std::size_t>(most), Shares{0.0}) {
        begins_[0][0] = 1.0;
    }

    /// The next one sets out. Returns how much of the probability has moved.
    double pass() {
        std::vector<Shares> next(begins_.size(), Shares{0.0});
        for (std::size_t k = 0; k < begins_.size(); ++k) {
            for (std::size_t i = 0; i < begins_[k].size(); ++i) {
                if (begins_[k][i] >= negligible * negligible) follow(k, i, next);
            }
        }
        double moved = 0.0;
        for (std::size_t k = 0; k < begins_.size(); ++k) {
            arrive(next[k]);
            begins_[k].resize(std::max(begins_[k].size(), next[k].size()), 0.0);
            next[k].resize(begins_[k].size(), 0.0);
            for (std::size_t i = 0; i < next[k].size(); ++i) {
                moved += std::abs(next[k][i] - begins_[k][i]);
            }
        }
        begins_ = std::move(next);
        return moved;
    }

    DelayGrid result() const {
        Shares all;
        for (const Shares& row : begins_) {
            all.resize(std::max(all.size(), row.size()), 0.0);
            for (std::size_t i = 0; i < row.size(); ++i) all[i] += row[i];
        }
        return {way_.step(), std::move(all)};
    }

private:
    using Shares = std::vector<double>;

    /// After one that is the last of k + 1 and whose work begins i steps after it sets out. What is
    /// left of that when the next one sets out tells how many are still there.
    void follow(std::size_t k, std::size_t i, std::vector<Shares>& next) const {
        const double share = begins_[k][i];
        const std::size_t left = i > gap_ ? i - gap_ : 0;
        const std::size_t there = std::min(k + 1, (left + each_ - 1) / each_);
        const bool joins = left > k * each_ && k + 1 == begins_.size();
        Shares& row = next[std::min(there, begins_.size() - 1)];
        const std::size_t last = joins ? left : i + longest_;
        if (row.size() <= last) row.resize(last + 1, 0.0);
        if (joins) {
            row[left] += share;
            return;
        }
        for (const DelayPoint& work : lengths_) {
            row[i + work.at > gap_ ? i + work.at - gap_ : 0] += share * work.share;
        }
    }

    /// No work begins before it has arrived.
    void arrive(Shares& row) const {
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        if (sum <= negligible) {
            row.assign(1, 0.0);
            return;
        }
        for (double& share : row) share /= sum;
        row = longer(way_, {way_.step(), std::move(row)}).shares_;
        for (double& share : row) share *= sum;
    }

    const DelayGrid& way_;
    std::size_t gap_;   // between two, steps
    std::size_t each_;  // of work on average, steps
    std::size_t longest_;
    std::vector<DelayPoint> lengths_;
    std::vector<Shares>
        begins_;  // by how many there are, less one: when the last one's work begins
};

DelayGrid begin_in_step(double interval, const DelayGrid& way, const DelayGrid& work, int most) {
    constexpr int most_passes = 1'000;
    constexpr double still = 1e-6;
    StepQueue queue(interval, way, work, most);
    for (int pass = 0; pass < most_passes && queue.pass() >= still; ++pass) {
    }
    return queue.result();
}

}  // namespace rollcast::models
