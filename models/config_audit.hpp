// The configuration that should be in force, held against the one that is.
#pragma once

#include <string>
#include <vector>

#include "models/run_state.hpp"

namespace rollcast::models {

/// A key that is not as the golden file has it, in words of Kafka or of the supervisor.
struct Drift {
    std::string key;
    std::string wanted;
    std::string found;
};

/// What differs between two sets of settings of a cluster.
std::vector<Drift> config_drift(const ClusterConfig& golden, const ClusterConfig& found);
/// What differs at rest: settings of the cluster, min ISR of its topics, and what single brokers
/// have that neither its golden file nor their own has: "... of broker 3".
std::vector<Drift> config_drift(const Fleet& fleet, ClusterId c);
/// What an audit of broker `b` finds now: against its own golden file laid over that of its
/// cluster, or, where there is neither, against its configuration at the start of the run.
std::vector<Drift> config_drift(const RunState& run, BrokerId b);

}  // namespace rollcast::models
