// Nobody scrapes what brokers say of themselves.
#include <algorithm>

#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

namespace {

/// As many brokers as the worst of those that hold hide; what is scraped again is told so.
void hide(FaultScene& scene) {
    RunState& run = scene.run;
    const ClusterId c = scene.fault().cluster;
    const Cluster& cluster = run.fleet().clusters()[c];
    std::uint32_t hidden = 0;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        if (scene.book.active[f] == 0 || other.kind != FaultKind::telemetry_outage) continue;
        if (other.cluster != c) continue;
        const auto places = of_all(cluster.broker_count, other.value(0));
        hidden = std::max(hidden, static_cast<std::uint32_t>(places.size()));
    }
    std::vector<MachineId> unseen;
    for (const MachineId m : cluster.machines()) {
        if (!run.scraped(m)) unseen.push_back(m);
    }
    if (hidden > 0) {
        run.unscraped[c] = hidden;
    } else {
        run.unscraped.erase(c);
    }
    for (const MachineId m : unseen) {
        if (run.scraped(m)) scene.executor.scraped_again(run, m);
    }
}

}  // namespace

const FaultInfo telemetry_outage{
    .word = "telemetry_outage",
    .family = FaultFamily::operation,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the brokers, in order, that nobody scrapes.",
                     .source = "assumed"}}},
    .phrase = "nobody scrapes {0} of the brokers of {target} for {duration}",
    .effect =
        "Brokers are not scraped; where none is, nor is anything else of the cluster. The "
        "orchestrator sees nothing of them: their steps stay in preflight, in catch-up or its "
        "observation, and in post-flight.",
    .shows =
        "Steps take longer, and time out where it lasts (makespan, `finished`); series are "
        "absent; who dies meanwhile is noticed afterwards.",
    .over_by = "Everything is scraped again; steps go on after that scrape.",
    .source = "architecture §4",
    .starts = hide,
    .ends = hide};

}  // namespace rollcast::models::faults
