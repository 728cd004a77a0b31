#include "planner/certificate/minimum_step.hpp"

#include <algorithm>

#include "models/capacity.hpp"
#include "models/era_costs.hpp"
#include "models/replication_quota.hpp"

namespace rollcast::planner::certificate {

namespace {

using models::Case;
using models::Fleet;
using models::Machine;
using sim::Duration;

struct Traffic {
    double all = 0.0;     // bytes/s that its replicas take in
    double missed = 0.0;  // of these what surely is written while it is down
    double stored = 0.0;  // bytes that somebody else surely has, too
};

/// Writes to accepted topics may be refused while the broker is down: then nothing is missed. It
/// may be the last that holds them: then nothing can be copied.
Traffic traffic_of(const Fleet& fleet, models::BrokerId broker, double load) {
    std::int64_t all = 0;
    std::int64_t missed = 0;
    std::int64_t stored = 0;
    for (const models::HostedReplica& replica : fleet.hosted(broker)) {
        const models::Partition& partition = fleet.partitions()[replica.partition];
        all += partition.write_bytes_per_s;
        if (fleet.topics()[partition.topic].accepted) continue;
        stored += partition.stored_bytes;
        missed += partition.write_bytes_per_s;
    }
    return {static_cast<double>(all) * load,
            static_cast<double>(missed) * load,
            static_cast<double>(stored)};
}

MinimumStep minimum_step(const Case& a_case,
                         const Machine& machine,
                         models::Gate gate,
                         models::DataDisk data_disk) {
    const models::StepTimes& t = a_case.step;
    const bool broker = machine.broker.exists();
    MinimumStep step;
    step.stopped = t.preflight.nominal + (broker ? t.drain_base : Duration{});
    step.image_end = step.stopped + t.shutdown.nominal +
                     (broker ? t.baseline_checksum.nominal : Duration{}) + t.reimage.nominal;
    step.registered = step.image_end + t.install.nominal + t.start.nominal;
    Duration catch_up{};
    if (broker) {
        const models::Cluster& cluster = a_case.fleet.clusters()[machine.cluster];
        step.registered +=
            t.verify_checksum.nominal +
            models::index_check_time(a_case.fleet, machine.broker, models::version_after(cluster));
        const Traffic traffic = traffic_of(a_case.fleet, machine.broker, a_case.curve.lowest());
        const double way_in = models::catch_up_capacity(a_case.fleet, machine.broker);
        const double backlog =
            data_disk == models::DataDisk::wipe
                ? traffic.stored
                : traffic.missed * sim::to_seconds(step.registered - step.stopped);
        step.converges = backlog <= 0.0 || way_in > traffic.all;
        if (backlog > 0.0 && step.converges) {
            const double unthrottled =
                std::min(models::as_capacity(a_case.fleet.brokers()[machine.broker].nic_in),
                         models::disk_write_capacity(a_case.fleet, machine.broker));
            double least_s = backlog / (unthrottled - traffic.all);
            // A throttle holds nothing up before a whole window of its quota has passed, and in
            // KRaft not before the broker has read it.
            if (way_in < unthrottled && cluster.quorum_kind != models::QuorumKind::kraft) {
                constexpr auto window_s = static_cast<double>(models::ReplicationQuota::samples);
                least_s = std::max(least_s, (backlog - way_in * window_s) / way_in);
            }
            catch_up = sim::ceil_seconds(least_s);
        }
    }
    if (machine.quorum_node.exists()) catch_up = std::max(catch_up, t.quorum_sync.nominal);
    step.in_sync = step.registered + catch_up;
    step.end = step.in_sync + t.observe_delay + t.post_flight.nominal + t.soak;
    step.separation =
        gate == models::Gate::broker_in_sync ? step.end : step.registered + t.observe_delay;
    return step;
}

}  // namespace

std::vector<MinimumStep> minimum_steps(const Case& a_case,
                                       models::Gate gate,
                                       models::DataDisk data_disk) {
    std::vector<MinimumStep> steps;
    steps.reserve(a_case.fleet.machines().size());
    for (const Machine& machine : a_case.fleet.machines()) {
        steps.push_back(minimum_step(a_case, machine, gate, data_disk));
    }
    return steps;
}

}  // namespace rollcast::planner::certificate
