// From a case file to a case: all of a run but plan and seed.
//
//     const LoadedCase loaded = load_case("estate.json");
//     const models::Verdict verdict = models::simulate(loaded.a_case, plan, {});
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/case.hpp"
#include "scenarios/format/diagnostic.hpp"

namespace rollcast::scenarios {

struct LoadedCase {
    models::Case a_case;
    std::vector<Diagnostic> warnings;
    std::string sha256;  // of the case's text, followed by that of the fleet that it names
    std::vector<std::string> assumptions;  // what stood in for what an import did not know
};

/// Throws InputError with every problem found.
LoadedCase load_case(const std::filesystem::path& path);

/// The same from text; `name` stands for the file in messages, and a `fleet_file` is looked for
/// beside it.
LoadedCase load_case_text(std::string_view text, std::string_view name);

/// The estate that the executable carries: scenarios/library/embedded_estate.json.
LoadedCase embedded_estate();
std::string_view embedded_estate_text();

/// Faults for it, as a file to begin with: scenarios/library/example_faults.json.
std::string_view example_faults_text();

/// A migration of it over weeks, with what went wrong, and the plan that it is carried out by:
/// scenarios/library/story/.
std::string_view story_case_text();
std::string_view story_plan_text();

}  // namespace rollcast::scenarios
