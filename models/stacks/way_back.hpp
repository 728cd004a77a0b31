// Whether what a broker has run can be undone.
#pragma once

#include "models/stacks/node_stack.hpp"
#include "models/step.hpp"

namespace rollcast::models {

/// A broker that runs `from` can go back to `to`: `to` speaks no older protocol than `from` has
/// brought into force, that binary knows it and the message format, and its system mounts what
/// `from` has formatted (kafka-semantics §6.1: no downgrade once the protocol is raised; §6.4: XFS
/// made by RHEL 9). What nobody knows is no hindrance.
bool goes_back(const NodeStack& from, const NodeStack& to, DataDisk data_disk);

}  // namespace rollcast::models
