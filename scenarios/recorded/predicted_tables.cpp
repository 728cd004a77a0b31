#include "scenarios/recorded/predicted_tables.hpp"

#include <fmt/format.h>

namespace rollcast::scenarios {

std::string transitions_table(const std::string& run,
                              const models::Case& a_case,
                              const Prediction& prediction,
                              std::uint64_t first_seed,
                              bool header) {
    std::string text;
    if (header) text = "run\tseed\tt_ms\ttopic\tpartition\tleader\tleader_epoch\tisr\n";
    const models::Fleet& fleet = a_case.fleet;
    for (std::size_t i = 0; i < prediction.transitions.size(); ++i) {
        for (const models::Transition& t : prediction.transitions[i]) {
            const auto replicas = fleet.replicas(t.partition);
            const auto id = [&](std::size_t slot) {
                return fleet.brokers()[replicas[slot]].number;
            };
            const models::Partition& partition = fleet.partitions()[t.partition];
            std::string isr;
            for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
                if (((t.isr >> slot) & 1U) == 0) continue;
                isr += fmt::format("{}{}", isr.empty() ? "" : ",", id(slot));
            }
            text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                                run,
                                first_seed + i,
                                t.at.count() / 1'000'000,
                                fleet.topics()[partition.topic].name,
                                partition.number,
                                t.leader < 0 ? -1 : id(static_cast<std::size_t>(t.leader)),
                                t.epoch,
                                isr);
        }
    }
    return text;
}

}  // namespace rollcast::scenarios
