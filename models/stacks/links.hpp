// Who can talk to whom, in which direction and for what: pure functions of the two ends of a link
// and the instant of the handshake (kafka-semantics §6).
#pragma once

#include "models/stacks/node_stack.hpp"

namespace rollcast::models {

/// What a link is for. Each is directed: `from` calls, `to` lets it in.
enum class LinkPurpose : std::uint8_t {
    fetch,        // follower to leader
    quorum,       // broker to ZooKeeper, or to the KRaft controllers
    control,      // ZooKeeper mode: the controller to a broker
    client,       // producers and consumers to a broker
    orchestrator  // the orchestrator to a broker
};
inline constexpr int link_purpose_count = 5;

/// Why one end is refused by the other.
enum class Refusal : std::uint8_t {
    none,
    control_plane,     // ZooKeeper at one end, KRaft at the other
    listener,          // nobody listens in the protocol in which it calls
    mechanism,         // the listener does not speak its SASL mechanism
    no_certificate,    // an end has nothing to show
    expired,           // at the instant of the handshake
    short_key,         // below what an operating system accepts
    weak_signature,    // SHA-1, where an operating system refuses it
    untrusted,         // neither issuer nor chain is in the other end's trust store
    protocol_version,  // it speaks a protocol that the other end does not know
    principal          // known by a name that no ACL allows this
};
inline constexpr int refusal_count = 11;

/// What a link comes to. `at_client`: the certificate, if it is one, that is refused is that of the
/// end that calls.
struct LinkAnswer {
    Refusal refusal = Refusal::none;
    bool at_client = false;

    bool open() const { return refusal == Refusal::none; }
    bool operator==(const LinkAnswer&) const = default;
};

/// May `from` open a link to `to` at `at`? The first refusal in the order in which they are met:
/// control plane, listener, the server's certificate, the client's, SASL, protocol, ACL.
///
/// A certificate that an end's own operating system refuses is of no use to it either. Where
/// `to` has no listeners at all, nothing is known of it, and it lets in whoever calls.
LinkAnswer link(LinkPurpose purpose, const NodeStack& from, const NodeStack& to, sim::Instant at);

/// The inter-broker protocol that `stack` speaks: the pinned one, else that of its binary
/// (kafka-semantics §6.1). Empty where neither is known.
std::string_view spoken_protocol(const NodeStack& stack);

/// False where a broker exits at its start: its configuration pins a protocol that its binary does
/// not know (kafka-semantics §6.2).
bool starts(const NodeStack& stack);

std::string_view to_string(LinkPurpose purpose);
std::string_view to_string(Refusal refusal);

}  // namespace rollcast::models
