// Files of the repository that are generated from the tables. To write them again, run this test
// with ROLLCAST_WRITE_GENERATED=1 in the environment.
#include <doctest/doctest.h>

#include "scenarios/format/alert_reader.hpp"
#include "scenarios/format/codes.hpp"
#include "scenarios/format/formats.hpp"
#include "tests/support/generated.hpp"

using namespace rollcast;
using tests::check_generated;

TEST_CASE("the published schemas are those of the field tables") {
    for (const std::string& name : scenarios::schema_names()) {
        check_generated("scenarios/schema/" + name + ".json", scenarios::schema(name));
    }
}

TEST_CASE("the page on the format is the one that the field tables make") {
    check_generated("docs/case-format.md", scenarios::format_page());
}

TEST_CASE("the page on scenarios is the one that the tables make") {
    check_generated("docs/scenarios.md", scenarios::scenario_page());
}

TEST_CASE("the page on faults is the one that the catalogue makes") {
    check_generated("docs/faults.md", scenarios::fault_page());
}

TEST_CASE("the page on policies is the one that the catalogue makes") {
    check_generated("docs/policies.md", scenarios::policy_page());
}

TEST_CASE("the page on errors is the one that the table of codes makes") {
    check_generated("docs/errors.md", scenarios::error_page());
}

TEST_CASE("the page on metrics is the one that the table of metrics makes") {
    check_generated("docs/metrics.md", scenarios::metrics_page());
}

TEST_CASE("codes ascend, so none is used twice") {
    std::string_view before;
    for (const scenarios::CodeInfo& info : scenarios::all_codes()) {
        CHECK(info.code > before);
        CHECK(info.code.size() == 6);
        CHECK_FALSE(info.remedy.empty());
        before = info.code;
    }
}
