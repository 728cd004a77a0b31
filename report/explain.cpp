#include "report/explain.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::Case;
using models::Fleet;
using planner::Hold;
using planner::HoldKind;
using planner::Link;

constexpr std::size_t most_links = 12;
constexpr std::size_t names_in_a_link = 3;

std::vector<std::string> partition_names(const Fleet& fleet,
                                         const std::vector<models::PartitionId>& partitions) {
    std::vector<std::string> names;
    names.reserve(partitions.size());
    for (const models::PartitionId p : partitions) names.push_back(fleet.partition_name(p));
    return names;
}

std::vector<std::string> holder_names(const Fleet& fleet, const Hold& hold) {
    std::vector<std::string> names;
    names.reserve(hold.by.size());
    for (const models::MachineId m : hold.by) names.push_back(machine_name(fleet, m));
    return names;
}

std::string limit_of(std::optional<int> limit) {
    return count_text(static_cast<std::uint64_t>(std::max(limit.value_or(0), 0)));
}

/// What stood against the start of the machine, as a sentence about it.
std::string hold_sentence(const Case& a_case, const models::Plan& plan, const Link& link) {
    const Fleet& fleet = a_case.fleet;
    const Hold& hold = link.hold;
    const std::string held = machine_name(fleet, hold.machine);
    const std::string by = listed(holder_names(fleet, hold), names_in_a_link);
    const std::string cluster = cluster_name(fleet, fleet.machines()[hold.machine].cluster);
    switch (hold.kind) {
        case HoldKind::conflict:
            return fmt::format("{} waited for {}: they share {} that can spare one replica ({})",
                               held,
                               by,
                               count_text(link.shared.size(), "partition", "partitions"),
                               listed(partition_names(fleet, link.shared), names_in_a_link));
        case HoldKind::group:
            return fmt::format(
                "{} waited for {}: with others they use up what partitions of theirs can spare",
                held,
                by);
        case HoldKind::batch:
            return fmt::format("{} waited for the batch before its own; {} ended last", held, by);
        case HoldKind::quorum:
            return fmt::format(
                "{} waited for {}: quorum nodes of {} go one at a time", held, by, cluster);
        case HoldKind::max_down:
            return fmt::format("{} waited for {}: at most {} of {} may be in a step",
                               held,
                               by,
                               limit_of(a_case.limits.max_down),
                               cluster);
        case HoldKind::image_slots:
            return fmt::format("{} waited for a re-image slot: all {} were taken, {} gave one back",
                               held,
                               limit_of(a_case.limits.image_slots),
                               by);
        case HoldKind::crews:
            return fmt::format("{} waited for a crew: all {} were taken, {} gave one back",
                               held,
                               limit_of(a_case.limits.crews),
                               by);
        case HoldKind::canary:
            return fmt::format("{} waited for the canaries of {} and a soak of {}; {} ended last",
                               held,
                               cluster,
                               duration_text(plan.rollout.canary_soak),
                               by);
        case HoldKind::wave:
            return fmt::format("{} waited for the clusters before {} and their soak; {} ended last",
                               held,
                               cluster,
                               by);
        case HoldKind::window:
            return fmt::format("{} waited for a change window that its step fits into", held);
        case HoldKind::nothing:
            break;
    }
    return hold.until == sim::Instant{} ? held + " started with the run"
                                        : "nothing that is known held " + held;
}

std::string moves_text(const Fleet& fleet, const planner::Remedy& remedy) {
    std::vector<std::string> moves;
    for (const planner::ReplicaChange& change : remedy.changes) {
        moves.push_back(fmt::format("{} from {} to {} (rack {})",
                                    fleet.partition_name(change.partition),
                                    broker_name(fleet, change.from),
                                    broker_name(fleet, change.to),
                                    rack_name(fleet, fleet.brokers()[change.to].rack)));
    }
    return listed(moves, names_in_a_link);
}

/// "1 h 02 min earlier", "the same", "3 min later".
std::string change_text(sim::Duration before, sim::Duration now) {
    if (now == before) return "as before";
    return now < before ? duration_text(before - now) + " less"
                        : duration_text(now - before) + " more";
}

std::string remedy_text(const Fleet& fleet,
                        const planner::Explanation& explanation,
                        const planner::Remedy& remedy) {
    return fmt::format(
        "move {}: it starts at {}, {} earlier; {} to copy. The plan as it is then takes {} ({}), "
        "planned anew {} ({})",
        moves_text(fleet, remedy),
        clock_text(remedy.start),
        duration_text(explanation.times.start - remedy.start),
        bytes_text(static_cast<double>(remedy.bytes.count())),
        duration_text(remedy.makespan),
        change_text(explanation.makespan, remedy.makespan),
        duration_text(remedy.replanned),
        change_text(explanation.makespan, remedy.replanned));
}

Json link_json(const Case& a_case, const models::Plan& plan, const Link& link) {
    const Fleet& fleet = a_case.fleet;
    return {{"kind", planner::to_string(link.hold.kind)},
            {"machine", machine_name(fleet, link.hold.machine)},
            {"from_s", json_seconds(link.hold.from)},
            {"until_s", json_seconds(link.hold.until)},
            {"by", holder_names(fleet, link.hold)},
            {"partitions", partition_names(fleet, link.shared)},
            {"sentence", hold_sentence(a_case, plan, link)}};
}

Json remedy_json(const Fleet& fleet, const planner::Remedy& remedy) {
    Json moves = Json::array();
    for (const planner::ReplicaChange& change : remedy.changes) {
        moves.push_back({{"partition", fleet.partition_name(change.partition)},
                         {"from", broker_name(fleet, change.from)},
                         {"to", broker_name(fleet, change.to)}});
    }
    return {{"moves", std::move(moves)},
            {"bytes", remedy.bytes.count()},
            {"start_s", json_seconds(remedy.start)},
            {"makespan_s", json_seconds(remedy.makespan)},
            {"replanned_makespan_s", json_seconds(remedy.replanned)}};
}

}  // namespace

std::string explanation_text(const Case& a_case,
                             const models::Plan& plan,
                             const planner::Explanation& explanation) {
    const Fleet& fleet = a_case.fleet;
    std::string out = fmt::format("{} starts at {} and is done at {}; the plan takes {}\n\n",
                                  machine_name(fleet, explanation.machine),
                                  clock_text(explanation.times.start),
                                  clock_text(explanation.times.end),
                                  duration_text(explanation.makespan));
    if (explanation.chain.empty()) {
        out += wrapped("It starts with the run: nothing holds it.", 2);
        return out;
    }
    out += "why not earlier: what held it until then, and what held that\n";
    const std::size_t shown = std::min(explanation.chain.size(), most_links);
    for (std::size_t i = 0; i < shown; ++i) {
        const Link& link = explanation.chain[i];
        out += wrapped(
            hold_sentence(a_case, plan, link),
            25,
            fmt::format(
                "  {:>10} {:>10}  ", clock_text(link.hold.from), clock_text(link.hold.until)));
    }
    if (explanation.chain.size() > shown) {
        out += fmt::format("  and {} more back to the start of the run: --json lists all\n",
                           explanation.chain.size() - shown);
    }
    if (!explanation.besides.empty()) {
        std::vector<std::string> kinds;
        for (const HoldKind kind : explanation.besides) {
            kinds.emplace_back(planner::to_string(kind));
        }
        out += "\n" + wrapped("just before its start this stood against it, too: " +
                                  listed(kinds, planner::hold_kind_count),
                              2);
    }
    out += "\nwhat would let it start earlier\n";
    for (const planner::Remedy& remedy : explanation.remedies) {
        out += wrapped(remedy_text(fleet, explanation, remedy), 4, "  - ");
    }
    if (explanation.remedies.empty()) {
        out += wrapped("no move of partitions: " + explanation.no_remedy, 2);
    }
    return out;
}

Json explanation_document(const Case& a_case,
                          const models::Plan& plan,
                          const planner::Explanation& explanation,
                          const Provenance& provenance) {
    Json chain = Json::array();
    for (const Link& link : explanation.chain) chain.push_back(link_json(a_case, plan, link));
    Json remedies = Json::array();
    for (const planner::Remedy& remedy : explanation.remedies) {
        remedies.push_back(remedy_json(a_case.fleet, remedy));
    }
    Json besides = Json::array();
    for (const HoldKind kind : explanation.besides) besides.push_back(planner::to_string(kind));
    Json document{
        {"summary",
         {{"ok", true}, {"status", provenance.interrupted ? "interrupted" : "complete"}}},
        {"schema_version", schema_version},
        {"machine", machine_name(a_case.fleet, explanation.machine)},
        {"start_s", json_seconds(explanation.times.start)},
        {"end_s", json_seconds(explanation.times.end)},
        {"makespan_s", json_seconds(explanation.makespan)},
        {"chain", std::move(chain)},
        {"besides", std::move(besides)},
        {"remedies", std::move(remedies)},
        {"no_remedy", explanation.no_remedy.empty() ? Json(nullptr) : Json(explanation.no_remedy)}};
    document.update(provenance_json(provenance));
    return document;
}

}  // namespace rollcast::report
