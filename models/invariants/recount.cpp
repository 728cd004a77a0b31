#include "models/invariants/recount.hpp"

#include <algorithm>
#include <bit>
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
    return std::popcount(run.partitions[p].isr);
}

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

void count_exposed(const RunState& run, PartitionCounts& out) {
    const Fleet& fleet = run.fleet();
    out.dirs.assign(fleet.log_dirs().size(), 0);
    out.brokers.assign(fleet.brokers().size(), 0);
    out.racks.assign(fleet.racks().size(), 0);
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
}

/// Replicas out of their ISR by broker; not those that are still to come, or gone.
std::vector<std::uint32_t> out_of_isr(const RunState& run) {
    std::vector<std::uint32_t> out(run.fleet().brokers().size(), 0);
    for (const PartitionId p : run.scope.partitions()) {
        const auto replicas = run.fleet().replicas(p);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            const bool counts = !run.partitions[p].in_sync(slot) && !run.load.absent(p, slot);
            if (counts) ++out[replicas[slot].index()];
        }
    }
    return out;
}

PartitionCounts count_partitions(const RunState& run) {
    PartitionCounts out;
    count_exposed(run, out);
    out.out_of_isr = out_of_isr(run);
    for (const PartitionId p : run.scope.partitions()) {
        const Partition& partition = run.fleet().partitions()[p];
        const bool accepted = run.fleet().topics()[partition.topic].accepted;
        const int in_sync = in_sync_replicas(run, p);
        if (!accepted && in_sync == partition.floor) ++out.at_floor;
        if (in_sync < partition.floor) ++out.under_floor[accepted ? 1 : 0];
        if (run.partitions[p].leaderless()) ++out.leaderless[accepted ? 1 : 0];
    }
    return out;
}

void compare_margin(const RunState& run, const PartitionCounts& counts, RecountReport& report) {
    const Fleet& fleet = run.fleet();
    std::uint32_t domains = 0;
    const auto compare = [&](std::uint32_t book, std::uint32_t recount, RecountOf of) {
        report.same(book, recount, of, "margin");
        domains += recount > 0 ? 1 : 0;
    };
    for (const BrokerId b : run.scope.brokers()) {
        compare(run.margin.exposed(b), counts.brokers[b.index()], {"broker", b.value});
        for (const LogDirId d : fleet.brokers()[b].log_dirs()) {
            compare(run.margin.exposed(d), counts.dirs[d.index()], {"log dir", d.value});
        }
    }
    for (const RackId r : run.scope.racks()) {
        compare(run.margin.exposed(r), counts.racks[r.index()], {"rack", r.value});
    }
    report.same(run.margin.exposed_domains(), domains, "exposed domains");
}

void compare_rules(const RunState& run, const PartitionCounts& counts, RecountReport& report) {
    report.same(run.safety.at_floor().count(), counts.at_floor, "partitions at their floor");
    for (const bool accepted : {false, true}) {
        report.same(
            run.safety.tally(Rule::min_isr, accepted).open.count(),
            counts.under_floor[accepted ? 1 : 0],
            accepted ? "accepted partitions under their floor" : "partitions under their floor");
        report.same(
            run.safety.tally(Rule::leaderless, accepted).open.count(),
            counts.leaderless[accepted ? 1 : 0],
            accepted ? "accepted partitions without a leader" : "partitions without a leader");
    }
}

/// True where what was found depends on which links are open.
bool check_partitions(const RunState& run, RecountReport& report) {
    bool asked_links = false;
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
        const auto told = [&] {
            asked_links = true;
            return run.links.open(
                run.fleet().cluster_of(p), run.fleet().replicas(p)[slot], BrokerLink::control);
        };
        report.holds(serves != state.has(unserved_now) || (serves && !told()),
                     of,
                     "unserved exactly while its leader does not run");
        report.holds(!leader.fenced, of, "no fenced leader");
    }
    return asked_links;
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

bool renews_its_session(const RunState& run, BrokerId b) {
    const std::vector<Event> waiting = waiting_events(run);
    return std::any_of(waiting.begin(), waiting.end(), [&](const Event& event) {
        return event.kind == EventKind::session_renewed && event.entity == b.value &&
               event.version == run.brokers[b].version;
    });
}

void check_brokers(const RunState& run, const PartitionCounts& counts, RecountReport& report) {
    for (const BrokerId b : run.scope.brokers()) {
        const BrokerState& broker = run.brokers[b];
        const RecountOf of{"broker", b.value};
        report.same(broker.out_of_isr, counts.out_of_isr[b.index()], of, "replicas out of the ISR");
        report.holds(run.load.live(b) == (broker.process == Process::up),
                     of,
                     "takes load exactly while it runs");
        if (!broker.fenced || broker.process != Process::up) continue;
        const bool cut_off =
            !run.links.open(run.fleet().brokers()[b].cluster, b, BrokerLink::quorum);
        report.holds(cut_off || renews_its_session(run, b),
                     of,
                     "a running broker is not fenced, unless it is cut off from its quorum "
                     "or its new session is due");
    }
}

void compare_load(const RunState& run, const LoadCounts& counts, RecountReport& report) {
    for (const BrokerId b : run.scope.brokers()) {
        const RecountOf of{"broker", b.value};
        report.same(run.load.in(b), counts.brokers[b.index()].in, of, "bytes/s in");
        report.same(run.load.out(b), counts.brokers[b.index()].out, of, "bytes/s out");
        report.same(run.load.cold(b), counts.brokers[b.index()].cold, of, "bytes/s read cold");
        report.same(run.load.replication_out(b),
                    counts.brokers[b.index()].replication_out,
                    of,
                    "replication bytes/s out");
    }
    for (const RackId r : run.scope.racks()) {
        const RecountOf of{"rack", r.value};
        report.same(run.load.up(r), counts.racks[r.index()].up, of, "bytes/s up");
        report.same(run.load.down(r), counts.racks[r.index()].down, of, "bytes/s down");
    }
    for (const RoomId r : Range<RoomId>(run.fleet().rooms().size())) {
        const RecountOf of{"room", r.value};
        report.same(run.load.up(r), counts.rooms[r.index()].up, of, "bytes/s up");
        report.same(run.load.down(r), counts.rooms[r.index()].down, of, "bytes/s down");
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

bool Recounter::partitions_differ(const RunState& run) {
    const auto same = [](const PartitionState& a, const PartitionState& b) {
        return a.isr == b.isr && a.leader == b.leader && a.flags == b.flags;
    };
    const bool all_same = std::equal(
        partitions_.begin(), partitions_.end(), run.partitions.begin(), run.partitions.end(), same);
    if (!all_same) partitions_ = run.partitions;
    return !all_same;
}

bool Recounter::others_differ(const RunState& run) {
    Others now;
    now.processes.reserve(run.brokers.size());
    for (const BrokerState& broker : run.brokers) {
        now.processes.push_back(broker.process);
        now.fenced.push_back(broker.fenced);
    }
    now.dead_dirs = run.load.dead_dirs();
    for (const TopicId t : Range<TopicId>(run.fleet().topics().size())) {
        if (run.load.surges()) now.surges.push_back(run.load.surge(t));
        if (run.load.scans()) now.scans.push_back(run.load.scan(t));
    }
    // A replica that moves is there, or gone, whatever its ISR says.
    const bool moves = !run.moves.under_way.empty() || !run.moves.done.empty();
    if (!moves && now == others_) return false;
    others_ = std::move(now);
    return true;
}

std::vector<std::string> Recounter::look(const World& world) {
    const RunState& run = world.state();
    const bool partitions = partitions_differ(run);
    const bool others = others_differ(run) || counts_.brokers.empty();
    if (partitions || others) {
        counts_ = count_partitions(run);
        load_ = count_load(run);
    }
    RecountReport report;
    if (partitions || others || check_again_) {
        check_again_ = check_partitions(run, report) || !report.lines.empty();
    }
    check_brokers(run, counts_, report);
    compare_margin(run, counts_, report);
    compare_rules(run, counts_, report);
    compare_load(run, load_, report);
    recount_events(run, report);
    return report.lines;
}

std::vector<std::string> recount_errors(const World& world) { return Recounter().look(world); }

std::uint64_t partitions_under_floor(const RunState& run, bool accepted) {
    return count_partitions(run).under_floor[accepted ? 1 : 0];
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
