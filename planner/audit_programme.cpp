#include <array>
#include <string>

#include <fmt/format.h>

#include "models/programme.hpp"
#include "models/stacks/links.hpp"
#include "planner/audit_checks.hpp"
#include "planner/text.hpp"

namespace rollcast::planner::checks {

namespace {

using models::Case;
using models::Cluster;
using models::LinkPurpose;
using models::NodeStack;
using models::StackId;

/// One link that brokers need while a pass goes on, and who is at its ends.
struct NeededLink {
    LinkPurpose purpose;
    StackId from;
    StackId to;
    std::string_view words;  // with the names of the two stacks
};

/// A pass of one cluster: what its brokers run before and after it, its clients in it and before.
struct Ends {
    StackId before;
    StackId after = StackId::none();
    StackId clients = StackId::none();
    bool clients_move = false;
};

/// The links of `cluster` whose refusal would stop a pass.
std::array<NeededLink, 6> needed_links(const Cluster& cluster, const Ends& ends) {
    const StackId before = ends.before;
    const StackId after = ends.after;
    // Clients that stay were let in by what is there before, or were refused before the pass.
    const StackId moving = ends.clients_move ? ends.clients : StackId::none();
    return {{{LinkPurpose::fetch, after, before, "a broker on {} cannot fetch from one on {}"},
             {LinkPurpose::fetch, before, after, "a broker on {} cannot fetch from one on {}"},
             {LinkPurpose::quorum,
              after,
              cluster.stacks.quorum,
              "a broker on {} cannot reach the "
              "quorum on {}"},
             {LinkPurpose::client,
              moving,
              before,
              "clients on {} are refused by a "
              "broker on {}"},
             {LinkPurpose::client,
              ends.clients,
              after,
              "clients on {} are refused by a "
              "broker on {}"},
             {LinkPurpose::orchestrator,
              cluster.stacks.orchestrator,
              after,
              "the orchestrator on {} is refused by a broker on {}"}}};
}

/// What is refused between brokers before and after a pass, a sentence a link.
std::vector<std::string> refused_links(const Case& a_case,
                                       const Cluster& cluster,
                                       const Ends& ends) {
    const auto& stacks = a_case.fleet.stacks();
    std::vector<std::string> refused;
    for (const NeededLink& needed : needed_links(cluster, ends)) {
        if (!needed.from.exists() || !needed.to.exists()) continue;
        const NodeStack& from = stacks[needed.from];
        const NodeStack& to = stacks[needed.to];
        const models::LinkAnswer answer = models::link(needed.purpose, from, to, sim::Instant{});
        if (answer.open()) continue;
        refused.push_back(fmt::format(fmt::runtime(needed.words), from.name, to.name) + " (" +
                          std::string(models::to_string(answer.refusal)) + ")");
    }
    return refused;
}

void refused_pass(const Case& a_case, models::ClusterId c, Findings& findings) {
    const Cluster& cluster = a_case.fleet.clusters()[c];
    Ends ends{.before = cluster.stacks.now};
    for (std::size_t p = 0; p < a_case.programme.size(); ++p) {
        const models::Pass& pass = a_case.programme[p];
        ends.after = pass.target;
        ends.clients = models::clients_in(a_case, c, p);
        ends.clients_move = pass.moves_clients(c);
        std::vector<std::string> refused = refused_links(a_case, cluster, ends);
        ends.before = pass.target;
        if (refused.empty()) continue;
        const std::size_t count = refused.size();
        findings.push_back(
            {"RC3028",
             "pass_refused",
             Severity::blocks,
             cluster.name,
             fmt::format(
                 "in pass {} of {} old and new cannot talk: the first broker would not come "
                 "back, or would cut others off",
                 pass.name,
                 cluster.name),
             "put a pass before it after which both ends let each other in, such as trust in the "
             "new issuer",
             "one restart of each machine",
             count,
             std::move(refused),
             false});
    }
}

}  // namespace

void programme(const Case& a_case, Findings& findings) {
    const auto& clusters = a_case.fleet.clusters();
    for (const models::ClusterId c : models::Range<models::ClusterId>(clusters.size())) {
        if (clusters[c].stacks.now.exists()) refused_pass(a_case, c, findings);
    }
}

}  // namespace rollcast::planner::checks
