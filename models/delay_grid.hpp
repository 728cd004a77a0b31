// A length of time that varies, as shares on an even grid: sums, the latest of several, quantiles.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "models/step.hpp"

namespace rollcast::models {

/// Shares of the lengths 0, step, 2 step, ... (seconds); they add up to 1. Two grids that meet have
/// the same step.
class DelayGrid {
public:
    /// Nothing at all, always.
    explicit DelayGrid(double step);
    /// By its distribution function, from 0 to `most`; what lies beyond is taken for `most`.
    DelayGrid(double step, double most, const std::function<double(double)>& below);

    double step() const { return step_; }
    std::size_t size() const { return shares_.size(); }
    double share(std::size_t i) const { return shares_[i]; }
    double mean() const;
    /// The least length that a share of `share` does not exceed, linear within a step.
    double quantile(double share) const;

    /// One after the other, independent.
    friend DelayGrid operator+(const DelayGrid& a, const DelayGrid& b);
    /// The longer of two, independent.
    friend DelayGrid longer(const DelayGrid& a, const DelayGrid& b);
    /// `other` with the probability `share`, else this.
    DelayGrid mixed(double share, const DelayGrid& other) const;
    DelayGrid shifted(double by) const;
    friend class StepQueue;

private:
    DelayGrid(double step, std::vector<double> shares);

    double step_;
    std::vector<double> shares_;
};

/// Of a lognormal time whose longest 0.0001 % are cut; `nominal` where it has no spread.
DelayGrid spread_grid(double step, const SpreadDuration& time);
/// The length that 0.0001 % of such times exceed, seconds.
double longest(const SpreadDuration& time);

/// Work of length `round` begins when something arrives and goes on at once, for all that has come
/// meanwhile, until nothing has. How long what arrives, at random and `rate` times a second, waits
/// for the work under way: renewal theory.
DelayGrid wait_at_random(double rate, const DelayGrid& round);
/// A queue of one server. Something sets out every `interval` seconds, arrives `way` later, and is
/// worked on for `work` when what set out before it is done: the time from setting out to the begin
/// of its work. No more than `most` are on the way, in the queue and in work together: what would
/// be one more is worked on with the last of them. Each follows from the one before (Lindley), with
/// how many there are; iterated until it stands still.
DelayGrid begin_in_step(double interval, const DelayGrid& way, const DelayGrid& work, int most);

}  // namespace rollcast::models
