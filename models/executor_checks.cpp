// What a step checks by itself, and what it finds: configuration, and what is on the disks.
#include "models/config_audit.hpp"
#include "models/executor.hpp"

namespace rollcast::models {

/// How long the plan's checksums take in a phase. A wiped disk is compared with its leaders over
/// what both hold, which is everything stored.
sim::Duration Executor::checksum_time(const RunState& run, MachineId m, StepPhase phase) const {
    if (checksums_ == Checksums::none) return {};
    const bool online = checksums_ == Checksums::sealed_online;
    switch (phase) {
        case StepPhase::preflight:
            return online ? scan_time(run, m, Covered::sealed) : sim::Duration{};
        case StepPhase::baseline_checksum:
            return scan_time(run, m, online ? Covered::but_sealed : Covered::all);
        default:
            return scan_time(run, m, Covered::all);
    }
}

void Executor::take_first(MachineId m) {
    if (!dispatcher_.planned(m)) return;
    dispatcher_.put_first(m);
    dispatch_due_ = true;
}

/// The phase of `m` is over, and so are its checks.
void Executor::checks_end(RunState& run, MachineId m) {
    const StepPhase phase = steps_[m].phase;
    const BrokerId b = run.fleet().machines()[m].broker;
    if (!b.exists()) return;
    const auto found = [&](StepFinding::Kind kind) {
        run.step_findings.push_back({kind, run.now, m});
    };
    if (phase == StepPhase::preflight || phase == StepPhase::post_flight) {
        if (!config_drift(run, b).empty()) found(StepFinding::Kind::config_drift);
    }
    if (checksums_ == Checksums::none) return;
    if (phase == StepPhase::preflight && checksums_ == Checksums::sealed_online) {
        run.signatures.baselines[m].sealed_at = run.now;
    } else if (phase == StepPhase::baseline_checksum) {
        run.signatures.baselines[m].rest_at = run.now;
    } else if (phase == StepPhase::verify_checksum && data_disk_ == DataDisk::keep &&
               signature_differs(run, m)) {
        found(StepFinding::Kind::checksum_mismatch);
        ++run.signatures.mismatches;
        lose_disks(m);  // the node is rebuilt from its leaders
    }
}

}  // namespace rollcast::models
