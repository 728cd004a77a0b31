// What a case and a plan may hold.
#include "models/case.hpp"
#include "models/plan.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/programme_reader.hpp"
#include "scenarios/format/step_reader.hpp"

namespace rollcast::scenarios {

namespace {

const Record& curve_step_record() {
    static const Record table = record(
        "curve_step",
        "A stretch of the day with constant load.",
        {
            {"from",
             time_of_day(),
             "Start of the stretch; it ends where the next one starts.",
             required},
            {"multiplier", number(0, 1e6), "Rates are this many times their mean.", required},
        });
    return table;
}

const Record& workload_record() {
    static const Record table = record(
        "workload",
        "How the load moves over the day.",
        {
            {"curve",
             list(object(curve_step_record()), 1),
             "The day, from 00:00 on, ascending. Default: constant load."},
            {"starts_at", time_of_day(), "Time of day at which runs start.", optional, "00:00"},
        });
    return table;
}

const Record& windows_record() {
    static const Record table = record(
        "windows",
        "When steps may run.",
        {
            {"daily_from", time_of_day(), "Opening time.", required},
            {"daily_to",
             time_of_day(),
             "Closing time; may lie after midnight. Equal to the opening time: the whole day.",
             required},
        });
    return table;
}

const Record& blackout_record() {
    static const Record table =
        record("blackout",
               "A span of the run without steps.",
               {
                   {"from_s", seconds(), "Seconds after the start of the run.", required},
                   {"to_s",
                    seconds(),
                    "Seconds after the start of the run, later than `from_s`.",
                    required},
               });
    return table;
}

const Record& limits_record() {
    static const Record table = record(
        "limits",
        "What clusters share, and what may run at once. An absent limit does not bind.",
        {
            {"crews", integer(1, 1e6), "Machines between preflight and registration, fleet-wide."},
            {"image_slots", integer(1, 1e6), "Machines between preflight and the end of re-image."},
            {"max_down_per_cluster", integer(1, 1e6), "Brokers of one cluster in a step at once."},
            {"windows", object(windows_record()), "Daily change window. Default: always open."},
            {"blackouts", list(object(blackout_record())), "Spans in which no step may run."},
            {"mixed_version_limit_s",
             seconds(),
             "Longest time that a cluster may run old and new side "
             "by side."},
        });
    return table;
}

const Record& rules_record() {
    static const models::SafetyRules standard;
    static const Record table =
        record("rules",
               "Thresholds of safety rules.",
               {
                   {"headroom_limit",
                    share(),
                    "Share of a disk's or network card's rate that may be used.",
                    optional,
                    standard.headroom_limit},
                   {"delivery_timeout_s",
                    seconds(),
                    "delivery.timeout.ms of the producers.",
                    optional,
                    in_seconds(standard.delivery_timeout)},
                   {"produce_p99_s",
                    seconds(),
                    "Longest that the 99th percentile of a topic's time from send to "
                    "acknowledgement may be. Absent: latency is shown, not judged."},
               });
    return table;
}

const Record& accepted_record() {
    static const Record table =
        record("accepted_breach",
               "Topics whose breaches are accepted.",
               {
                   {"topic", text(), "\"cluster/topic\"; `*` and `?` match any.", required},
                   {"breaches",
                    choice({"all", "client_errors"}),
                    "Which. client_errors: only errors at producers that do not retry; the "
                    "replicas stay protected.",
                    optional,
                    "all"},
                   {"reason", text(), "Why."},
               });
    return table;
}

const Record& batch_record() {
    static const Record table =
        record("batch",
               "Machines that belong together.",
               {
                   {"priority",
                    integer(-2147483648.0, 2147483647),
                    "The lower takes a free crew first.",
                    optional,
                    0},
                   {"machines", list(text()), "\"cluster/number\" of brokers, in order.", required},
               });
    return table;
}

const Record& cluster_plan_record() {
    static const Record table = record(
        "cluster_plan",
        "The order of one cluster.",
        {
            {"cluster", text(), "Its name.", required},
            {"start",
             choice({"barrier", "event_driven", "in_order"}),
             "barrier: a batch starts when the one before is done. event_driven: each "
             "machine as soon "
             "as its conflicts, crews and windows allow. in_order: the same, and after those "
             "of its conflicts that come before it.",
             optional,
             "event_driven"},
            {"keeps_crews",
             boolean(),
             "A crew and a re-image slot that a broker gives back stay with the cluster while a "
             "broker of it is in a step, for as many of its next batch as wait.",
             optional,
             false},
            {"after",
             list(text()),
             "Clusters whose every machine is done before one of this starts: waves."},
            {"after_soak_s", seconds(), "And has been for so long.", optional, 0},
            {"batches", list(object(batch_record())), "Batches in order.", required},
            {"quorum_priority",
             integer(-2147483648.0, 2147483647),
             "Priority of the quorum nodes.",
             optional,
             0},
            {"quorum",
             list(text()),
             "\"cluster/node\" of quorum nodes on machines of their own; one at a time, in "
             "this order."},
        });
    return table;
}

const Record& rollout_record() {
    static const Record table =
        record("rollout",
               "How far a plan rolls before somebody looks.",
               {
                   {"retries",
                    integer(0, 100),
                    "How often a re-image that has failed begins again before its machine is given "
                    "up.",
                    optional,
                    0},
                   {"canary",
                    integer(0, 1e6),
                    "Brokers of each cluster, first in its order, that go before the others.",
                    optional,
                    0},
                   {"canary_soak_s",
                    seconds(),
                    "So long after the last of them is done the others follow.",
                    optional,
                    0},
                   {"halt_batch_after",
                    integer(1, 1e6),
                    "When so many machines of a batch are given up, no more of it start."},
                   {"halt_cluster_after", integer(1, 1e6), "The same for a cluster."},
                   {"halt_fleet_after", integer(1, 1e6), "The same for all clusters."},
                   {"on_stop",
                    choice({"hold", "roll_back"}),
                    "What becomes of what a stop rule has stopped, when the steps under way have "
                    "ended. hold: it stays as it is, new beside old. roll_back: machines that were "
                    "taken down, done or given up, go through a step back to the stack of before, "
                    "the last first, as an event-driven plan does, with the same checks, crews and "
                    "windows; not where one of them has run what there is no way back from. In a "
                    "programme the pass is rolled back; those before it stand.",
                    optional,
                    "hold"},
               });
    return table;
}

const Record& checks_record() {
    const Shape words =
        list(choice({"in_sync", "all_in_sync", "quorum_full", "no_reassignment", "as_golden"}));
    static const Record table = record(
        "checks",
        "What a step has to see before it goes on. in_sync: every replica of the partitions that "
        "its broker hosts is in its ISR; all_in_sync: every replica of the cluster; quorum_full: "
        "every quorum node is up; no_reassignment: no replica of the cluster moves between "
        "brokers; "
        "as_golden: the configuration of the broker is as the golden file has it. It looks again "
        "at every scrape.",
        {
            {"preflight", words, "At the end of that phase, before anything is touched."},
            {"post_flight", words, "At the end of that phase."},
        });
    return table;
}

const Record& repair_record() {
    static const Record table = record(
        "repair",
        "What is not, or not any more, as the estate says.",
        {
            {"broker", text(), "\"cluster/number\".", required},
            {"certificate", choice({"sha256", "sha1"}), "How its certificate is signed.", required},
        });
    return table;
}

const Record& plan_case_record() {
    static const Record table = record("plan_case",
                                       "The case that a plan was made for.",
                                       {
                                           {"file", text(), "Its file, as it was named."},
                                           {"sha256", text(), "Hash of its content.", required},
                                       });
    return table;
}

}  // namespace

const Record& case_record() {
    static const Record table = record(
        "case",
        "All of a run but plan and seed.",
        {
            {"rollcast_case", integer(1, 1), "Format version.", required},
            {"name", name(), "Name in reports.", required},
            {"fleet", object(fleet_record()), "The estate; or give `fleet_file` or `fleet_from`."},
            {"fleet_file", text(), "A file that holds the estate; relative to this file."},
            {"fleet_from",
             choice({"embedded_estate"}),
             "Or the fleet of the case that comes with the program; its workload, limits and "
             "accepted breaches are not taken over."},
            {"repairs", list(object(repair_record())), "What was mended before the first step."},
            {"workload", object(workload_record()), "How the load moves."},
            {"limits", object(limits_record()), "Limits of the operation."},
            {"rules", object(rules_record()), "Thresholds of safety rules."},
            {"step", object(step_record()), "Durations of one machine's step."},
            {"programme",
             object(programme_record()),
             "Passes over the same machines, one after the other. Absent: one pass, to the "
             "clusters' targets."},
            {"step_timeout_s",
             seconds(),
             "After it a machine is given up.",
             optional,
             in_seconds(models::Case{}.step_timeout)},
            {"accepted_breaches",
             list(either({text(), object(accepted_record())})),
             "Topics (\"cluster/topic\", `*` and `?` match any) whose breaches are counted apart."},
            {"faults", list(object(fault_record())), "What fails in every run of the case."},
            {"rates_assumed",
             boolean(),
             "True where write rates were not measured; every makespan is then marked \"assumed\".",
             optional,
             false},
            {"assumptions",
             list(text()),
             "What stood in for what was not known; shown with results."},
        });
    return table;
}

const Record& plan_record() {
    static const Record table = record(
        "plan",
        "An order with gates, for one case.",
        {
            {"rollcast_plan", integer(1, 1), "Format version.", required},
            {"name", text(), "Name in reports.", required},
            {"case", object(plan_case_record()), "The case that it was made for."},
            {"seed", integer(0, 9e15), "Seed of the search that found it.", optional, 1},
            {"makespan_s", seconds(), "How long it took in the full simulation."},
            {"lower_bound_s",
             seconds(),
             "No plan with the same gate is shorter, as the planner said. A remark: it is "
             "computed anew, and a claim that is too high is warned of."},
            {"gate",
             choice({"broker_in_sync", "shared_partitions"}),
             "When a machine stops blocking its neighbours.",
             optional,
             "broker_in_sync"},
            {"data_disk", choice({"keep", "wipe"}), "What happens to the data.", optional, "keep"},
            {"checksums",
             choice({"none", "sealed_online", "all_after_stop"}),
             "What is signed before the re-image and held against the disks after it: nothing (the "
             "phases take the time of the case); sealed segments before the stop, beside the "
             "traffic, and the rest after it; or everything after the stop. The time is stored "
             "bytes over `checksum_bytes_per_s`.",
             optional,
             "none"},
            {"synthetic_records",
             boolean(),
             "Whether each step writes records of its own before, during and after it; a run that "
             "counts records tells what became of them.",
             optional,
             false},
            {"clusters",
             list(object(cluster_plan_record())),
             "The orders, one a cluster. Required but with `policy`: then every machine, in order "
             "of the brokers' numbers, where it is not given."},
            {"rollout", object(rollout_record()), "Canaries and stop rules."},
            {"checks", object(checks_record()), "What steps have to see."},
            {"policy",
             object(policy_record()),
             "Or a tool of today: of `clusters` it takes the order of the machines alone."},
            {"certificate",
             list(text()),
             "What the plan's times and its bound rest on, a statement a line; `rollcast certify` "
             "holds it against the case."},
        });
    return table;
}

}  // namespace rollcast::scenarios
