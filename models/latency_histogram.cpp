#include "models/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/contract.hpp"

namespace rollcast::models {

namespace {

constexpr int sub_bits = 6;
constexpr std::uint64_t sub_classes = 1U << sub_bits;

/// Below 64 us a class is 1 us wide; above, the leading 7 bits name it.
std::size_t class_of(std::uint64_t microseconds) {
    if (microseconds < sub_classes) return microseconds;
    const int shift = 63 - std::countl_zero(microseconds) - sub_bits;
    return (static_cast<std::size_t>(shift) << sub_bits) + (microseconds >> shift);
}

double middle_of(std::size_t index) {
    if (index < sub_classes) return static_cast<double>(index);
    const std::size_t shift = (index >> sub_bits) - 1;
    const std::uint64_t low = (index - (shift << sub_bits)) << shift;
    return static_cast<double>(low) + 0.5 * static_cast<double>((std::uint64_t{1} << shift) - 1);
}

}  // namespace

void LatencyHistogram::add(sim::Duration latency, std::uint64_t count) {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count() / 1'000, 1));
    const std::size_t index = class_of(us);
    if (classes_.size() <= index) classes_.resize(index + 1, 0);
    classes_[index] += count;
    count_ += count;
    longest_ = std::max(longest_, latency);
}

sim::Duration LatencyHistogram::quantile(double share) const {
    sim::ensure(share > 0.0 && share <= 1.0, "a quantile's share is above 0 and at most 1");
    if (count_ == 0) return {};
    const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        seen += classes_[i];
        if (seen >= rank) return std::min(sim::ceil_seconds(middle_of(i) * 1e-6), longest_);
    }
    return longest_;
}

}  // namespace rollcast::models
