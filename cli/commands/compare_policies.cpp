#include "cli/commands/compare_policies.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "cli/stop.hpp"
#include "models/policies/catalogue.hpp"
#include "models/simulate.hpp"
#include "planner/ablations.hpp"
#include "planner/planner.hpp"
#include "report/names.hpp"
#include "sim/parallel.hpp"

namespace rollcast::cli {
namespace {

/// What is rolled, before it has been.
struct Contender {
    report::PolicyFamily family;
    std::string name;
    std::string what;
    models::Plan plan;
};

planner::PlanOptions planning(const Session& session) {
    return {.seed = session.options.seed,
            .threads = session.options.threads(),
            .stop = &stop_requested()};
}

std::vector<Contender> contenders(const Session& session,
                                  const models::Case& a_case,
                                  const std::vector<std::pair<std::string, models::Plan>>& own,
                                  report::PolicyTable& table) {
    std::vector<Contender> list;
    list.reserve(own.size());
    for (const auto& [name, plan] : own) {
        list.push_back({report::PolicyFamily::ours, name, "", plan});
    }
    if (own.empty()) {
        table.plan = planner::make_plan(a_case, planning(session));
        if (table.plan.plan.clusters.empty()) return list;
        list.push_back({report::PolicyFamily::ours, "rollcast", "", table.plan.plan});
    }
    for (planner::Ablation& ablation : planner::ablations(a_case, planning(session))) {
        list.push_back({report::PolicyFamily::ablation,
                        std::move(ablation.name),
                        std::move(ablation.what),
                        std::move(ablation.plan)});
    }
    for (int k = 0; k < models::policy_kind_count; ++k) {
        const auto kind = static_cast<models::PolicyKind>(k);
        if (std::string why = left_out(a_case, kind); !why.empty()) {
            table.left_out.push_back(std::move(why));
            continue;
        }
        models::Plan plan = models::policy_plan(a_case.fleet, {.kind = kind});
        std::string name = plan.name;
        list.push_back({report::PolicyFamily::tool, std::move(name), "", std::move(plan)});
    }
    return list;
}

}  // namespace

std::string left_out(const models::Case& a_case, models::PolicyKind kind) {
    constexpr std::size_t most_replicas = 50'000;
    const models::PolicyInfo& info = models::policy_info(kind);
    const std::size_t replicas = a_case.fleet.replica_count();
    if (info.move_throttle == nullptr || replicas <= most_replicas) return {};
    return fmt::format(
        "{0}, for it moves {1} replicas twice; 'rollcast simulate --policy {0}' runs it",
        info.word,
        replicas);
}

report::PolicyTable policy_table(const Session& session,
                                 const models::Case& a_case,
                                 const std::vector<std::pair<std::string, models::Plan>>& own,
                                 std::uint64_t runs,
                                 const std::function<void(std::size_t, std::size_t)>& progress) {
    report::PolicyTable table{
        .rows = {}, .plan = {}, .faults = {}, .left_out = {}, .seed = session.options.seed};
    for (const models::Fault& fault : a_case.faults) {
        table.faults.push_back(
            fmt::format("{}: {}", fault.name, report::fault_text(a_case.fleet, fault)));
    }
    const std::vector<Contender> list = contenders(session, a_case, own, table);
    // Every run of every contender by itself: side by side, and counted in their order.
    const std::size_t each = 1 + static_cast<std::size_t>(runs);
    std::vector<models::Verdict> verdicts(list.size() * each);
    std::vector<std::uint8_t> whole(verdicts.size(), 0);  // runs that nothing cut short
    std::atomic<std::size_t> done{0};
    sim::for_each_index(verdicts.size(), session.options.threads(), [&](std::size_t i) {
        if (stop_requested()) return;
        const std::size_t run = i % each;
        const models::Plan& plan = list[i / each].plan;
        verdicts[i] = models::simulate(a_case,
                                       plan,
                                       {.seed = session.options.seed + (run == 0 ? 0 : run - 1),
                                        .sampled = run > 0,
                                        .stop = &stop_requested()});
        models::judge_left_out(a_case, plan, verdicts[i]);
        whole[i] = stop_requested() ? 0 : 1;
        progress(++done, verdicts.size());
    });
    for (std::size_t c = 0; c < list.size(); ++c) {
        const Contender& one = list[c];
        if (whole[c * each] == 0) {  // a run that was cut short says nothing of a policy
            table.left_out.push_back(one.name + ", for the work was ended before");
            continue;
        }
        report::PolicyRow row =
            report::policy_row(one.family, one.name, a_case, one.plan, verdicts[c * each]);
        row.what = one.what;
        for (std::size_t run = 1; run < each; ++run) {
            if (whole[c * each + run] != 0) {
                report::add_run(row, one.plan, verdicts[c * each + run]);
            }
        }
        table.rows.push_back(std::move(row));
    }
    const bool has_ours =
        !table.rows.empty() && table.rows.front().family == report::PolicyFamily::ours;
    if (!has_ours) table.rows.clear();  // nothing to set the others beside
    return table;
}

}  // namespace rollcast::cli
