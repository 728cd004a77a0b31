#include "scenarios/format/step_reader.hpp"

#include <fmt/format.h>

#include "scenarios/format/codes.hpp"

namespace rollcast::scenarios {

const Record& step_record() {
    static const models::StepTimes standard;
    static const Record table = record("step",
                                       "How long the phases of one machine's step take.",
                                       {
                                           {"preflight_s",
                                            spread_seconds(),
                                            "Probes and audit.",
                                            optional,
                                            in_seconds(standard.preflight)},
                                           {"drain_base_s",
                                            seconds(),
                                            "Controlled shutdown, apart from the leaders.",
                                            optional,
                                            in_seconds(standard.drain_base)},
                                           {"drain_per_leader_s",
                                            seconds(),
                                            "For each leader moved in a controlled shutdown, or "
                                            "elected in the place of a dead one. Absent: by "
                                            "version and quorum kind."},
                                           {"shutdown_s",
                                            spread_seconds(),
                                            "Flush and stop.",
                                            optional,
                                            in_seconds(standard.shutdown)},
                                           {"baseline_checksum_s",
                                            spread_seconds(),
                                            "Data signature after the clean stop.",
                                            optional,
                                            in_seconds(standard.baseline_checksum)},
                                           {"reimage_s",
                                            spread_seconds(),
                                            "The new operating system; holds an image slot.",
                                            optional,
                                            in_seconds(standard.reimage)},
                                           {"reimage_fails_share",
                                            share(),
                                            "Share of re-images that fail when they should be "
                                            "over; drawn where durations are drawn. See the "
                                            "plan's `rollout.retries`.",
                                            optional,
                                            standard.reimage_fails},
                                           {"install_s",
                                            spread_seconds(),
                                            "The new stack, its configuration and certificates.",
                                            optional,
                                            in_seconds(standard.install)},
                                           {"verify_checksum_s",
                                            spread_seconds(),
                                            "Data signature again.",
                                            optional,
                                            in_seconds(standard.verify_checksum)},
                                           {"checksum_bytes_per_s",
                                            bytes_per_s(1),
                                            "How fast the content of a log dir is read and "
                                            "hashed where a plan asks for `checksums`, log dirs "
                                            "side by side; never faster than the disk reads. "
                                            "Assumed.",
                                            optional,
                                            standard.checksum_rate.count()},
                                           {"start_s",
                                            spread_seconds(),
                                            "Log load until the process registers.",
                                            optional,
                                            in_seconds(standard.start)},
                                           {"quorum_sync_s",
                                            spread_seconds(),
                                            "A quorum node until it is in sync.",
                                            optional,
                                            in_seconds(standard.quorum_sync)},
                                           {"observe_delay_s",
                                            seconds(),
                                            "Until the orchestrator sees what happened.",
                                            optional,
                                            in_seconds(standard.observe_delay)},
                                           {"post_flight_s",
                                            spread_seconds(),
                                            "Probes and audit again.",
                                            optional,
                                            in_seconds(standard.post_flight)},
                                           {"soak_s",
                                            seconds(),
                                            "Watching before the step counts as done.",
                                            optional,
                                            in_seconds(standard.soak)},
                                       });
    return table;
}

models::StepTimes read_step(const Reader& reader, Problems& problems) {
    models::StepTimes step;
    const auto spread = [&](std::string_view key) {
        const models::SpreadDuration duration = reader.spread(key);
        if (reader.value(key).is_object() && duration.p95 < duration.nominal) {
            Diagnostic& d =
                problems.error(code::out_of_range,
                               reader.pointer(key) + "/p95_s",
                               fmt::format("the 95th percentile of {} is below its median",
                                           scenarios::quoted(key)));
            d.label = "at least the median";
            d.help = "swap them";
        }
        return duration;
    };
    step.preflight = spread("preflight_s");
    step.drain_base = reader.duration("drain_base_s");
    if (reader.has("drain_per_leader_s")) {
        step.drain_per_leader = reader.duration("drain_per_leader_s");
    }
    step.shutdown = spread("shutdown_s");
    step.baseline_checksum = spread("baseline_checksum_s");
    step.reimage = spread("reimage_s");
    step.reimage_fails = reader.number("reimage_fails_share");
    step.install = spread("install_s");
    step.verify_checksum = spread("verify_checksum_s");
    step.checksum_rate = reader.rate("checksum_bytes_per_s");
    step.start = spread("start_s");
    step.quorum_sync = spread("quorum_sync_s");
    step.observe_delay = reader.duration("observe_delay_s");
    step.post_flight = spread("post_flight_s");
    step.soak = reader.duration("soak_s");
    return step;
}

}  // namespace rollcast::scenarios
