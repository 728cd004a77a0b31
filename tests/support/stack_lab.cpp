#include "tests/support/stack_lab.hpp"

namespace rollcast::support {

using models::ClusterId;
using models::NodeStack;
using models::SecurityProtocol;

NodeStack old_stack() {
    NodeStack stack;
    stack.name = "old";
    stack.os = "CentOS 7";
    stack.kafka_version = "2.8.2";
    stack.inter_broker_protocol = "2.8";
    stack.protocol = SecurityProtocol::ssl;
    stack.listeners = {
        {.protocol = SecurityProtocol::ssl, .mechanisms = {}, .client_certificate = true}};
    stack.certificate = models::Certificate{.issuer = "old CA", .chain = {}};
    stack.trust = {"old CA", "new CA"};
    stack.principal = "CN=kafka";
    stack.tls_share = 1.0;
    stack.acls = {{"CN=kafka", models::AclOperation::cluster},
                  {"*", models::AclOperation::clients},
                  {"*", models::AclOperation::admin}};
    return stack;
}

NodeStack new_stack() {
    NodeStack stack = old_stack();
    stack.name = "new";
    stack.os = "RHEL 9";
    stack.kafka_version = "3.4.1";
    stack.certificate = models::Certificate{.issuer = "new CA", .chain = {}};
    return stack;
}

Lab migrating_lab(const NodeStack& before, const NodeStack& after) {
    ClusterSketch sketch = ring_of_six();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    Lab lab(sketch);
    models::Cluster& cluster = lab.tables.clusters[ClusterId{0}];
    cluster.stacks.now = lab.tables.stacks.push_back(before);
    cluster.stacks.next = lab.tables.stacks.push_back(after);
    lab.stop_clock();
    lab.batches(models::Start::event_driven, {{0}, {1}, {2}});
    return lab;
}

void name_ends(Lab& lab,
               const NodeStack& quorum,
               const NodeStack& clients,
               const NodeStack& orchestrator) {
    models::Cluster& cluster = lab.tables.clusters[ClusterId{0}];
    cluster.stacks.quorum = lab.tables.stacks.push_back(quorum);
    cluster.stacks.clients = lab.tables.stacks.push_back(clients);
    cluster.stacks.orchestrator = lab.tables.stacks.push_back(orchestrator);
}

}  // namespace rollcast::support
