#include "models/stacks/links.hpp"

#include <algorithm>

#include "models/kafka_version.hpp"

namespace rollcast::models {

namespace {

/// From 4.0 on what is older than 2.1 is not understood any more (KIP-896); before that every
/// broker understands all that came before it.
constexpr KafkaVersion oldest_since_4_0{2, 1};

/// Why `shown`, in a handshake at `at`, is of no use to its own end or to the other; none if it is.
Refusal judge(const NodeStack& shows, const NodeStack& looks, sim::Instant at) {
    if (!shows.certificate) return Refusal::no_certificate;
    const Certificate& shown = *shows.certificate;
    if (at >= shown.expires) return Refusal::expired;
    const CryptoPolicy own = crypto_policy(shows);
    const CryptoPolicy other = crypto_policy(looks);
    if (shown.key_bits < std::max(own.least_key_bits, other.least_key_bits)) {
        return Refusal::short_key;
    }
    if (shown.signature == SignatureStrength::sha1 && !(own.sha1 && other.sha1)) {
        return Refusal::weak_signature;
    }
    const auto trusted = [&](const std::string& issuer) {
        return std::find(looks.trust.begin(), looks.trust.end(), issuer) != looks.trust.end();
    };
    const bool known =
        trusted(shown.issuer) || std::any_of(shown.chain.begin(), shown.chain.end(), trusted);
    return known ? Refusal::none : Refusal::untrusted;
}

LinkAnswer shake_hands(const NodeStack& from,
                       const NodeStack& to,
                       const Listener& listener,
                       sim::Instant at) {
    if (!uses_tls(listener.protocol)) return {};
    if (const Refusal refusal = judge(to, from, at); refusal != Refusal::none) {
        return {refusal, false};
    }
    if (!listener.client_certificate) return {};
    const Refusal refusal = judge(from, to, at);
    return {refusal, refusal != Refusal::none};
}

/// True where `to` does not know what `from` speaks.
bool protocols_differ(LinkPurpose purpose, const NodeStack& from, const NodeStack& to) {
    if (to.kafka_version.empty()) return false;
    const bool bug = !to.misunderstands.empty() && from.kafka_version == to.misunderstands;
    if (purpose == LinkPurpose::fetch && bug) return true;
    const KafkaVersion served = parse_kafka_version(to.kafka_version);
    const bool among_brokers = purpose == LinkPurpose::fetch || purpose == LinkPurpose::control;
    const std::string_view spoken = among_brokers ? spoken_protocol(from) : from.kafka_version;
    if (spoken.empty()) return false;
    const KafkaVersion version = parse_kafka_version(spoken);
    // Clients and tools ask for what the broker speaks; brokers do not.
    if (among_brokers && version > served) return true;
    return purpose != LinkPurpose::quorum && served >= KafkaVersion{4, 0} &&
           version < oldest_since_4_0;
}

AclOperation operation_of(LinkPurpose purpose) {
    if (purpose == LinkPurpose::client) return AclOperation::clients;
    return purpose == LinkPurpose::orchestrator ? AclOperation::admin : AclOperation::cluster;
}

bool allowed(LinkPurpose purpose, const NodeStack& from, const NodeStack& to) {
    if (to.acls.empty()) return true;
    const AclOperation operation = operation_of(purpose);
    return std::any_of(to.acls.begin(), to.acls.end(), [&](const Acl& acl) {
        return acl.allows == operation && (acl.principal == "*" || acl.principal == from.principal);
    });
}

}  // namespace

std::string_view spoken_protocol(const NodeStack& stack) {
    return stack.inter_broker_protocol.empty() ? std::string_view(stack.kafka_version)
                                               : std::string_view(stack.inter_broker_protocol);
}

bool starts(const NodeStack& stack) {
    if (stack.kafka_version.empty() || stack.inter_broker_protocol.empty()) return true;
    return parse_kafka_version(stack.inter_broker_protocol) <=
           parse_kafka_version(stack.kafka_version);
}

LinkAnswer link(LinkPurpose purpose, const NodeStack& from, const NodeStack& to, sim::Instant at) {
    if (purpose == LinkPurpose::quorum && from.control_plane != to.control_plane) {
        return {Refusal::control_plane};
    }
    if (!to.listeners.empty()) {
        const SecurityProtocol called =
            purpose == LinkPurpose::quorum ? from.quorum_protocol : from.protocol;
        const auto listener = std::find_if(to.listeners.begin(),
                                           to.listeners.end(),
                                           [&](const Listener& l) { return l.protocol == called; });
        if (listener == to.listeners.end()) return {Refusal::listener};
        const LinkAnswer shaken = shake_hands(from, to, *listener, at);
        if (!shaken.open()) return shaken;
        const auto& mechanisms = listener->mechanisms;
        const bool spoken =
            std::find(mechanisms.begin(), mechanisms.end(), from.mechanism) != mechanisms.end();
        if (uses_sasl(called) && !spoken) return {Refusal::mechanism};
    }
    if (protocols_differ(purpose, from, to)) return {Refusal::protocol_version};
    if (!allowed(purpose, from, to)) return {Refusal::principal};
    return {};
}

std::string_view to_string(LinkPurpose purpose) {
    switch (purpose) {
        case LinkPurpose::fetch:
            return "fetch";
        case LinkPurpose::quorum:
            return "quorum";
        case LinkPurpose::control:
            return "control";
        case LinkPurpose::client:
            return "client";
        case LinkPurpose::orchestrator:
            return "orchestrator";
    }
    return "unknown";
}

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::none:
            return "none";
        case Refusal::control_plane:
            return "control_plane";
        case Refusal::listener:
            return "listener";
        case Refusal::mechanism:
            return "mechanism";
        case Refusal::no_certificate:
            return "no_certificate";
        case Refusal::expired:
            return "expired";
        case Refusal::short_key:
            return "short_key";
        case Refusal::weak_signature:
            return "weak_signature";
        case Refusal::untrusted:
            return "untrusted";
        case Refusal::protocol_version:
            return "protocol_version";
        case Refusal::principal:
            return "principal";
    }
    return "unknown";
}

}  // namespace rollcast::models
