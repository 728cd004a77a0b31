// Tables of a run as CSV (RFC 4180).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "models/verdict.hpp"

namespace rollcast::report {

/// `text` as a cell. A text that a spreadsheet would take for a formula (it begins with =, +, -, @,
/// a tab or a return) has an apostrophe before it, as OWASP advises; control characters are
/// replaced.
std::string csv_cell(std::string_view text);

/// A row with its end, CRLF. The cells are texts.
std::string csv_row(const std::vector<std::string>& cells);

/// A line a step, in the order of their starts: machine, cluster, rack, batch, and its times in
/// seconds since the start of the run.
std::string steps_csv(const models::Case& a_case, const models::Verdict& verdict);

}  // namespace rollcast::report
