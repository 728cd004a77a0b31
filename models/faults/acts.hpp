// What several kinds of fault do to the world.
#pragma once

#include "models/faults/kind.hpp"

namespace rollcast::models {

/// The fault as the cause of what befalls `b`.
Cause cause_of(const FaultScene& scene, BrokerId b);

/// The process of `b` is gone without a word, see ControlPlane::die.
void kill_process(FaultScene& scene, BrokerId b, bool hung, bool power);
/// The process of `b` begins to start by itself.
void start_process(FaultScene& scene, BrokerId b);

/// `m` loses its power, with all that runs on it, or has it back.
void cut_power(FaultScene& scene, MachineId m);
void restore_power(FaultScene& scene, MachineId m);

/// A quorum node is gone, or starts again and is back once it has synced.
void stop_quorum_node(FaultScene& scene, QuorumNodeId q);
void start_quorum_node(FaultScene& scene, QuorumNodeId q);

/// Part `part` of the fault comes `after` from now, unless it has ended or begun anew meanwhile.
void later(FaultScene& scene, sim::Duration after, std::uint32_t part);

/// Numbers of a fault's own: they hang on the seed, its name and `occurrence`, so that no other
/// fault moves them. Two faults of one name share theirs.
sim::RandomStream fault_stream(const RunState& run, std::uint32_t fault, std::uint32_t occurrence);

/// The configuration of the cluster is what the fleet says, and what the faults that hold make of
/// it; what follows from a change follows.
void set_config(FaultScene& scene);
/// The links and stacks of the cluster are what the fleet says, and what the faults that hold make
/// of them.
void set_links(FaultScene& scene);
/// Writes to `t` are at the product of the surges that hold.
void set_surge(FaultScene& scene, TopicId t);

/// A log dir fails; its broker goes with it where it was the last.
void fail_dir(FaultScene& scene);
/// The disk is in order again, and the broker is started anew for it: Kafka looks at a dir that has
/// failed at its start alone (kafka-semantics §8.1). `wiped`: it is another one, and empty.
void repair_dir(FaultScene& scene, bool wiped);

/// Moves of the fault's replicas begin, so that `at_a_time` are under way. The controller must be
/// there.
void begin_moves(FaultScene& scene, std::size_t at_a_time);

/// Disks and network of `b` run at what the faults that hold leave of them.
void set_rates(FaultScene& scene, BrokerId b);

}  // namespace rollcast::models
