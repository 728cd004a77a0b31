// The stretch of the fleet that one run covers, and containers for it alone.
#pragma once

#include <vector>

#include "models/fleet.hpp"

namespace rollcast::models {

/// Clusters `first .. last-1` of a fleet, with all that belongs to them.
struct Scope {
    const Fleet* fleet = nullptr;
    std::uint32_t first = 0;
    std::uint32_t last = 0;

    static Scope whole(const Fleet& fleet) {
        return {&fleet, 0, static_cast<std::uint32_t>(fleet.clusters().size())};
    }
    static Scope of(const Fleet& fleet, ClusterId c) { return {&fleet, c.value, c.value + 1}; }

    /// The same stretch of another fleet with the same clusters.
    Scope in(const Fleet& other) const { return {&other, first, last}; }

    Range<ClusterId> clusters() const { return {first, last}; }
    bool holds(ClusterId c) const { return c.value >= first && c.value < last; }
    const Cluster& front() const { return fleet->clusters()[ClusterId{first}]; }
    const Cluster& back() const { return fleet->clusters()[ClusterId{last - 1}]; }
    Range<BrokerId> brokers() const {
        return {front().first_broker, back().first_broker + back().broker_count};
    }
    Range<RackId> racks() const {
        return {front().first_rack, back().first_rack + back().rack_count};
    }
    Range<MachineId> machines() const {
        return {front().first_machine, back().first_machine + back().machine_count};
    }
    Range<QuorumNodeId> quorum_nodes() const {
        return {front().first_quorum_node, back().first_quorum_node + back().quorum_node_count};
    }
    Range<PartitionId> partitions() const;
    Range<LogDirId> log_dirs() const;
};

/// One `Value` for each entity of a contiguous range of ids.
template <class Id, class Value>
class ScopeMap {
public:
    ScopeMap() = default;
    explicit ScopeMap(Range<Id> range, const Value& value = Value{})
        : base_(range.empty() ? 0 : range.front().value), values_(range.size(), value) {}

    Value& operator[](Id id) { return values_[id.value - base_]; }
    const Value& operator[](Id id) const { return values_[id.value - base_]; }
    std::size_t size() const { return values_.size(); }
    Range<Id> ids() const { return {base_, base_ + values_.size()}; }
    bool holds(Id id) const { return id.value >= base_ && id.value - base_ < values_.size(); }
    auto begin() { return values_.begin(); }
    auto end() { return values_.end(); }
    auto begin() const { return values_.begin(); }
    auto end() const { return values_.end(); }

private:
    std::uint32_t base_ = 0;
    std::vector<Value> values_;
};

}  // namespace rollcast::models
