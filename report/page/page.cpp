#include "report/page/page.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

#include "report/words.hpp"
#include "report/xml_text.hpp"

namespace rollcast::report {

// Made of files at build time (CMakeLists.txt).
std::string_view page_template_text();
std::string_view page_style_text();
std::string_view page_script_text();
std::string_view chart_library_text();
std::string_view chart_style_text();

namespace {

/// JSON inside a script element: nothing in it can end the element or begin another.
std::string embedded_json(const Json& data) {
    const std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '<') {
            out += "\\u003c";
        } else {
            out += c;
        }
    }
    return out;
}

std::string verdict_html(const Json& result) {
    const bool safe = result.at("summary").at("ok").get<bool>();
    std::size_t broken = 0;
    for (const Json& rule : result.at("rules")) {
        if (rule.at("answer") == "broken") ++broken;
    }
    const std::string sentence =
        safe ? "✓ No promise is broken."
             : fmt::format("✗ {} broken.", count_text(broken, "promise is", "promises are"));
    return fmt::format("<p class=\"verdict {}\">{}</p>\n", safe ? "good" : "bad", sentence);
}

/// The first breach in one sentence with what began it.
std::string cause_html(const Json& result) {
    const Json& violations = result.at("violations");
    if (violations.empty()) return {};
    const Json& breach = violations.front();
    const Json& first = breach.at("first");
    std::string sentence;
    for (const Json& rule : result.at("rules")) {
        if (rule.at("rule") == breach.at("rule")) {
            sentence = fmt::format("not kept: {}", rule.at("promise").get<std::string>());
        }
    }
    if (first.is_object()) {
        const Json& causes = first.at("causes");
        for (const Json& cause : causes) {
            sentence += fmt::format(
                "; {} {}",
                clock_text(sim::Instant{} +
                           sim::seconds(static_cast<std::int64_t>(cause.at("at_s").get<double>()))),
                cause.at("text").get<std::string>());
        }
    }
    return fmt::format("<p>{}.</p>\n", xml_escaped(sentence));
}

std::string rules_html(const Json& result) {
    std::string rows;
    for (const Json& rule : result.at("rules")) {
        const std::string answer = rule.at("answer").get<std::string>();
        const std::string_view mark = answer == "held"        ? "✓ held"
                                      : answer == "broken"    ? "✗ broken"
                                      : answer == "estimated" ? "~ estimated"
                                                              : "– not answered";
        rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n",
                            xml_escaped(rule.at("promise").get<std::string>()),
                            mark);
    }
    return "<noscript><table><thead><tr><th scope=\"col\">promise</th><th "
           "scope=\"col\">answer</th></tr></thead><tbody>\n" +
           rows + "</tbody></table></noscript>\n";
}

std::string summary_html(const Json& data) {
    const Json& result = data.at("result");
    std::string out =
        fmt::format("<h1>{}</h1>\n", xml_escaped(result.at("case").at("name").get<std::string>()));
    out += verdict_html(result);
    out += cause_html(result);
    out += fmt::format(
        "<p>{} in {}, {} on the way; {} of partition time at the ISR floor, {} partitions at "
        "most.</p>\n",
        count_text(data.at("steps").size(), "machine", "machines"),
        seconds_text(result.at("totals").at("makespan_s").get<double>()),
        count_text(data.at("alerts").size(), "alert", "alerts"),
        seconds_text(result.at("totals").at("at_floor_partition_seconds").get<double>()),
        count_text(result.at("totals").at("peak_at_floor").get<std::uint64_t>()));
    out += fmt::format("<p class=\"quiet\"><code>{}</code></p>\n",
                       xml_escaped(result.at("reproduce").get<std::string>()));
    return out + rules_html(result);
}

/// Without the note at the end where a debugger would look for the source, which the page has not.
std::string without_source_map(std::string_view text) {
    const std::size_t note = text.rfind("# sourceMappingURL");
    if (note == std::string_view::npos) return std::string(text);
    return std::string(text.substr(0, note - 2));  // "//" or "/*"
}

/// `text` with every {{name}} replaced once, from left to right; what was put in is not looked at.
std::string filled(std::string_view text, const std::map<std::string_view, std::string>& values) {
    std::string out;
    for (;;) {
        const std::size_t open = text.find("{{");
        const std::size_t close = open == std::string_view::npos ? open : text.find("}}", open);
        if (close == std::string_view::npos) return out.append(text);
        out.append(text.substr(0, open));
        out += values.at(text.substr(open + 2, close - open - 2));
        text.remove_prefix(close + 2);
    }
}

}  // namespace

std::string page_text(const Json& data) {
    const std::string name = data.at("result").at("case").at("name").get<std::string>();
    return filled(page_template_text(),
                  {{"title", xml_escaped(name) + " – rollcast"},
                   {"chart_style", without_source_map(chart_style_text())},
                   {"style", std::string(page_style_text())},
                   {"summary", summary_html(data)},
                   {"data", embedded_json(data)},
                   {"chart_library", without_source_map(chart_library_text())},
                   {"script", std::string(page_script_text())}});
}

}  // namespace rollcast::report
