#include "scenarios/suite/prepare.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/files.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/format/places.hpp"
#include "scenarios/format/sha256.hpp"
#include "scenarios/suite/builder.hpp"
#include "scenarios/suite/changes.hpp"
#include "scenarios/suite/scenario_file.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::string_view scenario_suffix = ".scenario.json";

std::string stem_of(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    for (const std::string_view suffix : {scenario_suffix, std::string_view(".json")}) {
        if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
    }
    return name;
}

std::string family_of(const std::filesystem::path& path) {
    return std::filesystem::weakly_canonical(path).parent_path().filename().string();
}

std::vector<std::uint64_t> read_seeds(const Reader& root) {
    std::vector<std::uint64_t> seeds;
    const Json& given = root.value("seeds");
    if (given.is_array()) {
        for (const Json& seed : given) seeds.push_back(seed.get<std::uint64_t>());
        return seeds;
    }
    const Reader range = root.object("seeds");
    const auto from = static_cast<std::uint64_t>(range.integer("from"));
    const auto count = static_cast<std::uint64_t>(range.integer("count"));
    for (std::uint64_t i = 0; i < count; ++i) seeds.push_back(from + i);
    return seeds;
}

/// Where the file says each of `expectations`.
std::vector<Diagnostic> places_of(const MergedScenario& scenario,
                                  const std::vector<Expectation>& expectations) {
    std::vector<Diagnostic> out;
    for (const Expectation& e : expectations) {
        const JsonFile& file = scenario.file_of(e.pointer);
        Problems place(file);
        place.error(code::out_of_range, e.pointer, "an expectation did not hold");
        out.push_back(place.placed().front());
    }
    return out;
}

/// Makes the cases of one scenario.
class Preparation {
public:
    Preparation(const std::filesystem::path& path, const PlanMaker& plans)
        : Preparation(path, load_scenario_file(path), plans) {}

    Preparation(const std::filesystem::path& path, MergedScenario scenario, const PlanMaker& plans)
        : path_(path),
          scenario_(std::move(scenario)),
          problems_(scenario_),
          builder_(scenario_, plans, problems_) {}

    /// What stands in place of references once `cases` is asked for.
    void refer_to_nothing() { self_contained_ = true; }
    const Json& root() const { return scenario_.root; }

    std::vector<SuiteCase> cases() {
        const std::vector<Substitution> set = changes_of(scenario_, "set");
        Json base = scenario_.root;
        for (const char* key : {"set", "without", "matrix"}) base.erase(key);
        if (self_contained_) {
            builder_.inline_all(base);
        } else {
            builder_.inline_changed(base);
        }
        apply_changes(set, base, problems_);
        problems_.throw_if_errors();
        models::Fleet fleet;
        if (grid_selects(scenario_)) fleet = builder_.load_case_of(base).a_case.fleet;
        problems_.throw_if_errors();
        std::vector<SuiteCase> out;
        for (const GridPoint& point : grid_points(scenario_, fleet, problems_)) {
            problems_.throw_if_errors();
            out.push_back(make(base, point));
        }
        problems_.throw_if_errors();
        return out;
    }

private:
    SuiteCase make(const Json& base, const GridPoint& point) {
        SuiteCase out;
        out.tree = base;
        builder_.varied(point);
        apply_changes(point.changes, out.tree, problems_);
        if (!point.changes.empty()) check_fields(out.tree);
        problems_.throw_if_errors();
        const Reader root(scenario_record(), out.tree, "");
        out.file = path_.generic_string();
        out.family = family_of(path_);
        out.id = out.family + "/" + stem_of(path_);
        if (!point.label.empty()) out.id += "[" + point.label + "]";
        out.teaches = root.text("teaches");
        if (root.has("tags")) out.tags = root.texts("tags");
        out.expectations = read_expectations(root.objects("expect"), problems_.of("/expect"));
        out.seeds = read_seeds(root);
        out.fidelity =
            root.text("fidelity") == "record" ? models::Fidelity::record : models::Fidelity::flow;
        out.sampled = root.flag("sampled");
        std::string hashed = out.tree.dump();
        out.run = builder_.build(out.tree, hashed);
        out.control = control_of(out.tree, hashed);
        problems_.throw_if_errors();
        for (const Expectation& e : out.expectations) {
            out.watched = out.watched || result_metrics()[e.metric].watched;
            out.needs_control = out.needs_control || e.against_control;
        }
        out.places = places_of(scenario_, out.expectations);
        out.fingerprint = sha256(hashed);
        return out;
    }

    /// What a change has put into the scenario has to fit as well.
    void check_fields(const Json& tree) {
        Problems fields(scenario_.own());
        check_record(scenario_record(), tree, "", fields);
        if (fields.has_errors()) {
            builder_.misplaced_fields(InputError(fields.placed()), scenario_.own().name());
        }
    }

    std::shared_ptr<const CaseAndPlan> control_of(Json tree, std::string& hashed) {
        const std::vector<Substitution> changes = changes_of(scenario_, "without");
        if (changes.empty()) tree.erase("faults");
        apply_changes(changes, tree, problems_);
        if (problems_.has_errors()) return nullptr;
        hashed += tree.dump();
        std::string unused;
        std::shared_ptr<CaseAndPlan> control = builder_.build(tree, unused);
        if (control && changes.empty()) control->a_case.faults.clear();
        return control;
    }

    std::filesystem::path path_;
    MergedScenario scenario_;
    ScenarioProblems problems_;
    RunBuilder builder_;
    bool self_contained_ = false;
};

void add_folder(const std::filesystem::path& folder, std::vector<std::string>& files) {
    const std::size_t before = files.size();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().filename().string().ends_with(scenario_suffix)) {
            files.push_back(entry.path().lexically_normal().generic_string());
        }
    }
    if (files.size() > before) return;
    Diagnostic d;
    d.code = code::no_scenario;
    d.file = folder.generic_string();
    d.message =
        fmt::format("no scenario is in the folder {}", scenarios::quoted(folder.generic_string()));
    d.help = "name files, or a folder with files whose names end in \".scenario.json\"";
    throw InputError(std::move(d));
}

}  // namespace

std::vector<SuiteCase> prepare_scenario(const std::filesystem::path& path, const PlanMaker& plans) {
    return Preparation(path, plans).cases();
}

std::optional<Json> self_contained(const std::filesystem::path& path,
                                   const std::string& id,
                                   const PlanMaker& plans) {
    Preparation preparation(path, plans);
    preparation.refer_to_nothing();
    for (SuiteCase& c : preparation.cases()) {
        if (c.id != id) continue;
        Json out = std::move(c.tree);
        const auto without = preparation.root().find("without");
        if (without != preparation.root().end()) out["without"] = *without;
        return out;
    }
    return std::nullopt;
}

SuiteCase prepare_inline(const Json& scenario,
                         const std::filesystem::path& path,
                         const PlanMaker& plans) {
    MergedScenario merged = load_scenario_text(scenario.dump(), path.generic_string());
    std::vector<SuiteCase> cases = Preparation(path, std::move(merged), plans).cases();
    return std::move(cases.front());
}

std::vector<std::string> tags_of(const std::filesystem::path& path) {
    const MergedScenario scenario = load_scenario_file(path);
    const Reader root(scenario_record(), scenario.root, "");
    return root.has("tags") ? root.texts("tags") : std::vector<std::string>{};
}

std::vector<std::string> find_scenarios(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (std::filesystem::is_directory(path)) {
            add_folder(path, files);
        } else {
            if (!std::filesystem::exists(path)) read_text(path);  // throws, with names near
            files.push_back(path);
        }
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

}  // namespace rollcast::scenarios
