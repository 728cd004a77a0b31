// What one end of a link runs, as far as it decides who can talk to whom: a broker, the clients of
// a cluster, its orchestrator, its ZooKeeper servers or KRaft controllers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/units.hpp"

namespace rollcast::models {

enum class QuorumKind : std::uint8_t { zookeeper, kraft };

/// How a certificate is signed; RHEL 9's default policy refuses SHA-1 (kafka-semantics §6.4).
enum class SignatureStrength : std::uint8_t { sha256, sha1 };

/// Kafka's security protocols, as `listeners` name them.
enum class SecurityProtocol : std::uint8_t { plaintext, ssl, sasl_plaintext, sasl_ssl };
inline constexpr int security_protocol_count = 4;

enum class SaslMechanism : std::uint8_t {
    none,
    plain,
    scram_sha_256,
    scram_sha_512,
    gssapi,
    oauthbearer
};
inline constexpr int sasl_mechanism_count = 6;

constexpr bool uses_tls(SecurityProtocol protocol) {
    return protocol == SecurityProtocol::ssl || protocol == SecurityProtocol::sasl_ssl;
}
constexpr bool uses_sasl(SecurityProtocol protocol) {
    return protocol == SecurityProtocol::sasl_plaintext || protocol == SecurityProtocol::sasl_ssl;
}

/// What an end shows of itself in a handshake. Defaults: assumed, what a private CA issues today.
struct Certificate {
    std::string issuer;
    std::vector<std::string> chain;  // CAs above the issuer that it sends along
    sim::Instant expires = sim::Instant::never();
    int key_bits = 2048;  // of an RSA key
    SignatureStrength signature = SignatureStrength::sha256;
    bool operator==(const Certificate&) const = default;
};

/// Where an end lets others in.
struct Listener {
    SecurityProtocol protocol = SecurityProtocol::plaintext;
    std::vector<SaslMechanism> mechanisms;  // of SASL protocols
    bool client_certificate = false;        // ssl.client.auth=required: it wants to see one
    bool operator==(const Listener&) const = default;
};

/// What an ACL allows: what brokers and controllers do among themselves (ClusterAction), what
/// producers and consumers do, what an orchestrator does.
enum class AclOperation : std::uint8_t { cluster, clients, admin };
inline constexpr int acl_operation_count = 3;

struct Acl {
    std::string principal;  // "*" = anybody
    AclOperation allows = AclOperation::cluster;
    bool operator==(const Acl&) const = default;
};

/// One end. A field that nobody knows (an empty version) refuses nothing.
struct NodeStack {
    std::string name;
    std::string os;
    bool legacy_crypto = false;         // the system's crypto policy is LEGACY
    std::string kafka_version;          // of the binary
    std::string inter_broker_protocol;  // empty = not pinned: that of the binary (§6.1)
    std::string misunderstands;         // a release whose fetches fail here by a bug (§6.2)
    std::string message_format;
    QuorumKind control_plane = QuorumKind::zookeeper;
    SecurityProtocol protocol = SecurityProtocol::plaintext;         // in which it calls brokers
    SecurityProtocol quorum_protocol = SecurityProtocol::plaintext;  // ZooKeeper, controllers
    SaslMechanism mechanism = SaslMechanism::none;                   // where it calls with SASL
    std::vector<Listener> listeners;
    /// Share of the rate of its network card that a broker with a TLS listener gets through: what
    /// is encrypted goes without sendfile, and takes CPU (assumed; it hangs on cores and cipher).
    double tls_share = 0.7;
    std::optional<Certificate> certificate;
    std::vector<std::string> trust;  // issuers in its trust store
    std::string principal;           // as which it is known
    std::vector<Acl> acls;           // whom it lets do what; none = no authorizer, anybody
    bool operator==(const NodeStack&) const = default;
};

/// What an operating system accepts in a handshake.
struct CryptoPolicy {
    bool sha1 = true;
    int least_key_bits = 0;
};

/// RHEL 9 and its rebuilds, policy DEFAULT: no SHA-1 signatures, RSA of at least 2,048 bits; LEGACY
/// allows SHA-1 again (kafka-semantics §6.4). That Java follows the policy, as the packaged OpenJDK
/// does, is assumed; other systems are assumed to accept everything.
CryptoPolicy crypto_policy(const NodeStack& stack);

/// Share of the rate of its network card that encryption leaves a broker, both ways.
double network_left(const NodeStack& stack);

std::string_view to_string(SecurityProtocol protocol);
std::string_view to_string(SaslMechanism mechanism);
std::string_view to_string(AclOperation operation);

}  // namespace rollcast::models
