#include "report/study_scale.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace rollcast::report {
namespace {

struct PictureUnit {
    std::string name;
    double size = 1.0;
};

/// The largest unit of which `most` is at least two.
PictureUnit fitting_unit(scenarios::Dimension dimension, const std::string& counts, double most) {
    static const std::vector<PictureUnit> times{
        {"ms", 1e-3}, {"s", 1.0}, {"min", 60.0}, {"h", 3'600.0}, {"d", 86'400.0}};
    static const std::vector<PictureUnit> sizes{
        {"B", 1.0}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}};
    if (dimension == scenarios::Dimension::truth) return {"% of runs", 0.01};
    const bool time = dimension == scenarios::Dimension::time;
    if (!time && dimension != scenarios::Dimension::bytes) return {counts, 1.0};
    const std::vector<PictureUnit>& units = time ? times : sizes;
    PictureUnit best = time ? units[1] : units[0];
    for (const PictureUnit& unit : units) {
        if (unit.size > best.size && most >= 2.0 * unit.size) best = unit;
    }
    return best;
}

/// 1, 2 or 5 times a power of ten, about a sixth of `span`.
double round_step(double span) {
    constexpr double wanted_ticks = 6.0;
    const double raw = span / wanted_ticks;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double times : {1.0, 2.0, 5.0}) {
        if (raw <= times * power) return times * power;
    }
    return 10.0 * power;
}

}  // namespace

PictureScale picture_scale(scenarios::Dimension dimension,
                           const std::string& counts,
                           double least,
                           double most) {
    PictureScale scale;
    const PictureUnit unit =
        fitting_unit(dimension, counts, std::max(std::abs(least), std::abs(most)));
    scale.unit = unit.name;
    double low = least / unit.size;
    double high = most / unit.size;
    if (!(high > low)) {
        const double room = std::max(std::abs(low) * 0.1, 1.0);
        low -= low >= 0.0 && low < room ? low : room;
        high += room;
    }
    const double step = round_step(high - low);
    const double first = std::floor(low / step + 1e-9);
    const double last = std::ceil(high / step - 1e-9);
    for (double i = first; i <= last; ++i) {
        const double value = i == 0.0 ? 0.0 : i * step;
        scale.ticks.push_back({value * unit.size, fmt::format("{:.6g}", value)});
    }
    scale.least = scale.ticks.front().value;
    scale.most = scale.ticks.back().value;
    return scale;
}

}  // namespace rollcast::report
