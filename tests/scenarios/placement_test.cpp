#include "scenarios/format/placement.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace {

using namespace rollcast;
using scenarios::RackOf;
using scenarios::ReplicaSpan;

sim::RandomStream stream(std::uint64_t seed) { return {seed, 7, sim::Draw::placement, 0}; }

RackOf even_racks(std::size_t brokers, std::size_t racks) {
    RackOf rack_of(brokers);
    for (std::size_t b = 0; b < brokers; ++b) rack_of[b] = static_cast<std::uint32_t>(b % racks);
    return rack_of;
}

std::set<std::uint32_t> racks_of(const RackOf& rack_of,
                                 const std::vector<std::uint32_t>& replicas,
                                 ReplicaSpan span) {
    std::set<std::uint32_t> racks;
    for (std::size_t i = 0; i < span.rf; ++i) racks.insert(rack_of[replicas[span.first + i]]);
    return racks;
}

std::vector<ReplicaSpan> spans(std::size_t partitions, std::size_t rf) {
    std::vector<ReplicaSpan> result;
    for (std::size_t p = 0; p < partitions; ++p) result.push_back({p * rf, rf});
    return result;
}

std::size_t violations(const RackOf& rack_of,
                       const std::vector<std::uint32_t>& replicas,
                       const std::vector<ReplicaSpan>& partitions) {
    std::size_t found = 0;
    for (const ReplicaSpan& span : partitions) {
        found += racks_of(rack_of, replicas, span).size() < span.rf ? 1 : 0;
    }
    return found;
}

}  // namespace

TEST_CASE(
    "property: striped replicas are on distinct brokers and span as many racks as there are") {
    CHECK(rc::check("rack spread", [] {
        const auto racks = *rc::gen::inRange<std::size_t>(1, 6);
        const auto brokers = *rc::gen::inRange<std::size_t>(racks, 20);
        const auto rf = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(brokers, 5) + 1);
        const auto partitions = *rc::gen::inRange<std::size_t>(1, 100);
        RackOf rack_of = even_racks(brokers, racks);
        for (std::size_t b = racks; b < brokers; ++b) {  // uneven, but no rack is empty
            rack_of[b] = static_cast<std::uint32_t>(*rc::gen::inRange<std::size_t>(0, racks));
        }
        sim::RandomStream random = stream(*rc::gen::inRange<std::uint64_t>(0, 1000));
        const auto replicas = scenarios::striped_replicas(rack_of, partitions, rf, random);
        RC_ASSERT(replicas.size() == partitions * rf);
        for (const ReplicaSpan& span : spans(partitions, rf)) {
            const std::set<std::uint32_t> distinct(
                replicas.begin() + static_cast<std::ptrdiff_t>(span.first),
                replicas.begin() + static_cast<std::ptrdiff_t>(span.first + rf));
            RC_ASSERT(distinct.size() == rf);
            RC_ASSERT(racks_of(rack_of, replicas, span).size() == std::min(rf, racks));
        }
    }));
}

TEST_CASE("striped placement spreads leaders and replicas evenly over even racks") {
    const RackOf rack_of = even_racks(12, 3);
    sim::RandomStream random = stream(1);
    const auto replicas = scenarios::striped_replicas(rack_of, 120, 3, random);
    std::vector<int> leads(12, 0);
    std::vector<int> holds(12, 0);
    for (std::size_t i = 0; i < replicas.size(); ++i) {
        ++holds[replicas[i]];
        if (i % 3 == 0) ++leads[replicas[i]];
    }
    CHECK(leads == std::vector<int>(12, 10));
    CHECK(holds == std::vector<int>(12, 30));
}

TEST_CASE("exactly the wanted number of partitions breaks the rack rule") {
    const RackOf rack_of = even_racks(30, 5);
    sim::RandomStream random = stream(3);
    auto replicas = scenarios::striped_replicas(rack_of, 1000, 3, random);
    const auto partitions = spans(1000, 3);
    REQUIRE(violations(rack_of, replicas, partitions) == 0);

    CHECK(scenarios::break_rack_rule(rack_of, partitions, 17, replicas, random) == 17);

    CHECK(violations(rack_of, replicas, partitions) == 17);
}

TEST_CASE("a rack of one broker cannot hold two replicas") {
    const RackOf rack_of = even_racks(3, 3);
    sim::RandomStream random = stream(3);
    auto replicas = scenarios::striped_replicas(rack_of, 10, 3, random);
    CHECK(scenarios::break_rack_rule(rack_of, spans(10, 3), 4, replicas, random) == 0);
}

TEST_CASE("property: skewed shares sum up exactly and keep their ratio") {
    CHECK(rc::check("shares", [] {
        const auto total = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
        const auto count = *rc::gen::inRange<std::size_t>(1, 200);
        const double skew = 1.0 + static_cast<double>(*rc::gen::inRange(0, 20));
        sim::RandomStream random = stream(*rc::gen::inRange<std::uint64_t>(0, 1000));
        const auto shares = scenarios::skewed_shares(total, count, skew, random);
        std::int64_t sum = 0;
        for (const std::int64_t share : shares) sum += share;
        RC_ASSERT(sum == total);
        const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
        RC_ASSERT(*least >= 0);
        RC_ASSERT(static_cast<double>(*most) <= skew * static_cast<double>(*least + 2) + 2);
    }));
}
