#include "report/comparison.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/plan.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::Rule;

/// One figure of a result: the less, the better.
struct Figure {
    const char* title;
    std::optional<double> (*value)(const Compared&);
    std::string (*text)(double);
};

std::string whole(double value) { return count_text(static_cast<std::uint64_t>(value)); }

constexpr Figure figures[] = {
    {"makespan", [](const Compared& c) { return c.makespan_s; }, seconds_text},
    {"rules broken",
     [](const Compared& c) { return std::optional<double>(static_cast<double>(c.broken.size())); },
     whole},
    {"partitions under their floor",
     [](const Compared& c) { return std::optional<double>(c.below_floor_partitions); },
     whole},
    {"  their partition time",
     [](const Compared& c) { return std::optional<double>(c.below_floor_partition_s); },
     seconds_text},
    {"most at the floor at once",
     [](const Compared& c) { return std::optional<double>(c.peak_at_floor); },
     whole},
    {"  partition time at the floor",
     [](const Compared& c) { return std::optional<double>(c.at_floor_partition_s); },
     seconds_text},
    {"most domains exposed at once",
     [](const Compared& c) { return std::optional<double>(c.peak_exposed_domains); },
     whole},
    {"leader moves",
     [](const Compared& c) { return std::optional<double>(c.leader_moves); },
     whole},
    {"bytes caught up",
     [](const Compared& c) { return std::optional<double>(c.catch_up_bytes); },
     bytes_text},
};

std::string difference_text(const Figure& figure, const Compared& a, const Compared& b) {
    const std::optional<double> from = figure.value(a);
    const std::optional<double> to = figure.value(b);
    if (!from || !to) return "-";
    if (*from == *to) return "same";
    const std::string sign = *to > *from ? "+" : "-";
    return sign + figure.text(std::abs(*to - *from));
}

std::string safe_word(const Compared& c) { return c.safe ? "yes" : "NO"; }

std::string gate_word(const Compared& c) {
    if (!c.gate_kept) return "-";
    return *c.gate_kept ? "yes" : "NO";
}

std::string by_column(const std::vector<Compared>& results) {
    std::vector<std::string> header{""};
    std::vector<std::string> safe{"safe"};
    std::vector<std::string> gate{"batches keep the gate"};
    for (const Compared& c : results) {
        header.push_back(c.name);
        safe.push_back(safe_word(c));
        gate.push_back(gate_word(c));
    }
    const bool pair = results.size() == 2;
    if (pair) header.emplace_back("difference");
    Table table(header);
    table.add(safe);
    table.add(gate);
    for (const Figure& figure : figures) {
        std::vector<std::string> row{figure.title};
        for (const Compared& c : results) {
            const std::optional<double> value = figure.value(c);
            row.push_back(value ? figure.text(*value) : "-");
        }
        if (pair) row.push_back(difference_text(figure, results[0], results[1]));
        table.add(row);
    }
    return table.text();
}

std::string by_row(const std::vector<Compared>& results) {
    Table table({"", "safe", "gate kept", "makespan", "under floor", "at floor", "leader moves"});
    for (const Compared& c : results) {
        table.add({c.name,
                   safe_word(c),
                   gate_word(c),
                   c.makespan_s ? seconds_text(*c.makespan_s) : "-",
                   whole(c.below_floor_partitions),
                   whole(c.peak_at_floor),
                   whole(c.leader_moves)});
    }
    return table.text();
}

/// As a document holds it, so that a verdict and its document compare equal.
double as_written(double value) {
    const Json number = json_number(value);
    return number.is_number() ? number.get<double>() : 0.0;
}

double number_at(const Json& document, const Json::json_pointer& pointer) {
    return document.contains(pointer) && document.at(pointer).is_number()
               ? document.at(pointer).get<double>()
               : 0.0;
}

}  // namespace

Compared compared(std::string name, const models::Verdict& verdict, std::optional<bool> gate_kept) {
    Compared out{.name = std::move(name), .safe = verdict.safe()};
    out.gate_kept = gate_kept;
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<Rule>(r);
        if (verdict.rule(rule).broken()) out.broken.emplace_back(models::to_string(rule));
    }
    out.makespan_s = json_seconds(verdict.makespan).get<double>();
    out.below_floor_partitions = static_cast<double>(verdict.rule(Rule::min_isr).subjects);
    out.below_floor_partition_s = as_written(verdict.rule(Rule::min_isr).seconds);
    out.peak_at_floor = static_cast<double>(verdict.peak_at_floor);
    out.at_floor_partition_s = as_written(verdict.at_floor_partition_seconds);
    out.peak_exposed_domains = verdict.margin.peak_domains;
    out.leader_moves = static_cast<double>(verdict.leader_moves);
    out.catch_up_bytes = as_written(verdict.catch_up_bytes);
    return out;
}

std::optional<Compared> compared(std::string name, const Json& document) {
    const auto ok = Json::json_pointer("/summary/ok");
    const auto totals = Json::json_pointer("/totals");
    if (!document.is_object() || !document.contains(ok) || !document.at(ok).is_boolean() ||
        !document.contains(totals) || !document.at(totals).is_object()) {
        return std::nullopt;
    }
    Compared out{.name = std::move(name), .safe = document.at(ok).get<bool>()};
    for (const Json& violation : document.value("violations", Json::array())) {
        const std::string rule = violation.value("rule", "");
        out.broken.push_back(rule);
        if (rule != models::to_string(Rule::min_isr)) continue;
        out.below_floor_partitions = violation.value("subjects", 0.0);
        out.below_floor_partition_s = violation.value("subject_seconds", 0.0);
    }
    using Pointer = Json::json_pointer;
    const Pointer gate_kept("/plan/gate_kept");
    if (document.contains(gate_kept) && document.at(gate_kept).is_boolean()) {
        out.gate_kept = document.at(gate_kept).get<bool>();
    }
    if (document.contains(Pointer("/totals/makespan_s"))) {
        out.makespan_s = number_at(document, Pointer("/totals/makespan_s"));
    }
    out.peak_at_floor = number_at(document, Pointer("/totals/peak_at_floor"));
    out.at_floor_partition_s = number_at(document, Pointer("/totals/at_floor_partition_seconds"));
    out.peak_exposed_domains = number_at(document, Pointer("/margin/peak_domains"));
    out.leader_moves = number_at(document, Pointer("/totals/leader_moves"));
    out.catch_up_bytes = number_at(document, Pointer("/totals/catch_up_bytes"));
    return out;
}

std::string dominance_text(const Compared& a, const Compared& b) {
    std::vector<std::string> better;
    std::vector<std::string> worse;
    for (const Figure& figure : figures) {
        const std::optional<double> from = figure.value(a);
        const std::optional<double> to = figure.value(b);
        if (!from || !to || *from == *to) continue;
        std::string title = figure.title;
        title.erase(0, title.find_first_not_of(' '));
        (*to < *from ? better : worse).push_back(title);
    }
    if (better.empty() && worse.empty()) return "no figure differs";
    if (worse.empty()) return fmt::format("{} dominates {}: no figure is worse", b.name, a.name);
    if (better.empty()) return fmt::format("{} dominates {}: no figure is worse", a.name, b.name);
    return fmt::format(
        "{} is better in {}, worse in {}", b.name, listed(better, 9), listed(worse, 9));
}

std::string comparison_text(const std::vector<Compared>& results) {
    std::string out = results.size() <= 4 ? by_column(results) : by_row(results);
    if (results.size() == 2) {
        out += "\n" + wrapped(dominance_text(results[0], results[1]), 2);
    }
    for (const Compared& c : results) {
        if (!c.gate_kept.value_or(true)) out += "\n" + gate_not_kept_text(c.name);
    }
    return out;
}

Json comparison_json(const std::vector<Compared>& results) {
    Json out = Json::array();
    for (const Compared& c : results) {
        out.push_back({{"name", c.name},
                       {"ok", c.safe},
                       {"makespan_s", c.makespan_s ? json_number(*c.makespan_s) : Json(nullptr)},
                       {"broken", c.broken},
                       {"gate_kept", c.gate_kept ? Json(*c.gate_kept) : Json(nullptr)},
                       {"below_floor_partitions", json_number(c.below_floor_partitions)},
                       {"below_floor_partition_seconds", json_number(c.below_floor_partition_s)},
                       {"peak_at_floor", json_number(c.peak_at_floor)},
                       {"at_floor_partition_seconds", json_number(c.at_floor_partition_s)},
                       {"peak_exposed_domains", json_number(c.peak_exposed_domains)},
                       {"leader_moves", json_number(c.leader_moves)},
                       {"catch_up_bytes", json_number(c.catch_up_bytes)}});
    }
    return out;
}

}  // namespace rollcast::report
