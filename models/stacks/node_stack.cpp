#include "models/stacks/node_stack.hpp"

#include <algorithm>
#include <array>

namespace rollcast::models {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// "RHEL 9.4", "AlmaLinux 9", "CentOS Stream 9", "el9".
bool is_el9(const std::string& os) {
    const std::string name = lower(os);
    constexpr std::array<std::string_view, 6> families{
        "rhel", "red hat", "alma", "rocky", "centos", "oracle"};
    if (name.find("el9") != std::string::npos) return true;
    const bool family = std::any_of(families.begin(), families.end(), [&](std::string_view word) {
        return name.find(word) != std::string::npos;
    });
    if (!family) return false;
    const std::size_t digit = name.find_first_of("0123456789");
    if (digit == std::string::npos || name[digit] != '9') return false;
    const std::size_t next = digit + 1;
    return next == name.size() || name[next] < '0' || name[next] > '9';
}

}  // namespace

CryptoPolicy crypto_policy(const NodeStack& stack) {
    if (!is_el9(stack.os)) return {};
    return {.sha1 = stack.legacy_crypto, .least_key_bits = 2048};
}

double network_left(const NodeStack& stack) {
    const bool encrypts = std::any_of(stack.listeners.begin(),
                                      stack.listeners.end(),
                                      [&](const Listener& l) { return uses_tls(l.protocol); });
    return encrypts ? stack.tls_share : 1.0;
}

std::string_view to_string(SecurityProtocol protocol) {
    switch (protocol) {
        case SecurityProtocol::plaintext:
            return "plaintext";
        case SecurityProtocol::ssl:
            return "ssl";
        case SecurityProtocol::sasl_plaintext:
            return "sasl_plaintext";
        case SecurityProtocol::sasl_ssl:
            return "sasl_ssl";
    }
    return "unknown";
}

std::string_view to_string(SaslMechanism mechanism) {
    switch (mechanism) {
        case SaslMechanism::none:
            return "none";
        case SaslMechanism::plain:
            return "plain";
        case SaslMechanism::scram_sha_256:
            return "scram_sha_256";
        case SaslMechanism::scram_sha_512:
            return "scram_sha_512";
        case SaslMechanism::gssapi:
            return "gssapi";
        case SaslMechanism::oauthbearer:
            return "oauthbearer";
    }
    return "unknown";
}

std::string_view to_string(AclOperation operation) {
    switch (operation) {
        case AclOperation::cluster:
            return "cluster";
        case AclOperation::clients:
            return "clients";
        case AclOperation::admin:
            return "admin";
    }
    return "unknown";
}

}  // namespace rollcast::models
