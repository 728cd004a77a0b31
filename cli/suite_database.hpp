// The runs of a suite as a SQLite database.
#pragma once

#include <string>

#include "report/suite_result.hpp"

namespace rollcast::cli {

/// Writes `file` whole or not at all. Table `run` has one row a case and seed, with a column for
/// every metric by its name (times in seconds, sizes in bytes, NULL where not answered); `failure`
/// one row an expectation that did not hold; `meta` what made it. `PRAGMA user_version` is 1.
/// Throws InputError (RC0112) where it cannot be written.
void write_database(const std::string& file, const report::SuiteResult& result);

}  // namespace rollcast::cli
