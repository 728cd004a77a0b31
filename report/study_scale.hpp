// Scales of pictures: a unit that fits, round ticks, places on the paper.
#pragma once

#include <string>
#include <vector>

#include "scenarios/suite/result_metrics.hpp"

namespace rollcast::report {

struct Tick {
    double value = 0.0;  // in the unit of the data
    std::string text;    // in the unit of the scale
};

/// From data to paper, linear.
struct PictureScale {
    double least = 0.0;  // of the data
    double most = 1.0;
    double from = 0.0;  // on the paper: where `least` lies
    double to = 1.0;
    std::string unit;         // "h", "GB", "machines"
    std::vector<Tick> ticks;  // four to nine, round in this unit

    double at(double value) const { return from + (value - least) / (most - least) * (to - from); }
};

/// A scale over [least, most], widened to its outer ticks. `counts`: the unit of a plain number.
PictureScale picture_scale(scenarios::Dimension dimension,
                           const std::string& counts,
                           double least,
                           double most);

}  // namespace rollcast::report
