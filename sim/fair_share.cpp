#include "sim/fair_share.hpp"

#include <algorithm>
#include <cmath>

#include "sim/contract.hpp"

namespace rollcast::sim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Why a resource takes part in the next solve.
constexpr std::uint8_t touched = 1;    // something of it changed
constexpr std::uint8_t tightened = 2;  // and it may saturate earlier than before
constexpr std::uint8_t forced = 4;     // found to saturate in this solve

// After so many additions a running sum is formed again: keeps its error below 1e-12.
constexpr std::uint32_t most_updates = 4'096;

// Levels that are equal but for rounding must fall on one side of a bound: it lies this much lower.
constexpr double same_level = 1.0 - 1e-9;

constexpr std::uint32_t member(std::uint32_t flow, std::size_t place) {
    return flow << 3 | static_cast<std::uint32_t>(place);
}
constexpr std::uint32_t flow_of(std::uint32_t member) { return member >> 3; }
constexpr std::size_t place_of(std::uint32_t member) { return member & 7; }

}  // namespace

ResourceId FairShare::add_resource(double capacity) {
    ensure(capacity >= 0 && capacity < infinity, "a capacity must be finite and not negative");
    resources_.push_back({.capacity = capacity, .level = infinity});
    work_.emplace_back();
    members_.add_list();
    return ResourceId{static_cast<std::uint32_t>(resources_.size() - 1)};
}

void FairShare::set_capacity(ResourceId resource, double capacity) {
    ensure(resource.index() < resources_.size(), "a resource must have been added");
    ensure(capacity >= 0 && capacity < infinity, "a capacity must be finite and not negative");
    Resource& changed = resources_[resource.index()];
    if (capacity == changed.capacity) return;
    touch(resource.value, capacity < changed.capacity ? touched | tightened : touched);
    changed.capacity = capacity;
}

FlowId FairShare::add_flow(std::span<const ResourceId> path, FlowShare share) {
    ensure(!path.empty() && path.size() <= longest_path, "a path has 1 to 8 resources");
    ensure(share.weight > 0 && share.weight < infinity, "a weight must be positive and finite");
    ensure(share.cap >= 0, "a cap must not be negative");
    Flow flow{.path = {}, .weight = share.weight, .cap = share.cap, .level = infinity, .rate = 0.0};
    flow.path.fill(no_resource);
    for (std::size_t place = 0; place < path.size(); ++place) {
        ensure(path[place].index() < resources_.size(), "a resource must have been added");
        ensure(std::count(path.begin(), path.end(), path[place]) == 1,
               "a path crosses a resource once");
        flow.path[place] = path[place].value;
    }
    const std::uint32_t id = take_flow_id();
    flows_[id] = flow;
    for (std::size_t place = 0; place < path.size(); ++place) {
        positions_[id][place] = members_.push(flow.path[place], member(id, place));
        touch(flow.path[place], touched | tightened);
    }
    if (share.cap < infinity) ++capped_flows_;
    new_flows_.push_back(id);
    return FlowId{id};
}

std::uint32_t FairShare::take_flow_id() {
    if (free_flows_.empty()) {
        flows_.emplace_back();
        positions_.emplace_back();
        flow_marks_.push_back(0);
        return static_cast<std::uint32_t>(flows_.size() - 1);
    }
    const std::uint32_t id = free_flows_.back();
    free_flows_.pop_back();
    return id;
}

void FairShare::remove_flow(FlowId id) {
    ensure(id.index() < flows_.size() && flows_[id.index()].path[0] != no_resource,
           "a flow that is removed must be there");
    Flow& flow = flows_[id.index()];
    for (std::size_t place = 0; place < longest_path; ++place) {
        const std::uint32_t resource = flow.path[place];
        if (resource == no_resource) break;
        const std::uint32_t position = positions_[id.index()][place];
        const std::uint32_t moved = members_.swap_remove(resource, position);
        positions_[flow_of(moved)][place_of(moved)] = position;
        Resource& left = resources_[resource];
        left.used -= flow.rate;
        ++left.updates;
        touch(resource, touched);
    }
    if (flow.cap < infinity) --capped_flows_;
    flow.path[0] = no_resource;
    flow.rate = 0.0;
    free_flows_.push_back(id.value);
}

std::span<const FlowId> FairShare::solve() {
    changed_.clear();
    if (touched_.empty()) return changed_;
    const double from_level = first_level_moved();
    core_.clear();
    for (const std::uint32_t resource : touched_) {
        if (carries_change(resources_[resource])) core_.push_back(resource);
    }
    const bool one_bottleneck =
        core_.size() == 1 && new_flows_.empty() && (resources_[core_[0]].pending & tightened) == 0;
    if (!(core_.empty() && new_flows_.empty()) &&
        !(one_bottleneck && raise_only(core_[0], from_level))) {
        gather_region(from_level);
        while (!fill_region()) {
            restore_region();
            gather_region(from_level);
        }
        commit_region();
    }
    forget_changes();
    return changed_;
}

/// A lower bound of the level from which this solve differs from the last one.
double FairShare::first_level_moved() const {
    double lowest = infinity;
    for (const std::uint32_t id : touched_) {
        const Resource& resource = resources_[id];
        lowest = std::min(lowest, resource.level);
        if ((resource.pending & tightened) != 0) lowest = std::min(lowest, saturation_bound(id));
    }
    return lowest * same_level;
}

/// A lower bound of the level at which `id` would saturate if its flows kept their levels and the
/// new ones rose without limit. Newton's method from the left on a concave function: each step
/// stays below the root, and a few reach it.
double FairShare::saturation_bound(std::uint32_t id) const {
    double bound = 0.0;
    for (int step = 0; step < 6; ++step) {
        double left = resources_[id].capacity;
        double weight = 0.0;
        for (const std::uint32_t entry : members_[id]) {
            const Flow& flow = flows_[flow_of(entry)];
            if (flow.level < bound) {
                left -= flow.rate;
            } else {
                weight += flow.weight;
            }
        }
        if (weight == 0.0) return infinity;
        const double next = std::max(left, 0.0) / weight;
        if (!(next > bound)) break;
        bound = next;
    }
    return bound;
}

/// Whether a change may pass from one of its flows to the others.
bool FairShare::carries_change(const Resource& resource) const {
    return resource.level < infinity || resource.used > resource.capacity ||
           (resource.pending & forced) != 0;
}

void FairShare::touch(std::uint32_t resource, std::uint8_t how) {
    std::uint8_t& pending = resources_[resource].pending;
    if (pending == 0) touched_.push_back(resource);
    pending = static_cast<std::uint8_t>(pending | how);
}

void FairShare::forget_changes() {
    for (const std::uint32_t id : touched_) {
        Resource& resource = resources_[id];
        resource.pending = 0;
        if (members_[id].empty()) {
            resource.used = 0.0;
            resource.level = infinity;
            resource.updates = 0;
        }
    }
    touched_.clear();
    new_flows_.clear();
    forced_.clear();
}

void FairShare::sum_afresh(std::uint32_t id) {
    double used = 0.0;
    for (const std::uint32_t entry : members_[id]) used += flows_[flow_of(entry)].rate;
    resources_[id].used = used;
    resources_[id].updates = 0;
}

// ---- The common case: one saturated resource got room, and every other one has enough ----

/// Raises the flows that `bottleneck` settled to their new common level. Returns false, with
/// nothing changed, where another resource or a cap would stop one of them.
bool FairShare::raise_only(std::uint32_t bottleneck, double from_level) {
    Resource& full = resources_[bottleneck];
    double left = full.capacity;
    double weight = 0.0;
    for (const std::uint32_t entry : members_[bottleneck]) {
        const Flow& flow = flows_[flow_of(entry)];
        if (flow.level < from_level) {
            left -= flow.rate;
        } else {
            weight += flow.weight;
        }
    }
    if (weight == 0.0 || left <= 0.0) return false;
    const double level = left / weight;

    former_.clear();
    heap_.clear();  // here: what `used` was, for undo_raise
    for (const std::uint32_t entry : members_[bottleneck]) {
        Flow& flow = flows_[flow_of(entry)];
        if (flow.level < from_level) continue;
        const double rate = flow.weight * level;
        bool fits = rate <= flow.cap;
        former_.push_back({FlowId{flow_of(entry)}, flow.level, flow.rate});
        for (std::size_t place = 0; place < longest_path && fits; ++place) {
            const std::uint32_t id = flow.path[place];
            if (id == no_resource) break;
            if (id == bottleneck) continue;
            Resource& passed = resources_[id];
            heap_.push_back({passed.used, id});
            passed.used += rate - flow.rate;
            ++passed.updates;
            fits = passed.level == infinity && passed.used <= passed.capacity &&
                   passed.updates < most_updates;
        }
        flow.level = level;
        flow.rate = rate;
        if (!fits) {
            undo_raise();
            return false;
        }
    }
    full.level = level;
    full.used = full.capacity;
    for (const Former& was : former_) {
        if (flows_[was.flow.index()].rate != was.rate) changed_.push_back(was.flow);
    }
    return true;
}

void FairShare::undo_raise() {
    restore_region();
    while (!heap_.empty()) {
        resources_[heap_.back().resource].used = heap_.back().level;
        heap_.pop_back();
    }
}

// ---- The general case: fill the region that a change can reach ----

/// Collects the flows that may move: the new ones, and those settled at `from_level` or above on a
/// resource of the core. Their other resources join the core where they are saturated, and the rim
/// where they are not.
void FairShare::gather_region(double from_level) {
    epoch_ += 2;
    if (epoch_ == 0) {  // wrapped: no old mark may look like a new one
        for (Work& work : work_) work.mark = 0;
        std::fill(flow_marks_.begin(), flow_marks_.end(), 0);
        epoch_ = 2;
    }
    region_.clear();
    core_.clear();
    former_.clear();
    for (const std::uint32_t id : touched_) {
        if (carries_change(resources_[id])) enter_resource(id);
    }
    for (const std::uint32_t id : forced_) enter_resource(id);
    for (const std::uint32_t id : new_flows_) {
        if (flows_[id].path[0] != no_resource) enter_flow(id);
    }
    for (std::size_t i = 0; i < core_.size(); ++i) {
        double settled = 0.0;
        for (const std::uint32_t entry : members_[core_[i]]) {
            const std::uint32_t id = flow_of(entry);
            if (flows_[id].level < from_level) {
                settled += flows_[id].rate;
            } else {
                enter_flow(id);
            }
        }
        work_[core_[i]].left = resources_[core_[i]].capacity - settled;
    }
}

void FairShare::enter_resource(std::uint32_t id) {
    Work& work = work_[id];
    if (entered(work)) return;
    Resource& resource = resources_[id];
    const bool core = carries_change(resource);
    if (core) {
        core_.push_back(id);
    } else if (resource.updates >= most_updates) {
        sum_afresh(id);
    }
    work = {.left = resource.capacity - resource.used,
            .weight = 0.0,
            .level = infinity,
            .rising = 0,
            .mark = core ? epoch_ + 1 : epoch_};
    region_.push_back(id);
}

void FairShare::enter_flow(std::uint32_t id) {
    if (flow_marks_[id] == epoch_) return;
    flow_marks_[id] = epoch_;
    const Flow& flow = flows_[id];
    former_.push_back({FlowId{id}, flow.level, flow.rate});
    for (const std::uint32_t resource : flow.path) {
        if (resource == no_resource) break;
        Work& work = work_[resource];
        if (!entered(work)) enter_resource(resource);
        work.left += flow.rate;  // in the core replaced by the exact sum once all are in
        work.weight += flow.weight;
        ++work.rising;
    }
}

/// Lets the level rise through the region. Returns false when a resource of the rim became a
/// bottleneck for flows outside the region too: it is then in `forced_`, and the region is to be
/// gathered again.
bool FairShare::fill_region() {
    const std::size_t known = forced_.size();
    heapify();
    unsettled_ = former_.size();
    while (unsettled_ > 0) {
        const std::uint32_t id = heap_[0].resource;
        const Work& work = work_[id];
        if (work.rising == 0) {
            drop_top();
            continue;
        }
        const double level = std::max(work.left, 0.0) / work.weight;
        if (level > heap_[0].level) {  // flows were settled elsewhere meanwhile
            heap_[0].level = level;
            sift_down(0);
            continue;
        }
        if (capped_flows_ > 0 && settle_capped(id, level)) continue;
        drop_top();
        saturate(id);
    }
    return forced_.size() == known;
}

/// Makes `id` the bottleneck of all its rising flows.
void FairShare::saturate(std::uint32_t id) {
    // The level from the flows themselves: free of what the running sums have gathered.
    double settled = 0.0;
    double weight = 0.0;
    std::size_t outside = 0;
    for (const std::uint32_t entry : members_[id]) {
        const Flow& flow = flows_[flow_of(entry)];
        if (flow_marks_[flow_of(entry)] == epoch_) {
            weight += flow.weight;
        } else {
            settled += flow.rate;
            if (flow_marks_[flow_of(entry)] != epoch_ + 1) ++outside;
        }
    }
    const double level = std::max(resources_[id].capacity - settled, 0.0) / weight;
    if (outside > 0 && work_[id].mark == epoch_ && holds_back_outsiders(id, level)) {
        resources_[id].pending = static_cast<std::uint8_t>(resources_[id].pending | forced);
        forced_.push_back(id);
    }
    work_[id].level = level;
    for (const std::uint32_t entry : members_[id]) {
        const std::uint32_t flow = flow_of(entry);
        if (flow_marks_[flow] == epoch_)
            settle(flows_[flow], flow, level, flows_[flow].weight * level);
    }
}

/// Whether a flow of `id` that is not in the region runs above `level`.
bool FairShare::holds_back_outsiders(std::uint32_t id, double level) const {
    for (const std::uint32_t entry : members_[id]) {
        const std::uint32_t flow = flow_of(entry);
        const bool outside = flow_marks_[flow] != epoch_ && flow_marks_[flow] != epoch_ + 1;
        if (outside && flows_[flow].level > level) return true;
    }
    return false;
}

/// Settles the rising flows of `id` whose cap lies at or below `level`; nothing else can stop them
/// earlier, because `level` is the lowest saturation. Returns whether there was one.
bool FairShare::settle_capped(std::uint32_t id, double level) {
    bool any = false;
    for (const std::uint32_t entry : members_[id]) {
        const std::uint32_t flow_id = flow_of(entry);
        Flow& flow = flows_[flow_id];
        if (flow_marks_[flow_id] != epoch_ || flow.cap > flow.weight * level) continue;
        settle(flow, flow_id, flow.cap / flow.weight, flow.cap);
        any = true;
    }
    return any;
}

void FairShare::settle(Flow& flow, std::uint32_t id, double level, double rate) {
    flow_marks_[id] = epoch_ + 1;
    --unsettled_;
    flow.level = level;
    flow.rate = rate;
    for (const std::uint32_t resource : flow.path) {
        if (resource == no_resource) break;
        Work& work = work_[resource];
        work.left -= rate;
        work.weight -= flow.weight;
        --work.rising;
    }
}

void FairShare::restore_region() {
    for (const Former& was : former_) {
        flows_[was.flow.index()].level = was.level;
        flows_[was.flow.index()].rate = was.rate;
    }
}

void FairShare::commit_region() {
    for (const std::uint32_t id : region_) {
        Resource& resource = resources_[id];
        const Work& work = work_[id];
        resource.level = work.level;
        resource.used = work.level < infinity ? resource.capacity : resource.capacity - work.left;
        resource.updates += 16;
    }
    for (const std::uint32_t id : forced_) {
        resources_[id].pending = static_cast<std::uint8_t>(resources_[id].pending & ~forced);
    }
    for (const Former& was : former_) {
        if (flows_[was.flow.index()].rate != was.rate) changed_.push_back(was.flow);
    }
}

// ---- A binary heap of candidates, lowest level first, then lowest id ----

void FairShare::heapify() {
    heap_.clear();
    for (const std::uint32_t id : region_) {
        const Work& work = work_[id];
        if (work.rising > 0) heap_.push_back({std::max(work.left, 0.0) / work.weight, id});
    }
    for (std::size_t place = heap_.size() / 2; place-- > 0;) sift_down(place);
}

void FairShare::sift_down(std::size_t place) {
    const auto before = [](const Candidate& a, const Candidate& b) {
        return a.level != b.level ? a.level < b.level : a.resource < b.resource;
    };
    const Candidate sunk = heap_[place];
    for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
        if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], sunk)) break;
        heap_[place] = heap_[child];
        place = child;
    }
    heap_[place] = sunk;
}

void FairShare::drop_top() {
    heap_[0] = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sift_down(0);
}

}  // namespace rollcast::sim
