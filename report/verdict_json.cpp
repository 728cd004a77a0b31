#include "report/verdict_json.hpp"

#include <array>

#include <fmt/format.h>

#include "report/names.hpp"

namespace rollcast::report {
namespace {

using models::Rule;

Json names_json(const models::Fleet& fleet, const std::vector<models::BrokerId>& brokers) {
    Json out = Json::array();
    for (const models::BrokerId b : brokers) out.push_back(broker_name(fleet, b));
    return out;
}

std::string_view kind_word(models::Cause::Kind kind) {
    switch (kind) {
        case models::Cause::Kind::initial_state:
            return "initial_state";
        case models::Cause::Kind::step:
            return "step";
        case models::Cause::Kind::left_isr:
            return "left_isr";
        case models::Cause::Kind::fault:
            return "fault";
        case models::Cause::Kind::session_expired:
            return "session_expired";
        case models::Cause::Kind::action:
            return "action";
    }
    return "unknown";
}

std::string_view kind_word(models::DomainKind kind) {
    switch (kind) {
        case models::DomainKind::log_dir:
            return "log_dir";
        case models::DomainKind::broker:
            return "broker";
        case models::DomainKind::rack:
            return "rack";
    }
    return "unknown";
}

Json first_breach_json(const models::Case& a_case, const models::Breach& breach) {
    const models::Fleet& fleet = a_case.fleet;
    Json out;
    out["at_s"] = json_seconds(breach.at);
    out["cluster"] =
        breach.cluster.exists() ? Json(cluster_name(fleet, breach.cluster)) : Json(nullptr);
    out["partition"] =
        breach.partition.exists() ? Json(fleet.partition_name(breach.partition)) : Json(nullptr);
    out["broker"] =
        breach.broker.exists() ? Json(broker_name(fleet, breach.broker)) : Json(nullptr);
    out["without"] = names_json(fleet, breach.brokers);
    out["causes"] = Json::array();
    for (const models::Cause& cause : breach.causes) {
        out["causes"].push_back({{"at_s", json_seconds(cause.at)},
                                 {"kind", kind_word(cause.kind)},
                                 {"text", cause_text(a_case, cause)}});
    }
    return out;
}

void add_amounts(Json& out, Rule rule, const models::RuleResult& result) {
    out["subjects"] = result.subjects;
    out["subject_seconds"] = json_number(result.seconds);
    out["worst"] = json_number(result.worst);
    out["worst_unit"] = models::unit_of(rule);
    out["worst_at_s"] = json_seconds(result.worst_at);
}

}  // namespace

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

Json rules_json(const models::Verdict& verdict) {
    Json out = Json::array();
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<Rule>(r);
        const models::RuleResult& result = verdict.rule(rule);
        out.push_back({{"rule", models::to_string(rule)},
                       {"promise", rule_promise(rule)},
                       {"answer", models::to_string(result.answer)}});
    }
    return out;
}

Json breaches_json(const models::Case& a_case, const std::vector<models::RuleResult>& results) {
    Json out = Json::array();
    for (std::size_t r = 0; r < results.size(); ++r) {
        const models::RuleResult& result = results[r];
        if (!result.broken()) continue;
        const auto rule = static_cast<Rule>(r);
        Json breach;
        breach["rule"] = models::to_string(rule);
        add_amounts(breach, rule, result);
        breach["first"] = result.first ? first_breach_json(a_case, *result.first) : Json(nullptr);
        out.push_back(std::move(breach));
    }
    return out;
}

Json estimates_json(const models::Case& a_case, const std::vector<models::RuleResult>& results) {
    Json out = Json::array();
    for (std::size_t r = 0; r < results.size(); ++r) {
        const models::RuleResult& result = results[r];
        if (result.answer != models::Answer::estimated) continue;
        const auto rule = static_cast<Rule>(r);
        out.push_back(
            {{"rule", models::to_string(rule)},
             {"expected", json_number(result.worst)},
             {"unit", models::unit_of(rule)},
             {"subjects", result.subjects},
             {"first", result.first ? first_breach_json(a_case, *result.first) : Json(nullptr)}});
    }
    return out;
}

Json margin_json(const models::Fleet& fleet, const models::Margin& margin, std::size_t most) {
    std::array<std::size_t, 3> exposed{};
    Json worst = Json::array();
    for (const models::DomainExposure& domain : margin.domains) {
        std::size_t& seen = exposed.at(static_cast<std::size_t>(domain.domain.kind));
        if (++seen > most) continue;
        worst.push_back({{"domain", domain_name(fleet, domain.domain)},
                         {"kind", kind_word(domain.domain.kind)},
                         {"seconds", json_number(domain.seconds)},
                         {"peak_partitions", domain.peak_partitions},
                         {"peak_at_s", json_seconds(domain.peak_at)}});
    }
    return {{"exposed_log_dirs", exposed[0]},
            {"exposed_brokers", exposed[1]},
            {"exposed_racks", exposed[2]},
            {"peak_domains", margin.peak_domains},
            {"peak_at_s", json_seconds(margin.peak_at)},
            {"worst", std::move(worst)}};
}

Json totals_json(const models::Verdict& verdict) {
    return {{"makespan_s", json_seconds(verdict.makespan)},
            {"unfinished", models::to_string(verdict.unfinished)},
            {"catch_up_bytes", json_number(verdict.catch_up_bytes)},
            {"isr_shrinks", verdict.isr_shrinks},
            {"isr_expands", verdict.isr_expands},
            {"leader_moves", verdict.leader_moves},
            {"at_floor_partition_seconds", json_number(verdict.at_floor_partition_seconds)},
            {"peak_at_floor", verdict.peak_at_floor},
            {"peak_at_floor_at_s", json_seconds(verdict.peak_at_floor_at)},
            {"stall_partition_seconds", json_number(verdict.stall_partition_seconds)},
            {"longest_stall_s", json_seconds(verdict.longest_stall)},
            {"events", verdict.events},
            {"trace_hash", hash_text(verdict.trace_hash)}};
}

}  // namespace rollcast::report
