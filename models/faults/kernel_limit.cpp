// A kernel limit that the re-image has lost: the process dies hours after its start.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

void begin_to_count(FaultScene& scene, BrokerId b) {
    later(scene, sim::ceil_seconds(scene.fault().value(0)), scene.run.brokers[b].version);
}

}  // namespace

const FaultInfo kernel_limit{
    .word = "kernel_limit",
    .family = FaultFamily::machine,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "after_s",
                     .unit = "s",
                     .least = 1.0,
                     .most = 1e9,
                     .fallback = 21600.0,
                     .meaning = "From its start to its death under load.",
                     .source = "assumed: hours, §6.4"}}},
    .phrase = "{target} dies {0} after each start, for {duration}",
    .effect = "The process dies so long after each of its starts, and is started again.",
    .shows =
        "A broker that is healthy after its step dies later, again and again (min ISR, client "
        "stalls).",
    .over_by = "The limit is set: it does not die again.",
    .source = "§6.4",
    .needs = FaultNeeds::process,
    .starts = [](FaultScene& scene) { begin_to_count(scene, scene.fault().broker); },
    .goes_on =
        [](FaultScene& scene, std::uint32_t version) {
            const BrokerId b = scene.fault().broker;
            const BrokerState& broker = scene.run.brokers[b];
            if (broker.version != version || broker.process != BrokerState::Process::up) return;
            kill_process(scene, b, false, false);
            start_process(scene, b);
        },
    .process_started =
        [](FaultScene& scene, BrokerId b) {
            if (b == scene.fault().broker) begin_to_count(scene, b);
        }};

}  // namespace rollcast::models::faults
