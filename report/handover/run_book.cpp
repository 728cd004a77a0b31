#include "report/handover/run_book.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/handover/step_order.hpp"
#include "report/markdown.hpp"
#include "report/names.hpp"
#include "report/words.hpp"
#include "sim/parallel.hpp"

namespace rollcast::report {
namespace {

using models::MachineTimes;
using sim::Instant;

GoingBack go_back_from(const models::Case& a_case,
                       const models::Plan& plan,
                       const MachineTimes& times,
                       const models::RunOptions& options) {
    models::Case with_loss = a_case;
    models::Fault lost;
    lost.name = "lost in its step";
    lost.kind = models::FaultKind::reimage_no_return;
    lost.machine = times.machine;
    lost.trigger.machine = times.machine;
    lost.trigger.phase = models::StepPhase::reimage;
    with_loss.faults = {lost};
    models::Plan turning = plan;
    turning.rollout.retries = 0;
    turning.rollout.halt_cluster = 1;
    turning.rollout.on_stop = models::OnStop::roll_back;
    const models::ClusterId cluster = a_case.fleet.machines()[times.machine].cluster;
    const models::Verdict verdict = models::simulate_cluster(with_loss, turning, cluster, options);
    GoingBack back{times.machine};
    for (const models::Rollback& rollback : verdict.rollbacks) {
        back.taken_down = rollback.machines;
        back.back = rollback.back;
        back.refused = rollback.outcome() == models::Rollback::Outcome::refused;
        if (rollback.end != Instant::never()) back.takes = rollback.end - rollback.at;
    }
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<models::Rule>(r);
        if (rule != models::Rule::finished && verdict.rule(rule).broken()) {
            back.broken.push_back(rule);
        }
    }
    return back;
}

std::string escaped_machine(const models::Case& a_case, models::MachineId m) {
    return markdown_escaped(machine_name(a_case.fleet, m));
}

std::string gate_text(models::Gate gate) {
    return gate == models::Gate::broker_in_sync
               ? "every replica of it is back in its ISR"
               : "the partitions that it shares with the next ones are back in their ISRs";
}

std::string phase_row(std::string_view what, Instant from, Instant to, std::string_view check) {
    const std::string takes = from == Instant::never() || to == Instant::never()
                                  ? std::string("-")
                                  : duration_text(to - from);
    return fmt::format("| {} | {} | {} | {} |\n", what, clock_text(from), takes, check);
}

/// The phases of the batch's first step; those of the others are alike.
std::string phases_text(const models::Plan& plan, const MachineTimes& times) {
    std::string text = "| do | at | takes | check before going on |\n|---|--:|--:|---|\n";
    text += phase_row("drain leaders, stop Kafka",
                      times.start,
                      times.stopped,
                      "it stopped cleanly; no partition of it is under its min ISR");
    text += phase_row("re-image, install, start",
                      times.stopped,
                      times.registered,
                      plan.data_disk == models::DataDisk::keep
                          ? "data disks are mounted, checksums are those of before; it registers"
                          : "data disks are empty; it registers");
    text += phase_row("let it catch up", times.registered, times.in_sync, gate_text(plan.gate));
    text += phase_row("look at it",
                      times.in_sync,
                      times.end,
                      "configuration as the golden file; leaders are back; no alert");
    return text;
}

std::string back_text(const models::Case& a_case, const GoingBack& back) {
    if (back.refused) {
        return fmt::format(
            "**No way back from here.** If {} is lost now, what runs is past its point of no "
            "return: go on forward.\n",
            escaped_machine(a_case, back.machine));
    }
    std::vector<std::string> broken;
    for (const models::Rule rule : back.broken) broken.emplace_back(rule_title(rule));
    return fmt::format(
        "**Going back from here** (simulated: {} is lost in its re-image, the cluster turns "
        "back): {} of {} go back in {}; {}.\n",
        escaped_machine(a_case, back.machine),
        count_text(back.back),
        count_text(back.taken_down, "machine", "machines"),
        duration_text(back.takes),
        broken.empty() ? std::string("no promise is broken")
                       : "NOT SAFE, broken: " + listed(broken, 6));
}

std::string stop_rules_text(const models::Plan& plan) {
    std::string text = "Stop, and start nothing more in this cluster, when\n\n";
    text += "- a step takes twice the time given for it,\n";
    text += "- a partition is under its min ISR or has no leader,\n";
    text += "- a broker outside the batch is not in sync,\n";
    text += "- ZooKeeper or the KRaft quorum is not whole.\n";
    const auto halt = [&](const std::optional<int>& limit, std::string_view where) {
        if (!limit) return;
        text += fmt::format(
            "- {} given up in {} (the plan's own rule).\n",
            count_text(
                static_cast<std::uint64_t>(*limit), "machine has been", "machines have been"),
            where);
    };
    halt(plan.rollout.halt_batch, "one batch");
    halt(plan.rollout.halt_cluster, "one cluster");
    halt(plan.rollout.halt_fleet, "the fleet");
    return text;
}

std::string head_text(const models::Case& a_case,
                      const models::Plan& plan,
                      const models::Verdict& verdict) {
    std::string text = fmt::format(
        "# Run book: {}\n\nPlan {}: {} in {}. In the simulated run {}.\n\n"
        "Times are those of a run without delays of people; h:mm:ss since the first start. What "
        "the tables give is checked by nobody but you.\n\n",
        markdown_escaped(a_case.name),
        markdown_escaped(plan.name),
        count_text(verdict.machines.size(), "machine", "machines"),
        duration_text(verdict.makespan),
        verdict.safe() ? "no promise is broken" : "**a promise is broken: do not carry it out**");
    for (int r = 0; r < models::rule_count; ++r) {
        const auto rule = static_cast<models::Rule>(r);
        if (!verdict.rule(rule).broken()) continue;
        text += fmt::format("- broken: {}\n", rule_promise(rule));
    }
    return text + "\n## When to stop\n\n" + stop_rules_text(plan) +
           "\n## Before the first step\n\n"
           "- [ ] every replica of every cluster is in its ISR, no reassignment runs\n"
           "- [ ] every quorum node answers\n"
           "- [ ] alerts and dashboards show the clusters, and somebody looks at them\n"
           "- [ ] images, packages and certificates of the target are at hand\n\n"
           "## Steps\n";
}

}  // namespace

std::vector<GoingBack> ways_back(const models::Case& a_case,
                                 const models::Plan& plan,
                                 const models::Verdict& verdict,
                                 const models::RunOptions& options,
                                 std::size_t most) {
    const std::vector<HandoverBatch> batches = batches_by_start(a_case, verdict);
    std::vector<MachineTimes> chosen;
    const std::size_t every = std::max<std::size_t>(1, (batches.size() + most - 1) / most);
    for (std::size_t i = every - 1; !plan.policy && i < batches.size(); i += every) {
        chosen.push_back(batches[i].steps.front());
    }
    std::vector<GoingBack> back(chosen.size());
    models::RunOptions alone = options;
    alone.threads = 1;
    sim::for_each_index(chosen.size(), options.threads, [&](std::size_t i) {
        back[i] = go_back_from(a_case, plan, chosen[i], alone);
    });
    std::erase_if(back, [](const GoingBack& b) { return b.taken_down == 0 && !b.refused; });
    return back;
}

std::string run_book(const models::Case& a_case,
                     const models::Plan& plan,
                     const models::Verdict& verdict,
                     const std::vector<GoingBack>& back) {
    std::string text = head_text(a_case, plan, verdict);
    std::size_t number = 0;
    for (const HandoverBatch& batch : batches_by_start(a_case, verdict)) {
        const bool brokers = a_case.fleet.machines()[batch.steps.front().machine].broker.exists();
        text += fmt::format(
            "\n### {}. {}, {}, at {}\n\n",
            ++number,
            markdown_escaped(cluster_name(a_case.fleet, batch.cluster)),
            brokers ? fmt::format("batch {}", batch.number + 1) : "quorum, one after the other",
            clock_text(batch.start()));
        for (const MachineTimes& times : batch.steps) {
            const models::Machine& machine = a_case.fleet.machines()[times.machine];
            text += fmt::format("- [ ] {} (rack {}), start at {}\n",
                                escaped_machine(a_case, times.machine),
                                markdown_escaped(a_case.fleet.racks()[machine.rack].name),
                                clock_text(times.start));
        }
        text += "\n" + phases_text(plan, batch.steps.front());
        for (const GoingBack& way : back) {
            if (way.machine != batch.steps.front().machine) continue;
            text += "\n" + back_text(a_case, way);
        }
    }
    return text;
}

}  // namespace rollcast::report
