#include "report/replan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using models::ClusterId;

constexpr std::size_t blocked_shown = 12;

std::string machines_text(std::uint64_t count) { return count_text(count, "machine", "machines"); }

std::string saving_text(const planner::Replanned& replanned) {
    if (replanned.remaining >= replanned.going_on) return "as good as going on as before";
    return duration_text(replanned.going_on - replanned.remaining) +
           " less than going on as before";
}

std::string pace_text(const models::Fleet& fleet, const planner::Replanned& replanned) {
    Table table({"cluster", "steps measured", "pace"});
    bool any = false;
    for (std::uint32_t c = 0; c < replanned.pace.size(); ++c) {
        const planner::Pace& pace = replanned.pace[ClusterId{c}];
        any = any || pace.steps > 0 || pace.factor != 1.0;
        table.add({cluster_name(fleet, ClusterId{c}),
                   count_text(pace.steps),
                   fmt::format("{:.2f}", pace.factor)});
    }
    if (!any) return "\nno step's time is known: the others are taken to be nominal\n";
    return "\npace: steps as measured over steps as nominal, the median\n" + table.text();
}

std::string blocked_line(const models::Fleet& fleet, const planner::Blocked& blocked) {
    return fmt::format("{}: {} no replica to spare, {}{}",
                       machine_name(fleet, blocked.machine),
                       blocked.partitions == 1
                           ? "a partition on it has"
                           : count_text(blocked.partitions) + " partitions on it have",
                       fleet.partition_name(blocked.partition),
                       blocked.partitions == 1 ? "" : " first");
}

}  // namespace

std::string replan_text(const models::Case& a_case, const planner::Replanned& replanned) {
    const models::Fleet& fleet = a_case.fleet;
    const std::uint64_t blocked = replanned.blocked.size();
    std::string out = fmt::format("  done         {}\n  running      {}\n  lost         {}\n",
                                  machines_text(replanned.done),
                                  machines_text(replanned.running),
                                  machines_text(replanned.lost));
    out += fmt::format("  waiting      {}{}\n",
                       machines_text(replanned.waiting),
                       blocked == 0 ? "" : fmt::format(", {} of them blocked", blocked));
    out += wrapped(fmt::format("{} from now, {} ({} schedules evaluated)",
                               duration_text(replanned.remaining),
                               saving_text(replanned),
                               count_text(replanned.evaluations)),
                   15,
                   "  what is left ");
    out += wrapped(duration_text(replanned.going_on), 15, "  as before    ");
    out += pace_text(fleet, replanned);
    if (blocked == 0) return out;
    out += "\nblocked while others are out of sync; last in the plan, and in no figure above\n";
    for (std::size_t i = 0; i < std::min<std::size_t>(blocked, blocked_shown); ++i) {
        out += wrapped(blocked_line(fleet, replanned.blocked[i]), 4, "  ");
    }
    if (blocked > blocked_shown) {
        out += fmt::format("  and {} more: --json lists all\n", blocked - blocked_shown);
    }
    return out;
}

Json replan_document(const models::Case& a_case,
                     const planner::Replanned& replanned,
                     const Provenance& provenance) {
    const models::Fleet& fleet = a_case.fleet;
    Json pace = Json::object();
    for (std::uint32_t c = 0; c < replanned.pace.size(); ++c) {
        pace[cluster_name(fleet, ClusterId{c})] = {
            {"factor", json_number(replanned.pace[ClusterId{c}].factor)},
            {"steps", replanned.pace[ClusterId{c}].steps}};
    }
    Json blocked = Json::array();
    for (const planner::Blocked& one : replanned.blocked) {
        blocked.push_back({{"machine", machine_name(fleet, one.machine)},
                           {"partition", fleet.partition_name(one.partition)},
                           {"partitions", one.partitions}});
    }
    Json document{{"summary",
                   {{"ok", replanned.blocked.empty()},
                    {"makespan_s", json_seconds(replanned.remaining)},
                    {"status", provenance.interrupted ? "interrupted" : "complete"}}},
                  {"schema_version", schema_version},
                  {"done", replanned.done},
                  {"running", replanned.running},
                  {"lost", replanned.lost},
                  {"waiting", replanned.waiting},
                  {"remaining_s", json_seconds(replanned.remaining)},
                  {"going_on_s", json_seconds(replanned.going_on)},
                  {"evaluations", replanned.evaluations},
                  {"pace", std::move(pace)},
                  {"blocked", std::move(blocked)}};
    document.update(provenance_json(provenance));
    return document;
}

}  // namespace rollcast::report
