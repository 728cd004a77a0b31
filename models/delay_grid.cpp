#include "models/delay_grid.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/random.hpp"

namespace rollcast::models {

namespace {

constexpr double negligible = 1e-9;

std::size_t steps_in(double length, double step) {
    return static_cast<std::size_t>(std::max(0.0, std::round(length / step)));
}

/// The shares of a grid as a few points: beyond `fine` steps those that lie within a twentieth of
/// each other are one, at their mean.
struct Point {
    std::size_t at = 0;
    double share = 0.0;
};
std::vector<Point> points_of(const DelayGrid& grid) {
    constexpr std::size_t fine = 200;
    std::vector<Point> points;
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
    const std::vector<Point> points = points_of(b);
    std::vector<double> shares(a.size() + b.size() - 1, 0.0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.shares_[i] <= 0.0) continue;
        for (const Point& point : points) shares[i + point.at] += a.shares_[i] * point.share;
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

DelayGrid begin_in_step(double interval, const DelayGrid& way, const DelayGrid& work, int most) {
    constexpr int most_passes = 1'000;
    constexpr double still = 1e-6;
    const double step = way.step();
    const std::size_t gap = std::max<std::size_t>(1, steps_in(interval, step));
    const std::size_t each = std::max<std::size_t>(1, steps_in(work.mean(), step));
    const std::vector<Point> lengths = points_of(work);
    using Shares = std::vector<double>;
    // By how many there are, less one: the shares of the begins of the last of them.
    std::vector<Shares> begins(static_cast<std::size_t>(most), Shares{0.0});
    begins[0][0] = 1.0;
    for (int pass = 0; pass < most_passes; ++pass) {
        std::vector<Shares> next(begins.size(), Shares{0.0});
        for (std::size_t k = 0; k < begins.size(); ++k) {
            // What is left until the last one's work begins tells how many are still there.
            for (std::size_t i = 0; i < begins[k].size(); ++i) {
                if (begins[k][i] < negligible * negligible) continue;
                const std::size_t left = i > gap ? i - gap : 0;
                const std::size_t there = std::min(k + 1, (left + each - 1) / each);
                const bool joins = left > k * each && k + 1 == begins.size();
                Shares& row = next[std::min(there, begins.size() - 1)];
                const std::size_t longest = joins ? left : i + work.size();
                if (row.size() <= longest) row.resize(longest + 1, 0.0);
                if (joins) {
                    row[left] += begins[k][i];
                    continue;
                }
                for (const Point& w : lengths) {
                    row[i + w.at > gap ? i + w.at - gap : 0] += begins[k][i] * w.share;
                }
            }
        }
        double moved = 0.0;
        for (std::size_t k = 0; k < begins.size(); ++k) {
            Shares& row = next[k];
            const double sum = std::accumulate(row.begin(), row.end(), 0.0);
            if (sum > negligible) {
                for (double& share : row) share /= sum;
                row = longer(way, {step, std::move(row)}).shares_;
                for (double& share : row) share *= sum;
            } else {
                row.assign(1, 0.0);
            }
            begins[k].resize(std::max(begins[k].size(), row.size()), 0.0);
            row.resize(begins[k].size(), 0.0);
            for (std::size_t i = 0; i < row.size(); ++i) moved += std::abs(row[i] - begins[k][i]);
        }
        begins = std::move(next);
        if (moved < still) break;
    }
    Shares all;
    for (const Shares& row : begins) {
        all.resize(std::max(all.size(), row.size()), 0.0);
        for (std::size_t i = 0; i < row.size(); ++i) all[i] += row[i];
    }
    return {step, std::move(all)};
}

}  // namespace rollcast::models
