// The page of a run: names from the case are only ever text.
#include "report/page/page.hpp"

#include <doctest/doctest.h>

namespace {

using namespace rollcast;
using report::Json;

/// The data of a run in which nothing happens, of a case of that name.
Json data_of(const std::string& name) {
    const Json rule{
        {"rule", "min_isr"}, {"promise", "no partition under " + name}, {"answer", "held"}};
    return {{"result",
             {{"case", {{"name", name}}},
              {"summary", {{"ok", true}}},
              {"rules", Json::array({rule})},
              {"violations", Json::array()},
              {"totals",
               {{"makespan_s", 60.0}, {"at_floor_partition_seconds", 0.0}, {"peak_at_floor", 0}}},
              {"reproduce", "rollcast report -f " + name}}},
            {"steps", Json::array()},
            {"alerts", Json::array()}};
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("what a name holds is neither markup nor script nor a place to fill in") {
    const std::string plain = report::page_text(data_of("estate"));
    for (const std::string name : {"</script><script>alert(1)</script>",
                                   "<img src=x onerror=alert(1)>",
                                   "a\"b'c&d",
                                   "<!--",
                                   "{{data}}",
                                   "\x01\x1f\x7f",
                                   "\xe2\x80\xae\xe2\x80\xa8",
                                   "\xff\xfe"}) {
        CAPTURE(name);
        const std::string page = report::page_text(data_of(name));
        for (const char* part : {"<script", "</script", "<img", "<!--"}) {
            CAPTURE(part);
            CHECK(count_of(page, part) == count_of(plain, part));
        }
        CHECK(page.size() > plain.size() / 2);
    }
    // Title, heading, promise and command; and three times in the data.
    const std::string longest(10'000, 'x');
    CHECK(count_of(report::page_text(data_of(longest)), longest) == 7);
}

TEST_CASE("a page asks nobody for anything and is complete above its dashboards") {
    const std::string page = report::page_text(data_of("estate"));
    CHECK(page.find("default-src 'none'") != std::string::npos);
    for (const char* part : {"<script src", "<img", "<link", "@import", "url("}) {
        CAPTURE(part);
        CHECK(count_of(page, part) == 0);
    }
    CHECK(page.find("sourceMappingURL") == std::string::npos);
    const std::string head = page.substr(0, page.find("<main"));
    CHECK(head.find("No promise is broken") != std::string::npos);
    CHECK(head.find("no partition under estate") != std::string::npos);
    CHECK(head.find("rollcast report -f estate") != std::string::npos);
    for (const char* place : {"{{title}}", "{{summary}}", "{{data}}", "{{script}}"}) {
        CAPTURE(place);
        CHECK(count_of(page, place) == 0);
    }
}
