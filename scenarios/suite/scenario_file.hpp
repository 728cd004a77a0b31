// A scenario file together with those that it extends: one tree, of which every part knows the file
// that it comes from.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/format/json_file.hpp"
#include "scenarios/format/problems.hpp"

namespace rollcast::scenarios {

/// What a scenario says once its bases are read: an object of `scenario_record` without `extends`.
struct MergedScenario {
    Json root;
    std::vector<std::shared_ptr<const JsonFile>> files;  // its own first, then its bases
    /// By the pointer of a field, or of an entry of `set`, `without` and `matrix`: its file.
    std::map<std::string, std::size_t> origins;

    const JsonFile& own() const { return *files.front(); }
    /// The file that the value at `pointer` comes from; its own where nothing says it.
    const JsonFile& file_of(const std::string& pointer) const;
    /// `relative` as seen from the file that gives `pointer`.
    std::filesystem::path path(const std::string& pointer, const std::string& relative) const;
};

/// Throws InputError with every problem of the fields of all these files.
MergedScenario load_scenario_file(const std::filesystem::path& path);

/// The same of text that extends nothing and would stand in `name`.
MergedScenario load_scenario_text(std::string text, const std::string& name);

/// Problems of a merged scenario, each shown in the file that its value comes from.
class ScenarioProblems {
public:
    explicit ScenarioProblems(const MergedScenario& scenario);

    /// The collection of the file that `pointer` comes from.
    Problems& of(const std::string& pointer);
    /// Problems of another file, or of one that has its place already.
    void add(const std::vector<Diagnostic>& found);
    /// What went wrong with text that stands at `prefix` of the scenario: shown there. Problems of
    /// other files than `inner_name` keep their place.
    void relocate(const InputError& error,
                  const std::string& inner_name,
                  const std::string& prefix);

    bool has_errors() const;
    std::vector<Diagnostic> placed() const;
    /// Throws InputError with everything collected, if there is an error.
    void throw_if_errors() const;

private:
    const MergedScenario* scenario_;
    std::vector<Problems> by_file_;
    std::vector<Diagnostic> others_;
};

}  // namespace rollcast::scenarios
