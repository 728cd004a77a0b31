#include "report/policies.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/layout.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using sim::Duration;

bool every_machine_done(const PolicyRow& row) { return row.nominal.done == row.nominal.machines; }

std::optional<Duration> quantile_of(std::vector<Duration> values, double share) {
    if (values.empty()) return std::nullopt;
    std::sort(values.begin(), values.end());
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

/// To a tenth of an hour, grouped: "262,503.4 h".
std::string hours_text(double seconds) {
    const auto tenths = static_cast<std::uint64_t>(std::llround(std::max(seconds, 0.0) / 360.0));
    return fmt::format("{}.{} h", count_text(tenths / 10), tenths % 10);
}

std::string hours_text(Duration duration) { return hours_text(sim::to_seconds(duration)); }

std::string optional_hours(std::optional<Duration> duration) {
    return duration ? hours_text(*duration) : "-";
}

/// Breaches are compared as they are: one partition-second more is less safe.
bool as_safe(const PolicyRow& ours, const PolicyRow& row) {
    const bool more_rules =
        std::any_of(row.broken.begin(), row.broken.end(), [&](const std::string& rule) {
            return std::find(ours.broken.begin(), ours.broken.end(), rule) == ours.broken.end();
        });
    return !more_rules && row.nominal.under_floor <= ours.nominal.under_floor &&
           row.nominal.under_floor_seconds <= ours.nominal.under_floor_seconds;
}

/// "3.6 times as long", "2.1 % longer".
std::string longer_text(Duration ours, Duration theirs) {
    const double ratio = sim::to_seconds(theirs) / sim::to_seconds(ours);
    return ratio >= 1.5 ? fmt::format("{:.1f} times as long", ratio)
                        : fmt::format("{:.1f} % longer", 100.0 * (ratio - 1.0));
}

std::string standing_text(const PolicyRow& ours, const PolicyRow& row) {
    switch (standing(ours, row)) {
        case Standing::is_ours:
            return "";
        case Standing::not_ended:
            return "does not end";
        case Standing::less_safe:
            return fmt::format(
                "breaks {}",
                row.broken.empty() ? "more" : fmt::format("{}", fmt::join(row.broken, ", ")));
        case Standing::beaten:
            return longer_text(ours.nominal.makespan, row.nominal.makespan);
        case Standing::as_good:
            return "as good";
        case Standing::ahead:
            return "FASTER, and as safe";
    }
    return "?";
}

/// How far ours is from the best possible, and by what.
std::string certificate_sentence(const planner::PlanResult& plan) {
    if (!plan.certificate) return "ours carries no certificate";
    if (plan.status == planner::PlanStatus::optimal) {
        return "its certificate proves that no plan with this gate is faster: " + plan.bound.reason;
    }
    return fmt::format("by its certificate no plan with this gate is more than {} faster: {}",
                       percent_text(plan.gap),
                       plan.bound.reason);
}

std::vector<std::string> names_with(const PolicyTable& table, Standing wanted) {
    std::vector<std::string> names;
    for (const PolicyRow& row : table.rows) {
        if (standing(table.rows.front(), row) == wanted) names.push_back(row.nominal.name);
    }
    return names;
}

std::string conclusion(const PolicyTable& table) {
    const auto listed_names = [](const std::vector<std::string>& names) {
        return fmt::format("{}", fmt::join(names, ", "));
    };
    std::string out;
    const std::vector<std::string> ahead = names_with(table, Standing::ahead);
    if (ahead.empty()) {
        out = fmt::format(
            "Every policy{} is matched or beaten on makespan at equal or better safety: {}.",
            table.left_out.empty() ? "" : " that was run",
            certificate_sentence(table.plan));
    } else {
        out = fmt::format("Not matched: {} (faster, and as safe); {}.",
                          listed_names(ahead),
                          certificate_sentence(table.plan));
    }
    const std::vector<std::string> equal = names_with(table, Standing::as_good);
    if (!equal.empty()) out += fmt::format(" As good as ours: {}.", listed_names(equal));
    return out;
}

struct Cells {
    std::string name, makespan, p50, p95, breaches, for_time, exposure, down, aborts, against;
};

Cells cells_of(const PolicyTable& table, const PolicyRow& row) {
    const ToolRun& run = row.nominal;
    const std::uint64_t left = run.machines - run.done;
    return {run.name,
            left == 0 ? hours_text(run.makespan) : "-",
            optional_hours(quantile_of(row.makespans, 0.5)),
            optional_hours(quantile_of(row.makespans, 0.95)),
            count_text(run.under_floor),
            hours_text(run.under_floor_seconds),
            hours_text(run.at_floor_seconds),
            count_text(run.most_down),
            left == 0 ? (row.aborted == 0 ? "0" : fmt::format("{} runs", row.aborted))
                      : fmt::format("{} left", count_text(left)),
            standing_text(table.rows.front(), row)};
}

bool has_runs(const PolicyTable& table) { return table.rows.front().runs > 0; }

std::string legend(const PolicyTable& table) {
    std::string out =
        "makespan: to the end of the last step, nominal durations; breaches: partitions under "
        "their floor and their partition time, accepted ones not among them; exposure: partition "
        "time at the floor; down: most brokers of one cluster at once; aborts: machines that are "
        "left where a roll does not end.";
    if (has_runs(table)) {
        out += fmt::format(
            " p50, p95: of the makespan over {} runs with drawn durations, the same seeds for "
            "each policy; under aborts the runs that did not end.",
            table.rows.front().runs);
    }
    return out;
}

std::string markdown_row(const std::vector<std::string>& cells) {
    return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string markdown_table(const PolicyTable& table, PolicyFamily family) {
    std::vector<std::string> header{"policy", "makespan"};
    if (has_runs(table)) header.insert(header.end(), {"p50", "p95"});
    header.insert(header.end(), {"breaches", "for", "exposure", "down", "aborts", "against ours"});
    std::string out = markdown_row(header) + "|---|";
    for (std::size_t i = 1; i < header.size(); ++i) out += i + 1 < header.size() ? "---:|" : "---|";
    out += "\n";
    for (const PolicyRow& row : table.rows) {
        if (row.family != family && row.family != PolicyFamily::ours) continue;
        const Cells c = cells_of(table, row);
        const std::string name = family == PolicyFamily::tool && row.family == family
                                     ? "`" + c.name + "`"
                                     : c.name + (row.what.empty() ? "" : ": " + row.what);
        std::vector<std::string> cells{name, c.makespan};
        if (has_runs(table)) cells.insert(cells.end(), {c.p50, c.p95});
        cells.insert(cells.end(),
                     {c.breaches, c.for_time, c.exposure, c.down, c.aborts, c.against});
        out += markdown_row(cells);
    }
    return out;
}

std::string family_word(PolicyFamily family) {
    switch (family) {
        case PolicyFamily::ours:
            return "ours";
        case PolicyFamily::ablation:
            return "ablation";
        case PolicyFamily::tool:
            return "tool";
    }
    return "?";
}

std::string standing_word(Standing standing) {
    switch (standing) {
        case Standing::is_ours:
            return "ours";
        case Standing::not_ended:
            return "not_ended";
        case Standing::less_safe:
            return "less_safe";
        case Standing::beaten:
            return "beaten";
        case Standing::as_good:
            return "as_good";
        case Standing::ahead:
            return "ahead";
    }
    return "?";
}

}  // namespace

PolicyRow policy_row(PolicyFamily family,
                     std::string name,
                     const models::Case& a_case,
                     const models::Plan& plan,
                     const models::Verdict& nominal) {
    PolicyRow row{.family = family, .what = {}, .nominal = {}, .broken = {}, .makespans = {}};
    row.nominal = tool_run(a_case, plan, nominal);
    row.nominal.name = std::move(name);
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<models::Rule>(r);
        if (nominal.rule(rule).broken()) row.broken.emplace_back(models::to_string(rule));
    }
    return row;
}

void add_run(PolicyRow& row, const models::Plan& plan, const models::Verdict& verdict) {
    std::size_t machines = 0;
    for (const models::ClusterPlan& cluster : plan.clusters) {
        machines += cluster.quorum.size();
        for (const models::Batch& batch : cluster.batches) machines += batch.machines.size();
    }
    const auto done = static_cast<std::size_t>(std::count_if(
        verdict.machines.begin(), verdict.machines.end(), [](const models::MachineTimes& t) {
            return t.end != sim::Instant::never();
        }));
    ++row.runs;
    row.unsafe += verdict.rule(models::Rule::min_isr).broken() ? 1 : 0;
    if (done < machines) {
        ++row.aborted;
    } else {
        row.makespans.push_back(verdict.makespan);
    }
}

Standing standing(const PolicyRow& ours, const PolicyRow& row) {
    if (row.family == PolicyFamily::ours) return Standing::is_ours;
    if (!every_machine_done(row)) return Standing::not_ended;
    if (!as_safe(ours, row)) return Standing::less_safe;
    const std::int64_t own = ours.nominal.makespan.count();
    const std::int64_t theirs = row.nominal.makespan.count();
    if (theirs > own + own / 1'000) return Standing::beaten;
    return theirs + own / 1'000 >= own ? Standing::as_good : Standing::ahead;
}

bool all_matched(const PolicyTable& table) { return names_with(table, Standing::ahead).empty(); }

std::string policies_text(const PolicyTable& table) {
    std::vector<std::string> header{"", "makespan"};
    if (has_runs(table)) header.insert(header.end(), {"p50", "p95"});
    header.insert(header.end(), {"breaches", "exposure", "aborts", "against ours"});
    Table rows(header);
    for (const PolicyRow& row : table.rows) {
        const Cells c = cells_of(table, row);
        std::vector<std::string> cells{c.name, c.makespan};
        if (has_runs(table)) cells.insert(cells.end(), {c.p50, c.p95});
        cells.insert(cells.end(), {c.breaches, c.exposure, c.aborts, c.against});
        rows.add(std::move(cells));
    }
    std::string out = rows.text() + "\n" + wrapped(conclusion(table), 2) + "\n";
    for (const std::string& fault : table.faults) out += wrapped(fault, 9, "  fault  ");
    for (const PolicyRow& row : table.rows) {
        for (const std::string& line : row.nominal.stopped) {
            out += wrapped(fmt::format("{}: {}", row.nominal.name, line), 4, "  ");
        }
    }
    for (const std::string& line : table.left_out) out += wrapped("left out: " + line, 4, "  ");
    return out + wrapped(legend(table), 2);
}

std::string policies_page(const models::Case& a_case,
                          const PolicyTable& table,
                          const std::string& command) {
    std::string out = fmt::format(
        "# Today's tools and the planner on the {}\n\n"
        "Made by `{}`. Every policy sees the same estate, faults, seeds and observation delays, "
        "and "
        "takes the same steps at a machine; tools run with their defaults and their own gates and "
        "quiet times (docs/policies.md). {}\n\n",
        a_case.name,
        command,
        table.faults.empty() ? "Nothing fails."
                             : fmt::format("What fails: {}.", fmt::join(table.faults, "; ")));
    std::string meaning = legend(table);
    meaning.front() = 'M';
    out += meaning + "\n\n" + conclusion(table) + "\n\n## Today's tools\n\n" +
           markdown_table(table, PolicyFamily::tool);
    std::string stops;
    for (const PolicyRow& row : table.rows) {
        for (const std::string& line : row.nominal.stopped) {
            stops += fmt::format("- `{}`: {}\n", row.nominal.name, line);
        }
    }
    if (!stops.empty()) {
        out += "\nWhy rolls did not end, the first cluster of each:\n\n" + stops;
    }
    if (!table.left_out.empty()) {
        out += fmt::format("\nLeft out: {}.\n", fmt::join(table.left_out, "; "));
    }
    out +=
        "\n## What each ingredient gives\n\nThe planner's plan with one ingredient left out.\n\n" +
        markdown_table(table, PolicyFamily::ablation);
    return out;
}

Json policies_json(const PolicyTable& table) {
    Json rows = Json::array();
    for (const PolicyRow& row : table.rows) {
        Json json = tools_json({row.nominal}).front();
        json["family"] = family_word(row.family);
        if (!row.what.empty()) json["what"] = row.what;
        json["broken"] = row.broken;
        const auto quantile = [&](double share) {
            const auto value = quantile_of(row.makespans, share);
            return value ? json_seconds(*value) : Json(nullptr);
        };
        json["runs"] = {{"count", row.runs},
                        {"unsafe", row.unsafe},
                        {"aborted", row.aborted},
                        {"makespan_p50_s", quantile(0.5)},
                        {"makespan_p95_s", quantile(0.95)}};
        json["standing"] = standing_word(standing(table.rows.front(), row));
        rows.push_back(std::move(json));
    }
    return {{"all_matched", all_matched(table)},
            {"conclusion", conclusion(table)},
            {"left_out", table.left_out},
            {"rows", std::move(rows)}};
}

}  // namespace rollcast::report
