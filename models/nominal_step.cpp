#include "models/nominal_step.hpp"

#include <algorithm>

#include "models/capacity.hpp"
#include "models/data_signature.hpp"
#include "models/era_costs.hpp"
#include "models/replication_quota.hpp"

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

/// Bytes that a broker whose disks were wiped is sure to copy: what is in accepted topics it may
/// have been the last to hold, and then nobody has anything to copy from.
double surely_copied(const Fleet& fleet, BrokerId broker) {
    double bytes = 0.0;
    for (const HostedReplica& replica : fleet.hosted(broker)) {
        const Partition& partition = fleet.partitions()[replica.partition];
        if (fleet.topics()[partition.topic].accepted) continue;
        bytes += static_cast<double>(partition.stored_bytes);
    }
    return bytes;
}

/// No `backlog` bytes are fetched sooner. A throttle lets through what a whole window of its quota
/// holds before it holds anything up, in KRaft everything until the broker has read it, and never
/// holds up what is in sync (kafka-semantics §4.2).
sim::Duration least_drain(const Fleet& fleet, BrokerId b, double backlog, double load) {
    if (backlog <= 0.0) return {};
    const Broker& broker = fleet.brokers()[b];
    const double write_rate = static_cast<double>(fleet.hosted_write_rate(b).count()) * load;
    const double way_in = catch_up_capacity(fleet, b);
    if (way_in <= write_rate) return {};  // it may never end
    const double whole = std::min(as_capacity(broker.nic_in), disk_write_capacity(fleet, b));
    double least_s = backlog / (whole - write_rate);
    const bool kraft = fleet.clusters()[broker.cluster].quorum_kind == QuorumKind::kraft;
    if (way_in < whole && !kraft) {
        const double at_once = way_in * static_cast<double>(ReplicationQuota::samples);
        least_s = std::max(least_s, (backlog - at_once) / way_in);
    }
    return sim::ceil_seconds(least_s);
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

namespace {

/// What the checksums of a plan make of the phases of a step.
struct ChecksumTimes {
    sim::Duration preflight{};
    sim::Duration baseline;
    sim::Duration verify;
    sim::Duration post_flight{};
};

/// Sealed segments beside the traffic and the rest after the stop are signed at different rates,
/// and how much is sealed moves with the hour: all of it at the slower one.
ChecksumTimes checksum_times(const Case& a_case,
                             MachineId machine,
                             DataDisk data_disk,
                             Checksums checksums) {
    ChecksumTimes times{.baseline = a_case.step.baseline_checksum.nominal,
                        .verify = a_case.step.verify_checksum.nominal};
    if (checksums == Checksums::none) return times;
    times.baseline = times.verify = {};
    if (data_disk == DataDisk::wipe) {
        times.post_flight = nominal_scan_time(a_case, machine, true);
        return times;
    }
    const bool online = checksums == Checksums::sealed_online;
    (online ? times.preflight : times.baseline) = nominal_scan_time(a_case, machine, online);
    times.verify = nominal_scan_time(a_case, machine, false);
    return times;
}

}  // namespace

NominalStep nominal_step(const Case& a_case,
                         MachineId machine_id,
                         DataDisk data_disk,
                         Checksums checksums) {
    const Machine& machine = a_case.fleet.machines()[machine_id];
    const StepTimes& times = a_case.step;
    const ChecksumTimes scans = checksum_times(a_case, machine_id, data_disk, checksums);
    NominalStep step;
    step.until_stopped = times.preflight.nominal + scans.preflight;
    sim::Duration to_image = step.until_stopped;
    if (machine.broker.exists()) {
        step.until_stopped += times.drain_base;
        to_image += times.drain_base;
    }
    to_image += times.shutdown.nominal;
    if (machine.broker.exists()) to_image += scans.baseline;
    step.until_image_end = to_image + times.reimage.nominal;
    step.until_registered = step.until_image_end + times.install.nominal + times.start.nominal;
    if (machine.broker.exists()) {
        const Cluster& cluster = a_case.fleet.clusters()[machine.cluster];
        step.until_registered +=
            scans.verify + index_check_time(a_case.fleet, machine.broker, version_after(cluster));
    }
    step.after_sync =
        times.observe_delay + times.post_flight.nominal + scans.post_flight + times.soak;
    if (machine.broker.exists()) {
        const sim::Duration down = step.until_registered - step.until_stopped;
        const double least = data_disk == DataDisk::wipe
                                 ? surely_copied(a_case.fleet, machine.broker)
                                 : surely_missed_rate(a_case.fleet, machine.broker) *
                                       a_case.curve.lowest() * sim::to_seconds(down);
        step.catch_up_least =
            least_drain(a_case.fleet, machine.broker, least, a_case.curve.lowest());
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
