#include "scenarios/suite/result_metrics.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "scenarios/format/alert_reader.hpp"
#include "scenarios/suite/quantity.hpp"

namespace rollcast::scenarios {

namespace {

using models::Rule;
using models::RuleResult;

std::vector<std::string> answer_words() {
    std::vector<std::string> words;
    for (const auto answer : {models::Answer::held,
                              models::Answer::broken,
                              models::Answer::not_answered,
                              models::Answer::estimated}) {
        words.emplace_back(models::to_string(answer));
    }
    return words;
}

std::vector<std::string> unfinished_words() {
    std::vector<std::string> words;
    for (const auto reason : {models::Unfinished::no,
                              models::Unfinished::machine_lost,
                              models::Unfinished::never_rejoins,
                              models::Unfinished::blocked,
                              models::Unfinished::no_window,
                              models::Unfinished::horizon,
                              models::Unfinished::gave_up,
                              models::Unfinished::halted,
                              models::Unfinished::rolled_back}) {
        words.emplace_back(models::to_string(reason));
    }
    return words;
}

MetricValue count_value(std::uint64_t count) { return static_cast<double>(count); }

MetricValue machines_done(const RunFacts& facts) { return count_value(facts.verdict.migrated()); }

MetricValue exposed(const RunFacts& facts, models::DomainKind kind) {
    const auto& domains = facts.verdict.margin.domains;
    return count_value(static_cast<std::uint64_t>(
        std::count_if(domains.begin(), domains.end(), [kind](const models::DomainExposure& d) {
            return d.domain.kind == kind;
        })));
}

class MetricTable {
public:
    std::vector<ResultMetric> take() { return std::move(metrics_); }

    template <class Read>
    void add(const std::string& name,
             Dimension dimension,
             const std::string& counts,
             const std::string& meaning,
             Worse worse,
             Read read) {
        metrics_.push_back({.name = name,
                            .dimension = dimension,
                            .counts = counts,
                            .meaning = meaning,
                            .words = {},
                            .worse = worse,
                            .read = std::move(read)});
    }
    /// A number of the verdict itself.
    template <class Member>
    void count(const std::string& name,
               const std::string& counts,
               const std::string& meaning,
               Worse worse,
               Member models::Verdict::*member) {
        add(name,
            Dimension::number,
            counts,
            meaning,
            worse,
            [member](const RunFacts& f) -> MetricValue {
                return static_cast<double>(f.verdict.*member);
            });
    }
    ResultMetric& last() { return metrics_.back(); }

private:
    std::vector<ResultMetric> metrics_;
};

void add_verdict(MetricTable& table) {
    using V = models::Verdict;
    table.add("safe",
              Dimension::truth,
              "",
              "No safety rule is broken.",
              Worse::less,
              [](const RunFacts& f) -> MetricValue { return f.verdict.safe(); });
    table.add("makespan",
              Dimension::time,
              "",
              "From the start of the run to the end of its last step, or to its last event where "
              "it does not finish.",
              Worse::more,
              [](const RunFacts& f) -> MetricValue { return sim::to_seconds(f.verdict.makespan); });
    table.add("unfinished",
              Dimension::word,
              "",
              "Why the run stopped before every machine was migrated.",
              Worse::neither,
              [](const RunFacts& f) -> MetricValue {
                  return std::string(models::to_string(f.verdict.unfinished));
              });
    table.last().words = unfinished_words();
    table.add("machines_done",
              Dimension::number,
              "machines",
              "Machines whose step is done.",
              Worse::less,
              machines_done);
    table.count(
        "isr_shrinks", "shrinks", "Replicas that left an ISR.", Worse::more, &V::isr_shrinks);
    table.count("isr_expands",
                "expansions",
                "Replicas that joined an ISR.",
                Worse::neither,
                &V::isr_expands);
    table.count(
        "leader_moves", "moves", "Changes of a partition's leader.", Worse::more, &V::leader_moves);
    table.add("catch_up_bytes",
              Dimension::bytes,
              "",
              "What followers out of sync have fetched.",
              Worse::more,
              [](const RunFacts& f) -> MetricValue { return f.verdict.catch_up_bytes; });
    table.add(
        "at_floor_time",
        Dimension::time,
        "",
        "Partition-time at the ISR floor: one failure more is a breach.",
        Worse::more,
        [](const RunFacts& f) -> MetricValue { return f.verdict.at_floor_partition_seconds; });
    table.count("peak_at_floor",
                "partitions",
                "Most partitions at their floor at once.",
                Worse::more,
                &V::peak_at_floor);
    table.add("stall_time",
              Dimension::time,
              "",
              "Partition-time led or followed by a broker that is dead and not yet fenced.",
              Worse::more,
              [](const RunFacts& f) -> MetricValue { return f.verdict.stall_partition_seconds; });
    table.add(
        "longest_stall",
        Dimension::time,
        "",
        "The longest of these for one partition.",
        Worse::more,
        [](const RunFacts& f) -> MetricValue { return sim::to_seconds(f.verdict.longest_stall); });
}

void add_margin(MetricTable& table) {
    for (const auto& [name, what, kind] :
         {std::tuple{"exposed_log_dirs", "log dirs", models::DomainKind::log_dir},
          std::tuple{"exposed_brokers", "brokers", models::DomainKind::broker},
          std::tuple{"exposed_racks", "racks", models::DomainKind::rack}}) {
        const models::DomainKind of = kind;
        table.add(name,
                  Dimension::number,
                  what,
                  fmt::format("N-1 margin: {} whose failure at some moment would have put "
                              "partitions under their floor.",
                              what),
                  Worse::more,
                  [of](const RunFacts& f) { return exposed(f, of); });
    }
    table.add("peak_exposed",
              Dimension::number,
              "domains",
              "Most such log dirs, brokers and racks at once.",
              Worse::more,
              [](const RunFacts& f) { return count_value(f.verdict.margin.peak_domains); });
}

/// The unit of a rule's worst value is a time where `unit_of` says so.
bool in_seconds_of(std::string_view unit) { return unit.starts_with("seconds"); }

void add_rule(MetricTable& table, Rule rule) {
    const std::string name(models::to_string(rule));
    const auto of = [rule](const RunFacts& f) -> const RuleResult& { return f.verdict.rule(rule); };
    table.add(name + ".answer",
              Dimension::word,
              "",
              fmt::format("The answer of the rule `{}`.", name),
              Worse::neither,
              [of](const RunFacts& f) -> MetricValue {
                  return std::string(models::to_string(of(f).answer));
              });
    table.last().words = answer_words();
    table.add(name + ".subjects",
              Dimension::number,
              "subjects",
              "Distinct partitions, brokers, groups or machines that broke it.",
              Worse::more,
              [of](const RunFacts& f) { return count_value(of(f).subjects); });
    table.add(name + ".time",
              Dimension::time,
              "",
              "Subject-time of its breaches.",
              Worse::more,
              [of](const RunFacts& f) -> MetricValue { return of(f).seconds; });
    const std::string unit(models::unit_of(rule));
    if (!unit.empty()) {
        const bool time = in_seconds_of(unit);
        table.add(name + ".worst",
                  time ? Dimension::time : Dimension::number,
                  time ? "" : unit,
                  "The worst value, whether a breach or not; where the answer is `estimated`, how "
                  "much is expected in all.",
                  Worse::more,
                  [of](const RunFacts& f) -> MetricValue { return of(f).worst; });
    }
    table.add(name + ".first_at",
              Dimension::time,
              "",
              "The first breach, after the start of the run; not answered where there is none.",
              Worse::neither,
              [of](const RunFacts& f) -> MetricValue {
                  const RuleResult& result = of(f);
                  if (!result.first) return {};
                  return sim::to_seconds(result.first->at.since_start());
              });
}

void add_watched(MetricTable& table) {
    static const models::AlertRules rules = embedded_alerts();
    for (std::uint32_t r = 0; r < rules.rules.size(); ++r) {
        table.add("alert." + rules.rules[r].name,
                  Dimension::number,
                  "alerts",
                  "How often the alert rule fired.",
                  Worse::neither,
                  [r](const RunFacts& f) -> MetricValue {
                      if (f.alerts == nullptr) return {};
                      return count_value(static_cast<std::uint64_t>(std::count_if(
                          f.alerts->begin(), f.alerts->end(), [r](const models::Alert& a) {
                              return a.rule == r;
                          })));
                  });
        table.last().watched = true;
    }
    for (int c = 0; c < models::check_count; ++c) {
        const auto check = static_cast<models::Check>(c);
        table.add(fmt::format("noticed.{}", models::to_string(check)),
                  Dimension::number,
                  "notices",
                  "How often the orchestrator noticed it by itself.",
                  Worse::neither,
                  [check](const RunFacts& f) -> MetricValue {
                      if (f.noticed == nullptr) return {};
                      return count_value(static_cast<std::uint64_t>(std::count_if(
                          f.noticed->begin(), f.noticed->end(), [check](const models::Noticed& n) {
                              return n.check == check;
                          })));
                  });
        table.last().watched = true;
    }
}

std::vector<ResultMetric> make_result_metrics() {
    MetricTable table;
    add_verdict(table);
    add_margin(table);
    for (int r = 0; r < models::rule_count; ++r) add_rule(table, static_cast<Rule>(r));
    add_watched(table);
    return table.take();
}

}  // namespace

const std::vector<ResultMetric>& result_metrics() {
    static const std::vector<ResultMetric> table = make_result_metrics();
    return table;
}

std::optional<std::size_t> result_metric_called(std::string_view name) {
    const auto& table = result_metrics();
    const auto found = std::find_if(
        table.begin(), table.end(), [name](const ResultMetric& m) { return m.name == name; });
    if (found == table.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table.begin());
}

MetricValues read_metrics(const RunFacts& facts) {
    MetricValues values;
    values.reserve(result_metrics().size());
    for (const ResultMetric& metric : result_metrics()) values.push_back(metric.read(facts));
    return values;
}

Json metric_json(const MetricValue& value) {
    if (const auto* truth = std::get_if<bool>(&value)) return *truth;
    if (const auto* word = std::get_if<std::string>(&value)) return *word;
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !std::isfinite(*number)) return nullptr;
    return *number;
}

MetricValue metric_value(const Json& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return {};
}

std::optional<double> metric_number(const MetricValue& value) {
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1.0 : 0.0;
    if (const auto* number = std::get_if<double>(&value)) return *number;
    return std::nullopt;
}

std::string metric_text(const ResultMetric& metric, const MetricValue& value) {
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* word = std::get_if<std::string>(&value)) return *word;
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr) return "not answered";
    const std::string text = quantity_text(metric.dimension, *number);
    return metric.counts.empty() ? text : text + " " + metric.counts;
}

}  // namespace rollcast::scenarios
