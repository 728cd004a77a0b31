// Named stacks of a case: how they are read, derived from one another, and what cannot be.
#include <string>

#include <doctest/doctest.h>

#include "scenarios/format/load_case.hpp"
#include "tests/scenarios/small_case.hpp"

using namespace rollcast;
using scenarios::Diagnostic;
using scenarios::InputError;

namespace {

/// The one stack_problem of the case with `from` replaced: its code and place.
std::string stack_problem(const std::string& from,
                          const std::string& to,
                          std::string* help = nullptr) {
    try {
        (void)scenarios::load_case_text(test::replaced(test::case_with_stacks(), from, to), "c");
    } catch (const InputError& error) {
        const Diagnostic& d = error.diagnostics().front();
        if (error.diagnostics().size() != 1) return scenarios::render(error.diagnostics());
        CHECK(!d.help.empty());
        CHECK(!d.label.empty());
        if (help != nullptr) *help = d.message + " / " + d.help;
        return d.code + " " + d.pointer;
    }
    return "loaded";
}

const std::string last_line = R"("certificate": {"issuer": "new CA"}})";

}  // namespace

TEST_CASE("a stack is read, and one like another differs in what it says") {
    const models::Case a_case = scenarios::load_case_text(test::case_with_stacks(), "c").a_case;
    const models::Fleet& fleet = a_case.fleet;
    REQUIRE(fleet.stacks().size() == 2);
    const models::Cluster& cluster = fleet.clusters()[models::ClusterId{0}];
    CHECK(cluster.stacks.now == models::StackId{0});
    CHECK(cluster.stacks.next == models::StackId{1});
    CHECK(!cluster.stacks.clients.exists());
    const models::NodeStack& before = fleet.stacks()[models::StackId{0}];
    models::NodeStack after = fleet.stacks()[models::StackId{1}];
    CHECK(before.protocol == models::SecurityProtocol::ssl);
    REQUIRE(before.listeners.size() == 1);
    CHECK(before.listeners[0].client_certificate);
    REQUIRE(before.certificate.has_value());
    CHECK(before.certificate->key_bits == 2048);
    CHECK(before.certificate->expires == sim::Instant::never());
    CHECK(before.acls.size() == 3);
    // What `new` says of itself, and nothing else.
    CHECK(after.os == "RHEL 9");
    CHECK(after.certificate->issuer == "new CA");
    after.name = before.name;
    after.os = before.os;
    after.kafka_version = before.kafka_version;
    after.certificate = before.certificate;
    CHECK(after == before);
    // Labels for messages and for what hangs on the release.
    CHECK(cluster.stack.kafka_version == "2.8.2");
    CHECK(cluster.stack.inter_broker_protocol == "2.8");
    CHECK(cluster.target.os == "RHEL 9");
    CHECK(cluster.stack.auth == "ssl");
}

TEST_CASE("what a certificate and SASL say is read in its unit") {
    const models::Case a_case =
        scenarios::load_case_text(
            test::replaced(test::case_with_stacks(),
                           last_line,
                           R"("protocol": "sasl_ssl", "mechanism": "scram_sha_512",
        "listeners": [{"protocol": "sasl_ssl", "mechanisms": ["plain", "scram_sha_512"]}],
        "certificate": {"expires_s": 3600, "key_bits": 3072, "chain": ["root CA"]}})"),
            "c")
            .a_case;
    const models::NodeStack& stack = a_case.fleet.stacks()[models::StackId{1}];
    CHECK(stack.certificate->expires == sim::Instant{sim::hours(1)});
    CHECK(stack.certificate->key_bits == 3072);
    CHECK(stack.certificate->issuer == "old CA");  // as in the one that it is like
    CHECK(stack.certificate->chain == std::vector<std::string>{"root CA"});
    CHECK(stack.mechanism == models::SaslMechanism::scram_sha_512);
    CHECK(stack.listeners[0].mechanisms.size() == 2);
}

TEST_CASE("a stack that cannot exist is refused at its place, with its remedy") {
    const auto changed = [](const std::string& more) {
        return stack_problem(last_line, R"("certificate": {"issuer": "new CA"}, )" + more + "}");
    };
    const std::string second = "/fleet/stacks/1/";
    std::string help;
    CHECK(changed(R"("inter_broker_protocol": "3.5")") ==
          "RC0316 " + second + "inter_broker_protocol");
    CHECK(changed(R"("inter_broker_protocol": "newest")") ==
          "RC0316 " + second + "inter_broker_protocol");
    CHECK(changed(R"("control_plane": "kraft", "inter_broker_protocol": "2.8")") ==
          "RC0317 /fleet/clusters/0/target");
    CHECK(changed(R"("mechanism": "digest")") == "RC0302 " + second + "mechanism");
    CHECK(changed(R"("trust": ["old CA"])") == "RC0316 " + second + "trust");
    CHECK(changed(R"("protocol": "plaintext")") == "RC0316 " + second + "name");
    CHECK(changed(R"("protocol": "sasl_ssl")") == "RC0316 " + second + "protocol");
    CHECK(changed(R"("principal": "other")") == "RC0316 " + second + "name");
    CHECK(stack_problem(R"("certificate": {"issuer": "old CA"})",
                        R"("certificate": {"key_bits": 2048})",
                        &help) == "RC0316 /fleet/stacks/0/certificate");
    CHECK(help ==
          "the certificate of stack `old` has no issuer / add \"issuer\": the CA that has signed "
          "it");
    CHECK(
        stack_problem(last_line, R"("certificate": {"issuer": "new CA", "signature": "sha1"}})") ==
        "RC0316 " + second + "certificate");
    CHECK(stack_problem(last_line, R"("certificate": {"issuer": "new CA", "key_bits": 1024}})") ==
          "RC0316 " + second + "certificate");
    CHECK(stack_problem(last_line, R"("certificate": {"issuer": "new CA", "expires_s": 0}})") ==
          "RC0316 " + second + "certificate");
    CHECK(stack_problem("\"3.4.1\"", "\"4.0.0\"") == "RC0316 " + second + "name");
    CHECK(stack_problem("\"3.4.1\"", "\"new\"") == "RC0316 " + second + "kafka_version");
}

TEST_CASE("ZooKeeper to KRaft is not modelled, and says so") {
    std::string help;
    CHECK(stack_problem(last_line,
                        R"("certificate": {"issuer": "new CA"}, "control_plane": "kraft"})",
                        &help) == "RC0317 /fleet/clusters/0/target");
    CHECK(help.find("KIP-866") != std::string::npos);
    CHECK(stack_problem("\"quorum\": {\"nodes\": 3}", "\"quorum\": {\"kind\": \"kraft\"}") ==
          "RC0316 /fleet/clusters/0/stack");
}

TEST_CASE("names that nobody has") {
    CHECK(stack_problem("\"like\": \"old\"", "\"like\": \"odl\"")
              .starts_with("RC0304 /fleet/stacks/1/like"));
    CHECK(stack_problem("\"stack\": \"old\"", "\"stack\": \"odl\"") ==
          "RC0304 /fleet/clusters/0/stack");
    CHECK(stack_problem("\"target\": \"new\"", "\"target\": \"new\", \"client_stack\": \"apps\"") ==
          "RC0304 /fleet/clusters/0/client_stack");
    CHECK(stack_problem("\"stack\": \"old\", ", "") == "RC0205 /fleet/clusters/0/target");
    CHECK(stack_problem("\"name\": \"new\"", "\"name\": \"old\"").find("RC0303") !=
          std::string::npos);
}
