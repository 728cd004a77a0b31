#include "report/detection.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::FaultSightings;
using models::Loss;
using models::Observer;
using models::Sighting;
using sim::Instant;

std::string subject_text(const models::Fleet& fleet, const models::Subject& subject) {
    if (subject.machine.exists()) return machine_name(fleet, subject.machine);
    if (subject.group.exists()) return fleet.groups()[subject.group].name;
    return subject.cluster.exists() ? cluster_name(fleet, subject.cluster) : "the fleet";
}

std::string_view kind_word(Observer::Kind kind) {
    switch (kind) {
        case Observer::Kind::alert:
            return "alert";
        case Observer::Kind::check:
            return "check";
        case Observer::Kind::verdict:
            return "verdict";
    }
    return "unknown";
}

bool breaks(const FaultSightings& fault) {
    return std::any_of(fault.seen.begin(), fault.seen.end(), [](const Sighting& s) {
        return s.by.kind == Observer::Kind::verdict;
    });
}

/// Longer than any delay where nobody notices.
sim::Duration delay_of(const FaultSightings& fault) {
    const Sighting* first = fault.first();
    return first == nullptr ? Instant::never().since_start() : first->at - fault.starts;
}

/// Silent ones first, of these such that break a rule; then by delay, the longest first.
std::vector<const FaultSightings*> worst_first(const models::Sightings& sightings) {
    std::vector<const FaultSightings*> order;
    for (const FaultSightings& fault : sightings.faults) order.push_back(&fault);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        const bool a_silent = a->first() == nullptr;
        const bool b_silent = b->first() == nullptr;
        if (a_silent != b_silent) return a_silent;
        if (a_silent) return breaks(*a) && !breaks(*b);
        return delay_of(*a) > delay_of(*b);
    });
    return order;
}

/// When losses are counted that the first who notices could not prevent.
Instant noticed_at(const FaultSightings& fault) {
    const Sighting* first = fault.first();
    return first == nullptr ? fault.end : first->at;
}

std::string loss_text(const Loss& loss) {
    std::vector<std::string> parts;
    if (loss.under_floor_s > 0) {
        parts.push_back(seconds_text(loss.under_floor_s) + " of partition time under the floor");
    }
    if (loss.leaderless_s > 0) {
        parts.push_back(seconds_text(loss.leaderless_s) + " without a leader");
    }
    if (loss.failed_messages > 0) {
        parts.push_back(number_text(loss.failed_messages) + " failed messages");
    }
    return parts.empty() ? "nothing" : listed(parts, parts.size());
}

std::string lost_line(const Detection& detection, const FaultSightings& fault) {
    const Loss by_then = detection.sightings.lost(fault, noticed_at(fault));
    const Loss in_all = detection.sightings.lost(fault, fault.end);
    const std::string all = loss_text(in_all);
    if (fault.first() == nullptr || all == "nothing") return "lost: " + all;
    return fmt::format("lost by then: {}; in all: {}", loss_text(by_then), all);
}

std::string seen_text(const Detection& detection, const FaultSightings& fault) {
    std::string out;
    for (const Sighting& sighting : fault.seen) {
        std::string who = observer_name(detection.rules, sighting.by);
        if (sighting.by.kind == Observer::Kind::verdict) {
            who =
                fmt::format("broken: {}", rule_title(static_cast<models::Rule>(sighting.by.index)));
        } else {
            who = fmt::format("{} ({}) at {}",
                              who,
                              kind_word(sighting.by.kind),
                              subject_text(detection.a_case.fleet, sighting.subject));
        }
        out += wrapped(
            who, 20, fmt::format("    {:>14}  ", duration_text(sighting.at - fault.starts)));
    }
    return out;
}

std::string fault_block(const Detection& detection, const FaultSightings& fault) {
    const models::Fault& what = detection.a_case.faults[fault.fault];
    std::string out = wrapped(
        fmt::format("{}: {}", what.name, fault_text(detection.a_case.fleet, what)), 4, "  ");
    if (fault.starts == Instant::never()) return out + wrapped("it does not strike", 4);
    out += seen_text(detection, fault);
    if (!fault.changes_run) {
        out += wrapped("the cluster does what it does without it", 4);
    } else {
        out += wrapped(lost_line(detection, fault), 6, "    ");
    }
    return out;
}

std::vector<std::string> idle_rules(const Detection& detection) {
    std::vector<std::string> idle;
    for (std::uint32_t r = 0; r < detection.rules.rules.size(); ++r) {
        const Observer rule{Observer::Kind::alert, r};
        const auto sees = [&](const FaultSightings& fault) {
            return std::any_of(fault.seen.begin(), fault.seen.end(), [&](const Sighting& s) {
                return s.by == rule;
            });
        };
        const auto& faults = detection.sightings.faults;
        if (std::none_of(faults.begin(), faults.end(), sees)) {
            idle.push_back(detection.rules.rules[r].name);
        }
    }
    return idle;
}

std::vector<std::string> names_of(const Detection& detection,
                                  const std::vector<models::Alert>& alerts) {
    std::vector<std::string> names;
    for (const models::Alert& alert : alerts) {
        const std::string& name = detection.rules.rules[alert.rule].name;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

Json loss_json(const Loss& loss) {
    return {{"under_floor_partition_seconds", json_number(loss.under_floor_s)},
            {"leaderless_partition_seconds", json_number(loss.leaderless_s)},
            {"failed_messages", json_number(loss.failed_messages)}};
}

Json sighting_json(const Detection& detection,
                   const FaultSightings& fault,
                   const Sighting& sighting) {
    return {{"by", observer_name(detection.rules, sighting.by)},
            {"kind", kind_word(sighting.by.kind)},
            {"after_s", json_seconds(sighting.at - fault.starts)},
            {"at_s", json_seconds(sighting.at)},
            {"subject", subject_text(detection.a_case.fleet, sighting.subject)}};
}

Json fault_json(const Detection& detection, const FaultSightings& fault) {
    const models::Fault& what = detection.a_case.faults[fault.fault];
    const Sighting* first = fault.first();
    Json seen = Json::array();
    for (const Sighting& s : fault.seen) seen.push_back(sighting_json(detection, fault, s));
    return {{"name", what.name},
            {"text", fault_text(detection.a_case.fleet, what)},
            {"starts_s", json_seconds(fault.starts)},
            {"noticed", first != nullptr},
            {"first", first == nullptr ? Json(nullptr) : sighting_json(detection, fault, *first)},
            {"changes_run", fault.changes_run},
            {"lost_by_then", loss_json(detection.sightings.lost(fault, noticed_at(fault)))},
            {"lost_in_all", loss_json(detection.sightings.lost(fault, fault.end))},
            {"seen", std::move(seen)}};
}

/// Faults that somebody else, or nobody, notices first once an observer is gone: before and after.
std::vector<std::pair<const FaultSightings*, const FaultSightings*>> changed(
    const models::Sightings& before, const models::Sightings& after) {
    std::vector<std::pair<const FaultSightings*, const FaultSightings*>> pairs;
    for (std::size_t i = 0; i < before.faults.size(); ++i) {
        const Sighting* was = before.faults[i].first();
        const Sighting* is = after.faults[i].first();
        if (was == nullptr || (is != nullptr && is->by == was->by)) continue;
        pairs.emplace_back(&before.faults[i], &after.faults[i]);
    }
    return pairs;
}

}  // namespace

bool all_noticed(const models::Sightings& sightings) {
    return std::all_of(
        sightings.faults.begin(), sightings.faults.end(), [](const FaultSightings& fault) {
            return fault.first() != nullptr || fault.starts == Instant::never();
        });
}

std::string sightings_text(const Detection& detection) {
    std::string silent;
    std::string noticed;
    for (const FaultSightings* fault : worst_first(detection.sightings)) {
        (fault->first() == nullptr ? silent : noticed) += fault_block(detection, *fault);
    }
    std::string out;
    if (!silent.empty()) out += "nobody would notice\n" + silent + "\n";
    if (!noticed.empty())
        out += "noticed, the latest first (time since the fault)\n" + noticed + "\n";
    const std::vector<std::string> anyway = names_of(detection, detection.sightings.anyway);
    out += wrapped(
        anyway.empty() ? "nothing" : listed(anyway, anyway.size()), 4, "without any fault fires: ");
    const std::vector<std::string> idle = idle_rules(detection);
    if (!idle.empty()) {
        out += wrapped(listed(idle, idle.size()), 4, "rules that none of these faults needs: ");
    }
    return out;
}

std::string without_text(const Detection& detection, const Observer& gone) {
    const models::Sightings left = models::without(detection.sightings, gone);
    std::string out = fmt::format("without {}\n", observer_name(detection.rules, gone));
    const auto pairs = changed(detection.sightings, left);
    if (pairs.empty()) return out + wrapped("every fault is noticed as soon as with it", 2);
    for (const auto& [before, after] : pairs) {
        const Sighting* next = after->first();
        const std::string was = duration_text(delay_of(*before));
        std::string line = fmt::format("{}: ", detection.a_case.faults[before->fault].name);
        line += next == nullptr ? fmt::format("nobody would notice, instead of after {}", was)
                                : fmt::format("noticed after {} by {}, instead of after {}",
                                              duration_text(delay_of(*after)),
                                              observer_name(detection.rules, next->by),
                                              was);
        const Loss more = detection.sightings.lost(*after, noticed_at(*after))
                              .beyond(detection.sightings.lost(*before, noticed_at(*before)));
        out += wrapped(line, 4, "  ") + wrapped("lost meanwhile: " + loss_text(more), 6, "    ");
    }
    return out;
}

Json sightings_json(const Detection& detection) {
    Json faults = Json::array();
    for (const FaultSightings* fault : worst_first(detection.sightings)) {
        faults.push_back(fault_json(detection, *fault));
    }
    Json rules = Json::array();
    for (const models::AlertRule& rule : detection.rules.rules) {
        rules.push_back({{"name", rule.name},
                         {"failure", models::to_string(rule.failure)},
                         {"severity", rule.severity},
                         {"expression", models::expression_text(rule)},
                         {"for_s", json_seconds(rule.hold)}});
    }
    return {{"faults", std::move(faults)},
            {"fires_anyway", names_of(detection, detection.sightings.anyway)},
            {"rules_not_needed", idle_rules(detection)},
            {"rules", std::move(rules)}};
}

Json without_json(const Detection& detection, const Observer& gone) {
    const models::Sightings left = models::without(detection.sightings, gone);
    Json faults = Json::array();
    for (const auto& [before, after] : changed(detection.sightings, left)) {
        const Sighting* next = after->first();
        const Loss lost = detection.sightings.lost(*after, noticed_at(*after));
        faults.push_back(
            {{"name", detection.a_case.faults[before->fault].name},
             {"before", sighting_json(detection, *before, *before->first())},
             {"after", next == nullptr ? Json(nullptr) : sighting_json(detection, *after, *next)},
             {"lost_by_then", loss_json(lost)}});
    }
    return {{"without", observer_name(detection.rules, gone)}, {"changes", std::move(faults)}};
}

Json detection_document(const Detection& detection,
                        const std::vector<Observer>& gone,
                        bool ok,
                        const Provenance& provenance) {
    Json out{{"summary",
              {{"ok", ok},
               {"makespan_s", nullptr},
               {"status", provenance.interrupted ? "interrupted" : "complete"}}},
             {"schema_version", schema_version},
             {"case", {{"name", detection.a_case.name}}}};
    out.update(sightings_json(detection));
    out["without"] = Json::array();
    for (const Observer& observer : gone)
        out["without"].push_back(without_json(detection, observer));
    out.update(provenance_json(provenance));
    return out;
}

}  // namespace rollcast::report
