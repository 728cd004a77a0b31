// Machines that fail together: one of a cluster, others within two minutes. 37 % of node failures
// are of that kind (kafka-semantics §8.5).
#include <algorithm>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

struct Loss {
    MachineId machine;
    sim::Duration after;  // since the start of the burst
};

/// The machines that are lost, the first at once, the others at any moment of the stretch.
std::vector<Loss> losses(const FaultScene& scene) {
    const Fleet& fleet = scene.run.fleet();
    const auto brokers = fleet.clusters()[scene.fault().cluster].brokers();
    std::vector<MachineId> machines;
    for (const BrokerId b : brokers) machines.push_back(fleet.brokers()[b].machine);
    const auto wanted = std::min(static_cast<std::size_t>(scene.fault().value(0)), machines.size());
    sim::RandomStream random =
        fault_stream(scene.run, scene.index, scene.book.times[scene.index] | 1U << 31U);
    std::vector<Loss> lost;
    for (std::size_t i = 0; i < wanted; ++i) {
        std::swap(machines[i], machines[i + random.below(machines.size() - i)]);
        const double share = random.uniform();
        const sim::Duration after = sim::ceil_seconds(share * scene.fault().value(1));
        lost.push_back({machines[i], i == 0 ? sim::Duration{} : after});
    }
    return lost;
}

}  // namespace

const FaultInfo correlated_burst{
    .word = "correlated_burst",
    .family = FaultFamily::rack,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "machines",
                     .unit = "",
                     .least = 0.0,
                     .most = 10'000.0,
                     .fallback = 2.0,
                     .meaning = "How many.",
                     .source = "§8.5",
                     .whole = true},
                    {.key = "within_s",
                     .unit = "s",
                     .least = 0.0,
                     .most = 1e6,
                     .fallback = 120.0,
                     .meaning = "From the first to the last, at most.",
                     .source = "§8.5"}}},
    .phrase = "{0} machines of {target} without power within {1}, back after {duration}",
    .effect = "Machines with brokers, drawn by chance, lose their power within a stretch of time.",
    .shows = "min ISR and leaders: one failure to spare is not enough for two at once.",
    .over_by = "The power of all of them is back.",
    .source = "§8.5",
    .starts =
        [](FaultScene& scene) {
            std::uint32_t i = 0;
            for (const Loss& loss : losses(scene)) later(scene, loss.after, i++);
        },
    .ends =
        [](FaultScene& scene) {
            for (const Loss& loss : losses(scene)) {
                if (loss.after <= scene.fault().duration) restore_power(scene, loss.machine);
            }
        },
    .goes_on = [](FaultScene& scene,
                  std::uint32_t i) { cut_power(scene, losses(scene)[i].machine); }};

}  // namespace rollcast::models::faults
