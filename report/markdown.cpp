#include "report/markdown.hpp"

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::report {

std::string markdown_escaped(std::string_view text) {
    std::string out;
    for (const char c : scenarios::printable(text, 10'000)) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '&') {
            out += "&amp;";
        } else {
            if (std::string_view("\\`*_[]|#!>").find(c) != std::string_view::npos) out += '\\';
            out += c;
        }
    }
    return out;
}

}  // namespace rollcast::report
