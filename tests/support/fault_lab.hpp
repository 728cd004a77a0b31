// Faults on the small cluster of the lab: put together by kind, held against runs without them.
#pragma once

#include "models/faults/catalogue.hpp"
#include "tests/support/lab.hpp"

namespace rollcast::support {

/// Six brokers in three racks; partition i on brokers i, i+1, i+2, so every two near ones conflict.
ClusterSketch ring_of_six(std::int64_t write_bytes_per_s = 1'000'000);

/// A fault of `kind` with its defaults; its target is entity 0 of the kind that it takes.
models::Fault fault_of(models::FaultKind kind,
                       sim::Duration from = sim::seconds(100),
                       sim::Duration length = sim::seconds(600));
/// The same with its first parameter at `value`.
models::Fault fault_at(models::FaultKind kind,
                       double value,
                       sim::Duration from = sim::seconds(100),
                       sim::Duration length = sim::seconds(600));

/// Every broker of cluster 0 gets a second log dir like its first.
void two_log_dirs(Lab& lab);

}  // namespace rollcast::support
