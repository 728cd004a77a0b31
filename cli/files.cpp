#include "cli/files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <sstream>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "models/programme.hpp"
#include "planner/certificate/text.hpp"
#include "planner/lower_bound.hpp"
#include "report/words.hpp"
#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/format/load_case.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/plan_file.hpp"
#include "scenarios/format/problems.hpp"
#include "scenarios/format/sha256.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::cli {
namespace {

constexpr const char* embedded_name = "the embedded estate";

/// `wanted` as a pattern of the case format: a topic without its cluster is one of any cluster.
std::string topic_pattern(const std::string& wanted) {
    return wanted.find('/') == std::string::npos ? "*/" + wanted : wanted;
}

void require_topics(const models::Fleet& fleet, const std::vector<std::string>& accepted) {
    std::vector<std::string> names;
    for (const models::TopicId t : models::Range<models::TopicId>(fleet.topics().size())) {
        names.push_back(scenarios::topic_name(fleet, t));
    }
    for (const std::string& wanted : accepted) {
        const std::string pattern = topic_pattern(wanted);
        const bool known = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return scenarios::matches(pattern, name);
        });
        if (known) continue;
        const std::vector<std::string> near = scenarios::nearest(wanted, names);
        throw UsageError(fmt::format("--accept-breach: no topic is called '{}'", wanted),
                         near.empty() ? "topics: " + scenarios::name_list(names)
                                      : fmt::format("did you mean '{}'?", near.front()));
    }
}

/// The case again, with more accepted breaches.
models::Case accepting(const scenarios::JsonFile& file, const std::vector<std::string>& accepted) {
    scenarios::Json root = file.root();
    scenarios::Json& list = root["accepted_breaches"];
    if (list.is_null()) list = scenarios::Json::array();
    for (const std::string& topic : accepted) list.push_back(topic_pattern(topic));
    return scenarios::load_case_text(root.dump(), file.name()).a_case;
}

OpenCase opened(Session& session, scenarios::LoadedCase loaded, std::string from) {
    if (!loaded.warnings.empty()) session.err << scenarios::render(std::span(loaded.warnings));
    for (std::string& assumption : loaded.assumptions) {
        session.assumptions.push_back(std::move(assumption));
    }
    return {std::move(loaded.a_case), std::move(from), std::move(loaded.sha256)};
}

/// What a file claims is held against what can be proved; nothing of it is taken over.
void warn_of_bound(Session& session,
                   const std::string& file,
                   const OpenCase& opened,
                   const scenarios::LoadedPlan& loaded) {
    if (!loaded.meta.lower_bound) return;
    const models::Case& a_case = opened.a_case;
    const planner::LowerBound proved = planner::lower_bound(
        a_case.programme.empty() ? a_case
                                 : models::case_of_pass(a_case, models::longest_pass(a_case), {}),
        loaded.plan.gate,
        loaded.plan.data_disk);
    if (*loaded.meta.lower_bound <= proved.value + sim::milliseconds(1)) return;  // as written
    const scenarios::JsonFile text = scenarios::JsonFile::read(file);
    scenarios::Problems problems(text);
    scenarios::Diagnostic& warning = problems.warning(
        scenarios::code::plan_bound,
        "/lower_bound_s",
        fmt::format("the file claims a lower bound of {}; what can be proved is {}",
                    report::duration_text(*loaded.meta.lower_bound),
                    report::duration_text(proved.value)));
    warning.label = "not believed";
    warning.help = "remove it, or write the plan again with `rollcast plan -o`";
    session.err << scenarios::render(std::span<const scenarios::Diagnostic>(problems.placed()));
}

}  // namespace

void add_case_options(CLI::App& command, CaseChoice& choice) {
    command
        .add_option("-f,--case",
                    choice.file,
                    fmt::format("the case [{} where there is one here, else the embedded estate]",
                                default_case_file))
        ->option_text("CASE");
    command
        .add_option("--accept-breach",
                    choice.accepted,
                    "plan around this topic: its breaches are counted apart, never as safe; may be "
                    "given again")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("TOPIC");
}

OpenCase open_case(Session& session, const CaseChoice& choice) {
    std::string file = choice.file;
    if (file.empty() && std::filesystem::exists(default_case_file)) file = default_case_file;
    OpenCase out = file.empty() ? open_embedded_case(session)
                                : opened(session, scenarios::load_case(file), file);
    if (!file.empty()) note_input(session, file);
    if (!choice.accepted.empty()) {
        require_topics(out.a_case.fleet, choice.accepted);
        out.a_case = accepting(
            file.empty() ? scenarios::JsonFile::parse(
                               std::string(scenarios::embedded_estate_text()), embedded_name)
                         : scenarios::JsonFile::read(file),
            choice.accepted);
    }
    return out;
}

OpenCase open_embedded_case(Session& session) {
    session.inputs.push_back({embedded_name, scenarios::sha256(scenarios::embedded_estate_text())});
    return opened(session, scenarios::embedded_estate(), embedded_name);
}

void take_longest_pass(Session& session, OpenCase& opened) {
    const models::Case& whole = opened.a_case;
    if (whole.programme.empty()) return;
    const std::size_t pass = models::longest_pass(whole);
    std::string said = fmt::format("of the programme's {} only '{}', the longest, is looked at",
                                   report::count_text(whole.programme.size(), "pass", "passes"),
                                   whole.programme[pass].name);
    session.err << "note: " << said << "\n";
    session.assumptions.push_back(std::move(said));
    opened.a_case = models::case_of_pass(whole, pass, {});
}

models::Plan open_plan(Session& session, const std::string& file, const OpenCase& opened) {
    scenarios::LoadedPlan loaded = scenarios::load_plan(file, opened.a_case, opened.sha256);
    if (!loaded.warnings.empty()) session.err << scenarios::render(std::span(loaded.warnings));
    warn_of_bound(session, file, opened, loaded);
    note_input(session, file);
    return std::move(loaded.plan);
}

void add_faults(Session& session, const std::string& file, models::Case& a_case) {
    for (models::Fault& fault : scenarios::load_faults(file, a_case)) {
        a_case.faults.push_back(std::move(fault));
    }
    note_input(session, file);
}

void save_plan(const Session& session,
               const std::string& file,
               const OpenCase& opened,
               const planner::PlanResult& result) {
    scenarios::PlanFileMeta meta;
    meta.case_file = opened.from;
    meta.case_sha256 = opened.sha256;
    meta.seed = session.options.seed;
    meta.makespan = result.verdict.makespan;
    if (!result.bound.kind.empty()) meta.lower_bound = result.bound.value;
    if (result.certificate) {
        meta.certificate = planner::certificate::to_lines(opened.a_case.fleet, *result.certificate);
    }
    scenarios::write_atomically(file, scenarios::write_plan(opened.a_case, result.plan, meta));
}

std::string kind_of_file(const std::string& file) {
    const scenarios::JsonFile read = scenarios::JsonFile::read(file);
    for (const char* kind : {"plan", "faults", "alerts"}) {
        const std::string marker = std::string("rollcast_") + kind;
        if (read.root().is_object() && read.root().contains(marker)) return kind;
    }
    return "case";
}

std::vector<ShippedFile> shipped_files() {
    return {{default_case_file,
             "the embedded estate, to edit",
             std::string(scenarios::embedded_estate_text())},
            {default_faults_file,
             "faults to try a plan of it with",
             std::string(scenarios::example_faults_text())},
            {default_alerts_file,
             "the alert rules that 'rollcast detect' evaluates",
             std::string(scenarios::alert_rules_text())}};
}

std::vector<ShippedFile> story_files() {
    return {{story_case_file,
             "the embedded estate on its way through four passes, and what went wrong",
             std::string(scenarios::story_case_text())},
            {story_plan_file,
             "its waves, canaries and checks",
             std::string(scenarios::story_plan_text())}};
}

void note_input(Session& session, const std::string& file) {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    session.inputs.push_back({file, scenarios::sha256(bytes.str())});
}

}  // namespace rollcast::cli
