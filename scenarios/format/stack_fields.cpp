// What a named stack may hold.
#include "models/stacks/node_stack.hpp"
#include "scenarios/format/stack_reader.hpp"

namespace rollcast::scenarios {

namespace {

template <class Enum>
std::vector<std::string> enum_words(int count, int first = 0) {
    std::vector<std::string> words;
    for (int i = first; i < count; ++i) {
        words.emplace_back(models::to_string(static_cast<Enum>(i)));
    }
    return words;
}

Shape protocol() {
    return choice(enum_words<models::SecurityProtocol>(models::security_protocol_count));
}

Shape mechanism() {
    return choice(enum_words<models::SaslMechanism>(models::sasl_mechanism_count, 1));
}

const Record& certificate_record() {
    static const models::Certificate standard;
    static const Record table =
        record("certificate",
               "What an end shows of itself in a TLS handshake.",
               {
                   {"issuer", text(), "The CA that has signed it. Required, here or by `like`."},
                   {"chain", list(text()), "CAs above the issuer that are sent along."},
                   {"expires_s",
                    seconds(),
                    "When it expires, seconds after the start of the run. Absent: not in the run."},
                   {"key_bits",
                    integer(512, 16'384),
                    "Length of its RSA key.",
                    optional,
                    standard.key_bits},
                   {"signature",
                    choice({"sha256", "sha1"}),
                    "How it is signed; RHEL 9 refuses SHA-1 by default.",
                    optional,
                    "sha256"},
               });
    return table;
}

const Record& listener_record() {
    static const Record table =
        record("listener",
               "Where a broker lets others in.",
               {
                   {"protocol", protocol(), "Its security protocol.", required},
                   {"mechanisms", list(mechanism()), "SASL mechanisms, of a SASL protocol."},
                   {"client_certificate",
                    boolean(),
                    "ssl.client.auth=required: who calls must show a certificate.",
                    optional,
                    false},
               });
    return table;
}

const Record& acl_record() {
    static const Record table = record(
        "acl",
        "Whom a broker lets do what.",
        {
            {"principal", text(), "Who; \"*\" = anybody.", required},
            {"allows",
             list(choice(enum_words<models::AclOperation>(models::acl_operation_count)), 1),
             "cluster: what brokers and controllers do among themselves; clients: producing and "
             "consuming; admin: what an orchestrator does.",
             required},
        });
    return table;
}

}  // namespace

const Record& node_stack_record() {
    static const Record table = record(
        "node_stack",
        "What one end of a link runs, as far as it decides who can talk to whom: brokers, clients, "
        "an orchestrator, ZooKeeper servers.",
        {
            {"name", name(), "Name, unique in the fleet.", required},
            {"like", text(), "A stack listed before it: what is not said here is as there."},
            {"os", text(), "Operating system and release."},
            {"crypto_policy",
             choice({"default", "legacy"}),
             "System-wide crypto policy. RHEL 9's default refuses SHA-1 signatures and RSA keys "
             "below 2,048 bits.",
             optional,
             "default"},
            {"kafka_version", text(), "Version of the binary."},
            {"inter_broker_protocol",
             text(),
             "Pinned inter.broker.protocol.version. Absent or \"unpinned\": that of the binary."},
            {"message_format", text(), "log.message.format.version, where it is set."},
            {"control_plane",
             choice({"zookeeper", "kraft"}),
             "What its brokers register with.",
             optional,
             "zookeeper"},
            {"protocol",
             protocol(),
             "In which it calls brokers: security.inter.broker.protocol, security.protocol.",
             optional,
             "plaintext"},
            {"quorum_protocol",
             protocol(),
             "In which its brokers call ZooKeeper or the KRaft controllers.",
             optional,
             "plaintext"},
            {"mechanism", mechanism(), "SASL mechanism with which it calls, in a SASL protocol."},
            {"listeners",
             list(object(listener_record())),
             "Where it lets others in. None: whoever calls."},
            {"tls_share",
             share(),
             "Share of the rate of its network card that a broker with a TLS listener gets "
             "through: "
             "no sendfile, and CPU.",
             optional,
             models::NodeStack{}.tls_share},
            {"certificate", object(certificate_record()), "What it shows in TLS handshakes."},
            {"trust", list(text()), "Issuers in its trust store."},
            {"principal", text(), "As which others know it."},
            {"acls", list(object(acl_record())), "Whom it lets do what. None: anybody anything."},
        });
    return table;
}

}  // namespace rollcast::scenarios
