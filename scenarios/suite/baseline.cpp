#include "scenarios/suite/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "scenarios/format/problems.hpp"
#include "scenarios/suite/student.hpp"

namespace rollcast::scenarios {

namespace {

[[noreturn]] void throw_no_baseline(const JsonFile& file,
                                    const std::string& pointer,
                                    const std::string& message,
                                    std::string label) {
    Problems problems(file);
    Diagnostic& d = problems.error(code::journal_differs, pointer, message);
    d.label = std::move(label);
    d.help =
        "move the file away, and write it anew: "
        "`rollcast suite PATHS --baseline FILE --update-baseline`";
    throw InputError(problems.placed());
}

MetricValues baseline_values(const Json& json) {
    MetricValues values(result_metrics().size());
    for (const auto& [name, value] : json.items()) {
        if (const auto place = result_metric_called(name)) values[*place] = metric_value(value);
    }
    return values;
}

Json baseline_json(const MetricValues& values) {
    Json out = Json::object();
    for (std::size_t m = 0; m < values.size(); ++m) {
        if (result_metrics()[m].worse == Worse::neither || values[m].index() == 0) continue;
        out[result_metrics()[m].name] = metric_json(values[m]);
    }
    return out;
}

/// The values of one metric of one case, seed by seed.
struct Pairs {
    std::vector<double> before;
    std::vector<double> after;
};

double mean_of(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

bool same_value(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

/// A movement whose kind is open while `chance` has to be held against what it may be.
std::optional<Movement> moved(const Pairs& pairs, Worse worse) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < pairs.after.size(); ++i) {
        differences.push_back(pairs.after[i] - pairs.before[i]);
    }
    Movement out;
    out.before = mean_of(pairs.before);
    out.after = mean_of(pairs.after);
    out.seeds = differences.size();
    const double mean = out.after - out.before;
    if (std::abs(mean) <= least_movement * std::abs(out.before)) return std::nullopt;
    out.kind =
        (mean > 0) == (worse == Worse::more) ? Movement::Kind::worse : Movement::Kind::better;
    const auto n = static_cast<double>(differences.size());
    double squares = 0.0;
    for (const double d : differences) squares += (d - mean) * (d - mean);
    const bool alike = std::all_of(differences.begin(), differences.end(), [&](double d) {
        return same_value(d, differences.front());
    });
    if (alike) return out;
    out.chance = student_above(std::abs(mean) / std::sqrt(squares / (n - 1) / n), n - 1);
    return out;
}

/// By case of the suite, its runs that are done.
std::vector<std::vector<const SuiteRun*>> done_by_case(const Suite& suite,
                                                       const std::vector<SuiteRun>& runs) {
    std::vector<std::vector<const SuiteRun*>> out(suite.cases.size());
    for (const SuiteRun& run : runs) {
        if (run.done) out[run.case_index].push_back(&run);
    }
    return out;
}

Pairs pairs_of(const std::map<std::uint64_t, MetricValues>& before,
               const std::vector<const SuiteRun*>& runs,
               std::size_t metric) {
    Pairs pairs;
    for (const SuiteRun* run : runs) {
        const auto seed = before.find(run->seed);
        if (seed == before.end()) continue;
        const auto then = metric_number(seed->second[metric]);
        const auto now = metric_number(run->metrics[metric]);
        if (!then || !now) continue;
        pairs.before.push_back(*then);
        pairs.after.push_back(*now);
    }
    return pairs;
}

}  // namespace

Baseline Baseline::read(std::string_view text, const std::string& name) {
    const JsonFile file = JsonFile::parse(std::string(text), name);
    const Json& root = file.root();
    if (!root.is_object() || !root.contains("rollcast_baseline")) {
        throw_no_baseline(
            file, "", "this is not a baseline of a suite", "has no `rollcast_baseline`");
    }
    if (root["rollcast_baseline"] != 1) {
        throw_no_baseline(
            file,
            "/rollcast_baseline",
            fmt::format("this is version {} of a baseline, and only version 1 is known",
                        printable(root["rollcast_baseline"].dump())),
            "another version");
    }
    Baseline out;
    const auto runs = root.find("runs");
    if (runs == root.end() || !runs->is_array()) {
        throw_no_baseline(file, "", "the baseline has no list of `runs`", "here it would stand");
    }
    for (std::size_t i = 0; i < runs->size(); ++i) {
        const Json& run = (*runs)[i];
        const bool fits = run.is_object() && run.contains("id") && run["id"].is_string() &&
                          run.contains("seed") && run["seed"].is_number_unsigned() &&
                          run.contains("metrics") && run["metrics"].is_object();
        if (!fits) {
            throw_no_baseline(file,
                              fmt::format("/runs/{}", i),
                              "a run of the baseline lacks id, seed or metrics",
                              "is not whole");
        }
        out.cases_[run["id"].get<std::string>()][run["seed"].get<std::uint64_t>()] =
            baseline_values(run["metrics"]);
    }
    return out;
}

const std::map<std::uint64_t, MetricValues>* Baseline::find(const std::string& id) const {
    const auto found = cases_.find(id);
    return found == cases_.end() ? nullptr : &found->second;
}

std::string write_baseline(const Suite& suite,
                           const std::vector<SuiteRun>& runs,
                           const Baseline* before) {
    std::map<std::string, std::map<std::uint64_t, Json>> lines;
    if (before != nullptr) {
        for (const auto& [id, seeds] : before->cases()) {
            for (const auto& [seed, values] : seeds) lines[id][seed] = baseline_json(values);
        }
    }
    for (const SuiteCase& c : suite.cases) lines.erase(c.id);
    for (const SuiteRun& run : runs) {
        if (run.done) lines[suite.cases[run.case_index].id][run.seed] = baseline_json(run.metrics);
    }
    std::string text = "{\"rollcast_baseline\": 1, \"runs\": [";
    std::string_view separator = "\n";
    for (const auto& [id, seeds] : lines) {
        for (const auto& [seed, metrics] : seeds) {
            text += separator;
            text += Json{{"id", id}, {"seed", seed}, {"metrics", metrics}}.dump();
            separator = ",\n";
        }
    }
    return text + "\n]}\n";
}

std::size_t BaselineComparison::count(Movement::Kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        moved.begin(), moved.end(), [kind](const Movement& m) { return m.kind == kind; }));
}

BaselineComparison compare_with(const Baseline& before,
                                const Suite& suite,
                                const std::vector<SuiteRun>& runs) {
    BaselineComparison out;
    std::set<std::string> here;
    const auto by_case = done_by_case(suite, runs);
    for (std::size_t c = 0; c < suite.cases.size(); ++c) {
        here.insert(suite.cases[c].id);
        const auto* then = before.find(suite.cases[c].id);
        const bool comparable =
            then != nullptr &&
            (by_case[c].empty() ||
             std::any_of(by_case[c].begin(), by_case[c].end(), [&](const SuiteRun* run) {
                 return then->contains(run->seed);
             }));
        if (!comparable) {
            out.not_there.push_back(suite.cases[c].id);
            continue;
        }
        for (std::size_t m = 0; m < result_metrics().size(); ++m) {
            if (result_metrics()[m].worse == Worse::neither) continue;
            const Pairs pairs = pairs_of(*then, by_case[c], m);
            if (pairs.after.empty()) continue;
            ++out.compared;
            std::optional<Movement> movement = moved(pairs, result_metrics()[m].worse);
            if (!movement) continue;
            movement->case_index = c;
            movement->metric = m;
            out.moved.push_back(*movement);
        }
    }
    for (const auto& [id, unused] : before.cases()) {
        if (!here.contains(id)) out.gone.push_back(id);
    }
    const auto uneven = std::count_if(
        out.moved.begin(), out.moved.end(), [](const Movement& m) { return m.chance > 0; });
    for (Movement& m : out.moved) {
        if (m.chance * static_cast<double>(uneven) > false_alarm) m.kind = Movement::Kind::noise;
    }
    return out;
}

}  // namespace rollcast::scenarios
