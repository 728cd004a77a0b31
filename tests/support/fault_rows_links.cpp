// Rows of the kinds that strike links, versions and identities.
#include "tests/support/fault_rows.hpp"

namespace rollcast::support::fault_rows {

using namespace models;

namespace {

using K = FaultKind;

/// Of the migration: what a broker that never rejoins keeps others from.
const std::vector<Move> never_back{{at_floor}, {makespan}, {not_migrated}};

/// Both stacks of the migration as `change` makes them.
Change both_stacks(void (*change)(NodeStack&)) {
    return [change](Lab& lab) {
        for (NodeStack& stack : lab.tables.stacks) change(stack);
    };
}

Lab rebuilding() {
    Lab lab = migrating();
    lab.plan.data_disk = DataDisk::wipe;
    return lab;
}

/// What is said in plain text needs no certificate; a TLS listener stands beside.
void plain_between_brokers(NodeStack& stack) {
    stack.protocol = SecurityProtocol::plaintext;
    stack.listeners.push_back({.protocol = SecurityProtocol::plaintext, .mechanisms = {}});
    stack.certificate.reset();
    stack.acls.clear();
}

void signed_with_sha1(NodeStack& stack) {
    stack.os = "CentOS 7";
    stack.certificate->signature = SignatureStrength::sha1;
}

void issued_by_nobody(NodeStack& stack) {
    stack.certificate->issuer = "nobody's CA";
    stack.trust.emplace_back("nobody's CA");
}

void known_as_nobody(NodeStack& stack) {
    stack.principal = "CN=nobody";
    stack.acls.push_back({"CN=nobody", AclOperation::cluster});
}

FaultRow lost_identity(FaultKind kind,
                       Neutral neutral,
                       std::string_view source,
                       std::string_view remedy) {
    return {.kind = kind,
            .bench = migrating,
            .neutral = std::move(neutral),
            .moves = never_back,
            .source = source,
            .cure = {remedy, ends_after(sim::hours(1)), not_migrated}};
}

std::vector<FaultRow> network_rows() {
    return {
        {.kind = K::nic_degraded,
         .bench = busy,
         .neutral = value(1.0, "all of the rate is left"),
         .moves = {{isr_shrinks}, {at_floor}},
         .source = "§8.2: what lags for L leaves the ISR",
         .cure = {"the card is as fast as before", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::network_blip,
         .bench = resting,
         .neutral = value(0.0, "it is cut off from nobody"),
         .moves = {{isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§5.3: longer than the session, it is as good as dead",
         .cure = {"the link is there again", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::one_way_block,
         .bench = resting,
         .neutral = value(0.0, "everybody can connect"),
         .moves = {{isr_shrinks}, {under_floor}, {client_errors}},
         .source = "§6.4: a leader with a shrinking ISR",
         .cure = {"the port is open", ends_after(sim::hours(1)), client_errors}},
        {.kind = K::uplink_degraded,
         .bench = rebuilding,
         .neutral = value(1.0, "all of the rate is left"),
         .moves = {{at_floor}, {makespan}},
         .source = "§4.3, §4.5: catch-up takes bytes over what is left of the rate",
         .cure = {"the uplink is as fast as before", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::uplink_lossy,
         .bench = rebuilding,
         .neutral = value(0.0, "nothing is lost"),
         .moves = {{at_floor}, {makespan}},
         .source = "§8.3 (Dean), Mathis et al. 1997: a connection gets less the more is lost",
         .cure = {"nothing is lost any more", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::rack_split,
         .bench = resting,
         .neutral = value(0.0, "no rack is cut off"),
         .moves = {{isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§5.2, §8.3: the side without the majority is fenced",
         .cure = {"the racks reach each other", ends_after(sim::hours(1)), at_floor}},
        {.kind = K::cut_from_quorum,
         .bench = resting,
         .neutral = value(0.6, "one of three nodes still answers"),
         .moves = {{isr_shrinks}, {leader_moves}, {at_floor}},
         .source = "§8.3: its session expires, others lead",
         .cure = {"it reaches its quorum", ends_after(sim::hours(1)), at_floor}},
    };
}

std::vector<FaultRow> version_rows() {
    return {
        lost_identity(K::protocol_unpinned,
                      {"the binary speaks nothing newer",
                       [](Lab& lab) { lab.tables.stacks[StackId{1}].kafka_version = "2.8.2"; }},
                      "§6.1, §6.2 (#491): the first upgraded broker cannot replicate",
                      "the pin is there, the broker restarted"),
        lost_identity(K::protocol_unknown,
                      value(2.8, "that is what is pinned"),
                      "§6.2 (#246): the broker exits at its start",
                      "the configuration is right, the process starts"),
        lost_identity(K::never_rejoins,
                      value(0.0, "it can fetch from everybody"),
                      "§6.2 (PR#7827): up, and out of its ISRs",
                      "its fetches succeed"),
        {.kind = K::transactions_fail,
         .bench = migrating,
         .neutral = value(0.0, "nothing is written in transactions"),
         .moves = {{client_errors}},
         .source = "§6.2 (KAFKA-16692): transactions fail in the mixed window",
         .cure = {"the bug is mended", ends_after(sim::hours(1)), client_errors}},
        {.kind = K::controller_side,
         .bench = migrating,
         .neutral = said_before("they do not understand each other already"),
         .moves = {{isr_shrinks}, {under_floor}, {client_errors}},
         .source = "§6.2 (KAFKA-12835): replicas not served",
         .cure = {"they understand each other", ends_after(sim::minutes(100)), client_errors}},
        {.kind = K::masked_error,
         .bench = migrating,
         .neutral = {"the new binary has that bug already",
                     [](Lab& lab) { lab.tables.stacks[StackId{1}].misunderstands = "3.4.1"; }},
         .moves = {{makespan}, {not_migrated}},
         .source = "§6.2 (iii): the first passes, the second does not",
         .cure = {"the bug is mended", ends_after(sim::hours(2)), not_migrated}},
    };
}

std::vector<FaultRow> auth_rows() {
    return {
        lost_identity(K::certificate_missing,
                      {"brokers call each other in plain text and have none",
                       both_stacks(plain_between_brokers)},
                      "§6.3: handshakes fail both ways",
                      "the certificate is there"),
        lost_identity(K::certificate_expired,
                      value(0.0, "no certificate is of that day"),
                      "§6.3: only new handshakes fail, so at the next restart",
                      "new certificates are read in"),
        lost_identity(
            K::wrong_issuer,
            {"that is who issues them, and everybody trusts it", both_stacks(issued_by_nobody)},
            "§6.3: nobody can fetch from it, nor it from them",
            "the right certificate is read in"),
        lost_identity(
            K::sha1_certificate,
            {"they are signed with SHA-1, and no system minds", both_stacks(signed_with_sha1)},
            "§6.4: SHA-1 signatures are not allowed",
            "one that is signed with SHA-256 is read in"),
        lost_identity(K::short_key,
                      value(2048.0, "that is the key"),
                      "§6.4: RSA >= 2048",
                      "one with a longer key is read in"),
        lost_identity(K::trust_collapsed,
                      value(0.0, "no trust store was left out"),
                      "§6.3: broken pairs = old x new",
                      "the issuer is added to the trust stores"),
        lost_identity(K::principal_changed,
                      {"that is its name, and ACLs know it", both_stacks(known_as_nobody)},
                      "§6.3 (T373189): CLUSTER_AUTHORIZATION_FAILED between brokers",
                      "a mapping rule knows the name"),
        {.kind = K::orchestrator_blind,
         .bench = migrating,
         .neutral = value(0.0, "no broker refuses it"),
         .moves = {{makespan}, {not_migrated}},
         .source = "§6.3, assumed: it does not see what is back",
         .cure = {"it can log in", ends_after(sim::hours(1)), not_migrated}},
        {.kind = K::clients_locked_out,
         .bench = migrating,
         .neutral = value(0.0, "no broker refuses them"),
         .moves = {{client_errors}},
         .source = "§6.3, assumed: what a restarted broker leads takes no writes",
         .cure = {"clients can log in", ends_after(sim::minutes(50)), client_errors}},
    };
}

}  // namespace

std::vector<FaultRow> link_rows() {
    std::vector<FaultRow> rows = network_rows();
    for (const auto& more : {version_rows(), auth_rows()}) {
        rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
}

}  // namespace rollcast::support::fault_rows
