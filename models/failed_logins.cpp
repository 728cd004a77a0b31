#include "models/failed_logins.hpp"

#include <algorithm>
#include <vector>

#include "models/stacks/links.hpp"

namespace rollcast::models {

namespace {

/// Refused before anybody asks what the other may do.
bool of_login(Refusal refusal) {
    return refusal == Refusal::mechanism || refusal == Refusal::no_certificate ||
           refusal == Refusal::expired || refusal == Refusal::short_key ||
           refusal == Refusal::weak_signature || refusal == Refusal::untrusted;
}

/// Brokers that follow something that `b` leads, each once.
std::vector<BrokerId> followers_of(const RunState& run, BrokerId b) {
    std::vector<BrokerId> followers;
    for (const HostedReplica& replica : run.fleet().hosted(b)) {
        if (run.partitions[replica.partition].leader != static_cast<int>(replica.slot)) continue;
        for (const BrokerId other : run.fleet().replicas(replica.partition)) {
            if (other != b) followers.push_back(other);
        }
    }
    std::sort(followers.begin(), followers.end());
    followers.erase(std::unique(followers.begin(), followers.end()), followers.end());
    return followers;
}

bool clients_fail(const RunState& run, const ClusterLinks& links, std::uint32_t place) {
    if (links.is_open(place, BrokerLink::client)) return false;
    if (links.rules.cuts(place, BrokerLink::client)) return false;
    if (links.rules.shuts(place, BrokerLink::client)) return true;
    const StackId clients = run.a_case->stacks_of(links.cluster).clients;
    if (!clients.exists() || links.running.empty()) return false;
    return of_login(link(LinkPurpose::client,
                         run.fleet().stacks()[clients],
                         links.running[place],
                         run.a_case->handshake_at(run.now))
                        .refusal);
}

}  // namespace

double failed_logins_per_s(const RunState& run, BrokerId b) {
    const ClusterLinks* links = run.links.of(run.fleet().brokers()[b].cluster);
    if (links == nullptr) return 0.0;
    const std::uint32_t place = links->place(b);
    double per_s = clients_fail(run, *links, place) ? 1.0 : 0.0;
    if (links->running.empty()) return per_s;
    for (const BrokerId follower : followers_of(run, b)) {
        const std::uint32_t from = links->place(follower);
        const bool tries =
            links->exists[from] != 0 && links->linked[from * links->size + place] == 0;
        if (!tries || links->rules.cuts_fetch(from, place)) continue;
        const LinkAnswer answer = link(LinkPurpose::fetch,
                                       links->running[from],
                                       links->running[place],
                                       run.a_case->handshake_at(run.now));
        if (of_login(answer.refusal)) per_s += 1.0;
    }
    return per_s;
}

}  // namespace rollcast::models
