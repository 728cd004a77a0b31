#include "scenarios/format/load_case.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/fleet_reader.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/programme_reader.hpp"
#include "scenarios/format/sha256.hpp"
#include "scenarios/format/step_reader.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::ClusterId;
using models::FleetTables;

namespace {

sim::Duration time_of_day_at(const Reader& reader, std::string_view key) {
    return parse_time_of_day(reader.text(key)).value_or(sim::Duration{});
}

/// Warns where the multipliers, weighted by their hours, do not average to 1.
void check_mean(const std::vector<models::CurveStep>& steps,
                const std::string& pointer,
                Problems& problems) {
    constexpr double tolerated = 0.005;
    double sum = 0.0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const sim::Duration end = i + 1 < steps.size() ? steps[i + 1].from : sim::hours(24);
        sum += steps[i].multiplier * sim::to_seconds(end - steps[i].from);
    }
    const double mean = sum / sim::to_seconds(sim::hours(24));
    if (mean >= 1 - tolerated && mean <= 1 + tolerated) return;
    Diagnostic& d =
        problems.warning(code::curve_mean,
                         pointer,
                         fmt::format("the daily curve averages to {:.3f}, not to 1", mean));
    d.label = "changes the daily mean of every rate";
    d.help = fmt::format("divide the multipliers by {:.3f}, or accept it", mean);
}

models::DailyCurve read_curve(const Reader& workload, Problems& problems) {
    const sim::Duration start = time_of_day_at(workload, "starts_at");
    std::vector<models::CurveStep> steps;
    for (const Reader& step : workload.objects("curve")) {
        const sim::Duration from = time_of_day_at(step, "from");
        const bool sorted = steps.empty() ? from == sim::Duration{} : from > steps.back().from;
        if (!sorted) {
            Diagnostic& d =
                problems.error(code::bad_curve,
                               step.pointer("from"),
                               steps.empty() ? "the daily curve does not start at 00:00"
                                             : "the steps of the daily curve do not ascend");
            d.label = steps.empty() ? "must be \"00:00\"" : "not later than the step before";
            d.help = "sort the steps, and start with \"00:00\"";
            return models::DailyCurve();
        }
        steps.push_back({from, step.number("multiplier")});
    }
    if (steps.empty()) steps.push_back({});
    check_mean(steps, workload.pointer("curve"), problems);
    return models::DailyCurve(std::move(steps), start);
}

std::vector<models::Span> read_blackouts(const Reader& limits, Problems& problems) {
    std::vector<models::Span> blackouts;
    for (const Reader& blackout : limits.objects("blackouts")) {
        const models::Span span{sim::Instant{blackout.duration("from_s")},
                                sim::Instant{blackout.duration("to_s")}};
        if (span.to <= span.from) {
            Diagnostic& d = problems.error(
                code::out_of_range, blackout.pointer("to_s"), "the blackout ends before it starts");
            d.label = "not later than `from_s`";
            d.help = "swap them";
        }
        blackouts.push_back(span);
    }
    return blackouts;
}

models::Limits read_limits(const Reader& reader, sim::Duration start_of_run, Problems& problems) {
    const auto optional_int = [&](std::string_view key) {
        return reader.has(key) ? std::optional(static_cast<int>(reader.integer(key)))
                               : std::nullopt;
    };
    models::Limits limits;
    limits.crews = optional_int("crews");
    limits.image_slots = optional_int("image_slots");
    limits.max_down = optional_int("max_down_per_cluster");
    if (reader.has("mixed_version_limit_s")) {
        limits.mixed_version_limit = reader.duration("mixed_version_limit_s");
    }
    std::vector<models::Span> blackouts = read_blackouts(reader, problems);
    if (problems.has_errors() || (!reader.has("windows") && blackouts.empty())) return limits;
    const Reader windows = reader.object("windows");
    limits.windows = models::Windows(time_of_day_at(windows, "daily_from"),
                                     time_of_day_at(windows, "daily_to"),
                                     start_of_run,
                                     std::move(blackouts));
    return limits;
}

/// Marks the topics that `pattern` ("cluster/topic", wildcards) names; reports it if there are
/// none.
void accept(const std::string& pattern,
            bool errors_only,
            const std::string& pointer,
            FleetTables& tables,
            Problems& problems) {
    bool any = false;
    std::vector<std::string> known;
    for (models::Topic& topic : tables.topics) {
        std::string name = tables.clusters[topic.cluster].name + "/" + topic.name;
        const bool match = matches(pattern, name);
        if (match && errors_only) topic.errors_accepted = true;
        if (match && !errors_only) topic.accepted = true;
        any = any || match;
        if (known.size() < 10'000) known.push_back(std::move(name));
    }
    if (any) return;
    Diagnostic& d =
        problems.error(code::unknown_name,
                       pointer,
                       fmt::format("no topic is called {}", scenarios::quoted(pattern)));
    d.label = "accepts nothing";
    d.help = "name a topic as \"cluster/topic\"; `*` and `?` match any";
    suggest(d, pattern, known, "topics");
}

void accept_breaches(const Reader& root, FleetTables& tables, Problems& problems) {
    if (!root.has("accepted_breaches")) return;
    const Json& list = root.value("accepted_breaches");
    const std::vector<Reader> objects = root.objects("accepted_breaches");
    std::size_t next_object = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string pointer = root.pointer("accepted_breaches") + pointer_step(i);
        if (list[i].is_string()) {
            accept(list[i].get<std::string>(), false, pointer, tables, problems);
            continue;
        }
        const Reader& entry = objects[next_object++];
        const bool errors_only = entry.text("breaches") == "client_errors";
        accept(entry.text("topic"), errors_only, entry.pointer("topic"), tables, problems);
    }
}

/// The file that `fleet_file` of the case names. A file that cannot be read as a whole (missing,
/// binary) is a problem of the place that names it.
JsonFile open_fleet_file(const Reader& root,
                         const std::filesystem::path& case_path,
                         Problems& case_problems) {
    try {
        return JsonFile::read(case_path.parent_path() / root.text("fleet_file"));
    } catch (const InputError& error) {
        const Diagnostic& cause = error.diagnostics().front();
        if (cause.line > 0) throw;  // has a place of its own
        Diagnostic& d = case_problems.error(cause.code, root.pointer("fleet_file"), cause.message);
        d.label = "named here";
        d.help = cause.help;
        d.suggestions = cause.suggestions;
        case_problems.throw_if_errors();
        throw;
    }
}

/// The fleet of a file of its own. Warnings are added to `loaded`.
FleetTables read_fleet_file(const Reader& root,
                            const std::filesystem::path& case_path,
                            Problems& case_problems,
                            std::string& hashed,
                            LoadedCase& loaded) {
    const JsonFile file = open_fleet_file(root, case_path, case_problems);
    Problems problems(file);
    check_file(file, fleet_record(), "rollcast_fleet", problems);
    const Reader fleet(fleet_record(), file.root(), "");
    FleetTables tables = read_fleet(fleet, root.text("name"), problems);
    problems.throw_if_errors();
    for (Diagnostic& d : problems.placed()) loaded.warnings.push_back(std::move(d));
    hashed += file.text();
    return tables;
}

/// The fleet of the embedded estate.
FleetTables read_embedded_fleet(std::string& hashed) {
    const JsonFile file =
        JsonFile::parse(std::string(embedded_estate_text()), "embedded_estate.json");
    Problems problems(file);
    check_file(file, case_record(), "rollcast_case", problems);
    const Reader root(case_record(), file.root(), "");
    FleetTables tables = read_fleet(root.object("fleet"), root.text("name"), problems);
    problems.throw_if_errors();
    hashed += file.text();
    return tables;
}

bool has_one_fleet(const Reader& root, Problems& problems) {
    int given = 0;
    for (const std::string_view key : {"fleet", "fleet_file", "fleet_from"}) {
        given += root.has(key) ? 1 : 0;
    }
    if (given == 1) return true;
    Diagnostic& d = problems.error(
        code::field_combination, "", "a case takes one of `fleet`, `fleet_file` and `fleet_from`");
    d.label = given > 1 ? "has several" : "has none of them";
    d.help = given > 1 ? "keep one of them" : "add \"fleet\"";
    return false;
}

void mend(const Reader& root, FleetTables& tables, Problems& problems) {
    if (!root.has("repairs")) return;
    std::vector<std::string> known;
    for (const models::Broker& broker : tables.brokers) {
        known.push_back(fmt::format("{}/{}", tables.clusters[broker.cluster].name, broker.number));
    }
    for (const Reader& repair : root.objects("repairs")) {
        const std::string wanted = repair.text("broker");
        const auto found = std::find(known.begin(), known.end(), wanted);
        if (found == known.end()) {
            Diagnostic& d =
                problems.error(code::unknown_name,
                               repair.pointer("broker"),
                               fmt::format("unknown broker {}", scenarios::quoted(wanted)));
            d.label = "the estate has no such broker";
            d.help = "name a broker as \"cluster/number\"";
            suggest(d, wanted, known, "brokers");
            continue;
        }
        const models::BrokerId broker{static_cast<std::uint32_t>(found - known.begin())};
        tables.brokers[broker].certificate = repair.text("certificate") == "sha1"
                                                 ? models::SignatureStrength::sha1
                                                 : models::SignatureStrength::sha256;
    }
}

/// The fleet that the case gives or names, mended and with its ends, and the programme over it.
FleetTables read_estate(const Reader& root,
                        const JsonFile& file,
                        Problems& problems,
                        std::string& hashed,
                        LoadedCase& loaded) {
    FleetTables tables;
    if (!has_one_fleet(root, problems)) return tables;
    if (root.has("fleet")) {
        tables = read_fleet(root.object("fleet"), root.text("name"), problems);
    } else if (root.has("fleet_file")) {
        tables = read_fleet_file(root, file.name(), problems, hashed, loaded);
    } else {
        tables = read_embedded_fleet(hashed);
    }
    if (problems.has_errors()) return tables;
    accept_breaches(root, tables, problems);
    mend(root, tables, problems);
    loaded.a_case.programme = read_programme(root, tables, problems);
    return tables;
}

LoadedCase load(const JsonFile& file) {
    Problems problems(file);
    check_file(file, case_record(), "rollcast_case", problems);
    const Reader root(case_record(), file.root(), "");
    LoadedCase loaded;
    std::string hashed = file.text();
    FleetTables tables = read_estate(root, file, problems, hashed, loaded);
    models::Case& a_case = loaded.a_case;
    a_case.name = root.text("name");
    a_case.curve = read_curve(root.object("workload"), problems);
    a_case.limits = read_limits(root.object("limits"), a_case.curve.start_of_run(), problems);
    const Reader rules = root.object("rules");
    a_case.rules.headroom_limit = rules.number("headroom_limit");
    a_case.rules.delivery_timeout = rules.duration("delivery_timeout_s");
    if (rules.has("produce_p99_s")) {
        a_case.rules.produce_p99 = rules.duration("produce_p99_s");
    }
    a_case.step = read_step(root.object("step"), problems);
    a_case.step_timeout = root.duration("step_timeout_s");
    a_case.rates_assumed = root.flag("rates_assumed");
    if (root.has("assumptions")) loaded.assumptions = root.texts("assumptions");
    problems.throw_if_errors();

    a_case.fleet = models::make_fleet(std::move(tables));
    a_case.faults = read_faults(root.objects("faults"), a_case, problems);
    problems.throw_if_errors();
    for (Diagnostic& d : problems.placed()) loaded.warnings.push_back(std::move(d));
    loaded.sha256 = sha256(hashed);
    return loaded;
}

}  // namespace

LoadedCase load_case(const std::filesystem::path& path) { return load(JsonFile::read(path)); }

LoadedCase load_case_text(std::string_view text, std::string_view name) {
    return load(JsonFile::parse(std::string(text), std::string(name)));
}

LoadedCase embedded_estate() {
    return load_case_text(embedded_estate_text(), "embedded_estate.json");
}

}  // namespace rollcast::scenarios
