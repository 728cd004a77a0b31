#include "scenarios/format/stack_reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/kafka_version.hpp"
#include "models/stacks/links.hpp"
#include "scenarios/format/codes.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::NodeStack;
using models::StackId;

namespace {

template <class Enum>
Enum of_word(const std::string& word, int count) {
    for (int i = 0; i < count; ++i) {
        if (models::to_string(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
    }
    return Enum{};
}

models::SecurityProtocol protocol_of(const std::string& word) {
    return of_word<models::SecurityProtocol>(word, models::security_protocol_count);
}

models::SaslMechanism mechanism_of(const std::string& word) {
    return of_word<models::SaslMechanism>(word, models::sasl_mechanism_count);
}

/// `own` over `base`: an object over an object field by field, anything else in its place.
Json laid_over(Json base, const Json& own) {
    for (const auto& [key, value] : own.items()) {
        if (value.is_object() && base.contains(key) && base[key].is_object()) {
            base[key] = laid_over(base[key], value);
        } else {
            base[key] = value;
        }
    }
    return base;
}

models::Certificate read_certificate(const Reader& reader) {
    models::Certificate certificate;
    certificate.issuer = reader.text("issuer");
    if (reader.has("chain")) certificate.chain = reader.texts("chain");
    if (reader.has("expires_s")) {
        certificate.expires = sim::Instant{sim::ceil_seconds(reader.number("expires_s"))};
    }
    certificate.key_bits = static_cast<int>(reader.integer("key_bits"));
    if (reader.text("signature") == "sha1") {
        certificate.signature = models::SignatureStrength::sha1;
    }
    return certificate;
}

NodeStack read_node_stack(const Reader& reader) {
    NodeStack stack;
    stack.name = reader.text("name");
    stack.os = reader.text("os");
    stack.legacy_crypto = reader.text("crypto_policy") == "legacy";
    stack.kafka_version = reader.text("kafka_version");
    const std::string protocol = reader.text("inter_broker_protocol");
    stack.inter_broker_protocol = protocol == "unpinned" ? "" : protocol;
    stack.message_format = reader.text("message_format");
    if (reader.text("control_plane") == "kraft") stack.control_plane = models::QuorumKind::kraft;
    stack.protocol = protocol_of(reader.text("protocol"));
    stack.quorum_protocol = protocol_of(reader.text("quorum_protocol"));
    if (reader.has("mechanism")) stack.mechanism = mechanism_of(reader.text("mechanism"));
    for (const Reader& listener : reader.objects("listeners")) {
        models::Listener made{.protocol = protocol_of(listener.text("protocol")),
                              .mechanisms = {},
                              .client_certificate = listener.flag("client_certificate")};
        if (listener.has("mechanisms")) {
            for (const std::string& word : listener.texts("mechanisms")) {
                made.mechanisms.push_back(mechanism_of(word));
            }
        }
        stack.listeners.push_back(std::move(made));
    }
    if (reader.has("certificate"))
        stack.certificate = read_certificate(reader.object("certificate"));
    stack.tls_share = reader.number("tls_share");
    if (reader.has("trust")) stack.trust = reader.texts("trust");
    stack.principal = reader.text("principal");
    for (const Reader& acl : reader.objects("acls")) {
        for (const std::string& word : acl.texts("allows")) {
            stack.acls.push_back(
                {acl.text("principal"),
                 of_word<models::AclOperation>(word, models::acl_operation_count)});
        }
    }
    return stack;
}

/// "3.4", "2.8.2": begins with two numbers.
bool is_version(const std::string& text) {
    const std::size_t dot = text.find('.');
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return dot != std::string::npos && dot > 0 && dot < 6 && dot + 1 < text.size() &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dot), digit) &&
           digit(text[dot + 1]);
}

std::string in_words(models::Refusal refusal) {
    switch (refusal) {
        case models::Refusal::none:
            return "nothing";
        case models::Refusal::control_plane:
            return "one registers with ZooKeeper, the other with KRaft";
        case models::Refusal::listener:
            return "none of its listeners speaks the protocol in which it calls";
        case models::Refusal::mechanism:
            return "the listener does not offer the SASL mechanism with which it calls";
        case models::Refusal::no_certificate:
            return "it has no certificate to show";
        case models::Refusal::expired:
            return "its certificate has expired before the run";
        case models::Refusal::short_key:
            return "its own operating system refuses a key so short";
        case models::Refusal::weak_signature:
            return "its own operating system refuses a certificate signed with SHA-1";
        case models::Refusal::untrusted:
            return "its trust store does not hold the issuer of its certificate";
        case models::Refusal::protocol_version:
            return "it does not understand its own protocol";
        case models::Refusal::principal:
            return "no ACL lets its principal act in the cluster";
    }
    return "unknown";
}

/// The field of a stack that a refusal among its own brokers points to.
std::string_view field_of(models::Refusal refusal) {
    switch (refusal) {
        case models::Refusal::listener:
        case models::Refusal::mechanism:
            return "listeners";
        case models::Refusal::no_certificate:
        case models::Refusal::expired:
        case models::Refusal::short_key:
        case models::Refusal::weak_signature:
            return "certificate";
        case models::Refusal::untrusted:
            return "trust";
        case models::Refusal::principal:
            return "acls";
        default:
            return "name";
    }
}

}  // namespace

StackReader::StackReader(const Reader& owner, models::FleetTables& tables, Problems& problems)
    : tables_(tables), problems_(problems) {
    for (const NodeStack& stack : tables.stacks) names_.push_back(stack.name);
    wholes_.resize(names_.size());
    if (!owner.has("stacks")) return;
    const Json& list = owner.value("stacks");
    const std::vector<Reader> objects = owner.objects("stacks");
    for (std::size_t i = 0; i < objects.size(); ++i) read(objects[i], list[i]);
}

void StackReader::read(const Reader& stack, const Json& own) {
    const std::string name = stack.text("name");
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
        Diagnostic& d =
            problems_.error(code::duplicate_name,
                            stack.pointer("name"),
                            fmt::format("stack {} is given twice", scenarios::quoted(name)));
        d.label = "second time";
        d.help = "give each stack its own";
    }
    Json whole = own;
    if (stack.has("like")) {
        const std::string like = stack.text("like");
        const auto found = std::find(names_.begin(), names_.end(), like);
        const auto place = static_cast<std::size_t>(found - names_.begin());
        if (found == names_.end() || wholes_[place].is_null()) {
            Diagnostic& d = problems_.error(
                code::unknown_name,
                stack.pointer("like"),
                fmt::format("no stack {} is listed before this one", scenarios::quoted(like)));
            d.label = "nothing to be like";
            d.help = "name a stack that is listed before it";
            suggest(d, like, names_, "stacks");
        } else {
            whole = laid_over(wholes_[place], own);
        }
    }
    const Reader complete(node_stack_record(), whole, stack.pointer());
    NodeStack made = read_node_stack(complete);
    check(stack, made);
    names_.push_back(name);
    wholes_.push_back(std::move(whole));
    tables_.stacks.push_back(std::move(made));
}

void StackReader::impossible(const std::string& pointer,
                             const std::string& message,
                             std::string_view label,
                             std::string_view help) {
    Diagnostic& d = problems_.error(code::impossible_stack, pointer, message);
    d.label = label;
    d.help = help;
}

void StackReader::check(const Reader& stack, const NodeStack& made) {
    const std::string called = scenarios::quoted(made.name);
    const auto place = [&](std::string_view key) {
        return stack.has(key) ? stack.pointer(key) : stack.pointer("name");
    };
    for (const auto& [key, version] :
         {std::pair<std::string_view, const std::string*>{"kafka_version", &made.kafka_version},
          {"inter_broker_protocol", &made.inter_broker_protocol}}) {
        if (version->empty() || is_version(*version)) continue;
        return impossible(place(key),
                          fmt::format("{} is no version of Kafka", scenarios::quoted(*version)),
                          "does not begin with two numbers",
                          "write it like \"3.4\" or \"2.8.2\"");
    }
    if (!models::starts(made)) {
        return impossible(place("inter_broker_protocol"),
                          fmt::format("stack {} pins protocol {}, which Kafka {} does not know",
                                      called,
                                      made.inter_broker_protocol,
                                      made.kafka_version),
                          "its brokers would exit at their start",
                          "pin it to the version of the binary, or to an older one");
    }
    const bool kraft = made.control_plane == models::QuorumKind::kraft;
    const bool known = !made.kafka_version.empty();
    if (known && kraft && models::before(made.kafka_version, 2, 8)) {
        return impossible(place("control_plane"),
                          fmt::format("Kafka {} has no KRaft", made.kafka_version),
                          "KRaft comes with 2.8",
                          "write \"zookeeper\", or a newer version");
    }
    if (known && !kraft && !models::before(made.kafka_version, 4, 0)) {
        return impossible(place("control_plane"),
                          fmt::format("Kafka {} has no ZooKeeper mode", made.kafka_version),
                          "gone with 4.0",
                          "write \"kraft\", or an older version");
    }
    if (made.certificate && made.certificate->issuer.empty()) {
        return impossible(place("certificate"),
                          fmt::format("the certificate of stack {} has no issuer", called),
                          "nobody could trust it",
                          "add \"issuer\": the CA that has signed it");
    }
    if (models::uses_sasl(made.protocol) && made.mechanism == models::SaslMechanism::none) {
        return impossible(place("protocol"),
                          fmt::format("stack {} calls with SASL and no mechanism", called),
                          "needs a mechanism",
                          "add \"mechanism\"");
    }
    if (made.listeners.empty()) return;  // a client's
    const models::LinkAnswer own =
        models::link(models::LinkPurpose::fetch, made, made, sim::Instant{});
    if (own.open()) return;
    impossible(
        place(field_of(own.refusal)),
        fmt::format(
            "brokers of stack {} would refuse each other: {}", called, in_words(own.refusal)),
        "no cluster could run it",
        "let the stack fit itself; a broken one is what faults are for");
}

StackId StackReader::named(const Reader& reader, std::string_view key) {
    if (!reader.has(key) || !reader.value(key).is_string()) return StackId::none();
    const std::string wanted = reader.text(key);
    const auto found = std::find(names_.begin(), names_.end(), wanted);
    if (found != names_.end()) {
        return StackId{static_cast<std::uint32_t>(found - names_.begin())};
    }
    Diagnostic& d = problems_.error(code::unknown_name,
                                    reader.pointer(key),
                                    fmt::format("unknown stack {}", scenarios::quoted(wanted)));
    d.label = "the fleet has no such stack";
    d.help = "name one of `stacks`, or add it there";
    suggest(d, wanted, names_, "stacks");
    return StackId::none();
}

models::ClusterStacks StackReader::of_cluster(const Reader& cluster, models::QuorumKind quorum) {
    models::ClusterStacks stacks{.now = named(cluster, "stack"),
                                 .next = named(cluster, "target"),
                                 .quorum = named(cluster, "quorum_stack"),
                                 .clients = named(cluster, "client_stack"),
                                 .orchestrator = named(cluster, "orchestrator_stack")};
    const auto by_name = [&](std::string_view key) {
        return cluster.has(key) && cluster.value(key).is_string();
    };
    for (const std::string_view key :
         {"target", "quorum_stack", "client_stack", "orchestrator_stack"}) {
        if (!by_name(key) || by_name("stack")) continue;
        Diagnostic& d = problems_.error(
            code::field_combination,
            cluster.pointer(key),
            fmt::format("{} is named, and `stack` is not", scenarios::quoted(std::string(key))));
        d.label = "has no other end";
        d.help = "name what the brokers run today in `stack`";
        return stacks;
    }
    if (!stacks.now.exists()) return stacks;
    const NodeStack& now = tables_.stacks[stacks.now];
    if (now.control_plane != quorum) {
        Diagnostic& d = problems_.error(
            code::impossible_stack,
            cluster.pointer("stack"),
            fmt::format("stack {} registers with {}, and the quorum of the cluster is another",
                        scenarios::quoted(now.name),
                        now.control_plane == models::QuorumKind::kraft ? "KRaft" : "ZooKeeper"));
        d.label = "has no quorum to register with";
        d.help = "set `kind` of `quorum`, or `control_plane` of the stack";
        return stacks;
    }
    if (!stacks.next.exists()) return stacks;
    const NodeStack& next = tables_.stacks[stacks.next];
    if (next.control_plane == now.control_plane) return stacks;
    const bool to_kraft = next.control_plane == models::QuorumKind::kraft;
    Diagnostic& d =
        problems_.error(code::control_planes_differ,
                        cluster.pointer("target"),
                        to_kraft ? "a migration from ZooKeeper to KRaft (KIP-866) is not modelled"
                                 : "there is no way back from KRaft to ZooKeeper");
    d.label = fmt::format(
        "{} registers with {}", scenarios::quoted(next.name), to_kraft ? "KRaft" : "ZooKeeper");
    d.help =
        "name a target with the control plane of today, and migrate that in a project of its "
        "own";
    return stacks;
}

models::Stack StackReader::labels(const NodeStack& stack) {
    return {.os = stack.os,
            .kafka_version = stack.kafka_version,
            .inter_broker_protocol = stack.inter_broker_protocol,
            .message_format = stack.message_format,
            .auth = std::string(models::to_string(stack.protocol)),
            .control_plane = {}};
}

}  // namespace rollcast::scenarios
