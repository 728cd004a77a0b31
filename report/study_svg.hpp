// A study as a picture that stands alone: a line with its band for one parameter, a heat map for
// two. Light and dark by the reader's preference, every mark with its value as a title.
#pragma once

#include <string>

#include "scenarios/study/study.hpp"

namespace rollcast::report {

/// SVG 1.1, one panel a metric, no scripts, no fonts or images from elsewhere.
std::string study_svg(const scenarios::Study& study);

}  // namespace rollcast::report
