// A suite for a terminal, for a summary in Markdown, and as JSON.
#pragma once

#include <string>

#include "report/suite_result.hpp"

namespace rollcast::report {

/// Counts, a row a family, then every failure with its reproduce line.
std::string suite_text(const SuiteResult& result);

/// What there is to run: every case with what it teaches.
std::string suite_list(const scenarios::Suite& suite);

/// The same for a step summary or a merge request. Text of scenarios is escaped.
std::string suite_markdown(const SuiteResult& result);

/// Summary, cases with their runs, refused files with their problems.
Json suite_document(const SuiteResult& result, const Provenance& provenance);

}  // namespace rollcast::report
