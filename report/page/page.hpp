// The page that shows a run: one HTML file that works offline and asks nobody for anything.
#pragma once

#include <string>

#include "report/numbers.hpp"

namespace rollcast::report {

/// `data` as page_data gives it. What stands above the dashboards is complete without JavaScript.
/// Names from the case are only ever text: nothing of them is read as markup or script.
std::string page_text(const Json& data);

}  // namespace rollcast::report
