// A migration as a programme of passes: trust added, machines re-imaged, protocol bumped, old trust
// removed; what each pass costs, what a pass left out costs, and from where there is no way back.
#include "models/programme.hpp"

#include <doctest/doctest.h>

#include "models/stacks/links.hpp"
#include "models/stacks/way_back.hpp"
#include "tests/support/stack_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

StepTimes restart_only() {
    StepTimes step;
    step.baseline_checksum = step.reimage = step.install = step.verify_checksum = {};
    return step;
}

/// The stacks of a programme in order: as it was, the new issuer trusted, re-imaged with the new
/// certificates, on the new protocol, the old issuer gone.
std::vector<NodeStack> stages() {
    NodeStack before = old_stack();
    before.trust = {"old CA"};
    NodeStack trusting = before;
    trusting.name = "trusting";
    trusting.trust = {"old CA", "new CA"};
    NodeStack imaged = new_stack();
    imaged.name = "imaged";
    NodeStack bumped = imaged;
    bumped.name = "bumped";
    bumped.inter_broker_protocol = "3.4";
    NodeStack clean = bumped;
    clean.name = "clean";
    clean.trust = {"new CA"};
    return {before, trusting, imaged, bumped, clean};
}

/// The ring of six and a programme over the stages at `order`, every broker in every pass.
Lab programme_lab(const std::vector<std::size_t>& order) {
    Lab lab = migrating_lab();
    Cluster& cluster = lab.tables.clusters[ClusterId{0}];
    lab.tables.stacks = {};
    for (const NodeStack& stack : stages()) lab.tables.stacks.push_back(stack);
    cluster.stacks.now = StackId{static_cast<std::uint32_t>(order.front())};
    cluster.stacks.next = StackId{static_cast<std::uint32_t>(order.back())};
    for (std::size_t i = 1; i < order.size(); ++i) {
        const StackId target{static_cast<std::uint32_t>(order[i])};
        lab.a_case.programme.push_back({.name = lab.tables.stacks[target].name,
                                        .target = target,
                                        .step = order[i] == 2 ? StepTimes{} : restart_only()});
    }
    lab.batches(Start::event_driven, {{0}, {1}, {2}, {3}, {4}, {5}});
    lab.plan.clusters.erase(lab.plan.clusters.begin(), lab.plan.clusters.end() - 1);
    (void)lab.world();  // makes the fleet
    return lab;
}

ProgrammeResult run(const Lab& lab) { return run_programme(lab.a_case, lab.plan, lab.options); }

}  // namespace

TEST_CASE("a programme is its passes, one after the other, each with its own times") {
    const Lab lab = programme_lab({0, 1, 2, 3, 4});
    const ProgrammeResult result = run(lab);
    REQUIRE(result.passes.size() == 4);
    sim::Duration sum{};
    for (const PassResult& pass : result.passes) {
        CHECK(pass.starts == sum);
        CHECK(pass.verdict.unfinished == Unfinished::no);
        sum += pass.verdict.makespan;
    }
    CHECK(result.makespan == sum);
    // Only the second images machines: 35 minutes and what belongs to it, each.
    CHECK(result.passes[1].verdict.makespan > 2 * result.passes[0].verdict.makespan);
    CHECK(result.passes[2].verdict.makespan == result.passes[0].verdict.makespan);
}

TEST_CASE("a phase of trust that is left out stops the programme where it is missed") {
    // Re-imaged before the new issuer is trusted.
    const ProgrammeResult collapsed = run(programme_lab({0, 2, 3, 4}));
    CHECK(collapsed.passes.size() == 1);
    CHECK(collapsed.passes[0].verdict.unfinished == Unfinished::never_rejoins);
    CHECK(!collapsed.safe(programme_lab({0, 2, 3, 4}).a_case));
    // The old issuer is taken away while the others still show its certificates.
    const ProgrammeResult early = run(programme_lab({1, 4}));
    CHECK(early.passes[0].verdict.unfinished == Unfinished::never_rejoins);
}

TEST_CASE("the protocol is bumped when every binary knows it, and not before") {
    CHECK(run(programme_lab({1, 2, 3})).passes.back().verdict.unfinished == Unfinished::no);
    // Re-image and bump in one pass: the first new broker never rejoins.
    const ProgrammeResult together = run(programme_lab({1, 3}));
    CHECK(together.passes.back().verdict.unfinished == Unfinished::never_rejoins);
}

TEST_CASE("there is a way back until the protocol is bumped or disks are formatted") {
    const Lab lab = programme_lab({0, 1, 2, 3, 4});
    CHECK(point_of_no_return(lab.a_case, ClusterId{0}, DataDisk::keep) == 2);
    CHECK(point_of_no_return(lab.a_case, ClusterId{0}, DataDisk::wipe) == 1);
    CHECK(!point_of_no_return(programme_lab({0, 1, 2}).a_case, ClusterId{0}, DataDisk::keep));
    CHECK(!point_of_no_return(lab.a_case, ClusterId{1}, DataDisk::keep));
    // A rollback is a pass like any other; past that point the old binary does not come up.
    const std::vector<NodeStack> all = stages();
    CHECK(goes_back(all[2], all[1], DataDisk::keep));
    CHECK(!goes_back(all[3], all[1], DataDisk::keep));
    CHECK(run(programme_lab({1, 2, 1})).passes.back().verdict.unfinished == Unfinished::no);
    NodeStack old_binary = all[1];
    old_binary.inter_broker_protocol = all[3].inter_broker_protocol;
    CHECK(!starts(old_binary));
    CHECK(run(programme_lab({2, 3, 1})).passes.back().verdict.unfinished ==
          Unfinished::never_rejoins);
}

TEST_CASE("the limit for being mixed holds over the whole programme") {
    Lab lab = programme_lab({0, 1, 2, 3, 4});
    const sim::Duration whole = run(lab).makespan;
    lab.a_case.limits.mixed_version_limit = whole + sim::seconds(1);
    CHECK(run(lab).mixed_too_long.empty());
    lab.a_case.limits.mixed_version_limit = whole - sim::minutes(20);
    CHECK(run(lab).mixed_too_long == std::vector<ClusterId>{ClusterId{0}});
    // No pass alone is as long.
    for (const PassResult& pass : run(lab).passes) {
        CHECK(!pass.verdict.rule(Rule::mixed_mode).broken());
    }
}

TEST_CASE("faults, certificates and the curve go on from pass to pass") {
    Lab lab = programme_lab({0, 1, 2});
    const ProgrammeResult quiet = run(lab);
    const sim::Duration second = quiet.passes[1].starts;
    Fault fault = crash(5, second + sim::seconds(100), sim::seconds(600));
    lab.fault(fault);
    const ProgrammeResult struck = run(lab);
    CHECK(struck.passes[0].verdict.trace_hash == quiet.passes[0].verdict.trace_hash);
    CHECK(struck.passes[1].verdict.trace_hash != quiet.passes[1].verdict.trace_hash);
    CHECK(case_of_pass(lab.a_case, 1, second).faults.front().trigger.at == at(100));
    CHECK(case_of_pass(lab.a_case, 1, second + sim::seconds(300)).faults.front().duration ==
          sim::seconds(400));
    CHECK(case_of_pass(lab.a_case, 1, second + sim::seconds(701)).faults.empty());
    Lab expiring = programme_lab({0, 1, 2});
    Lab fresh = migrating_lab();
    fresh.tables.stacks = {};
    for (NodeStack stack : stages()) {
        if (stack.name != "imaged") {
            stack.certificate->expires = sim::Instant{second + sim::minutes(10)};
        }
        fresh.tables.stacks.push_back(stack);
    }
    fresh.tables.clusters[ClusterId{0}].stacks = {.now = StackId{0}, .next = StackId{2}};
    fresh.a_case.programme = expiring.a_case.programme;
    fresh.plan = expiring.plan;
    (void)fresh.world();
    const ProgrammeResult expired = run(fresh);
    CHECK(expired.passes[0].verdict.unfinished == Unfinished::no);
    CHECK(expired.passes[1].verdict.unfinished == Unfinished::never_rejoins);
}

TEST_CASE("TLS takes its share of the network card: catch-up is slower, headroom less") {
    const auto took = [](double share, double& headroom) {
        NodeStack before = old_stack();
        NodeStack after = new_stack();
        before.listeners[0] = {.protocol = SecurityProtocol::plaintext, .mechanisms = {}};
        before.protocol = after.protocol = SecurityProtocol::plaintext;
        after.listeners.push_back({.protocol = SecurityProtocol::plaintext, .mechanisms = {}});
        after.tls_share = share;
        Lab lab = migrating_lab(before, after);
        for (Broker& broker : lab.tables.brokers) {
            broker.nic_in = broker.nic_out = ByteRate{30'000'000};
        }
        const Verdict verdict = lab.verdict();
        CHECK(verdict.unfinished == Unfinished::no);
        headroom = verdict.rule(Rule::headroom).worst;
        const MachineTimes& first = verdict.machines[0];
        return first.in_sync - first.registered;
    };
    double usual = 0.0;
    double less = 0.0;
    const sim::Duration plain = took(1.0, usual);
    const sim::Duration encrypted = took(0.5, less);
    // 3 MB/s of live writes: of 30 and of 15 MB/s 27 and 12 are left.
    CHECK(sim::to_seconds(encrypted) ==
          doctest::Approx(sim::to_seconds(plain) * 27.0 / 12.0).epsilon(0.02));
    CHECK(less > usual);
    CHECK(NodeStack{}.tls_share == 0.7);
}

namespace {

/// Clients that trust both issuers and show a certificate of `issuer`.
NodeStack clients_of(const std::string& issuer) {
    NodeStack clients = old_stack();
    clients.name = "clients of " + issuer;
    clients.certificate->issuer = issuer;
    return clients;
}

/// The whole programme with clients that begin with old certificates and, where `pass` is one of
/// its passes, come to new ones at its start.
Lab with_clients(std::optional<std::size_t> pass) {
    const Lab passes = programme_lab({0, 1, 2, 3, 4});
    Lab lab = migrating_lab();
    lab.tables.stacks = {};
    for (const NodeStack& stack : stages()) lab.tables.stacks.push_back(stack);
    const StackId before = lab.tables.stacks.push_back(clients_of("old CA"));
    const StackId after = lab.tables.stacks.push_back(clients_of("new CA"));
    lab.tables.clusters[ClusterId{0}].stacks = {
        .now = StackId{0}, .next = StackId{4}, .clients = before};
    lab.a_case.programme = passes.a_case.programme;
    if (pass) lab.a_case.programme[*pass].clients = after;
    lab.plan = passes.plan;
    (void)lab.world();
    return lab;
}

/// Passes in which clients were refused.
std::vector<std::size_t> locked_out(const Lab& lab) {
    std::vector<std::size_t> passes;
    const ProgrammeResult result = run(lab);
    CHECK(result.passes.size() == 4);
    for (std::size_t p = 0; p < result.passes.size(); ++p) {
        if (result.passes[p].verdict.rule(Rule::client_errors).broken()) passes.push_back(p);
    }
    return passes;
}

}  // namespace

TEST_CASE("clients move between the passes that let both in; before or after they are locked out") {
    using Passes = std::vector<std::size_t>;
    // Trust, image, bump, old trust removed. They never move: the last pass shuts them out.
    CHECK(locked_out(with_clients(std::nullopt)) == Passes{3});
    // They move at any time from the second pass on, when every broker trusts the new issuer.
    CHECK(locked_out(with_clients(1)) == Passes{});
    CHECK(locked_out(with_clients(2)) == Passes{});
    CHECK(locked_out(with_clients(3)) == Passes{});
    // With the first pass most brokers do not yet.
    CHECK(locked_out(with_clients(0)) == Passes{0});
}

TEST_CASE("clients of one cluster that move do not take others along") {
    Lab lab = with_clients(1);
    Pass& pass = lab.a_case.programme[1];
    CHECK(pass.moves_clients(ClusterId{0}));
    CHECK(pass.moves_clients(ClusterId{1}));
    pass.clients_of = {ClusterId{1}};
    CHECK(!pass.moves_clients(ClusterId{0}));
    CHECK(clients_in(lab.a_case, ClusterId{0}, 3) ==
          lab.a_case.fleet.clusters()[ClusterId{0}].stacks.clients);
    CHECK(clients_in(lab.a_case, ClusterId{1}, 0) == StackId::none());
    CHECK(clients_in(lab.a_case, ClusterId{1}, 3) == pass.clients);
    CHECK(locked_out(lab) == std::vector<std::size_t>{3});
}
