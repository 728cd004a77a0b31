#include "models/invariants/recount.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace rollcast::models {

using Process = BrokerState::Process;

namespace {

/// What a sentence of the report is about.
struct RecountOf {
    std::string_view kind;
    std::uint32_t number = 0;
};

/// Collects what is wrong; a sentence is put together only where there is one.
class RecountReport {
public:
    template <class A, class B>
    void same(const A& book, const B& recount, RecountOf of, std::string_view what) {
        if (static_cast<std::int64_t>(book) == static_cast<std::int64_t>(recount)) return;
        lines.push_back(
            fmt::format("{} {}: {}: book {}, recount {}", of.kind, of.number, what, book, recount));
    }
    template <class A, class B>
    void same(const A& book, const B& recount, std::string_view what) {
        if (static_cast<std::int64_t>(book) == static_cast<std::int64_t>(recount)) return;
        lines.push_back(fmt::format("{}: book {}, recount {}", what, book, recount));
    }
    void holds(bool condition, RecountOf of, std::string_view what) {
        if (!condition) lines.push_back(fmt::format("{} {}: {}", of.kind, of.number, what));
    }
    void holds(bool condition, std::string_view what) {
        if (!condition) lines.emplace_back(what);
    }
    std::vector<std::string> lines;
};

int in_sync_replicas(const RunState& run, PartitionId p) {
    int count = 0;
    const int rf = run.fleet().partitions()[p].rf;
    for (int slot = 0; slot < rf; ++slot) count += (run.partitions[p].isr >> slot) & 1;
    return count;
}

/// By log dir, broker and rack: partitions that would be under their floor without it.
struct Exposed {
    std::vector<std::uint32_t> dirs;
    std::vector<std::uint32_t> brokers;
    std::vector<std::uint32_t> racks;
};

/// Counts partition `p` for each domain whose in-sync replicas it cannot spare. `domain(slot)` is
/// the place of a slot's domain in `counts`.
template <class Domain>
void count_exposed(const RunState& run,
                   PartitionId p,
                   Domain domain,
                   std::vector<std::uint32_t>& counts) {
    const Partition& partition = run.fleet().partitions()[p];
    const int in_sync = in_sync_replicas(run, p);
    for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
        if (!run.partitions[p].in_sync(slot)) continue;
        int gone = 0;
        bool first = true;
        for (std::uint8_t other = 0; other < partition.rf; ++other) {
            if (!run.partitions[p].in_sync(other) || domain(other) != domain(slot)) continue;
            first = first && other >= slot;
            ++gone;
        }
        if (first && in_sync - gone < partition.floor) ++counts[domain(slot)];
    }
}

Exposed exposed_domains(const RunState& run) {
    const Fleet& fleet = run.fleet();
    Exposed out{std::vector<std::uint32_t>(fleet.log_dirs().size()),
                std::vector<std::uint32_t>(fleet.brokers().size()),
                std::vector<std::uint32_t>(fleet.racks().size())};
    for (const PartitionId p : run.scope.partitions()) {
        if (fleet.topics()[fleet.partitions()[p].topic].accepted) continue;
        const auto replicas = fleet.replicas(p);
        const auto dirs = fleet.replica_dirs(p);
        count_exposed(
            run, p, [&](std::uint8_t s) { return dirs[s].index(); }, out.dirs);
        count_exposed(
            run, p, [&](std::uint8_t s) { return replicas[s].index(); }, out.brokers);
        count_exposed(
            run,
            p,
            [&](std::uint8_t s) { return fleet.brokers()[replicas[s]].rack.index(); },
            out.racks);
    }
    return out;
}

void recount_margin(const RunState& run, RecountReport& report) {
    const Fleet& fleet = run.fleet();
    const Exposed exposed = exposed_domains(run);
    std::uint32_t domains = 0;
    const auto compare = [&](std::uint32_t book, std::uint32_t recount, RecountOf of) {
        report.same(book, recount, of, "margin");
        domains += recount > 0 ? 1 : 0;
    };
    for (const BrokerId b : run.scope.brokers()) {
        compare(run.margin.exposed(b), exposed.brokers[b.index()], {"broker", b.value});
        for (const LogDirId d : fleet.brokers()[b].log_dirs()) {
            compare(run.margin.exposed(d), exposed.dirs[d.index()], {"log dir", d.value});
        }
    }
    for (const RackId r : run.scope.racks()) {
        compare(run.margin.exposed(r), exposed.racks[r.index()], {"rack", r.value});
    }
    report.same(run.margin.exposed_domains(), domains, "exposed domains");
}

void recount_rules(const RunState& run, RecountReport& report) {
    std::uint64_t at_floor = 0;
    std::uint64_t leaderless[2] = {0, 0};
    for (const PartitionId p : run.scope.partitions()) {
        const Partition& partition = run.fleet().partitions()[p];
        const bool accepted = run.fleet().topics()[partition.topic].accepted;
        if (!accepted && in_sync_replicas(run, p) == partition.floor) ++at_floor;
        if (run.partitions[p].leaderless()) ++leaderless[accepted ? 1 : 0];
    }
    report.same(run.safety.at_floor().count(), at_floor, "partitions at their floor");
    for (const bool accepted : {false, true}) {
        report.same(
            run.safety.tally(Rule::min_isr, accepted).open.count(),
            partitions_under_floor(run, accepted),
            accepted ? "accepted partitions under their floor" : "partitions under their floor");
        report.same(
            run.safety.tally(Rule::leaderless, accepted).open.count(),
            leaderless[accepted ? 1 : 0],
            accepted ? "accepted partitions without a leader" : "partitions without a leader");
    }
}

void check_partitions(const RunState& run, RecountReport& report) {
    for (const PartitionId p : run.scope.partitions()) {
        const PartitionState& state = run.partitions[p];
        const RecountOf of{"partition", p.value};
        report.holds(
            state.isr >> run.fleet().partitions()[p].rf == 0, of, "ISR within the replicas");
        report.holds(state.isr != 0, of, "the ISR is never empty");
        if (state.leader < 0) {
            report.holds(!state.has(unserved_now), of, "leaderless, not unserved");
            continue;
        }
        const auto slot = static_cast<std::uint8_t>(state.leader);
        report.holds(state.in_sync(slot), of, "the leader is in the ISR");
        const BrokerState& leader = run.brokers[run.fleet().replicas(p)[slot]];
        const bool serves = leader.process == Process::up && !run.dir_failed(p, slot);
        // Nobody tells a leader that the controller does not reach.
        const bool told = run.links.open(
            run.fleet().cluster_of(p), run.fleet().replicas(p)[slot], BrokerLink::control);
        report.holds(serves != state.has(unserved_now) || (serves && !told),
                     of,
                     "unserved exactly while its leader does not run");
        report.holds(!leader.fenced, of, "no fenced leader");
    }
}

/// Events that are due, or that wait for the quorum.
std::vector<Event> waiting_events(const RunState& run) {
    std::vector<Event> events;
    run.queue.for_each([&](const auto& entry) { events.push_back(entry.payload); });
    for (const ClusterState& cluster : run.clusters) {
        events.insert(events.end(), cluster.deferred.begin(), cluster.deferred.end());
    }
    return events;
}

void check_brokers(const RunState& run, RecountReport& report) {
    const std::vector<Event> waiting = waiting_events(run);
    for (const BrokerId b : run.scope.brokers()) {
        const BrokerState& broker = run.brokers[b];
        std::uint32_t out = 0;
        for (const HostedReplica& replica : run.fleet().hosted(b)) {
            if (run.load.absent(replica.partition, replica.slot)) continue;  // not yet, or gone
            if (!run.partitions[replica.partition].in_sync(replica.slot)) ++out;
        }
        const RecountOf of{"broker", b.value};
        report.same(broker.out_of_isr, out, of, "replicas out of the ISR");
        report.holds(run.load.live(b) == (broker.process == Process::up),
                     of,
                     "takes load exactly while it runs");
        const bool renews = std::any_of(waiting.begin(), waiting.end(), [&](const Event& event) {
            return event.kind == EventKind::session_renewed && event.entity == b.value &&
                   event.version == broker.version;
        });
        const ClusterId c = run.fleet().brokers()[b].cluster;
        const bool cut_off = !run.links.open(c, b, BrokerLink::quorum);
        report.holds(!(broker.fenced && broker.process == Process::up) || renews || cut_off,
                     of,
                     "a running broker is not fenced, unless it is cut off from its quorum "
                     "or its new session is due");
    }
}

/// The load of brokers, racks and rooms, counted from who leads and follows what.
class LoadRecount {
public:
    explicit LoadRecount(const RunState& run)
        : run_(run),
          fleet_(run.fleet()),
          brokers_(fleet_.brokers().size()),
          racks_(fleet_.racks().size()),
          rooms_(fleet_.rooms().size()) {
        for (const PartitionId p : run.scope.partitions()) count(p);
    }

    void compare(RecountReport& report) const;

private:
    struct OfBroker {
        std::int64_t in = 0, out = 0, cold = 0, replication_out = 0;
    };
    struct OfLink {
        std::int64_t up = 0, down = 0;
    };

    bool takes(PartitionId p, std::size_t slot) const {
        const BrokerId b = fleet_.replicas(p)[slot];
        return run_.brokers[b].process == Process::up && !run_.out_of_use(p, slot);
    }
    std::int64_t groups_of(TopicId topic) const {
        std::int64_t groups = 0;
        for (const ConsumerGroup& group : fleet_.groups()) {
            groups += std::count(group.topics.begin(), group.topics.end(), topic);
        }
        return groups;
    }
    void cross(RoomId from, RoomId to, std::int64_t rate) {
        if (from == to) return;
        if (from.exists()) rooms_[from.index()].up += rate;
        if (to.exists()) rooms_[to.index()].down += rate;
    }
    void count(PartitionId p);
    void count_clients(const Partition& partition, BrokerId leader, std::int64_t rate);
    void count_follower(BrokerId leader, BrokerId follower, std::int64_t rate);

    const RunState& run_;
    const Fleet& fleet_;
    std::vector<OfBroker> brokers_;
    std::vector<OfLink> racks_;
    std::vector<OfLink> rooms_;
};

void LoadRecount::count(PartitionId p) {
    const Partition& partition = fleet_.partitions()[p];
    const auto rate = static_cast<std::int64_t>(std::llround(
        static_cast<double>(partition.write_bytes_per_s) * run_.load.surge(partition.topic)));
    const std::int8_t leading = run_.partitions[p].leader;
    for (std::size_t slot = 0; slot < partition.rf; ++slot) {
        if (!takes(p, slot)) continue;
        const BrokerId b = fleet_.replicas(p)[slot];
        brokers_[b.index()].in += rate;
        if (leading >= 0 && static_cast<std::size_t>(leading) != slot) {
            count_follower(fleet_.replicas(p)[static_cast<std::size_t>(leading)], b, rate);
        }
    }
    if (leading < 0) return;
    count_clients(partition, fleet_.replicas(p)[static_cast<std::size_t>(leading)], rate);
}

void LoadRecount::count_clients(const Partition& partition, BrokerId leader, std::int64_t rate) {
    const RackId home = fleet_.brokers()[leader].rack;
    const std::int64_t cold = run_.load.scan(partition.topic);
    const std::int64_t read = groups_of(partition.topic) * rate + cold;
    brokers_[leader.index()].out += read;
    brokers_[leader.index()].cold += cold;
    racks_[home.index()].up += read;
    racks_[home.index()].down += rate;
    cross(fleet_.racks()[home].room, RoomId::none(), read);
    cross(RoomId::none(), fleet_.racks()[home].room, rate);
}

void LoadRecount::count_follower(BrokerId leader, BrokerId follower, std::int64_t rate) {
    const RackId from = fleet_.brokers()[leader].rack;
    const RackId to = fleet_.brokers()[follower].rack;
    brokers_[leader.index()].out += rate;
    brokers_[leader.index()].replication_out += rate;
    if (from == to) return;
    racks_[from.index()].up += rate;
    racks_[to.index()].down += rate;
    cross(fleet_.racks()[from].room, fleet_.racks()[to].room, rate);
}

void LoadRecount::compare(RecountReport& report) const {
    for (const BrokerId b : run_.scope.brokers()) {
        const RecountOf of{"broker", b.value};
        report.same(run_.load.in(b), brokers_[b.index()].in, of, "bytes/s in");
        report.same(run_.load.out(b), brokers_[b.index()].out, of, "bytes/s out");
        report.same(run_.load.cold(b), brokers_[b.index()].cold, of, "bytes/s read cold");
        report.same(run_.load.replication_out(b),
                    brokers_[b.index()].replication_out,
                    of,
                    "replication bytes/s out");
    }
    for (const RackId r : run_.scope.racks()) {
        const RecountOf of{"rack", r.value};
        report.same(run_.load.up(r), racks_[r.index()].up, of, "bytes/s up");
        report.same(run_.load.down(r), racks_[r.index()].down, of, "bytes/s down");
    }
    for (const RoomId r : Range<RoomId>(fleet_.rooms().size())) {
        const RecountOf of{"room", r.value};
        report.same(run_.load.up(r), rooms_[r.index()].up, of, "bytes/s up");
        report.same(run_.load.down(r), rooms_[r.index()].down, of, "bytes/s down");
    }
}

void recount_events(const RunState& run, RecountReport& report) {
    std::size_t working = 0;
    run.queue.for_each([&](const auto& entry) {
        working += idle(entry.payload.kind) ? 0 : 1;
        report.holds(entry.at >= run.now, "no event lies in the past");
    });
    report.same(run.working_events, working, "events that are not idle");
}

}  // namespace

std::uint64_t partitions_under_floor(const RunState& run, bool accepted) {
    std::uint64_t count = 0;
    for (const PartitionId p : run.scope.partitions()) {
        const Partition& partition = run.fleet().partitions()[p];
        if (run.fleet().topics()[partition.topic].accepted != accepted) continue;
        if (in_sync_replicas(run, p) < partition.floor) ++count;
    }
    return count;
}

std::vector<std::string> recount_errors(const World& world) {
    const RunState& run = world.state();
    RecountReport report;
    check_partitions(run, report);
    check_brokers(run, report);
    recount_margin(run, report);
    recount_rules(run, report);
    LoadRecount(run).compare(report);
    recount_events(run, report);
    return report.lines;
}

std::string forgotten_replica(const World& world) {
    const RunState& run = world.state();
    if (run.working_events > 0 || world.data().stuck(run)) return {};
    for (const PartitionId p : run.scope.partitions()) {
        const Partition& partition = run.fleet().partitions()[p];
        const PartitionState& now = run.partitions[p];
        const bool reacts = run.clusters[run.fleet().cluster_of(p)].quorum_ok;
        if (!reacts || now.leader < 0 || now.has(unserved_now)) continue;
        for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
            const BrokerId b = run.fleet().replicas(p)[slot];
            const bool was_in = ((partition.isr >> slot) & 1) != 0;
            if (!was_in || run.brokers[b].process != Process::up || now.in_sync(slot)) continue;
            return fmt::format(
                "broker {} runs, and is not in sync for partition {}", b.value, p.value);
        }
    }
    return {};
}

}  // namespace rollcast::models
