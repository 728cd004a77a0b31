// What a step checks by itself, and what it finds: configuration, and what is on the disks.
#include "models/config_audit.hpp"
#include "models/executor.hpp"

namespace rollcast::models {

/// How long the plan's checksums take in a phase. Nothing is signed of a disk that is to be wiped:
/// it is compared with its leaders over what both hold, which is everything stored, once it has
/// copied that. Each leader reads its part beside it.
sim::Duration Executor::checksum_time(const RunState& run, MachineId m, StepPhase phase) const {
    if (checksums_ == Checksums::none) return {};
    const bool online = checksums_ == Checksums::sealed_online;
    if (phase == StepPhase::post_flight) {
        if (!run.signatures.to_compare.contains(m)) return {};
        return scan_time(run, m, Covered::all, true);
    }
    if (data_disk_ == DataDisk::wipe) return {};
    switch (phase) {
        case StepPhase::preflight:
            return online ? scan_time(run, m, Covered::sealed, true) : sim::Duration{};
        case StepPhase::baseline_checksum:
            return scan_time(run, m, online ? Covered::but_sealed : Covered::all, false);
        default:
            return scan_time(run, m, Covered::all, false);
    }
}

bool Executor::scans_beside_traffic(const RunState& run, MachineId m, StepPhase phase) const {
    if (phase == StepPhase::post_flight) return run.signatures.to_compare.contains(m);
    return phase == StepPhase::preflight && checksums_ == Checksums::sealed_online &&
           data_disk_ == DataDisk::keep;
}

/// How much longer the phase of `m` takes since what it has copied is not what its leaders hold.
sim::Duration Executor::compared(RunState& run, MachineId m) {
    if (steps_[m].phase != StepPhase::post_flight) return {};
    if (run.signatures.to_compare.erase(m) == 0) return {};
    const sim::Duration anew = compare_with_leaders(run, m);
    if (anew == sim::Duration{}) return anew;
    run.step_findings.push_back({StepFinding::Kind::checksum_mismatch, run.now, m});
    ++run.signatures.mismatches;
    return anew;
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
    if (checksums_ == Checksums::none || data_disk_ == DataDisk::wipe) return;
    if (phase == StepPhase::preflight && checksums_ == Checksums::sealed_online) {
        run.signatures.baselines[m].sealed_at = run.now;
    } else if (phase == StepPhase::baseline_checksum) {
        run.signatures.baselines[m].rest_at = run.now;
    } else if (phase == StepPhase::verify_checksum && signature_differs(run, m)) {
        found(StepFinding::Kind::checksum_mismatch);
        ++run.signatures.mismatches;
        lose_disks(m);  // the node is rebuilt from its leaders
    }
}

}  // namespace rollcast::models
