// A small cluster that goes from one stack to another.
#pragma once

#include "tests/support/fault_lab.hpp"

namespace rollcast::support {

/// CentOS 7, Kafka 2.8, mutual TLS under the old CA, which trusts the new one.
models::NodeStack old_stack();
/// RHEL 9, Kafka 3.4 with the protocol pinned to 2.8, certificates of the new CA.
models::NodeStack new_stack();

/// The ring of six with a quorum of three, from `before` to `after`, in steps of brokers 0, 1 and
/// 2, one after the other. Without a clock: the run ends with the plan.
Lab migrating_lab(const models::NodeStack& before = old_stack(),
                  const models::NodeStack& after = new_stack());

/// The named other ends of cluster 0.
void name_ends(Lab& lab,
               const models::NodeStack& quorum,
               const models::NodeStack& clients,
               const models::NodeStack& orchestrator);

}  // namespace rollcast::support
