#include "report/validation.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/layout.hpp"
#include "report/words.hpp"

namespace rollcast::report {

namespace {

using scenarios::ChangeKind;
using scenarios::RunScore;
using scenarios::TimeObservation;

constexpr double interval_probability = 0.9;

/// Sums over runs.
struct Totals {
    double matched = 0.0, predicted = 0.0;
    std::uint64_t observed = 0, times = 0, within = 0, with_interval = 0, covered = 0;
    std::uint64_t false_safe = 0;
    std::uint64_t loss_cells = 0, loss_within = 0, forbidden_losses = 0;
    std::uint64_t stall_cells = 0, stalls_within = 0;  // of producers and of consumers
    double all_s = 0.0, unsafe_s = 0.0, false_unsafe_s = 0.0, undecided_s = 0.0;
    double width_s = 0.0;

    void add(const RunScore& run) {
        matched += run.matched;
        predicted += run.predicted;
        observed += run.observed;
        times += run.times.size();
        within += run.within();
        with_interval += run.with_interval();
        covered += run.covered();
        false_safe += run.safety.false_safe;
        all_s += run.safety.all_s;
        unsafe_s += run.safety.unsafe_s;
        false_unsafe_s += run.safety.false_unsafe_s;
        undecided_s += run.safety.undecided_s;
        for (const scenarios::ClientScore& clients : run.clients) {
            for (const auto* stall : {&clients.producer_stall_s, &clients.consumer_stall_s}) {
                ++stall_cells;
                stalls_within += stall->within() ? 1 : 0;
            }
            if (clients.loss_forbidden && clients.acked_lost.high > 0.0) ++forbidden_losses;
            if (clients.acked_lost.nothing()) continue;
            ++loss_cells;
            loss_within += clients.acked_lost.within() ? 1 : 0;
        }
        for (const TimeObservation& time : run.times) width_s += time.high_s - time.low_s;
    }
    double share(double part) const {
        const double whole = unsafe_s > 0.0 ? unsafe_s : all_s;
        return whole > 0.0 ? part / whole : 0.0;
    }
    static double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 1.0; }
};

Json totals_json(const Totals& t) {
    return {
        {"false_safe", t.false_safe},
        {"false_unsafe", json_share(t.share(t.false_unsafe_s))},
        {"undecided", json_share(t.share(t.undecided_s))},
        {"recall", json_share(Totals::ratio(t.matched, static_cast<double>(t.observed)))},
        {"precision", json_share(Totals::ratio(t.matched, t.predicted))},
        {"times", t.times},
        {"times_within",
         json_share(Totals::ratio(static_cast<double>(t.within), static_cast<double>(t.times)))},
        {"coverage",
         json_share(
             Totals::ratio(static_cast<double>(t.covered), static_cast<double>(t.with_interval)))},
        {"coverage_p_value",
         json_number(scenarios::binomial_test(t.covered, t.with_interval, interval_probability))},
        {"loss_cells", t.loss_cells},
        {"losses_within",
         json_share(
             Totals::ratio(static_cast<double>(t.loss_within), static_cast<double>(t.loss_cells)))},
        {"forbidden_losses", t.forbidden_losses},
        {"stall_cells", t.stall_cells},
        {"stalls_within",
         json_share(Totals::ratio(static_cast<double>(t.stalls_within),
                                  static_cast<double>(t.stall_cells)))},
        {"interval_width_mean_s",
         json_number(t.times > 0 ? t.width_s / static_cast<double>(t.times) : 0.0)}};
}

const char* word(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::leave:
            return "leave";
        case ChangeKind::join:
            return "join";
        case ChangeKind::lead:
            return "lead";
        case ChangeKind::leaderless:
            return "leaderless";
    }
    return "unknown";
}

Json time_json(const TimeObservation& time) {
    return {{"cause", time.cause},
            {"kind", word(time.kind)},
            {"which", time.last ? "last" : "first"},
            {"observed_s", json_number(time.since_cause_s)},
            {"median_s", time.predicted ? json_number(time.median_s) : Json(nullptr)},
            {"low_s", time.predicted ? json_number(time.low_s) : Json(nullptr)},
            {"high_s", time.predicted ? json_number(time.high_s) : Json(nullptr)},
            {"tolerance_s", json_number(time.tolerance_s)},
            {"within", time.within},
            {"covered", time.covered}};
}

Json step_json(const scenarios::RollStep& step) {
    return {{"observed_s", json_number(step.observed_s)},
            {"predicted_s", json_number(step.predicted_s)},
            {"within", step.within()}};
}

Json roll_json(const scenarios::RollScore& roll) {
    Json steps = Json::array();
    for (const scenarios::RollStep& step : roll.steps) steps.push_back(step_json(step));
    return {{"whole", step_json(roll.whole)},
            {"steps", std::move(steps)},
            {"steps_scripted", roll.scripted}};
}

std::string roll_text(const RunScore& run, const scenarios::RollScore& roll) {
    const auto within = std::count_if(roll.steps.begin(),
                                      roll.steps.end(),
                                      [](const scenarios::RollStep& s) { return s.within(); });
    const std::string cut =
        roll.scripted > roll.steps.size()
            ? fmt::format(" (the run ended before {} more)", roll.scripted - roll.steps.size())
            : std::string();
    return fmt::format(
        "{}, walked by our own gate: {:.1f} s, observed {:.1f} s ({:+.1f} %); {} of {} steps "
        "within 10 %{}",
        run.name,
        roll.whole.predicted_s,
        roll.whole.observed_s,
        100 * (roll.whole.predicted_s / roll.whole.observed_s - 1),
        within,
        roll.steps.size(),
        cut);
}

/// Every observed time of a run beside its prediction.
std::string times_text(const RunScore& run) {
    Table times({"cause", "what", "observed", "median", "5 %", "95 %", "allowed", ""});
    for (const TimeObservation& time : run.times) {
        const auto seconds = [&](double s) {
            return time.predicted ? fmt::format("{:.2f}", s) : std::string("-");
        };
        times.add({fmt::format("action {}", time.cause + 1),
                   fmt::format("{} {}", time.last ? "last" : "first", word(time.kind)),
                   fmt::format("{:.2f}", time.since_cause_s),
                   seconds(time.median_s),
                   seconds(time.low_s),
                   seconds(time.high_s),
                   fmt::format("{:.2f}", time.tolerance_s),
                   time.within ? (time.covered ? "" : "outside") : "late or early"});
    }
    return times.text();
}

Json figure_json(const scenarios::ClientFigure& figure) {
    return {{"observed", json_number(figure.observed)},
            {"low", json_number(figure.low)},
            {"median", json_number(figure.median)},
            {"high", json_number(figure.high)},
            {"within", figure.within()}};
}

Json clients_json(const scenarios::ClientScore& clients) {
    Json json{{"topic", clients.topic},
              {"acked_lost", figure_json(clients.acked_lost)},
              {"duplicates", figure_json(clients.duplicates)},
              {"failed", figure_json(clients.failed)},
              {"failed_by_class", Json::object()},
              {"producer_stall_s", figure_json(clients.producer_stall_s)},
              {"consumer_stall_s", figure_json(clients.consumer_stall_s)}};
    for (const auto& [name, figure] : clients.failed_by_class) {
        json["failed_by_class"][name] = figure_json(figure);
    }
    return json;
}

/// Clients of all runs: one row a run and topic.
std::string clients_text(const std::vector<RunScore>& runs) {
    Table table({"clients", "lost", "95 %", "failed", "95 %", "stall s", "95 %", "read s", "95 %"});
    bool any = false;
    const auto range = [](const scenarios::ClientFigure& f, int digits) {
        return fmt::format("{:.{}f}-{:.{}f}", f.low, digits, f.high, digits);
    };
    for (const RunScore& run : runs) {
        for (const scenarios::ClientScore& c : run.clients) {
            any = true;
            table.add({fmt::format("{} {}", run.name.substr(0, 3), c.topic),
                       fmt::format("{:.0f}", c.acked_lost.observed),
                       range(c.acked_lost, 0),
                       fmt::format("{:.0f}", c.failed.observed),
                       range(c.failed, 0),
                       fmt::format("{:.1f}", c.producer_stall_s.observed),
                       range(c.producer_stall_s, 1),
                       fmt::format("{:.1f}", c.consumer_stall_s.observed),
                       range(c.consumer_stall_s, 1)});
        }
    }
    return any ? "\n" + table.text() : std::string();
}

Json run_json(const RunScore& run) {
    Totals totals;
    totals.add(run);
    Json json{{"name", run.name},
              {"modelled", run.not_modelled.empty()},
              {"not_modelled", run.not_modelled}};
    json.update(totals_json(totals));
    json["observed"] = run.observed;
    json["predicted"] = json_number(run.predicted);
    std::map<int, std::pair<int, double>> undone;  // observed and predicted, by action
    for (const auto& [cause, count] : run.undone) undone[cause].first = count;
    for (const auto& [cause, count] : run.undone_predicted) undone[cause].second = count;
    json["undone_joins"] = Json::array();
    for (const auto& [cause, counts] : undone) {
        json["undone_joins"].push_back({{"action", cause},
                                        {"observed", counts.first},
                                        {"predicted", json_number(counts.second)}});
    }
    json["margin"] = {
        {"named", run.margin.named}, {"broke", run.margin.broke}, {"both", run.margin.both}};
    json["clients"] = Json::array();
    for (const scenarios::ClientScore& clients : run.clients) {
        json["clients"].push_back(clients_json(clients));
    }
    json["rolls"] = Json::array();
    for (const scenarios::RollScore& roll : run.rolls) json["rolls"].push_back(roll_json(roll));
    json["observations"] = Json::array();
    for (const TimeObservation& time : run.times) json["observations"].push_back(time_json(time));
    return json;
}

std::vector<std::string> row(const std::string& name, const Totals& t) {
    return {name,
            count_text(t.observed),
            fmt::format("{:.3f}", Totals::ratio(t.matched, static_cast<double>(t.observed))),
            fmt::format("{:.3f}", Totals::ratio(t.matched, t.predicted)),
            fmt::format("{}/{}", t.within, t.times),
            fmt::format("{}/{}", t.covered, t.with_interval),
            count_text(t.false_safe),
            fmt::format("{:.2f} %", 100 * t.share(t.false_unsafe_s + t.undecided_s))};
}

}  // namespace

bool acceptable(const Validation& validation) {
    return validation.missed.empty() &&
           std::all_of(validation.runs.begin(), validation.runs.end(), [](const RunScore& run) {
               return run.safety.false_safe == 0 && run.not_modelled.empty();
           });
}

Json validation_json(const Validation& validation) {
    Totals totals;
    Json runs = Json::array();
    Json missed = Json::array();
    for (const RunScore& run : validation.runs) {
        runs.push_back(run_json(run));
        if (run.not_modelled.empty()) {
            totals.add(run);
        } else {
            missed.push_back(
                {{"name", run.name},
                 {"why", fmt::format("not modelled: {}", fmt::join(run.not_modelled, ", "))}});
        }
    }
    for (const MissedRun& run : validation.missed) {
        missed.push_back({{"name", run.name}, {"why", run.why}});
    }
    Json summary{{"ok", acceptable(validation)}, {"status", "complete"}};
    summary.update(totals_json(totals));
    const std::size_t scored = runs.size() + validation.missed.size() - missed.size();
    if (scored == 0) {  // a share of nothing is no score
        for (const char* key : {"recall",
                                "precision",
                                "times_within",
                                "coverage",
                                "losses_within",
                                "stalls_within"}) {
            summary[key] = nullptr;
        }
    }
    summary["runs"] = scored;
    summary["missed"] = missed.size();
    return {{"summary", std::move(summary)},
            {"seeds", validation.seeds},
            {"runs", std::move(runs)},
            {"missed", std::move(missed)}};
}

std::string validation_text(const Validation& validation, bool details) {
    Table table({"run", "changes", "recall", "precis.", "in time", "covered", "f.safe", "unclear"});
    Totals totals;
    for (const RunScore& run : validation.runs) {
        Totals own;
        own.add(run);
        if (run.not_modelled.empty()) totals.add(run);
        table.add(row(run.name, own));
    }
    table.add(row("all", totals));
    std::string text = table.text();
    for (const RunScore& run : validation.runs) {
        for (const std::string& what : run.not_modelled) {
            text += wrapped(
                fmt::format(
                    "{}: not modelled, counts as missed and not in the sums: {}", run.name, what),
                4);
        }
    }
    for (const RunScore& run : validation.runs) {
        for (const scenarios::RollScore& roll : run.rolls) {
            text += wrapped(roll_text(run, roll), 4, "  ");
        }
    }
    for (const MissedRun& run : validation.missed) {
        text += wrapped(fmt::format("{}: missed: {}", run.name, run.why), 4, "  ");
    }
    text += clients_text(validation.runs);
    if (!details) return text;
    for (const RunScore& run : validation.runs) text += "\n" + heading(run.name) + times_text(run);
    return text;
}

}  // namespace rollcast::report
