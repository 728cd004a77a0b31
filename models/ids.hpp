// The kinds of entity in a fleet; each kind has its own index type.
#pragma once

#include "sim/ids.hpp"

namespace rollcast::models {

using StackId = sim::Id<struct StackTag>;
using ClusterId = sim::Id<struct ClusterTag>;
using RoomId = sim::Id<struct RoomTag>;
using RackId = sim::Id<struct RackTag>;
using BrokerId = sim::Id<struct BrokerTag>;
using LogDirId = sim::Id<struct LogDirTag>;
using QuorumNodeId = sim::Id<struct QuorumNodeTag>;
using MachineId = sim::Id<struct MachineTag>;
using TopicId = sim::Id<struct TopicTag>;
using PartitionId = sim::Id<struct PartitionTag>;
using GroupId = sim::Id<struct GroupTag>;

template <class Id>
using Range = sim::IdRange<Id>;
using sim::IdMap;

}  // namespace rollcast::models
