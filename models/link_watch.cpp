#include "models/link_watch.hpp"

#include <algorithm>

#include "models/detection.hpp"
#include "models/faults/catalogue.hpp"
#include "models/stacks/links.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;
using Places = std::vector<std::uint32_t>;

constexpr std::array<BrokerLink, broker_link_count> broker_links{
    BrokerLink::control, BrokerLink::quorum, BrokerLink::client, BrokerLink::orchestrator};

/// True where a fault of `kind` acts on links or stacks.
bool on_links(FaultKind kind) {
    const FaultInfo& info = fault_info(kind);
    return info.links != nullptr || info.alters != nullptr;
}

NodeStack altered(const RunState& run,
                  const ClusterLinks& links,
                  BrokerId b,
                  const std::vector<std::uint32_t>& faults) {
    const ClusterStacks& stacks = run.a_case->stacks_of(links.cluster);
    const bool migrated = links.migrated[links.place(b)] != 0 && stacks.next.exists();
    NodeStack stack = run.fleet().stacks()[migrated ? stacks.next : stacks.now];
    const bool sha1 = run.fleet().brokers()[b].certificate == SignatureStrength::sha1;
    if (sha1 && stack.certificate) stack.certificate->signature = SignatureStrength::sha1;
    for (const std::uint32_t f : faults) {
        const Fault& fault = run.a_case->faults[f];
        fault_info(fault.kind).alters(run.fleet(), fault, b, migrated, stack);
    }
    return stack;
}

/// The stack of the end at the other side of `link`; null where nobody knows it.
const NodeStack* other_end(const RunState& run, const ClusterLinks& links, BrokerLink link) {
    const ClusterStacks& stacks = run.a_case->stacks_of(links.cluster);
    const auto named = [&](StackId id) {
        return id.exists() ? &run.fleet().stacks()[id] : nullptr;
    };
    switch (link) {
        case BrokerLink::quorum:
            return named(stacks.quorum);
        case BrokerLink::client:
            return named(stacks.clients);
        case BrokerLink::orchestrator:
            return named(stacks.orchestrator);
        case BrokerLink::control:
            break;
    }
    const BrokerId controller = run.clusters[links.cluster].controller;
    const bool calls = run.fleet().clusters()[links.cluster].quorum_kind == QuorumKind::zookeeper &&
                       controller.exists();
    return calls ? &links.running[links.place(controller)] : nullptr;
}

/// True where the two ends of `link` let each other in, `stack` being that of the broker.
bool ends_agree(const RunState& run,
                const ClusterLinks& links,
                BrokerLink which,
                const NodeStack& stack) {
    const NodeStack* other = other_end(run, links, which);
    if (other == nullptr) return true;
    switch (which) {
        case BrokerLink::quorum:
            return link(LinkPurpose::quorum, stack, *other, run.a_case->handshake_at(run.now))
                .open();
        case BrokerLink::control:
            return link(LinkPurpose::control, *other, stack, run.a_case->handshake_at(run.now))
                .open();
        case BrokerLink::client:
            return link(LinkPurpose::client, *other, stack, run.a_case->handshake_at(run.now))
                .open();
        case BrokerLink::orchestrator:
            return link(LinkPurpose::orchestrator, *other, stack, run.a_case->handshake_at(run.now))
                .open();
    }
    return true;
}

/// The controller of a cluster with ZooKeeper is one that brokers of the other stack do not hear.
bool deafened(const RunState& run, const ClusterLinks& links, std::uint32_t place) {
    const BrokerId controller = run.clusters[links.cluster].controller;
    if (!links.rules.deaf_under || !controller.exists()) return false;
    const bool controls_new = links.migrated[links.place(controller)] != 0;
    return controls_new == *links.rules.deaf_under && (links.migrated[place] != 0) != controls_new;
}

bool opens(const RunState& run, const ClusterLinks& links, std::uint32_t place, BrokerLink which) {
    if (links.rules.shuts(place, which)) return false;
    if (which == BrokerLink::control && deafened(run, links, place)) return false;
    return links.running.empty() || ends_agree(run, links, which, links.running[place]);
}

bool opens_fetch(const RunState& run,
                 const ClusterLinks& links,
                 std::uint32_t follower,
                 std::uint32_t leader) {
    if (links.rules.shuts_fetch(follower, leader)) return false;
    if (!links.is_open(follower, BrokerLink::control)) return false;  // it does not know its leader
    return links.running.empty() || link(LinkPurpose::fetch,
                                         links.running[follower],
                                         links.running[leader],
                                         run.a_case->handshake_at(run.now))
                                        .open();
}

/// What has changed for a cluster since it was last looked at.
struct Changes {
    bool fetches = false;
    bool control = false;
    bool clients = false;
    bool of_others = false;  // links of processes that have not just started
    Places quorum_lost;
    Places quorum_found;
    Places seen;  // the orchestrator sees them again
};

/// Processes that have started or gone since the last look.
Places note_processes(const RunState& run, ClusterLinks& links, bool& any) {
    Places started;
    for (std::uint32_t place = 0; place < links.size; ++place) {
        const bool exists = run.brokers[links.broker(place)].process != Process::down;
        if (exists == (links.exists[place] != 0)) continue;
        links.exists[place] = exists ? 1 : 0;
        any = true;
        if (exists) started.push_back(place);
        for (std::uint32_t other = 0; other < links.size; ++other) {
            links.linked[place * links.size + other] = 0;
            links.linked[other * links.size + place] = 0;
        }
    }
    return started;
}

/// A process has the stack that it was started with, but for what faults do at once and for those
/// that are over: what they had done is put right and read anew (KIP-226, kafka-semantics §6.3).
void renew_stacks(const RunState& run, ClusterLinks& links, const Places& started) {
    if (links.running.empty()) return;
    for (const std::uint32_t place : started) {
        links.applied[place] = links.altering;
        links.running[place] = altered(run, links, links.broker(place), links.applied[place]);
        links.network_left[place] = network_left(links.running[place]);
    }
    if (!links.rules_changed) return;
    for (std::uint32_t place = 0; place < links.size; ++place) {
        std::vector<std::uint32_t>& applied = links.applied[place];
        std::vector<std::uint32_t> wanted;
        for (const std::uint32_t f : links.altering) {
            const bool had = std::find(applied.begin(), applied.end(), f) != applied.end();
            const bool at_once = fault_info(run.a_case->faults[f].kind).alters_at_once;
            if (had || at_once) wanted.push_back(f);
        }
        if (wanted == applied) continue;
        applied = wanted;
        links.running[place] = altered(run, links, links.broker(place), applied);
    }
}

void note_change(Changes& changes, BrokerLink which, bool is, std::uint32_t place) {
    switch (which) {
        case BrokerLink::quorum:
            (is ? changes.quorum_found : changes.quorum_lost).push_back(place);
            break;
        case BrokerLink::control:
            changes.control = true;
            break;
        case BrokerLink::client:
            changes.clients = true;
            break;
        case BrokerLink::orchestrator:
            if (is) changes.seen.push_back(place);
            break;
    }
}

void judge_broker_links(RunState& run,
                        ClusterLinks& links,
                        const Places& started,
                        bool controller_moved,
                        Changes& changes) {
    for (std::uint32_t place = 0; place < links.size; ++place) {
        if (links.exists[place] == 0) continue;
        const bool fresh = std::find(started.begin(), started.end(), place) != started.end();
        for (const BrokerLink which : broker_links) {
            const bool was = links.is_open(place, which);
            const bool anew = fresh || !was || (controller_moved && which == BrokerLink::control) ||
                              (links.clients_moved && which == BrokerLink::client);
            const bool is =
                anew ? opens(run, links, place, which) : !links.rules.cuts(place, which);
            links.set_open(place, which, is);
            if (!is) run.links.note_shut(which);
            if (was == is) continue;
            changes.of_others = changes.of_others || !fresh;
            note_change(changes, which, is, place);
        }
    }
}

void judge_fetches(const RunState& run,
                   ClusterLinks& links,
                   const Places& started,
                   Changes& changes) {
    std::vector<std::uint8_t> fresh(links.size, 0);
    for (const std::uint32_t place : started) fresh[place] = 1;
    for (std::uint32_t follower = 0; follower < links.size; ++follower) {
        for (std::uint32_t leader = 0; leader < links.size; ++leader) {
            if (follower == leader) continue;
            std::uint8_t& linked = links.linked[follower * links.size + leader];
            const bool both = links.exists[follower] != 0 && links.exists[leader] != 0;
            const bool was = linked != 0;
            const bool is = both && (was ? !links.rules.cuts_fetch(follower, leader)
                                         : opens_fetch(run, links, follower, leader));
            if (was == is) continue;
            linked = is ? 1 : 0;
            changes.fetches = true;
            if (fresh[follower] == 0 && fresh[leader] == 0) changes.of_others = true;
        }
    }
}

/// The partitions that `changes` may concern: of brokers whose processes have started, or all of
/// the cluster where links of others have changed too. Ascending.
std::vector<PartitionId> concerned(const RunState& run,
                                   const ClusterLinks& links,
                                   const Places& started,
                                   bool all) {
    std::vector<PartitionId> partitions;
    if (all) {
        for (const PartitionId p : run.fleet().clusters()[links.cluster].partitions()) {
            partitions.push_back(p);
        }
        return partitions;
    }
    for (const std::uint32_t place : started) {
        for (const HostedReplica& hosted : run.fleet().hosted(links.broker(place))) {
            partitions.push_back(hosted.partition);
        }
    }
    if (started.size() < 2) return partitions;
    std::sort(partitions.begin(), partitions.end());
    partitions.erase(std::unique(partitions.begin(), partitions.end()), partitions.end());
    return partitions;
}

/// Both stacks run side by side.
bool mixed(const ClusterLinks& links) {
    bool before = false;
    bool after = false;
    for (std::uint32_t place = 0; place < links.size; ++place) {
        if (links.exists[place] == 0) continue;
        (links.migrated[place] != 0 ? after : before) = true;
    }
    return before && after;
}

/// Writes in transactions fail since `failing_since`: they are counted up to now.
void count_transactions(RunState& run, ClusterLinks& links) {
    if (links.failing_since == sim::Instant::never() || links.failing_since == run.now) return;
    const double seconds = run.a_case->curve.effective_seconds(run.now) -
                           run.a_case->curve.effective_seconds(links.failing_since);
    for (const TopicId t : run.fleet().clusters()[links.cluster].topics()) {
        const Topic& topic = run.fleet().topics()[t];
        if (!topic.idempotent || topic.acks_all <= 0.0) continue;
        double rate = 0.0;
        for (const PartitionId p : topic.partitions()) rate += record_rate(run.fleet(), p);
        if (rate <= 0.0) continue;
        Tally& tally =
            run.safety.tally(Rule::client_errors, topic.accepted || topic.errors_accepted);
        tally.subjects += topic.partition_count;
        tally.closed_seconds += sim::to_seconds(run.now - links.failing_since);
        tally.worst += rate * topic.acks_all * links.failing * seconds;
        tally.worst_at = run.now;
        if (!tally.begin_earlier(links.failing_since)) continue;
        tally.first->cluster = links.cluster;
        tally.first->partition = topic.partitions().front();
    }
    links.failing_since = run.now;
}

void watch_transactions(RunState& run, ClusterLinks& links) {
    const double failing = mixed(links) ? links.rules.transactions_failing : 0.0;
    if (failing == links.failing) return;
    count_transactions(run, links);
    links.failing = failing;
    links.failing_since = failing > 0.0 ? run.now : sim::Instant::never();
}

}  // namespace

std::optional<NodeStack> stack_at_start(const RunState& run, BrokerId b) {
    const ClusterLinks* links = run.links.of(run.fleet().brokers()[b].cluster);
    if (links == nullptr || links->running.empty()) return std::nullopt;
    return altered(run, *links, b, links->altering);
}

bool may_register(const RunState& run, BrokerId b) {
    const ClusterLinks* links = run.links.of(run.fleet().brokers()[b].cluster);
    if (links == nullptr) return true;
    if (links->rules.shuts(links->place(b), BrokerLink::quorum)) return false;
    const std::optional<NodeStack> stack = stack_at_start(run, b);
    return !stack || (starts(*stack) && ends_agree(run, *links, BrokerLink::quorum, *stack));
}

LinkWatch::LinkWatch(RunState& run) {
    for (const ClusterId c : run.scope.clusters()) {
        if (run.a_case->stacks_of(c).now.exists()) run.links.watch(*run.a_case, c);
    }
    for (const auto& [c, links] : run.links.all()) {
        for (std::uint32_t place = 0; place < links.network_left.size(); ++place) {
            run.brokers[links.broker(place)].network_factor = links.network_left[place];
        }
    }
    if (run.options.without_faults) return;
    for (const Fault& fault : run.a_case->faults) {
        const ClusterId c = struck_cluster(run.fleet(), fault);
        if (on_links(fault.kind) && run.scope.holds(c)) run.links.watch(*run.a_case, c);
    }
}

void LinkWatch::settle(RunState& run, ControlPlane& control, DataPlane& data, Executor& executor) {
    for (auto& [c, links] : run.links.all()) look(run, control, data, executor, links);
}

void LinkWatch::look(RunState& run,
                     ControlPlane& control,
                     DataPlane& data,
                     Executor& executor,
                     ClusterLinks& links) {
    const ClusterId c = links.cluster;
    const BrokerId controller = run.clusters[c].controller;
    const bool moved = links.controller != controller && links.controller.exists();
    bool any = links.rules_changed || moved || links.clients_moved;
    if (!any && !links.processes_changed) return;
    links.processes_changed = false;
    const Places started = note_processes(run, links, any);
    links.controller = controller;
    if (!any) return;
    const std::vector<double> network_before = links.network_left;
    renew_stacks(run, links, started);
    for (std::uint32_t place = 0; place < links.network_left.size(); ++place) {
        if (links.network_left[place] == network_before[place]) continue;
        const BrokerId b = links.broker(place);
        run.brokers[b].network_factor *= links.network_left[place] / network_before[place];
        data.rates_change(run, b);
    }
    Changes changes;
    judge_broker_links(run, links, started, moved, changes);
    links.clients_moved = false;
    judge_fetches(run, links, started, changes);
    watch_transactions(run, links);
    if (links.rules_changed) {
        for (const Event& event : std::exchange(links.waiting, {})) run.schedule(run.now, event);
    }
    const std::vector<PartitionId> partitions =
        concerned(run, links, started, links.rules_changed || moved || changes.of_others);
    links.rules_changed = false;
    if (changes.fetches || changes.control || changes.clients || !started.empty()) {
        control.links_changed(partitions);
    }
    if (changes.fetches || changes.control) data.links_change(run, c, partitions);
    for (const std::uint32_t place : changes.quorum_lost) {
        const BrokerId b = links.broker(place);
        const BrokerState& broker = run.brokers[b];
        ++links.cuts[place];
        if (broker.process != Process::up || broker.fenced) continue;
        run.schedule(detection_delay(run, b),
                     {.kind = EventKind::cut_off,
                      .entity = b.value,
                      .version = broker.version,
                      .extra = links.cuts[place]});
    }
    for (const std::uint32_t place : changes.quorum_found) {
        ++links.cuts[place];
        control.found_again(links.broker(place));
    }
    for (const std::uint32_t place : changes.seen) {
        executor.check_in_sync(run, links.broker(place));
    }
}

void LinkWatch::session_ends(RunState& run, ControlPlane& control, const Event& event) {
    const BrokerId b{event.entity};
    const ClusterId c = run.fleet().brokers()[b].cluster;
    const ClusterLinks* links = run.links.of(c);
    if (links == nullptr || links->cuts[links->place(b)] != event.extra) return;
    if (run.brokers[b].version != event.version || !control.can_react(c, event)) return;
    control.cut_off(b);
}

void LinkWatch::close(RunState& run) {
    for (auto& [c, links] : run.links.all()) count_transactions(run, links);
}

}  // namespace rollcast::models
