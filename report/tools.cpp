#include "report/tools.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "report/layout.hpp"
#include "report/names.hpp"
#include "report/words.hpp"

namespace rollcast::report {

namespace {

/// Most brokers of one cluster between the stop and the registration of their process.
std::uint64_t most_down(const models::Case& a_case, const models::Verdict& verdict) {
    std::map<std::uint32_t, std::vector<std::pair<sim::Instant, int>>> moves;  // by cluster
    for (const models::MachineTimes& times : verdict.machines) {
        const models::Machine& machine = a_case.fleet.machines()[times.machine];
        if (!machine.broker.exists() || times.stopped == sim::Instant::never()) continue;
        auto& of_cluster = moves[machine.cluster.value];
        of_cluster.emplace_back(times.stopped, 1);
        of_cluster.emplace_back(times.registered, -1);
    }
    int most = 0;
    for (auto& [unused, of_cluster] : moves) {
        std::sort(of_cluster.begin(), of_cluster.end());
        int down = 0;
        for (const auto& [at, change] : of_cluster) most = std::max(most, down += change);
    }
    return static_cast<std::uint64_t>(most);
}

std::string stopped_line(const models::Case& a_case, const models::Stopped& stopped) {
    return fmt::format("{} {} {}: {}",
                       cluster_name(a_case.fleet, stopped.cluster),
                       stopped.gave_up ? "gave up at" : "waits for ever since",
                       clock_text(stopped.at),
                       stopped.reason);
}

}  // namespace

ToolRun tool_run(const models::Case& a_case,
                 const models::Plan& plan,
                 const models::Verdict& verdict) {
    ToolRun run{.name = plan.name, .stopped = {}};
    for (const models::ClusterPlan& cluster : plan.clusters) {
        run.machines += cluster.quorum.size();
        for (const models::Batch& batch : cluster.batches) run.machines += batch.machines.size();
    }
    run.done = verdict.migrated();
    run.makespan = verdict.makespan;
    run.under_floor = verdict.rule(models::Rule::min_isr).subjects;
    run.under_floor_seconds = verdict.rule(models::Rule::min_isr).seconds;
    run.at_floor_seconds = verdict.at_floor_partition_seconds;
    run.most_down = most_down(a_case, verdict);
    run.leader_moves = verdict.leader_moves;
    std::vector<std::string_view> reasons;
    for (const models::Stopped& stopped : verdict.stopped) {
        ++(stopped.gave_up ? run.gave_up : run.blocked);
        if (std::find(reasons.begin(), reasons.end(), stopped.reason) != reasons.end()) continue;
        reasons.push_back(stopped.reason);
        run.stopped.push_back(stopped_line(a_case, stopped));
    }
    return run;
}

std::string tools_text(const std::vector<ToolRun>& runs) {
    Table table({"", "done", "makespan", "under floor", "for", "at floor", "down", "stopped"});
    for (const ToolRun& run : runs) {
        const bool complete = run.done == run.machines;
        table.add({run.name,
                   fmt::format("{}/{}", run.done, run.machines),
                   complete ? duration_text(run.makespan) : "-",
                   count_text(run.under_floor),
                   seconds_text(run.under_floor_seconds),
                   seconds_text(run.at_floor_seconds),
                   count_text(run.most_down),
                   count_text(run.gave_up + run.blocked)});
    }
    std::string out = table.text();
    out +=
        "\nunder floor: partitions, and their partition time; at floor: partition time of "
        "exposure;\ndown: most brokers of one cluster at once; stopped: clusters whose roll did "
        "not end\n";
    for (const ToolRun& run : runs) {
        for (const std::string& line : run.stopped) {
            out += wrapped(fmt::format("{}: {}", run.name, line), 2, "");
        }
    }
    return out;
}

Json tools_json(const std::vector<ToolRun>& runs) {
    Json out = Json::array();
    for (const ToolRun& run : runs) {
        out.push_back({{"name", run.name},
                       {"machines", run.machines},
                       {"done", run.done},
                       {"makespan_s", json_seconds(run.makespan)},
                       {"below_floor_partitions", run.under_floor},
                       {"below_floor_partition_seconds", json_number(run.under_floor_seconds)},
                       {"at_floor_partition_seconds", json_number(run.at_floor_seconds)},
                       {"most_down", run.most_down},
                       {"leader_moves", run.leader_moves},
                       {"clusters_gave_up", run.gave_up},
                       {"clusters_blocked", run.blocked},
                       {"stopped", run.stopped}});
    }
    return out;
}

std::string stopped_text(const models::Case& a_case, const models::Verdict& verdict) {
    std::string out;
    for (const models::Stopped& stopped : verdict.stopped) {
        out += wrapped(stopped_line(a_case, stopped), 2, "");
    }
    return out;
}

Json stopped_json(const models::Case& a_case, const models::Verdict& verdict) {
    Json out = Json::array();
    for (const models::Stopped& stopped : verdict.stopped) {
        out.push_back({{"cluster", cluster_name(a_case.fleet, stopped.cluster)},
                       {"at_s", json_seconds(stopped.at)},
                       {"gave_up", stopped.gave_up},
                       {"reason", stopped.reason}});
    }
    return out;
}

models::Plan as_it_ran(const models::Plan& plan, const models::Verdict& verdict) {
    models::Plan ran = plan;
    for (models::ClusterPlan& cluster : ran.clusters) {
        std::map<std::uint32_t, models::Batch> started;
        models::Batch never;
        for (const models::Batch& batch : cluster.batches) {
            for (const models::MachineId m : batch.machines) {
                const auto times = std::find_if(verdict.machines.begin(),
                                                verdict.machines.end(),
                                                [&](const auto& t) { return t.machine == m; });
                const bool began =
                    times != verdict.machines.end() && times->start != sim::Instant::never();
                (began ? started[times->batch] : never).machines.push_back(m);
            }
        }
        cluster.batches.clear();
        for (auto& [unused, batch] : started) cluster.batches.push_back(std::move(batch));
        if (!never.machines.empty()) cluster.batches.push_back(std::move(never));
    }
    return ran;
}

}  // namespace rollcast::report
