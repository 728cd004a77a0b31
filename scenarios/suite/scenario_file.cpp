#include "scenarios/suite/scenario_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/formats.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::size_t deepest_inheritance = 16;

bool joined_by_key(const std::string& key) {
    return key == "set" || key == "without" || key == "matrix";
}

void add_error(Problems& problems,
               std::string_view code,
               const std::string& pointer,
               std::string message,
               std::string label,
               std::string help) {
    Diagnostic& d = problems.error(code, pointer, std::move(message));
    d.label = std::move(label);
    d.help = std::move(help);
}

/// The file that `from` extends. A file that cannot be read as a whole is a problem of the place
/// that names it.
std::shared_ptr<const JsonFile> open_base(const JsonFile& from, const std::string& relative) {
    try {
        return std::make_shared<const JsonFile>(JsonFile::read(
            (std::filesystem::path(from.name()).parent_path() / relative).lexically_normal()));
    } catch (const InputError& error) {
        const Diagnostic& cause = error.diagnostics().front();
        if (cause.line > 0) throw;
        Problems problems(from);
        add_error(problems, cause.code, "/extends", cause.message, "named here", cause.help);
        problems.throw_if_errors();
        throw;
    }
}

/// `path` and what it extends, that first.
std::vector<std::shared_ptr<const JsonFile>> open_chain(const std::filesystem::path& path) {
    std::vector<std::shared_ptr<const JsonFile>> chain{
        std::make_shared<const JsonFile>(JsonFile::read(path))};
    while (true) {
        const JsonFile& last = *chain.back();
        Problems problems(last);
        check_file(last, scenario_record(), "rollcast_scenario", problems);
        problems.throw_if_errors();
        const Reader root(scenario_record(), last.root(), "");
        if (!root.has("extends")) return chain;
        std::shared_ptr<const JsonFile> base = open_base(last, root.text("extends"));
        const bool seen = std::any_of(chain.begin(), chain.end(), [&](const auto& file) {
            return std::filesystem::weakly_canonical(file->name()) ==
                   std::filesystem::weakly_canonical(base->name());
        });
        if (seen || chain.size() == deepest_inheritance) {
            add_error(
                problems,
                code::extends_itself,
                "/extends",
                seen ? "the scenario extends itself, by way of this file"
                     : fmt::format("more than {} files extend each other", deepest_inheritance),
                "leads back",
                "remove one `extends`");
            problems.throw_if_errors();
        }
        chain.push_back(std::move(base));
    }
}

/// What `file` says goes over what `into` has.
void lay_over(const JsonFile& file, std::size_t index, MergedScenario& into) {
    for (const auto& [key, value] : file.root().items()) {
        if (key == "extends") continue;
        // Of two files; that one has both is for `check_whole` to find.
        if (key == "plan" && !file.root().contains("policy")) into.root.erase("policy");
        if (key == "policy" && !file.root().contains("plan")) into.root.erase("plan");
        if (!joined_by_key(key)) {
            into.root[key] = value;
            into.origins[pointer_step(key)] = index;
            continue;
        }
        if (!into.root.contains(key)) into.root[key] = Json::object();
        for (const auto& [pointer, change] : value.items()) {
            into.root[key][pointer] = change;
            into.origins[pointer_step(key) + pointer_step(pointer)] = index;
        }
    }
}

void check_whole(const MergedScenario& scenario) {
    Problems problems(scenario.own());
    for (const char* key : {"teaches", "case", "expect"}) {
        if (scenario.root.contains(key)) continue;
        add_error(problems,
                  code::missing_field,
                  "",
                  fmt::format("the scenario lacks the field `{}`", key),
                  fmt::format("no `{}` in here", key),
                  fmt::format("add \"{}\", here or in what it extends", key));
    }
    const bool plan = scenario.root.contains("plan");
    if (plan == scenario.root.contains("policy")) {
        add_error(problems,
                  code::field_combination,
                  plan ? "/policy" : "",
                  "a scenario takes either `plan` or `policy`",
                  plan ? "has both" : "has neither",
                  plan ? "remove one of them" : "add \"policy\": \"event\"");
    }
    problems.throw_if_errors();
}

}  // namespace

const JsonFile& MergedScenario::file_of(const std::string& pointer) const {
    for (std::string at = pointer; !at.empty(); at.resize(at.rfind('/'))) {
        const auto found = origins.find(at);
        if (found != origins.end()) return *files[found->second];
    }
    return own();
}

std::filesystem::path MergedScenario::path(const std::string& pointer,
                                           const std::string& relative) const {
    return (std::filesystem::path(file_of(pointer).name()).parent_path() / relative)
        .lexically_normal();
}

MergedScenario load_scenario_file(const std::filesystem::path& path) {
    MergedScenario out;
    out.files = open_chain(path);
    out.root = Json::object();
    for (std::size_t i = out.files.size(); i-- > 0;) lay_over(*out.files[i], i, out);
    check_whole(out);
    return out;
}

MergedScenario load_scenario_text(std::string text, const std::string& name) {
    MergedScenario out;
    out.files = {std::make_shared<const JsonFile>(JsonFile::parse(std::move(text), name))};
    Problems problems(out.own());
    check_file(out.own(), scenario_record(), "rollcast_scenario", problems);
    problems.throw_if_errors();
    out.root = Json::object();
    lay_over(out.own(), 0, out);
    check_whole(out);
    return out;
}

ScenarioProblems::ScenarioProblems(const MergedScenario& scenario) : scenario_(&scenario) {
    for (const auto& file : scenario.files) by_file_.emplace_back(*file);
}

Problems& ScenarioProblems::of(const std::string& pointer) {
    const JsonFile& file = scenario_->file_of(pointer);
    for (std::size_t i = 0; i < by_file_.size(); ++i) {
        if (scenario_->files[i].get() == &file) return by_file_[i];
    }
    return by_file_.front();
}

void ScenarioProblems::add(const std::vector<Diagnostic>& found) {
    others_.insert(others_.end(), found.begin(), found.end());
}

void ScenarioProblems::relocate(const InputError& error,
                                const std::string& inner_name,
                                const std::string& prefix) {
    for (const Diagnostic& inner : error.diagnostics()) {
        if (inner.line > 0 && inner.file != inner_name) {
            others_.push_back(inner);
            continue;
        }
        if (inner.severity != Severity::error) continue;
        const std::string pointer = prefix + inner.pointer;
        Diagnostic& d = of(pointer).error(inner.code, pointer, inner.message);
        d.label = inner.label;
        d.help = inner.help;
        d.notes = inner.notes;
        d.suggestions = inner.suggestions;
    }
}

bool ScenarioProblems::has_errors() const {
    return std::any_of(by_file_.begin(),
                       by_file_.end(),
                       [](const Problems& p) { return p.has_errors(); }) ||
           std::any_of(others_.begin(), others_.end(), [](const Diagnostic& d) {
               return d.severity == Severity::error;
           });
}

std::vector<Diagnostic> ScenarioProblems::placed() const {
    std::vector<Diagnostic> all;
    for (const Problems& problems : by_file_) {
        const std::vector<Diagnostic> found = problems.placed();
        all.insert(all.end(), found.begin(), found.end());
    }
    all.insert(all.end(), others_.begin(), others_.end());
    return all;
}

void ScenarioProblems::throw_if_errors() const {
    if (has_errors()) throw InputError(placed());
}

}  // namespace rollcast::scenarios
