// Plans as files: machines by name, with the fingerprint of the case that they were made for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/files.hpp"

namespace rollcast::scenarios {

/// What a plan's file says about where the plan comes from.
struct PlanFileMeta {
    std::string case_file;
    std::string case_sha256;
    std::uint64_t seed = 1;
    std::optional<sim::Duration> makespan;     // in the full simulation, nominal durations
    std::optional<sim::Duration> lower_bound;  // for the same gate
    std::vector<std::string> certificate;      // its lines; empty: none
};

struct LoadedPlan {
    models::Plan plan;
    PlanFileMeta meta;
    std::vector<Diagnostic> warnings;
};

/// The text of a plan's file: one batch a line. Same plan, same bytes.
std::string write_plan(const models::Case& a_case,
                       const models::Plan& plan,
                       const PlanFileMeta& meta);

/// Throws InputError where the plan names a machine that the case does not have, or one twice, or
/// was made for a case with another hash than `case_sha256` (empty: any case is fine). Machines
/// that the plan leaves out are warnings.
LoadedPlan load_plan(const std::filesystem::path& path,
                     const models::Case& a_case,
                     const std::string& case_sha256 = "");

/// The same from text; `name` stands for the file in messages.
LoadedPlan load_plan_text(std::string_view text,
                          std::string_view name,
                          const models::Case& a_case,
                          const std::string& case_sha256 = "");

}  // namespace rollcast::scenarios
