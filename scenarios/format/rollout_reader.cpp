#include "scenarios/format/rollout_reader.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "scenarios/format/codes.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::Checks;
using models::ClusterId;
using models::ClusterPlan;
using models::Plan;

namespace {

Checks read_checks(const Reader& reader, std::string_view key) {
    Checks checks;
    if (!reader.has(key)) return checks;
    for (const std::string& word : reader.texts(key)) {
        if (word == "in_sync") checks.in_sync = true;
        if (word == "all_in_sync") checks.all_in_sync = true;
        if (word == "quorum_full") checks.quorum_full = true;
        if (word == "no_reassignment") checks.no_reassignment = true;
        if (word == "as_golden") checks.as_golden = true;
    }
    return checks;
}

std::string check_words(const Checks& checks) {
    std::string words;
    const auto add = [&](bool set, std::string_view word) {
        if (set) words += fmt::format("{}\"{}\"", words.empty() ? "" : ", ", word);
    };
    add(checks.in_sync, "in_sync");
    add(checks.all_in_sync, "all_in_sync");
    add(checks.quorum_full, "quorum_full");
    add(checks.no_reassignment, "no_reassignment");
    add(checks.as_golden, "as_golden");
    return "[" + words + "]";
}

ClusterPlan* part_of(Plan& plan, std::optional<ClusterId> cluster) {
    const auto part =
        std::find_if(plan.clusters.begin(), plan.clusters.end(), [&](const ClusterPlan& p) {
            return cluster && p.cluster == *cluster;
        });
    return part == plan.clusters.end() ? nullptr : &*part;
}

/// True where `from` waits for `wanted`, directly or through others.
bool waits_for(Plan& plan, ClusterId from, ClusterId wanted, std::vector<ClusterId>& seen) {
    const ClusterPlan* part = part_of(plan, from);
    if (part == nullptr) return false;
    return std::any_of(part->after.begin(), part->after.end(), [&](ClusterId next) {
        if (next == wanted) return true;
        if (std::find(seen.begin(), seen.end(), next) != seen.end()) return false;
        seen.push_back(next);
        return waits_for(plan, next, wanted, seen);
    });
}

void read_after(
    const Reader& reader, const Names& names, Plan& plan, ClusterPlan& part, Problems& problems) {
    const std::vector<std::string> wanted = reader.texts("after");
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string pointer = reader.pointer("after") + pointer_step(i);
        const std::optional<ClusterId> before = names.cluster(wanted[i]);
        if (!before) {
            names.report_unknown("cluster", code::plan_unknown_name, wanted[i], pointer, problems);
        } else if (part_of(plan, before) == nullptr) {
            Diagnostic& d = problems.error(
                code::plan_wrong_place,
                pointer,
                fmt::format("cluster {} is not in the plan", scenarios::quoted(wanted[i])));
            d.label = "never done";
            d.help = "add its entry, or do not wait for it";
        } else {
            part.after.push_back(*before);
        }
    }
    part.after_soak = reader.duration("after_soak_s");
}

void read_on_stop(const Reader& rollout, Plan& plan, Problems& problems) {
    if (rollout.text("on_stop") != to_string(models::OnStop::roll_back)) return;
    plan.rollout.on_stop = models::OnStop::roll_back;
    const bool stops =
        plan.rollout.halt_batch || plan.rollout.halt_cluster || plan.rollout.halt_fleet;
    if (stops && !plan.policy) return;
    Diagnostic& d = problems.error(code::field_combination,
                                   rollout.pointer("on_stop"),
                                   stops ? "the tool of the plan's policy does not roll back"
                                         : "nothing stops this roll, so that nothing rolls back");
    d.label = stops ? "goes with an order only" : "has no effect";
    d.help = stops ? "remove it, or remove `policy`"
                   : "add \"halt_cluster_after\": 1, or another stop rule";
}

}  // namespace

void read_rollout(const Reader& root, const Names& names, Plan& plan, Problems& problems) {
    const Reader rollout = root.object("rollout");
    plan.rollout.retries = static_cast<int>(rollout.integer("retries"));
    plan.rollout.canary = static_cast<int>(rollout.integer("canary"));
    plan.rollout.canary_soak = rollout.duration("canary_soak_s");
    const auto most = [&](std::string_view key, std::optional<int>& into) {
        if (rollout.has(key)) into = static_cast<int>(rollout.integer(key));
    };
    most("halt_batch_after", plan.rollout.halt_batch);
    most("halt_cluster_after", plan.rollout.halt_cluster);
    most("halt_fleet_after", plan.rollout.halt_fleet);
    read_on_stop(rollout, plan, problems);
    if (plan.policy && plan.rollout.canary > 0) {
        Diagnostic& d = problems.error(code::field_combination,
                                       rollout.pointer("canary"),
                                       "the policy of the plan decides which brokers go first");
        d.label = "goes with an order only";
        d.help = "remove it, or remove `policy`";
    }
    const Reader checks = root.object("checks");
    plan.preflight = read_checks(checks, "preflight");
    plan.post_flight = read_checks(checks, "post_flight");
    if (!root.has("clusters")) return;
    const std::vector<Reader> entries = root.objects("clusters");
    for (const Reader& entry : entries) {
        ClusterPlan* part = part_of(plan, names.cluster(entry.text("cluster")));
        if (part != nullptr && entry.has("after")) read_after(entry, names, plan, *part, problems);
    }
    for (const Reader& entry : entries) {
        const std::optional<ClusterId> cluster = names.cluster(entry.text("cluster"));
        std::vector<ClusterId> seen;
        if (!cluster || !waits_for(plan, *cluster, *cluster, seen)) continue;
        Diagnostic& d = problems.error(
            code::plan_cycle,
            entry.pointer("after"),
            fmt::format("cluster {} waits for itself", scenarios::quoted(entry.text("cluster"))));
        d.label = "a cycle";
        d.help = "remove one of the clusters that it, or one of them, waits for";
        return;  // the others of the cycle say the same
    }
}

std::string write_rollout(const Plan& plan) {
    std::string text;
    const auto add = [&](std::string_view key, const std::string& value) {
        text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", key, value);
    };
    const models::Rollout& rollout = plan.rollout;
    const auto seconds = [](sim::Duration d) { return Json(sim::to_seconds(d)).dump(); };
    if (rollout.retries > 0) add("retries", fmt::format("{}", rollout.retries));
    if (rollout.canary > 0) add("canary", fmt::format("{}", rollout.canary));
    if (rollout.canary_soak > sim::Duration{}) add("canary_soak_s", seconds(rollout.canary_soak));
    if (rollout.halt_batch) add("halt_batch_after", fmt::format("{}", *rollout.halt_batch));
    if (rollout.halt_cluster) add("halt_cluster_after", fmt::format("{}", *rollout.halt_cluster));
    if (rollout.halt_fleet) add("halt_fleet_after", fmt::format("{}", *rollout.halt_fleet));
    if (rollout.on_stop == models::OnStop::roll_back) add("on_stop", "\"roll_back\"");
    if (!text.empty()) text = fmt::format("  \"rollout\": {{{}}},\n", text);
    if (!plan.preflight.any() && !plan.post_flight.any()) return text;
    return text + fmt::format("  \"checks\": {{\"preflight\": {}, \"post_flight\": {}}},\n",
                              check_words(plan.preflight),
                              check_words(plan.post_flight));
}

std::string write_after(const models::Fleet& fleet, const ClusterPlan& cluster) {
    if (cluster.after.empty()) return "";
    std::string list;
    for (const ClusterId before : cluster.after) {
        list += (list.empty() ? "" : ", ") + Json(fleet.clusters()[before].name).dump();
    }
    return fmt::format("      \"after\": [{}],\n      \"after_soak_s\": {},\n",
                       list,
                       Json(sim::to_seconds(cluster.after_soak)).dump());
}

}  // namespace rollcast::scenarios
