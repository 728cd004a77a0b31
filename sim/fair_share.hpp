// Max-min fair sharing: no flow can get more without taking from one that has no more than it.
//
// Think of one water level that rises from 0: every flow runs at weight x level until a resource on
// its path is full (or its own cap is met); that flow is then settled at this level and the others
// rise on (progressive filling: Bertsekas & Gallager, Data Networks, sec. 6.5.2). A resource that
// settled a flow is *saturated* at that level; it is the flow's bottleneck.
//
//     FairShare share;
//     const ResourceId disk = share.add_resource(500e6);
//     const ResourceId nic = share.add_resource(1.25e9);
//     const FlowId flow = share.add_flow(std::array{disk, nic}, {.weight = 3.0});
//     for (const FlowId changed : share.solve()) reschedule(changed, share.rate(changed));
//
// Two facts keep a change cheap. Below the level at which a changed resource saturates, before or
// after the change, nothing moves. And a resource that is not full passes no change on.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sim/ids.hpp"
#include "sim/member_lists.hpp"

namespace rollcast::sim {

using ResourceId = Id<struct ResourceTag>;
using FlowId = Id<struct FlowTag>;

/// How a flow shares: its rate is `weight` x the level, and never above `cap` (B/s).
struct FlowShare {
    double weight = 1.0;
    double cap = std::numeric_limits<double>::infinity();
};

/// Resources, the flows that cross them, and the rates of the last solve. The result depends only
/// on the sequence of calls; a copy is independent, and copy-assigning into used storage allocates
/// nothing once that is large enough. Rates are exact up to rounding: 1e-12 relative.
class FairShare {
public:
    static constexpr std::size_t longest_path = 8;

    /// A resource of `capacity` B/s. Requires a finite capacity >= 0.
    ResourceId add_resource(double capacity);

    /// Changes a capacity (B/s, finite, >= 0). A flow over a resource of capacity 0 has rate 0.
    void set_capacity(ResourceId resource, double capacity);

    /// A flow over 1 to 8 different resources; its rate is 0 until the next solve. Requires
    /// `weight > 0` and `cap >= 0`. Ids of removed flows are used again, last removed first.
    FlowId add_flow(std::span<const ResourceId> path, FlowShare share = {});

    /// Takes a flow out. Requires a flow that was added and not removed.
    void remove_flow(FlowId flow);

    /// Brings all rates up to date. Returns the flows whose rate is another than before, each
    /// once, in a fixed order; valid until the next call that changes anything.
    std::span<const FlowId> solve();

    /// Rate of the last solve in B/s.
    double rate(FlowId flow) const { return flows_[flow.index()].rate; }
    double capacity(ResourceId resource) const { return resources_[resource.index()].capacity; }
    /// What the flows took from `resource` at the last solve, in B/s, to about 1e-12 of capacity.
    double used(ResourceId resource) const { return resources_[resource.index()].used; }
    /// Flows that are there now.
    std::size_t flow_count() const { return flows_.size() - free_flows_.size(); }
    std::size_t resource_count() const { return resources_.size(); }

private:
    struct Resource {
        double capacity;
        double used = 0.0;          // sum of the rates of its flows
        double level;               // where it saturated; infinity: it is nobody's bottleneck
        std::uint32_t updates = 0;  // of `used` since it was last summed afresh
        std::uint8_t pending = 0;   // touched, tightened, forced
    };
    struct alignas(64) Flow {
        std::array<std::uint32_t, longest_path> path;  // ends at the first `no_resource`
        double weight;
        double cap;
        double level;  // where it was settled; infinity until its first solve
        double rate;
    };
    struct Work {             // of a resource while it is being filled
        double left = 0.0;    // capacity less the rates of settled flows
        double weight = 0.0;  // of the flows not yet settled
        double level = 0.0;
        std::uint32_t rising = 0;  // flows not yet settled
        std::uint32_t mark = 0;    // epoch: on the rim; epoch + 1: in the core
    };
    struct Former {  // a flow of the region, as it was before the solve
        FlowId flow;
        double level;
        double rate;
    };
    struct Candidate {  // the level at which a resource would saturate; only ever too low
        double level;
        std::uint32_t resource;
    };

    static constexpr std::uint32_t no_resource = 0xffff'ffffU;

    std::uint32_t take_flow_id();
    void touch(std::uint32_t resource, std::uint8_t how);
    bool carries_change(const Resource& resource) const;
    double first_level_moved() const;
    double saturation_bound(std::uint32_t resource) const;
    void sum_afresh(std::uint32_t resource);

    bool raise_only(std::uint32_t bottleneck, double from_level);
    void undo_raise();
    void gather_region(double from_level);
    bool entered(const Work& work) const { return (work.mark | 1) == (epoch_ | 1); }
    void enter_resource(std::uint32_t resource);
    void enter_flow(std::uint32_t flow);
    bool fill_region();
    void heapify();
    void sift_down(std::size_t place);
    void drop_top();
    void saturate(std::uint32_t resource);
    bool settle_capped(std::uint32_t resource, double level);
    void settle(Flow& flow, std::uint32_t id, double level, double rate);
    bool holds_back_outsiders(std::uint32_t resource, double level) const;
    void restore_region();
    void commit_region();
    void forget_changes();

    std::vector<Resource> resources_;
    std::vector<Flow> flows_;
    std::vector<std::array<std::uint32_t, longest_path>> positions_;  // in each resource's list
    MemberLists members_;  // flows of each resource: flow x 8 + place in its path
    std::vector<std::uint32_t> free_flows_;
    std::vector<std::uint32_t> touched_;  // resources that changed since the last solve
    std::vector<std::uint32_t> new_flows_;
    std::vector<FlowId> changed_;
    std::size_t capped_flows_ = 0;

    // Scratch of one solve; kept so that a solve allocates nothing.
    std::uint32_t epoch_ = 0;
    std::vector<Work> work_;
    std::vector<std::uint32_t> flow_marks_;  // epoch: rising; epoch + 1: settled
    std::vector<std::uint32_t> region_;      // resources whose use may change
    std::vector<std::uint32_t> core_;        // those of them that pass a change on
    std::vector<std::uint32_t> forced_;      // newly saturated, so in the core
    std::vector<Former> former_;
    std::vector<Candidate> heap_;
    std::size_t unsettled_ = 0;  // flows of the region that still rise
};

}  // namespace rollcast::sim
