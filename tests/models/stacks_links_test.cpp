// Who can talk to whom: one table of ends, each link held against the reason that must be given.
#include <vector>

#include <doctest/doctest.h>

#include "models/stacks/links.hpp"

using namespace rollcast;
using namespace rollcast::models;

namespace {

using P = LinkPurpose;
using R = Refusal;

const sim::Instant one_o_clock{sim::hours(1)};

/// Today: CentOS 7, Kafka 2.8, mutual TLS under the old CA.
NodeStack today() {
    NodeStack stack;
    stack.name = "old";
    stack.os = "CentOS 7";
    stack.kafka_version = "2.8.2";
    stack.inter_broker_protocol = "2.8";
    stack.protocol = SecurityProtocol::ssl;
    stack.quorum_protocol = SecurityProtocol::ssl;
    stack.listeners = {
        {.protocol = SecurityProtocol::ssl, .mechanisms = {}, .client_certificate = true}};
    stack.certificate = Certificate{.issuer = "old CA", .chain = {}};
    stack.trust = {"old CA", "new CA"};
    stack.principal = "CN=kafka";
    return stack;
}

/// After it: RHEL 9, Kafka 3.4, under the new CA; pinned to what the old one speaks.
NodeStack tomorrow() {
    NodeStack stack = today();
    stack.name = "new";
    stack.os = "RHEL 9.4";
    stack.kafka_version = "3.4.1";
    stack.certificate = Certificate{.issuer = "new CA", .chain = {}};
    return stack;
}

LinkAnswer ask(P purpose, const NodeStack& from, const NodeStack& to) {
    return link(purpose, from, to, one_o_clock);
}

template <class Change>
NodeStack with(NodeStack stack, Change change) {
    change(stack);
    return stack;
}

}  // namespace

TEST_CASE("stacks that were prepared for each other talk in every direction, for everything") {
    for (const P purpose : {P::fetch, P::quorum, P::control, P::client, P::orchestrator}) {
        CAPTURE(to_string(purpose));
        CHECK(ask(purpose, today(), today()).open());
        CHECK(ask(purpose, today(), tomorrow()).open());
        CHECK(ask(purpose, tomorrow(), today()).open());
        CHECK(ask(purpose, tomorrow(), tomorrow()).open());
    }
}

TEST_CASE("a protocol that is not pinned is refused by the old, and speaks to its like") {
    const NodeStack loose = with(tomorrow(), [](NodeStack& s) { s.inter_broker_protocol.clear(); });
    CHECK(spoken_protocol(loose) == "3.4.1");
    CHECK(spoken_protocol(tomorrow()) == "2.8");
    CHECK(ask(P::fetch, loose, today()).refusal == R::protocol_version);
    CHECK(ask(P::control, loose, today()).refusal == R::protocol_version);
    CHECK(ask(P::fetch, today(), loose).open());
    CHECK(ask(P::fetch, loose, loose).open());
    CHECK(ask(P::fetch, loose, tomorrow()).open());
    // It registers: ZooKeeper and tools know nothing of protocols.
    CHECK(ask(P::quorum, loose, today()).open());
    CHECK(ask(P::orchestrator, loose, today()).open());
    // Clients ask for what the broker speaks, until 4.0 forgets what is older than 2.1 (KIP-896).
    const NodeStack four = with(tomorrow(), [](NodeStack& s) { s.kafka_version = "4.0.0"; });
    const NodeStack ancient = with(today(), [](NodeStack& s) { s.kafka_version = "0.11.0"; });
    CHECK(ask(P::client, loose, today()).open());
    CHECK(ask(P::client, ancient, tomorrow()).open());
    CHECK(ask(P::client, ancient, four).refusal == R::protocol_version);
    CHECK(ask(P::client, today(), four).open());
    // What nobody knows refuses nothing.
    CHECK(ask(P::fetch, loose, NodeStack{}).refusal == R::none);
}

TEST_CASE("a binary does not start with a protocol that it does not know") {
    CHECK(starts(today()));
    CHECK(starts(with(today(), [](NodeStack& s) { s.inter_broker_protocol.clear(); })));
    CHECK(starts(with(today(), [](NodeStack& s) { s.inter_broker_protocol = "2.7"; })));
    CHECK(!starts(with(today(), [](NodeStack& s) { s.inter_broker_protocol = "3.4"; })));
    CHECK(starts(with(tomorrow(), [](NodeStack& s) { s.inter_broker_protocol = "3.4"; })));
}

TEST_CASE("certificates: the end that shows one, and both systems, have their say") {
    struct Row {
        const char* what;
        NodeStack from, to;
        LinkAnswer answer;
    };
    const auto old_without = with(today(), [](NodeStack& s) { s.certificate.reset(); });
    const auto new_without = with(tomorrow(), [](NodeStack& s) { s.certificate.reset(); });
    const auto distrusts = with(today(), [](NodeStack& s) { s.trust = {"old CA"}; });
    const auto expired =
        with(tomorrow(), [](NodeStack& s) { s.certificate->expires = one_o_clock; });
    const auto soon = with(
        tomorrow(), [](NodeStack& s) { s.certificate->expires = one_o_clock + sim::seconds(1); });
    const auto sha1 =
        with(today(), [](NodeStack& s) { s.certificate->signature = SignatureStrength::sha1; });
    const auto new_sha1 =
        with(tomorrow(), [](NodeStack& s) { s.certificate->signature = SignatureStrength::sha1; });
    const auto legacy = with(new_sha1, [](NodeStack& s) { s.legacy_crypto = true; });
    const auto short_key = with(today(), [](NodeStack& s) { s.certificate->key_bits = 1024; });
    const auto chained = with(tomorrow(), [](NodeStack& s) {
        s.certificate = Certificate{.issuer = "issuing CA", .chain = {"new CA"}};
    });
    const auto unchained = with(chained, [](NodeStack& s) { s.certificate->chain.clear(); });
    const std::vector<Row> rows{
        {"the server has none", today(), new_without, {R::no_certificate, false}},
        {"the client has none", new_without, today(), {R::no_certificate, true}},
        {"old has none either way", old_without, old_without, {R::no_certificate, false}},
        {"the old does not trust the new: as a client", distrusts, tomorrow(), {R::untrusted}},
        {"and as a server, which sees it", tomorrow(), distrusts, {R::untrusted, true}},
        {"among the new all is well", tomorrow(), tomorrow(), {}},
        {"expired at this instant", today(), expired, {R::expired}},
        {"not yet", today(), soon, {}},
        {"as a client too", expired, today(), {R::expired, true}},
        {"SHA-1 among the old", sha1, sha1, {}},
        {"SHA-1 that RHEL 9 is shown", sha1, tomorrow(), {R::weak_signature, true}},
        {"SHA-1 that RHEL 9 sees", tomorrow(), sha1, {R::weak_signature, false}},
        {"SHA-1 on RHEL 9 itself", today(), new_sha1, {R::weak_signature, false}},
        {"LEGACY allows it again", today(), legacy, {}},
        {"RSA 1024 among the old", short_key, short_key, {}},
        {"RSA 1024 that RHEL 9 sees", tomorrow(), short_key, {R::short_key, false}},
        {"an issuer under a CA that is trusted", today(), chained, {}},
        {"the CA is not sent along", today(), unchained, {R::untrusted}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const LinkAnswer answer = ask(P::fetch, row.from, row.to);
        CHECK(to_string(answer.refusal) == to_string(row.answer.refusal));
        CHECK(answer.at_client == row.answer.at_client);
        // Clients go through the same handshake.
        CHECK(ask(P::client, row.from, row.to) == row.answer);
    }
}

TEST_CASE("trust on one side alone breaks one direction where only servers show certificates") {
    const auto one_way = [](NodeStack stack) {
        stack.listeners[0].client_certificate = false;
        return stack;
    };
    const NodeStack fresh = one_way(tomorrow());
    const NodeStack stale = one_way(with(today(), [](NodeStack& s) { s.trust = {"old CA"}; }));
    CHECK(ask(P::fetch, fresh, stale).open());
    CHECK(ask(P::fetch, stale, fresh).refusal == R::untrusted);
}

TEST_CASE("listeners, mechanisms and names") {
    const auto sasl = [](NodeStack stack, SaslMechanism calls) {
        stack.protocol = SecurityProtocol::sasl_ssl;
        stack.mechanism = calls;
        return stack;
    };
    NodeStack both = tomorrow();
    both.listeners.push_back(
        {.protocol = SecurityProtocol::sasl_ssl, .mechanisms = {SaslMechanism::scram_sha_512}});
    CHECK(ask(P::client, today(), both).open());
    CHECK(ask(P::client, sasl(today(), SaslMechanism::scram_sha_512), both).open());
    CHECK(ask(P::client, sasl(today(), SaslMechanism::plain), both).refusal == R::mechanism);
    CHECK(ask(P::client, sasl(today(), SaslMechanism::plain), tomorrow()).refusal == R::listener);
    const NodeStack plain =
        with(today(), [](NodeStack& s) { s.protocol = SecurityProtocol::plaintext; });
    CHECK(ask(P::fetch, plain, tomorrow()).refusal == R::listener);

    NodeStack guarded = tomorrow();
    guarded.acls = {{"CN=kafka", AclOperation::cluster},
                    {"*", AclOperation::clients},
                    {"CN=operator", AclOperation::admin}};
    const NodeStack renamed = with(today(), [](NodeStack& s) { s.principal = "CN=kafka,O=new"; });
    CHECK(ask(P::fetch, today(), guarded).open());
    CHECK(ask(P::fetch, renamed, guarded).refusal == R::principal);
    CHECK(ask(P::control, renamed, guarded).refusal == R::principal);
    CHECK(
        ask(P::quorum, renamed, with(guarded, [](NodeStack& s) { s.listeners.clear(); })).refusal ==
        R::principal);
    CHECK(ask(P::client, renamed, guarded).open());
    CHECK(ask(P::orchestrator, renamed, guarded).refusal == R::principal);
}

TEST_CASE("ZooKeeper and KRaft do not meet") {
    const NodeStack kraft =
        with(tomorrow(), [](NodeStack& s) { s.control_plane = QuorumKind::kraft; });
    CHECK(ask(P::quorum, kraft, today()).refusal == R::control_plane);
    CHECK(ask(P::quorum, today(), kraft).refusal == R::control_plane);
    CHECK(ask(P::fetch, kraft, today()).open());
}

TEST_CASE("which systems refuse SHA-1 and short keys") {
    const auto refuses = [](const char* os) {
        NodeStack stack;
        stack.os = os;
        const CryptoPolicy policy = crypto_policy(stack);
        CHECK((policy.least_key_bits == 2048) == !policy.sha1);
        return !policy.sha1;
    };
    for (const char* os : {"RHEL 9",
                           "rhel9",
                           "Red Hat Enterprise Linux 9.4",
                           "AlmaLinux 9.3",
                           "Rocky Linux 9",
                           "CentOS Stream 9",
                           "el9"}) {
        CAPTURE(os);
        CHECK(refuses(os));
    }
    for (const char* os : {"CentOS 7", "CentOS 7.9", "RHEL 8.9", "Debian 9", "Ubuntu 22.04", ""}) {
        CAPTURE(os);
        CHECK(!refuses(os));
    }
}
