// A figure that somebody published, beside ours.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace rollcast::support {

/// One published figure. `tolerance` is relative; 0: but for the last digit of a double, or of the
/// byte/s that rates are made of.
struct Figure {
    std::string number{};
    std::string what{};
    std::string unit{};
    double published = 0.0;
    double ours = 0.0;
    double tolerance = 0.0;
    std::string fitted{};  // what of ours was fitted to which figure; empty: nothing
    std::string source{};
    double factor = 0.0;  // where not 0, the tolerance: so many times more or less

    double off() const { return ours / published - 1.0; }
    bool within() const {
        if (factor > 0.0) return std::max(ours / published, published / ours) <= factor;
        return std::abs(off()) <= tolerance + 1e-7;
    }
};
using Figures = std::vector<Figure>;

inline void check_figures(const Figures& figures) {
    for (const Figure& figure : figures) {
        INFO(figure.number,
             ", ",
             figure.what,
             ": published ",
             figure.published,
             ", ours ",
             figure.ours,
             ", fitted: ",
             figure.fitted);
        CHECK(figure.within());
    }
}

}  // namespace rollcast::support
