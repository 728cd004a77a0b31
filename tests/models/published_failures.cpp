#include "tests/models/published_failures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "tests/support/fault_lab.hpp"

namespace rollcast::support {

using namespace models;

namespace {

constexpr std::uint32_t nodes = 700;
constexpr double node_mttf_days = 4.3 * 365.25 / 12.0;
constexpr double window_s = 120.0;
constexpr double in_bursts = 0.37;

/// Brokers by themselves, `racks` of them in turn; nothing is written.
ClusterSketch bare(std::uint32_t brokers, std::uint32_t racks) {
    ClusterSketch sketch;
    for (std::uint32_t b = 0; b < brokers; ++b) sketch.rack_of.push_back(b % racks);
    TopicSketch topic;
    topic.min_isr = 1;
    topic.write_bytes_per_s = 0;
    topic.stored_bytes = 0;
    topic.replicas = {{0}};
    sketch.topics = {topic};
    return sketch;
}

Lab years_of(const ClusterSketch& sketch, int days) {
    Lab lab(sketch, 24 * days);
    lab.options.horizon = sim::hours(24) * (days + 1);
    return lab;
}

/// The second at which each machine of the run of `lab` loses its process, ascending.
std::vector<double> deaths(Lab& lab) {
    World world = lab.world();
    std::vector<bool> up(world.state().fleet().brokers().size(), true);
    std::vector<double> died;
    while (world.step()) {
        for (const BrokerId b : world.state().fleet().clusters()[ClusterId{0}].brokers()) {
            const bool runs_now = runs(world, b.value);
            if (up[b.index()] && !runs_now) {
                died.push_back(sim::to_seconds(world.state().now.since_start()));
            }
            up[b.index()] = runs_now;
        }
    }
    return died;
}

/// Nodes that lose their power by themselves, and in bursts of two within two minutes; both
/// together as often as 700 nodes do. `share` of the failures are in bursts.
std::vector<double> node_deaths(double share, int days) {
    Lab lab = years_of(bare(nodes, 20), days);
    const double a_day = nodes / node_mttf_days;
    for (std::uint32_t b = 0; b < nodes; ++b) {
        Fault fault = fault_of(FaultKind::machine_power_loss, {}, sim::minutes(5));
        fault.machine = MachineId{b};
        fault.name = fmt::format("node {}", b);
        fault.trigger.at.reset();
        fault.trigger.per_day = (1.0 - share) * a_day / nodes;
        lab.fault(fault);
    }
    if (share > 0.0) {
        Fault burst = fault_of(FaultKind::correlated_burst, {}, sim::minutes(5));
        burst.name = "bursts";
        burst.trigger.at.reset();
        burst.trigger.per_day = share * a_day / 2.0;
        lab.fault(burst);
    }
    return deaths(lab);
}

/// Share of `times` with another within the window.
double share_in_bursts(const std::vector<double>& times) {
    std::size_t near = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const bool before = i > 0 && times[i] - times[i - 1] <= window_s;
        const bool after = i + 1 < times.size() && times[i + 1] - times[i] <= window_s;
        near += before || after ? 1 : 0;
    }
    return static_cast<double>(near) / static_cast<double>(times.size());
}

double rack_mttf_years() {
    constexpr std::uint32_t racks = 60;
    constexpr int days = 10 * 365;
    Lab lab = years_of(bare(racks, racks), days);
    for (std::uint32_t r = 0; r < racks; ++r) {
        Fault fault = fault_of(FaultKind::rack_power_loss, {}, sim::hours(1));
        fault.rack = RackId{r};
        fault.name = fmt::format("rack {}", r);
        fault.trigger.at.reset();
        fault.trigger.per_day = 1.0 / (10.2 * 365.25);
        lab.fault(fault);
    }
    return racks * days / 365.25 / static_cast<double>(deaths(lab).size());
}

/// Disks that fail in the days of 344,196 drives. Each of twelve log dirs stands for a twelfth.
double disk_deaths() {
    constexpr double drives = 344'196.0;
    constexpr double annual = 0.0136;
    constexpr int days = 336;  // 115,638,676 drive-days
    Lab lab = years_of(ring_of_six(0), days);
    two_log_dirs(lab);
    for (std::uint32_t d = 0; d < 12; ++d) {
        Fault fault = fault_of(FaultKind::log_dir_fails, {}, sim::seconds(60));
        fault.log_dir = LogDirId{d};
        fault.name = fmt::format("disk {}", d);
        fault.trigger.at.reset();
        fault.trigger.per_day = drives / 12.0 * annual / 365.0;
        lab.fault(fault);
    }
    World world = lab.world();
    double died = 0.0;
    std::size_t dead = 0;
    while (world.step()) {
        const std::size_t now = world.state().load.dead_dirs().size();
        if (now > dead) died += static_cast<double>(now - dead);
        dead = now;
    }
    return died;
}

constexpr std::uint32_t copyset_nodes = 60;
constexpr std::uint32_t copyset_dark = 6;

double choose(double n, int k) {
    double product = 1.0;
    for (int i = 0; i < k; ++i) product *= (n - i) / (k - i);
    return product;
}

/// Share of runs in which all replicas of some partition lose their power at once.
double share_with_loss(const std::vector<std::vector<std::uint32_t>>& sets, int seeds) {
    ClusterSketch sketch = bare(copyset_nodes, copyset_nodes);
    sketch.topics[0].replicas = sets;
    Lab lab(sketch);
    Fault burst = fault_of(FaultKind::correlated_burst, sim::seconds(100), sim::minutes(30));
    burst.values[0] = copyset_dark;
    burst.values[1] = 0.0;
    lab.fault(burst);
    const World start = lab.world();
    int lost = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
        Lab run = lab;
        run.options.seed = static_cast<std::uint64_t>(seed);
        World world = run.world();
        world.run_until(at(200));
        bool any = false;
        for (const PartitionId p : world.state().fleet().clusters()[ClusterId{0}].partitions()) {
            const auto replicas = world.state().fleet().replicas(p);
            any = any || std::none_of(replicas.begin(), replicas.end(), [&](BrokerId b) {
                      return runs(world, b.value);
                  });
        }
        lost += any ? 1 : 0;
    }
    return static_cast<double>(lost) / seeds;
}

std::vector<std::vector<std::uint32_t>> random_sets(std::size_t count) {
    std::vector<std::vector<std::uint32_t>> sets;
    sim::RandomStream random{7, 0, sim::Draw::faults, 0};
    while (sets.size() < count) {
        std::vector<std::uint32_t> set;
        while (set.size() < 3) {
            const auto b = static_cast<std::uint32_t>(random.below(copyset_nodes));
            if (std::find(set.begin(), set.end(), b) == set.end()) set.push_back(b);
        }
        sets.push_back(set);
    }
    return sets;
}

std::vector<std::vector<std::uint32_t>> one_permutation() {
    std::vector<std::vector<std::uint32_t>> sets;
    for (std::uint32_t b = 0; b + 2 < copyset_nodes; b += 3) sets.push_back({b, b + 1, b + 2});
    return sets;
}

/// Of `sets` copysets, some of which lose all their nodes.
double expected_loss(double all, double dark, double sets) {
    return 1.0 - std::pow(1.0 - choose(dark, 3) / choose(all, 3), sets);
}

}  // namespace

const Figures& node_failures() {
    static const Figures figures = [] {
        constexpr int days = 365;
        const std::vector<double> together = node_deaths(in_bursts, days);
        const std::vector<double> apart = node_deaths(0.0, days);
        const std::string source = "Ford, OSDI'10, 2nd-hand (§8.5)";
        const std::string rate = "rate and burst share are those of the triggers";
        return Figures{{"V9",
                        "700 nodes, MTTF 4.3 months: failures a day, over a year",
                        "",
                        nodes / node_mttf_days,
                        static_cast<double>(together.size()) / days,
                        0.07,
                        rate,
                        source},
                       {"V9",
                        "the same: share within 120 s of another",
                        "%",
                        100.0 * in_bursts,
                        100.0 * share_in_bursts(together),
                        5.0 / 37.0,
                        rate,
                        source},
                       {"V9",
                        "the same rate without bursts: share within 120 s of another, 1 - exp(-2 x "
                        "120 s x rate)",
                        "%",
                        100.0 * (1.0 - std::exp(-2.0 * window_s * nodes / node_mttf_days / 86'400)),
                        100.0 * share_in_bursts(apart),
                        0.0,
                        "",
                        "§12, derived",
                        1.6},
                       {"V9",
                        "60 racks, 10 years: MTTF of a rack",
                        "years",
                        10.2,
                        rack_mttf_years(),
                        0.27,
                        "the rate is that of the triggers",
                        source}};
    }();
    return figures;
}

const Figures& disk_failures() {
    static const Figures figures = [] {
        const double died = disk_deaths();
        const std::string source = "Backblaze 2025, 2nd-hand (§8.4)";
        return Figures{{"V10",
                        "344,196 drives, 115,638,676 drive-days, AFR 1.36 %: failures",
                        "",
                        4'317.0,
                        died,
                        131.0 / 4'317.0,
                        "the rate is that of the triggers",
                        source},
                       {"V10",
                        "the same: AFR, failures / (drive-days / 365)",
                        "%",
                        1.363,
                        100.0 * died / (115'638'676.0 / 365.0),
                        131.0 / 4'317.0,
                        "the rate is that of the triggers",
                        source}};
    }();
    return figures;
}

const Figures& copyset_losses() {
    static const Figures figures = [] {
        const std::string small = "§12, p_set = C(6,3) / C(60,3), derived";
        const double random = expected_loss(copyset_nodes, copyset_dark, 2'000.0);
        const double chained = expected_loss(copyset_nodes, copyset_dark, copyset_nodes / 3.0);
        const std::string source = "Copysets, ATC'13, 2nd-hand (§8.5)";
        return Figures{{"V11",
                        "60 nodes, 6 of them dark, 2,000 random sets of 3: some set dark, 100 "
                        "seeds",
                        "%",
                        100.0 * random,
                        100.0 * share_with_loss(random_sets(2'000), 100),
                        0.03,
                        "",
                        small},
                       {"V11",
                        "the same with one permutation, 20 sets, 1,500 seeds",
                        "%",
                        100.0 * chained,
                        100.0 * share_with_loss(one_permutation(), 1'500),
                        0.5,
                        "",
                        small},
                       {"V11",
                        "5,000 nodes, 50 of them dark, 10^7 random sets: closed form",
                        "%",
                        99.99,
                        100.0 * expected_loss(5'000.0, 50.0, 1e7),
                        0.001,
                        "",
                        source},
                       {"V11",
                        "the same with one permutation, 1,666 sets: closed form",
                        "%",
                        0.15,
                        100.0 * expected_loss(5'000.0, 50.0, 1'666.0),
                        0.06,
                        "",
                        source}};
    }();
    return figures;
}

std::string failures_remark() {
    return "- **V9.** The rates are put into the triggers and come out of the runs: the rows show "
           "that triggers by rate and bursts together make the process that was published, not "
           "that it follows from anything. The ratio of 198 between stripes that are lost with and "
           "without correlation is not among them: how large bursts are, and how long nodes stay "
           "away, is not in what we could read.\n"
           "- **V10.** Each of twelve log dirs fails at the rate of a twelfth of the drives.\n"
           "- **V11.** The runs are of a smaller cluster, where the loss is not too rare to be "
           "counted; the published one is worked out by the form that they follow.\n";
}

}  // namespace rollcast::support
