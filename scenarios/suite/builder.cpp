#include "scenarios/suite/builder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/policies/catalogue.hpp"
#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/format/plan_file.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::string_view embedded_word = "embedded";

/// Text that stands in a scenario, as a file of its own.
Json as_file(const Json& inner, const char* marker, const char* name) {
    Json file = inner;
    if (!file.contains(marker)) file[marker] = 1;
    if (name != nullptr && !file.contains("name")) file["name"] = name;
    return file;
}

std::vector<std::string> all_policy_words(const PlanMaker& plans) {
    std::vector<std::string> words = plans.words;
    for (int k = 0; k < models::policy_kind_count; ++k) {
        words.emplace_back(models::policy_info(static_cast<models::PolicyKind>(k)).word);
    }
    return words;
}

}  // namespace

bool RunBuilder::changed(const std::string& key) const {
    for (const char* field : {"set", "without", "matrix"}) {
        const auto found = scenario_->root.find(field);
        if (found == scenario_->root.end()) continue;
        for (const auto& [pointer, unused] : found->items()) {
            if (pointer.starts_with("/" + key + "/")) return true;
        }
    }
    return false;
}

void RunBuilder::inline_reference(Json& tree, const std::string& key) {
    const auto found = tree.find(key);
    if (found == tree.end() || !found->is_string()) return;
    const auto named = found->get<std::string>();
    if (key == "case" && named == embedded_word) {
        names_[key] = "embedded_estate.json";
        *found = Json::parse(embedded_estate_text());
        return;
    }
    const std::string path = scenario_->path("/" + key, named).generic_string();
    try {
        const JsonFile file = JsonFile::read(path);
        names_[key] = path;
        *found = key == "faults" && file.root().is_object() && file.root().contains("faults")
                     ? file.root()["faults"]
                     : file.root();
    } catch (const InputError& error) {
        problems_->relocate(error, "", "/" + key);
    }
}

void RunBuilder::inline_changed(Json& tree) {
    for (const char* key : {"case", "plan", "faults"}) {
        if (changed(key)) inline_reference(tree, key);
    }
}

void RunBuilder::inline_all(Json& tree) {
    for (const char* key : {"case", "plan", "faults"}) inline_reference(tree, key);
    const auto a_case = tree.find("case");
    if (a_case == tree.end() || !a_case->is_object() || !a_case->contains("fleet_file")) return;
    const std::string name =
        names_.contains("case") ? names_.at("case") : scenario_->file_of("/case").name();
    const std::filesystem::path path =
        std::filesystem::path(name).parent_path() / (*a_case)["fleet_file"].get<std::string>();
    try {
        (*a_case)["fleet"] = JsonFile::read(path).root();
        a_case->erase("fleet_file");
    } catch (const InputError& error) {
        problems_->relocate(error, "", "/case");
    }
}

/// Where something was referred to, its problems are those of the change that touches their place,
/// else of the reference.
void RunBuilder::misplaced(const InputError& error,
                           const std::string& inner_name,
                           const std::string& key) {
    const std::string prefix = key.empty() ? "" : "/" + key;
    const bool referred = names_.contains(key);
    std::vector<Substitution> changes = point_;
    for (const Substitution& change : changes_of(*scenario_, "set")) changes.push_back(change);
    for (const Substitution& change : changes_of(*scenario_, "without")) changes.push_back(change);
    for (const Diagnostic& inner : error.diagnostics()) {
        if (inner.severity != Severity::error) continue;
        if (inner.line > 0 && inner.file != inner_name) {
            problems_->add({inner});
            continue;
        }
        const std::string pointer = prefix + inner.pointer;
        const auto touches =
            std::find_if(changes.begin(), changes.end(), [&](const Substitution& c) {
                return pointer.starts_with(c.pointer) || c.pointer.starts_with(pointer + "/");
            });
        Diagnostic moved = inner;
        moved.line = 0;
        moved.pointer.clear();
        const std::string place = touches != changes.end() ? touches->place
                                  : referred               ? "/" + key
                                                           : pointer;
        problems_->relocate(InputError(std::move(moved)), inner_name, place);
    }
}

LoadedCase RunBuilder::load_case_of(const Json& tree) {
    const Json& given = tree.at("case");
    const std::string name =
        names_.contains("case") ? names_.at("case") : scenario_->file_of("/case").name();
    try {
        if (!given.is_string()) {
            return load_case_text(as_file(given, "rollcast_case", "inline").dump(), name);
        }
        const auto named = given.get<std::string>();
        if (named == embedded_word) return embedded_estate();
        return load_case(scenario_->path("/case", named));
    } catch (const InputError& error) {
        misplaced(error, given.is_string() ? "" : name, "case");
    }
    return {};
}

void RunBuilder::add_faults(const Json& tree, models::Case& a_case, std::string& hashed) {
    const auto given = tree.find("faults");
    if (given == tree.end()) return;
    std::vector<models::Fault> faults;
    const std::string name = scenario_->file_of("/faults").name();
    try {
        if (given->is_string()) {
            const auto path = scenario_->path("/faults", given->get<std::string>());
            faults = load_faults(path, a_case);
            hashed += read_text(path);
        } else {
            const Json file{{"rollcast_faults", 1}, {"faults", *given}};
            // A pointer into this text is the one into the scenario.
            faults = load_faults_text(file.dump(), name, a_case);
        }
    } catch (const InputError& error) {
        misplaced(error, given->is_string() ? "" : name, given->is_string() ? "faults" : "");
    }
    for (models::Fault& fault : faults) a_case.faults.push_back(std::move(fault));
}

void RunBuilder::report_policy(const std::string& word) {
    const JsonFile& file = scenario_->file_of("/policy");
    Problems problems(file);
    Diagnostic& d = problems.error(code::unknown_word,
                                   "/policy",
                                   fmt::format("no policy is called {}", scenarios::quoted(word)));
    d.label = "not a policy";
    d.help = "use one of the words below";
    suggest(d, word, all_policy_words(*plans_), "policies");
    misplaced(InputError(problems.placed()), file.name(), "");
}

std::optional<models::Plan> RunBuilder::policy_of(const Json& policy, const models::Case& a_case) {
    if (policy.is_object()) {
        const Json file{{"rollcast_plan", 1}, {"name", "policy"}, {"policy", policy}};
        const std::string name = scenario_->file_of("/policy").name();
        try {
            return load_plan_text(file.dump(), name, a_case).plan;
        } catch (const InputError& error) {
            misplaced(error, name, "");
        }
        return std::nullopt;
    }
    const auto word = policy.get<std::string>();
    if (const auto kind = models::policy_kind(word)) {
        return models::policy_plan(a_case.fleet, {.kind = *kind});
    }
    const bool known =
        std::find(plans_->words.begin(), plans_->words.end(), word) != plans_->words.end();
    if (!known) {
        report_policy(word);
        return std::nullopt;
    }
    std::string why;
    std::optional<models::Plan> plan = plans_->make(a_case, word, why);
    if (!plan) {
        Diagnostic& d = problems_->of("/policy").error(
            code::no_plan_made,
            "/policy",
            fmt::format(
                "the policy {} has no plan for this case: {}", scenarios::quoted(word), why));
        d.label = "no plan";
        d.help = "name another policy, or a `plan`";
    }
    return plan;
}

std::optional<models::Plan> RunBuilder::plan_of(const Json& tree,
                                                const LoadedCase& loaded,
                                                std::string& hashed) {
    if (tree.contains("policy")) return policy_of(tree.at("policy"), loaded.a_case);
    const Json& given = tree.at("plan");
    const std::string name =
        names_.contains("plan") ? names_.at("plan") : scenario_->file_of("/plan").name();
    try {
        if (!given.is_string()) {
            const Json file = as_file(given, "rollcast_plan", "inline");
            return load_plan_text(file.dump(), name, loaded.a_case).plan;
        }
        const auto path = scenario_->path("/plan", given.get<std::string>());
        hashed += read_text(path);
        const std::string wanted = tree.at("case").is_string() ? loaded.sha256 : "";
        return load_plan(path, loaded.a_case, wanted).plan;
    } catch (const InputError& error) {
        misplaced(error, given.is_string() ? "" : name, "plan");
    }
    return std::nullopt;
}

std::shared_ptr<CaseAndPlan> RunBuilder::build(const Json& tree, std::string& hashed) {
    LoadedCase loaded = load_case_of(tree);
    if (problems_->has_errors()) return nullptr;
    hashed += loaded.sha256;
    std::optional<models::Plan> plan = plan_of(tree, loaded, hashed);
    add_faults(tree, loaded.a_case, hashed);
    if (!plan || problems_->has_errors()) return nullptr;
    return std::make_shared<CaseAndPlan>(CaseAndPlan{std::move(loaded.a_case), std::move(*plan)});
}

}  // namespace rollcast::scenarios
