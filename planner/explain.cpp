#include "planner/explain.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "models/simulate.hpp"
#include "planner/lower_bound.hpp"
#include "planner/planner.hpp"
#include "planner/text.hpp"

namespace rollcast::planner {

namespace {

using models::BrokerId;
using models::Case;
using models::Fleet;
using models::MachineId;
using models::PartitionId;
using sim::Duration;
using sim::Instant;

/// More partitions than this are not moved for one broker's sake.
constexpr std::size_t most_changes = 8;
/// Targets that are tried for each side of a conflict.
constexpr std::size_t most_targets = 3;
constexpr std::size_t most_remedies = 3;

bool in_sync_on(const Fleet& fleet, PartitionId p, BrokerId b) {
    const auto replicas = fleet.replicas(p);
    for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
        if (replicas[slot] == b) return ((fleet.partitions()[p].isr >> slot) & 1U) != 0;
    }
    return false;
}

bool allows_one(const Fleet& fleet, PartitionId p) {
    const models::Partition& partition = fleet.partitions()[p];
    return !fleet.topics()[partition.topic].accepted &&
           models::isr_size(partition.isr) - partition.floor == 1;
}

/// Stored bytes by log dir.
std::vector<std::int64_t> filled(const Fleet& fleet) {
    std::vector<std::int64_t> bytes(fleet.log_dirs().size(), 0);
    for (std::uint32_t p = 0; p < fleet.partitions().size(); ++p) {
        for (const models::LogDirId dir : fleet.replica_dirs(PartitionId{p})) {
            bytes[dir.index()] += fleet.partitions()[PartitionId{p}].stored_bytes;
        }
    }
    return bytes;
}

std::size_t slot_of(const Fleet& fleet, PartitionId p, BrokerId b) {
    const auto replicas = fleet.replicas(p);
    const auto found = std::find(replicas.begin(), replicas.end(), b);
    sim::ensure(found != replicas.end(), "a replica that is moved lies on the broker");
    return static_cast<std::size_t>(found - replicas.begin());
}

/// Tries remedies for one held broker.
class Remedies {
public:
    Remedies(const Case& a_case,
             const models::Plan& plan,
             const std::vector<models::ClusterConflicts>& conflicts,
             const ExplainOptions& options)
        : case_(a_case), plan_(plan), conflicts_(conflicts), options_(options) {}

    void find(const Hold& hold, Explanation& explanation) {
        const Fleet& fleet = case_.fleet;
        held_ = fleet.machines()[hold.machine].broker;
        std::vector<std::pair<PartitionId, BrokerId>> shared;
        for (const MachineId m : hold.by) {
            const BrokerId by = fleet.machines()[m].broker;
            for (const PartitionId p : shared_tightly(fleet, held_, by)) shared.emplace_back(p, by);
        }
        if (shared.empty() || shared.size() > most_changes) {
            explanation.no_remedy = fmt::format(
                "it shares {} that allow one replica out of sync with what holds it; "
                "more than {} are not moved for one broker",
                counted(shared.size(), "partition"),
                most_changes);
            return;
        }
        for (const std::vector<ReplicaChange>& changes : candidates(shared)) {
            if (options_.stop != nullptr && *options_.stop) break;
            try_out(changes, explanation);
        }
        conclude(explanation);
    }

private:
    /// Every partition off the held broker, or off those that hold it; for one partition to several
    /// targets.
    std::vector<std::vector<ReplicaChange>> candidates(
        const std::vector<std::pair<PartitionId, BrokerId>>& shared) const {
        std::vector<std::vector<ReplicaChange>> out;
        for (const bool off_held : {true, false}) {
            const std::size_t tries = shared.size() == 1 ? most_targets : 1;
            for (std::size_t n = 0; n < tries; ++n) {
                std::vector<ReplicaChange> changes;
                for (const auto& [partition, by] : shared) {
                    add(changes, partition, off_held ? held_ : by, n);
                }
                if (!changes.empty()) out.push_back(std::move(changes));
            }
        }
        return out;
    }

    /// The move of `partition` off `from` to the `n`th best target; drops all changes where there
    /// is none. A partition that two holders share goes off the held broker once.
    void add(std::vector<ReplicaChange>& changes,
             PartitionId partition,
             BrokerId from,
             std::size_t n) const {
        const bool moved = std::any_of(changes.begin(), changes.end(), [&](const ReplicaChange& c) {
            return c.partition == partition;
        });
        if (moved) return;
        const std::vector<BrokerId> found = targets(partition, from);
        if (n >= found.size()) {
            changes.clear();
            return;
        }
        changes.push_back({partition, from, found[n]});
    }

    /// Brokers that may take the replica, those first that add the fewest conflicts, then those of
    /// its old rack, then by id.
    std::vector<BrokerId> targets(PartitionId partition, BrokerId from) const {
        const Fleet& fleet = case_.fleet;
        const models::ClusterId c = fleet.brokers()[from].cluster;
        const models::Cluster& cluster = fleet.clusters()[c];
        struct Target {
            int added = 0;
            bool other_rack = false;
            BrokerId broker;
        };
        std::vector<Target> ranked;
        for (const BrokerId to : cluster.brokers()) {
            bool fits = to != held_;
            int added = 0;
            for (const BrokerId other : fleet.replicas(partition)) {
                if (other == to) fits = false;
                if (other == from) continue;
                if (fleet.brokers()[other].rack == fleet.brokers()[to].rack) fits = false;
                const bool known = conflicts_[c.index()].conflict(
                    other.value - cluster.first_broker, to.value - cluster.first_broker);
                added += known ? 0 : 1;
            }
            if (!fits) continue;
            const bool other_rack = fleet.brokers()[to].rack != fleet.brokers()[from].rack;
            ranked.push_back({added, other_rack, to});
        }
        std::stable_sort(ranked.begin(), ranked.end(), [](const Target& a, const Target& b) {
            return a.added != b.added ? a.added < b.added : a.other_rack < b.other_rack;
        });
        std::vector<BrokerId> brokers;
        brokers.reserve(ranked.size());
        for (const Target& target : ranked) brokers.push_back(target.broker);
        return brokers;
    }

    void try_out(const std::vector<ReplicaChange>& changes, Explanation& explanation) {
        ++tried_;
        const Case changed = with_changes(case_, changes);
        const models::Verdict verdict = models::simulate(
            changed,
            plan_,
            {.seed = options_.seed, .threads = options_.threads, .stop = options_.stop});
        if (!verdict.safe()) return;
        for (const models::MachineTimes& times : verdict.machines) {
            if (times.machine != explanation.machine || times.start >= explanation.times.start) {
                continue;
            }
            Remedy remedy{changes, {}, times.start, verdict.makespan, verdict.makespan};
            for (const ReplicaChange& change : changes) {
                remedy.bytes += sim::Bytes{case_.fleet.partitions()[change.partition].stored_bytes};
            }
            explanation.remedies.push_back(std::move(remedy));
        }
    }

    /// The best few, each planned anew.
    void conclude(Explanation& explanation) {
        std::vector<Remedy>& remedies = explanation.remedies;
        std::stable_sort(remedies.begin(), remedies.end(), [](const Remedy& a, const Remedy& b) {
            if (a.start != b.start) return a.start < b.start;
            return a.makespan != b.makespan ? a.makespan < b.makespan : a.bytes < b.bytes;
        });
        if (remedies.size() > most_remedies) remedies.resize(most_remedies);
        for (Remedy& remedy : remedies) {
            PlanOptions again{.gate = plan_.gate,
                              .data_disk = plan_.data_disk,
                              .seed = options_.seed,
                              .effort = options_.effort,
                              .threads = options_.threads,
                              .stop = options_.stop};
            const PlanResult planned = make_plan(with_changes(case_, remedy.changes), again);
            if (!planned.plan.clusters.empty() && planned.verdict.safe()) {
                remedy.replanned = std::min(remedy.replanned, planned.verdict.makespan);
            }
        }
        if (remedies.empty()) {
            explanation.no_remedy =
                fmt::format("of {} of what it shares with what holds it none lets it start earlier",
                            counted(tried_, "move"));
        }
    }

    const Case& case_;
    const models::Plan& plan_;
    const std::vector<models::ClusterConflicts>& conflicts_;
    const ExplainOptions& options_;
    BrokerId held_ = BrokerId::none();
    std::size_t tried_ = 0;
};

}  // namespace

Case with_changes(const Case& a_case, const std::vector<ReplicaChange>& changes) {
    models::FleetTables tables = a_case.fleet.tables();
    std::vector<std::int64_t> bytes = filled(a_case.fleet);
    for (const ReplicaChange& change : changes) {
        const models::Partition& partition = tables.partitions[change.partition];
        const std::size_t slot = slot_of(a_case.fleet, change.partition, change.from);
        const auto dirs = a_case.fleet.brokers()[change.to].log_dirs();
        models::LogDirId emptiest = dirs.front();
        for (const models::LogDirId dir : dirs) {
            if (bytes[dir.index()] < bytes[emptiest.index()]) emptiest = dir;
        }
        bytes[emptiest.index()] += partition.stored_bytes;
        tables.replica_broker[partition.first_replica + slot] = change.to;
        tables.replica_dir[partition.first_replica + slot] = emptiest;
        tables.partitions[change.partition].isr |= static_cast<std::uint8_t>(1U << slot);
    }
    Case changed = a_case;
    changed.fleet = models::make_fleet(std::move(tables));
    return changed;
}

std::vector<PartitionId> shared_tightly(const Fleet& fleet, BrokerId a, BrokerId b) {
    std::vector<PartitionId> shared;
    for (const models::HostedReplica& replica : fleet.hosted(a)) {
        const PartitionId p = replica.partition;
        const bool both = in_sync_on(fleet, p, a) && in_sync_on(fleet, p, b);
        if (both && allows_one(fleet, p)) shared.push_back(p);
    }
    return shared;
}

Explanation explain_start(const Case& a_case,
                          const models::Plan& plan,
                          MachineId machine,
                          const ExplainOptions& options) {
    Case nominal = a_case;
    nominal.faults.clear();
    const models::Verdict verdict = models::simulate(
        nominal, plan, {.seed = options.seed, .threads = options.threads, .stop = options.stop});
    const std::vector<models::ClusterConflicts> conflicts = all_conflicts(nominal.fleet);
    const Holds holds(nominal, plan, verdict, conflicts);
    Explanation explanation{.machine = machine,
                            .times = holds.times(machine),
                            .makespan = verdict.makespan,
                            .besides = {},
                            .chain = {},
                            .remedies = {},
                            .no_remedy = {}};
    std::vector<Hold> chain = holds.chain(machine);
    for (Hold& hold : chain) {
        Link link{std::move(hold), {}};
        const BrokerId held = nominal.fleet.machines()[link.hold.machine].broker;
        if (link.hold.kind == HoldKind::conflict) {
            for (const MachineId by : link.hold.by) {
                const auto shared =
                    shared_tightly(nominal.fleet, held, nominal.fleet.machines()[by].broker);
                link.shared.insert(link.shared.end(), shared.begin(), shared.end());
            }
            std::sort(link.shared.begin(), link.shared.end());
            link.shared.erase(std::unique(link.shared.begin(), link.shared.end()),
                              link.shared.end());
        }
        explanation.chain.push_back(std::move(link));
    }
    const std::vector<Hold> now = holds.of(machine);
    std::optional<Hold> conflict;
    for (const Hold& hold : now) {
        const bool first =
            !explanation.chain.empty() && explanation.chain.front().hold.kind == hold.kind;
        if (!first && hold.kind != HoldKind::nothing) explanation.besides.push_back(hold.kind);
        if (hold.kind == HoldKind::conflict) conflict = hold;
    }
    if (conflict) {
        Remedies(nominal, plan, conflicts, options).find(*conflict, explanation);
    } else {
        explanation.no_remedy = "it does not wait for a broker that shares partitions with it";
    }
    return explanation;
}

}  // namespace rollcast::planner
