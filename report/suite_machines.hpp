// A suite for the machines of a CI: JUnit, SARIF, annotations of GitHub.
#pragma once

#include <string>

#include "report/suite_result.hpp"

namespace rollcast::report {

/// JUnit XML as GitLab, GitHub and Jenkins read it: a suite a family, a case a run, everything that
/// matters in the body of a failure. Without times: the same result is the same bytes.
std::string suite_junit(const SuiteResult& result);

/// SARIF 2.1.0: what failed, at its place in the scenario file, and what is wrong with a file.
std::string suite_sarif(const SuiteResult& result, const std::string& tool_version);

/// Workflow commands of GitHub Actions, one a failure: "::error file=...,line=...::...".
std::string suite_annotations(const SuiteResult& result);

}  // namespace rollcast::report
