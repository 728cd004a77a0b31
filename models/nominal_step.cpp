#include "models/nominal_step.hpp"

#include <algorithm>

#include "models/capacity.hpp"
#include "models/era_costs.hpp"

namespace rollcast::models {

namespace {

/// Mean bytes/s that a broker is sure to miss while it is down: writes to accepted topics may be
/// refused meanwhile, and then nothing is missed.
double surely_missed_rate(const Fleet& fleet, BrokerId broker) {
    double rate = 0.0;
    for (const HostedReplica& replica : fleet.hosted(broker)) {
        const Partition& partition = fleet.partitions()[replica.partition];
        if (fleet.topics()[partition.topic].accepted) continue;
        rate += static_cast<double>(partition.write_bytes_per_s);
    }
    return rate;
}

/// Time for `backlog` bytes at what live writes leave of the way in.
CatchUp drain(const Fleet& fleet, BrokerId broker, double backlog, double load) {
    if (backlog <= 0.0) return {};
    const double write_rate = static_cast<double>(fleet.hosted_write_rate(broker).count()) * load;
    const double way_in = catch_up_capacity(fleet, broker);
    if (way_in <= write_rate) return {.duration = {}, .converges = false};
    return {.duration = sim::ceil_seconds(backlog / (way_in - write_rate)), .converges = true};
}

}  // namespace

CatchUp uncontended_catch_up(
    const Case& a_case, BrokerId broker, sim::Duration down, DataDisk data_disk, double load) {
    const Fleet& fleet = a_case.fleet;
    const double write_rate = static_cast<double>(fleet.hosted_write_rate(broker).count()) * load;
    const double backlog = data_disk == DataDisk::wipe
                               ? static_cast<double>(fleet.hosted_bytes(broker).count())
                               : write_rate * sim::to_seconds(down);
    return drain(fleet, broker, backlog, load);
}

NominalStep nominal_step(const Case& a_case, MachineId machine_id, DataDisk data_disk) {
    const Machine& machine = a_case.fleet.machines()[machine_id];
    const StepTimes& times = a_case.step;
    NominalStep step;
    step.until_stopped = times.preflight.nominal;
    sim::Duration to_image = times.preflight.nominal;
    if (machine.broker.exists()) {
        step.until_stopped += times.drain_base;
        to_image += times.drain_base;
    }
    to_image += times.shutdown.nominal;
    if (machine.broker.exists()) to_image += times.baseline_checksum.nominal;
    step.until_image_end = to_image + times.reimage.nominal;
    step.until_registered = step.until_image_end + times.install.nominal + times.start.nominal;
    if (machine.broker.exists()) {
        const Cluster& cluster = a_case.fleet.clusters()[machine.cluster];
        step.until_registered +=
            times.verify_checksum.nominal +
            index_check_time(a_case.fleet, machine.broker, version_after(cluster));
    }
    step.after_sync = times.observe_delay + times.post_flight.nominal + times.soak;
    if (machine.broker.exists()) {
        const sim::Duration down = step.until_registered - step.until_stopped;
        const double least =
            data_disk == DataDisk::wipe
                ? static_cast<double>(a_case.fleet.hosted_bytes(machine.broker).count())
                : surely_missed_rate(a_case.fleet, machine.broker) * a_case.curve.lowest() *
                      sim::to_seconds(down);
        step.catch_up_least =
            drain(a_case.fleet, machine.broker, least, a_case.curve.lowest()).duration;
        step.catch_up_mean =
            uncontended_catch_up(a_case, machine.broker, down, data_disk, 1.0).duration;
    }
    if (machine.quorum_node.exists()) {
        step.catch_up_least = std::max(step.catch_up_least, times.quorum_sync.nominal);
        step.catch_up_mean = std::max(step.catch_up_mean, times.quorum_sync.nominal);
    }
    return step;
}

}  // namespace rollcast::models
