#include "tests/support/recount.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rollcast::support {

using models::BrokerId;
using models::BrokerState;
using models::LogDirId;
using models::PartitionId;
using models::PartitionState;
using models::RackId;
using models::RoomId;
using models::Rule;
using models::RunState;
using Process = models::BrokerState::Process;

namespace {

class Report {
public:
    template <class A, class B>
    void same(const A& book, const B& recount, const std::string& what) {
        if (static_cast<std::int64_t>(book) == static_cast<std::int64_t>(recount)) return;
        lines.push_back(fmt::format("{}: book {}, recount {}", what, book, recount));
    }
    void holds(bool condition, const std::string& what) {
        if (!condition) lines.push_back(what);
    }
    std::vector<std::string> lines;
};

int in_sync_replicas(const RunState& run, PartitionId p) {
    int count = 0;
    const int rf = run.fleet().partitions()[p].rf;
    for (int slot = 0; slot < rf; ++slot) count += (run.partitions[p].isr >> slot) & 1;
    return count;
}

/// Partitions that would be under their floor without the in-sync replicas that `fails` names.
template <class Fails>
std::uint32_t exposed(const RunState& run, Fails fails) {
    std::uint32_t count = 0;
    for (const PartitionId p : run.scope.partitions()) {
        const models::Partition& partition = run.fleet().partitions()[p];
        if (run.fleet().topics()[partition.topic].accepted) continue;
        int gone = 0;
        for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
            if (run.partitions[p].in_sync(slot) && fails(p, slot)) ++gone;
        }
        if (gone > 0 && in_sync_replicas(run, p) - gone < partition.floor) ++count;
    }
    return count;
}

void recount_margin(const RunState& run, Report& report) {
    const models::Fleet& fleet = run.fleet();
    std::uint32_t domains = 0;
    const auto compare = [&](std::uint32_t book, std::uint32_t recount, const std::string& what) {
        report.same(book, recount, "margin of " + what);
        domains += recount > 0 ? 1 : 0;
    };
    for (const BrokerId b : run.scope.brokers()) {
        const auto on_broker = [&](PartitionId p, std::uint8_t s) {
            return fleet.replicas(p)[s] == b;
        };
        compare(run.margin.exposed(b), exposed(run, on_broker), fmt::format("broker {}", b.value));
        for (const LogDirId d : fleet.brokers()[b].log_dirs()) {
            const auto on_dir = [&](PartitionId p, std::uint8_t s) {
                return fleet.replica_dirs(p)[s] == d;
            };
            compare(
                run.margin.exposed(d), exposed(run, on_dir), fmt::format("log dir {}", d.value));
        }
    }
    for (const RackId r : run.scope.racks()) {
        const auto in_rack = [&](PartitionId p, std::uint8_t s) {
            return fleet.brokers()[fleet.replicas(p)[s]].rack == r;
        };
        compare(run.margin.exposed(r), exposed(run, in_rack), fmt::format("rack {}", r.value));
    }
    report.same(run.margin.exposed_domains(), domains, "exposed domains");
}

void recount_rules(const RunState& run, Report& report) {
    std::uint64_t at_floor = 0;
    std::uint64_t leaderless[2] = {0, 0};
    for (const PartitionId p : run.scope.partitions()) {
        const models::Partition& partition = run.fleet().partitions()[p];
        const bool accepted = run.fleet().topics()[partition.topic].accepted;
        if (!accepted && in_sync_replicas(run, p) == partition.floor) ++at_floor;
        if (run.partitions[p].leaderless()) ++leaderless[accepted ? 1 : 0];
    }
    report.same(run.safety.at_floor().count(), at_floor, "partitions at their floor");
    for (const bool accepted : {false, true}) {
        const std::string apart = accepted ? " (accepted)" : "";
        report.same(run.safety.tally(Rule::min_isr, accepted).open.count(),
                    partitions_under_floor(run, accepted),
                    "partitions under their floor" + apart);
        report.same(run.safety.tally(Rule::leaderless, accepted).open.count(),
                    leaderless[accepted ? 1 : 0],
                    "partitions without a leader" + apart);
    }
}

void check_partitions(const RunState& run, Report& report) {
    for (const PartitionId p : run.scope.partitions()) {
        const PartitionState& state = run.partitions[p];
        const std::string name = fmt::format("partition {}", p.value);
        report.holds(state.isr >> run.fleet().partitions()[p].rf == 0,
                     name + ": ISR within the replicas");
        report.holds(state.isr != 0, name + ": the ISR is never empty");
        if (state.leader < 0) {
            report.holds(!state.has(models::unserved_now), name + ": leaderless, not unserved");
            continue;
        }
        const auto slot = static_cast<std::uint8_t>(state.leader);
        report.holds(state.in_sync(slot), name + ": the leader is in the ISR");
        const BrokerState& leader = run.brokers[run.fleet().replicas(p)[slot]];
        const bool serves = leader.process == Process::up && !run.dir_failed(p, slot);
        // Nobody tells a leader that the controller does not reach.
        const bool told = run.links.open(
            run.fleet().cluster_of(p), run.fleet().replicas(p)[slot], models::BrokerLink::control);
        report.holds(serves != state.has(models::unserved_now) || (serves && !told),
                     name + ": unserved exactly while its leader does not run");
        report.holds(!leader.fenced, name + ": no fenced leader");
    }
}

/// Events that are due, or that wait for the quorum.
std::vector<models::Event> waiting_events(const RunState& run) {
    std::vector<models::Event> events;
    auto queue = run.queue;
    while (!queue.empty()) events.push_back(queue.pop().payload);
    for (const models::ClusterState& cluster : run.clusters) {
        events.insert(events.end(), cluster.deferred.begin(), cluster.deferred.end());
    }
    return events;
}

void check_brokers(const RunState& run, Report& report) {
    const std::vector<models::Event> waiting = waiting_events(run);
    for (const BrokerId b : run.scope.brokers()) {
        const BrokerState& broker = run.brokers[b];
        std::uint32_t out = 0;
        for (const models::HostedReplica& replica : run.fleet().hosted(b)) {
            if (run.load.absent(replica.partition, replica.slot)) continue;  // not yet, or gone
            if (!run.partitions[replica.partition].in_sync(replica.slot)) ++out;
        }
        const std::string name = fmt::format("broker {}", b.value);
        report.same(broker.out_of_isr, out, name + ": replicas out of the ISR");
        report.holds(run.load.live(b) == (broker.process == Process::up),
                     name + ": takes load exactly while it runs");
        const bool renews =
            std::any_of(waiting.begin(), waiting.end(), [&](const models::Event& event) {
                return event.kind == models::EventKind::session_renewed &&
                       event.entity == b.value && event.version == broker.version;
            });
        const models::ClusterId c = run.fleet().brokers()[b].cluster;
        const bool cut_off = !run.links.open(c, b, models::BrokerLink::quorum);
        report.holds(!(broker.fenced && broker.process == Process::up) || renews || cut_off,
                     name +
                         ": a running broker is not fenced, unless it is cut off from its quorum "
                         "or its new session is due");
    }
}

struct Load {
    std::int64_t in = 0, out = 0, cold = 0, replication_out = 0;
};

void recount_load(const RunState& run, Report& report) {
    const models::Fleet& fleet = run.fleet();
    std::vector<Load> brokers(fleet.brokers().size());
    std::vector<std::int64_t> up(fleet.racks().size()), down(fleet.racks().size());
    std::vector<std::int64_t> room_up(fleet.rooms().size()), room_down(fleet.rooms().size());
    const auto cross = [&](RoomId from, RoomId to, std::int64_t rate) {
        if (from == to) return;
        if (from.exists()) room_up[from.index()] += rate;
        if (to.exists()) room_down[to.index()] += rate;
    };
    const auto runs = [&](BrokerId b) { return run.brokers[b].process == Process::up; };
    for (const PartitionId p : run.scope.partitions()) {
        const models::Partition& partition = fleet.partitions()[p];
        std::int64_t groups = 0;
        for (const models::ConsumerGroup& group : fleet.groups()) {
            for (const models::TopicId t : group.topics) groups += t == partition.topic ? 1 : 0;
        }
        const double surge = run.load.surge(partition.topic);
        const auto rate = static_cast<std::int64_t>(
            static_cast<double>(partition.write_bytes_per_s) * surge + 0.5);
        const auto takes = [&](std::size_t slot) {
            return runs(fleet.replicas(p)[slot]) && !run.out_of_use(p, slot);
        };
        for (std::size_t slot = 0; slot < partition.rf; ++slot) {
            brokers[fleet.replicas(p)[slot].index()].in += takes(slot) ? rate : 0;
        }
        if (run.partitions[p].leader < 0) continue;
        const BrokerId leader =
            fleet.replicas(p)[static_cast<std::size_t>(run.partitions[p].leader)];
        const RackId home = fleet.brokers()[leader].rack;
        const std::int64_t cold = run.load.scan(partition.topic);
        const std::int64_t read = groups * rate + cold;
        brokers[leader.index()].out += read;
        brokers[leader.index()].cold += cold;
        up[home.index()] += read;
        down[home.index()] += rate;
        cross(fleet.racks()[home].room, RoomId::none(), read);
        cross(RoomId::none(), fleet.racks()[home].room, rate);
        for (std::size_t slot = 0; slot < partition.rf; ++slot) {
            const BrokerId b = fleet.replicas(p)[slot];
            if (b == leader || !takes(slot)) continue;
            brokers[leader.index()].out += rate;
            brokers[leader.index()].replication_out += rate;
            if (fleet.brokers()[b].rack == home) continue;
            up[home.index()] += rate;
            down[fleet.brokers()[b].rack.index()] += rate;
            cross(fleet.racks()[home].room, fleet.racks()[fleet.brokers()[b].rack].room, rate);
        }
    }
    for (const BrokerId b : run.scope.brokers()) {
        const std::string name = fmt::format("broker {}", b.value);
        report.same(run.load.in(b), brokers[b.index()].in, name + ": bytes/s in");
        report.same(run.load.out(b), brokers[b.index()].out, name + ": bytes/s out");
        report.same(run.load.cold(b), brokers[b.index()].cold, name + ": bytes/s read cold");
        report.same(run.load.replication_out(b),
                    brokers[b.index()].replication_out,
                    name + ": replication bytes/s out");
    }
    for (const RackId r : run.scope.racks()) {
        const std::string name = fmt::format("rack {}", r.value);
        report.same(run.load.up(r), up[r.index()], name + ": bytes/s up");
        report.same(run.load.down(r), down[r.index()], name + ": bytes/s down");
    }
    for (const RoomId r : models::Range<RoomId>(fleet.rooms().size())) {
        const std::string name = fmt::format("room {}", r.value);
        report.same(run.load.up(r), room_up[r.index()], name + ": bytes/s up");
        report.same(run.load.down(r), room_down[r.index()], name + ": bytes/s down");
    }
}

void recount_events(const RunState& run, Report& report) {
    auto queue = run.queue;
    std::size_t working = 0;
    while (!queue.empty()) {
        const auto entry = queue.pop();
        working += models::idle(entry.payload.kind) ? 0 : 1;
        report.holds(entry.at >= run.now, "no event lies in the past");
    }
    report.same(run.working_events, working, "events that are not idle");
}

}  // namespace

std::uint64_t partitions_under_floor(const RunState& run, bool accepted) {
    std::uint64_t count = 0;
    for (const PartitionId p : run.scope.partitions()) {
        const models::Partition& partition = run.fleet().partitions()[p];
        if (run.fleet().topics()[partition.topic].accepted != accepted) continue;
        if (in_sync_replicas(run, p) < partition.floor) ++count;
    }
    return count;
}

std::vector<std::string> mismatches(const models::World& world) {
    const RunState& run = world.state();
    Report report;
    check_partitions(run, report);
    check_brokers(run, report);
    recount_margin(run, report);
    recount_rules(run, report);
    recount_load(run, report);
    recount_events(run, report);
    return report.lines;
}

}  // namespace rollcast::support
