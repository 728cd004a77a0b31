#include "report/xml_text.hpp"

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::report {

namespace {

constexpr std::size_t longest_line = 100'000;

}  // namespace

std::string xml_escaped(std::string_view text) {
    std::string out;
    while (true) {
        const std::size_t end = text.find('\n');
        // Line by line: without control characters and ill-formed UTF-8.
        for (const char c : scenarios::printable(text.substr(0, end), longest_line)) {
            switch (c) {
                case '&':
                    out += "&amp;";
                    break;
                case '<':
                    out += "&lt;";
                    break;
                case '>':
                    out += "&gt;";
                    break;
                case '"':
                    out += "&quot;";
                    break;
                default:
                    out += c;
            }
        }
        if (end == std::string_view::npos) return out;
        out += '\n';
        text.remove_prefix(end + 1);
    }
}

}  // namespace rollcast::report
