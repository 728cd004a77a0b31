#include "planner/conflict_graph.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "planner/clique.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using planner::ConflictGraph;
using planner::Vertices;

namespace {

ConflictGraph random_graph(std::uint64_t seed, std::uint32_t n, std::uint32_t edges_per_mille) {
    sim::RandomStream random(seed, 1, sim::Draw::placement, 0);
    ConflictGraph graph(n);
    for (std::uint32_t a = 0; a < n; ++a) {
        for (std::uint32_t b = a + 1; b < n; ++b) {
            if (random.below(1'000) < edges_per_mille) boost::add_edge(a, b, graph);
        }
    }
    return graph;
}

std::vector<sim::Duration> random_weights(std::uint64_t seed, std::uint32_t n) {
    sim::RandomStream random(seed, 2, sim::Draw::placement, 0);
    std::vector<sim::Duration> weights;
    for (std::uint32_t v = 0; v < n; ++v) {
        weights.push_back(sim::seconds(1 + static_cast<std::int64_t>(random.below(60))));
    }
    return weights;
}

bool adjacent(const ConflictGraph& graph, std::uint32_t a, std::uint32_t b) {
    return boost::edge(a, b, graph).second;
}

sim::Duration heaviest_by_exhaustion(const ConflictGraph& graph,
                                     const std::vector<sim::Duration>& weight) {
    const auto n = static_cast<std::uint32_t>(weight.size());
    sim::Duration best{};
    for (std::uint32_t set = 0; set < (1U << n); ++set) {
        sim::Duration sum{};
        bool clique = true;
        for (std::uint32_t a = 0; a < n && clique; ++a) {
            if (((set >> a) & 1U) == 0) continue;
            sum += weight[a];
            for (std::uint32_t b = a + 1; b < n && clique; ++b) {
                clique = ((set >> b) & 1U) == 0 || adjacent(graph, a, b);
            }
        }
        if (clique) best = std::max(best, sum);
    }
    return best;
}

}  // namespace

TEST_CASE("two brokers conflict exactly where a partition with slack 1 has both in its ISR") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        models::FleetTables tables = support::fleet_tables({support::random_cluster(
            seed, {.brokers = 7, .racks = 3, .partitions = 9, .rack_aware = seed % 2 == 0})});
        sim::RandomStream random(seed, 3, sim::Draw::placement, 0);
        for (models::Partition& p : tables.partitions) {
            if (random.below(3) > 0) continue;
            p.isr = static_cast<std::uint8_t>(p.isr & ~(1U << random.below(p.rf)));
            if (((p.isr >> p.leader) & 1U) == 0)
                p.leader = static_cast<std::int8_t>(__builtin_ctz(p.isr));
        }
        const models::Fleet fleet = models::make_fleet(tables);
        const models::ClusterConflicts conflicts(fleet, models::ClusterId{0});
        const ConflictGraph graph = planner::conflict_graph(conflicts);

        for (std::uint32_t a = 0; a < 7; ++a) {
            for (std::uint32_t b = 0; b < 7; ++b) {
                bool expected = false;
                for (const models::PartitionId p :
                     models::Range<models::PartitionId>(fleet.partitions().size())) {
                    const models::Partition& partition = fleet.partitions()[p];
                    const auto replicas = fleet.replicas(p);
                    const auto in_sync = [&](std::uint32_t broker) {
                        for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
                            if (replicas[slot].value == broker)
                                return ((partition.isr >> slot) & 1U) != 0;
                        }
                        return false;
                    };
                    if (models::isr_size(partition.isr) - partition.floor == 1 && in_sync(a) &&
                        in_sync(b)) {
                        expected = true;
                    }
                }
                CHECK(adjacent(graph, a, b) == (expected && a != b));
            }
        }
    }
}

TEST_CASE("the heaviest clique is the one found by exhaustion") {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        CAPTURE(seed);
        const auto n = static_cast<std::uint32_t>(1 + seed % 12);
        const ConflictGraph graph =
            random_graph(seed, n, 300 + static_cast<std::uint32_t>(seed % 6) * 120);
        const auto weight = random_weights(seed, n);

        const planner::Clique clique = planner::heaviest_clique(graph, weight);

        CHECK(clique.exact);
        CHECK(clique.weight == heaviest_by_exhaustion(graph, weight));
        sim::Duration sum{};
        for (const std::uint32_t v : clique.members) sum += weight[v];
        CHECK(clique.weight == sum);
    }
}

TEST_CASE("a clique search that runs out of nodes still returns a clique") {
    const ConflictGraph graph = random_graph(7, 90, 700);
    const auto weight = random_weights(7, 90);

    const planner::Clique clique = planner::heaviest_clique(graph, weight, 50);

    CHECK_FALSE(clique.exact);
    CHECK(clique.members.size() > 1);
    for (const std::uint32_t a : clique.members) {
        for (const std::uint32_t b : clique.members) CHECK((a == b || adjacent(graph, a, b)));
    }
}

TEST_CASE("DSATUR never gives two conflicting brokers one colour") {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const ConflictGraph graph = random_graph(seed, 30, 500);
        const planner::Colouring colouring =
            planner::colour_dsatur(graph, random_weights(seed, 30));

        for (std::uint32_t a = 0; a < 30; ++a) {
            CHECK(colouring.colour[a] < colouring.count);
            for (std::uint32_t b = 0; b < a; ++b) {
                if (adjacent(graph, a, b)) CHECK(colouring.colour[a] != colouring.colour[b]);
            }
        }
    }
}

TEST_CASE("a complete multipartite graph falls into its parts, and takes one colour each") {
    ConflictGraph graph(9);
    for (std::uint32_t a = 0; a < 9; ++a) {
        for (std::uint32_t b = 0; b < a; ++b) {
            if (a % 3 != b % 3) boost::add_edge(a, b, graph);
        }
    }

    CHECK(planner::co_components(graph) == std::vector<Vertices>{{0, 3, 6}, {1, 4, 7}, {2, 5, 8}});
    CHECK(planner::components(graph).size() == 1);
    CHECK(planner::components(planner::induced(graph, {0, 3, 6})).size() == 3);
    CHECK(planner::colour_dsatur(graph, std::vector<sim::Duration>(9, sim::seconds(1))).count == 3);
}
