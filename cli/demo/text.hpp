// The demo for somebody who sees rollcast for the first time.
#pragma once

#include <string>

#include "cli/demo/study.hpp"

namespace rollcast::cli {

/// Five sections: what is wrong, a rack at a time, the fastest safe schedule, four faults, next.
std::string demo_text(const DemoStudy& study, const report::Provenance& provenance);

/// The same as one document: that of the best plan, and beside it the comparison, the
/// rack-at-a-time breach and the faults.
report::Json demo_document(const DemoStudy& study, const report::Provenance& provenance);

}  // namespace rollcast::cli
