#include "report/verdict_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/rollback.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::Rule;

constexpr std::size_t most_causes = 6;

std::string answer_word(models::Answer answer) {
    switch (answer) {
        case models::Answer::held:
            return "held";
        case models::Answer::broken:
            return "BROKEN";
        case models::Answer::not_answered:
            return "-";
        case models::Answer::estimated:
            return "~";
    }
    return "?";
}

std::string where_text(const models::Case& a_case, const models::Breach& breach) {
    const models::Fleet& fleet = a_case.fleet;
    std::string out;
    if (breach.partition.exists()) {
        out = "partition " + fleet.partition_name(breach.partition);
    } else if (breach.broker.exists()) {
        out = "broker " + broker_name(fleet, breach.broker);
    } else if (breach.cluster.exists()) {
        out = "cluster " + cluster_name(fleet, breach.cluster);
    } else {
        out = "the fleet";
    }
    std::vector<std::string> without;
    for (const models::BrokerId b : breach.brokers) without.push_back(broker_name(fleet, b));
    if (!without.empty()) out += ", without " + listed(without, 4);
    return out;
}

std::string causes_text(const models::Case& a_case, const std::vector<models::Cause>& causes) {
    std::string out;
    const std::size_t shown = std::min(causes.size(), most_causes);
    for (std::size_t i = 0; i < shown; ++i) {
        out += wrapped(
            cause_text(a_case, causes[i]), 18, fmt::format("{:>14}  ", clock_text(causes[i].at)));
    }
    if (causes.size() > shown) {
        out += fmt::format("{:16}and {} more causes\n", "", causes.size() - shown);
    }
    return out;
}

/// One rule's line, its first breach and the causes.
std::string first_text(const models::Case& a_case,
                       Rule rule,
                       const std::string& totals,
                       const models::RuleResult& result) {
    std::string out = wrapped(fmt::format("{}: {}", rule_title(rule), totals), 4, "  ");
    if (!result.first) return out;
    return out + wrapped("first: " + where_text(a_case, *result.first), 11, "    ") +
           causes_text(a_case, result.first->causes);
}

/// What an estimate expects to happen, with where it is expected first. Empty where nothing is.
std::string estimates_text(const models::Case& a_case,
                           const std::vector<models::RuleResult>& results) {
    std::string out;
    for (std::size_t r = 0; r < results.size(); ++r) {
        if (results[r].answer != models::Answer::estimated || !results[r].first) continue;
        const auto rule = static_cast<Rule>(r);
        out += first_text(a_case,
                          rule,
                          fmt::format("estimated, {}, first at {}",
                                      expected_text(rule, results[r]),
                                      clock_text(results[r].first->at)),
                          results[r]);
    }
    return out;
}

std::string totals_text(const models::Verdict& v) {
    std::string out;
    out += wrapped(fmt::format("{} of catch-up; {} ISR shrinks, {} expands; {} leader moves",
                               bytes_text(v.catch_up_bytes),
                               count_text(v.isr_shrinks),
                               count_text(v.isr_expands),
                               count_text(v.leader_moves)),
                   12,
                   "  moved     ");
    out += wrapped(fmt::format("{} of partition time at the floor; at most {} at once, at {}",
                               seconds_text(v.at_floor_partition_seconds),
                               count_text(v.peak_at_floor, "partition", "partitions"),
                               clock_text(v.peak_at_floor_at)),
                   12,
                   "  exposure  ");
    if (v.stall_partition_seconds > 0) {
        out += wrapped(fmt::format("producers waited for a dead broker to be fenced: {} of "
                                   "partition time, {} at the longest",
                                   seconds_text(v.stall_partition_seconds),
                                   duration_text(v.longest_stall)),
                       12,
                       "  stall     ");
    }
    return out;
}

std::string outcome_line(const models::Case& a_case, const models::Verdict& verdict) {
    const auto broken = std::count_if(verdict.rules.begin(),
                                      verdict.rules.end(),
                                      [](const models::RuleResult& r) { return r.broken(); });
    const std::string outcome =
        broken == 0 ? "SAFE: no rule is broken"
                    : fmt::format("NOT SAFE: {} broken",
                                  count_text(static_cast<std::uint64_t>(broken), "rule", "rules"));
    return fmt::format("{}; makespan {}{}",
                       outcome,
                       duration_text(verdict.makespan),
                       a_case.rates_assumed ? " (assumed: no write rates were measured)" : "");
}

}  // namespace

std::string expected_text(Rule rule, const models::RuleResult& result) {
    if (result.worst <= 0.0) return "none";
    const SubjectWords words = subject_words(rule);
    const std::string amount =
        result.worst < 1.0 ? "less than 1" : "about " + number_text(std::round(result.worst));
    return fmt::format(
        "{} at {}", amount, count_text(result.subjects, words.singular, words.plural));
}

std::string broken_text(Rule rule, const models::RuleResult& result) {
    const SubjectWords words = subject_words(rule);
    std::string out = count_text(result.subjects, words.singular, words.plural);
    if (result.seconds > 0) {
        out += fmt::format(", {} of {} time", seconds_text(result.seconds), words.singular);
    }
    if (result.worst > 0 && !models::unit_of(rule).empty()) {
        out += fmt::format(", at worst {} ({})", number_text(result.worst), models::unit_of(rule));
    }
    if (result.first) out += ", first at " + clock_text(result.first->at);
    return out;
}

std::string rules_text(const models::Verdict& verdict) {
    std::string out;
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<Rule>(r);
        const models::RuleResult& result = verdict.rule(rule);
        std::string detail(rule_promise(rule));
        if (result.broken()) {
            const SubjectWords words = subject_words(rule);
            detail = count_text(result.subjects, words.singular, words.plural);
            if (result.first) detail += ", first at " + clock_text(result.first->at);
        }
        if (result.answer == models::Answer::not_answered) detail += ": not answered";
        if (result.answer == models::Answer::estimated) {
            detail += ": estimated, " + expected_text(rule, result);
        }
        out +=
            wrapped(detail,
                    26,
                    fmt::format("  {:<6}  {:<14}  ", answer_word(result.answer), rule_title(rule)));
    }
    return out;
}

std::string breaches_text(const models::Case& a_case,
                          const std::vector<models::RuleResult>& results) {
    std::string out;
    for (std::size_t r = 0; r < results.size(); ++r) {
        const models::RuleResult& result = results[r];
        if (!result.broken()) continue;
        const auto rule = static_cast<Rule>(r);
        out += first_text(a_case, rule, broken_text(rule, result), result);
    }
    return out;
}

std::string margin_text(const models::Fleet& fleet, const models::Margin& margin) {
    if (margin.domains.empty()) {
        return wrapped("no single disk, broker or rack could have broken min ISR at any time", 2);
    }
    std::string out = wrapped(
        fmt::format("{} could each have broken min ISR by failing at the wrong time; most at once "
                    "{}, at {}. Worst:",
                    count_text(margin.domains.size(), "failure domain", "failure domains"),
                    count_text(margin.peak_domains),
                    clock_text(margin.peak_at)),
        2);
    for (const auto kind :
         {models::DomainKind::rack, models::DomainKind::broker, models::DomainKind::log_dir}) {
        const auto worst = std::find_if(
            margin.domains.begin(), margin.domains.end(), [kind](const models::DomainExposure& d) {
                return d.domain.kind == kind;
            });
        if (worst == margin.domains.end()) continue;
        out += wrapped(fmt::format("{}: exposed for {}; at {} its failure would have put {} under "
                                   "their floor",
                                   domain_name(fleet, worst->domain),
                                   seconds_text(worst->seconds),
                                   clock_text(worst->peak_at),
                                   count_text(worst->peak_partitions, "partition", "partitions")),
                       6,
                       "    ");
    }
    return out;
}

std::string verdict_text(const models::Case& a_case, const models::Verdict& verdict) {
    std::string out = wrapped(outcome_line(a_case, verdict));
    if (verdict.unfinished != models::Unfinished::no) {
        out += wrapped(fmt::format("not finished: {}", unfinished_text(verdict.unfinished)));
    }
    out += rollbacks_text(a_case.fleet, verdict);
    out += "\n" + rules_text(verdict);
    const std::string breaches = breaches_text(a_case, verdict.rules);
    if (!breaches.empty()) out += "\nwhat broke, and why\n" + breaches;
    const std::string estimates = estimates_text(a_case, verdict.rules);
    if (!estimates.empty()) {
        out += "\nwhat is to be expected (simulate --fidelity record --cluster C counts it)\n" +
               estimates;
    }
    const std::string accepted =
        breaches_text(a_case, verdict.accepted) + estimates_text(a_case, verdict.accepted);
    if (!accepted.empty()) out += "\naccepted breaches (counted apart, never as safe)\n" + accepted;
    out += "\ntotals\n" + totals_text(verdict);
    out += "\nN-1 margin\n" + margin_text(a_case.fleet, verdict.margin);
    return out;
}

}  // namespace rollcast::report
