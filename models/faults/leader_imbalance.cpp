// Leadership is heaped upon one broker.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// The controller looks for what its preferred leader does not lead.
void give_back(FaultScene& scene) {
    RunState& run = scene.run;
    const std::vector<BrokerId> returned =
        run.clusters[run.fleet().brokers()[scene.fault().broker].cluster].returned;
    for (const BrokerId b : returned) scene.executor.check_in_sync(run, b);
}

}  // namespace

const FaultInfo leader_imbalance{
    .word = "leader_imbalance",
    .family = FaultFamily::load,
    .target = FaultTarget::broker,
    .lasts = false,
    .parameters = {{{.key = "of_hosted",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the replicas that it hosts.",
                     .source = "assumed"}}},
    .phrase = "{target} takes the lead of {0} of what it hosts",
    .effect = "A broker leads a share of all that it hosts in sync, whoever is preferred.",
    .shows = "Its network carries what three carried (headroom); others idle.",
    .over_by =
        "The next preferred election: at the controller's check, or never where that is off.",
    .source = "§2.4",
    .needs = FaultNeeds::process,
    .starts = [](FaultScene& scene) {
        scene.control.take_lead(scene.fault().broker, scene.fault().value(0));
        give_back(scene);
    }};

}  // namespace rollcast::models::faults
