// V9-V11: the failure processes that others published, driven by the triggers and bursts of the
// fault catalogue. docs/published-figures.md shows the rows.
#include "tests/models/published_failures.hpp"

#include <doctest/doctest.h>

using namespace rollcast;
using namespace rollcast::support;

TEST_CASE("V9: 700 nodes fail 5.35 times a day, 37 % in bursts, 1.5 % if they were independent") {
    check_figures(node_failures());
    CHECK(node_failures()[1].ours > 10.0 * node_failures()[2].ours);
}

TEST_CASE("V9: correlation costs a stripe of three a factor of 198 of its MTTF, x3, fitted") {
    check_figures(stripe_losses());
}

TEST_CASE("V10: of 344,196 drives 4,317 fail in their days, +-131") {
    check_figures(disk_failures());
}

TEST_CASE("V11: random copysets lose data in a power loss almost surely, a permutation rarely") {
    check_figures(copyset_losses());
}
