#include "report/layout.hpp"

#include <algorithm>

namespace rollcast::report {

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not a continuation byte
    }));
}

std::string wrapped(std::string_view text, std::size_t indent, std::string_view first) {
    std::string out(first);
    std::size_t used = columns_of(first);
    bool line_empty = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        if (!line_empty && used + 1 + columns_of(word) > line_width) {
            out += "\n" + std::string(indent, ' ');
            used = indent;
            line_empty = true;
        }
        if (!line_empty) {
            out += ' ';
            ++used;
        }
        out += word;
        used += columns_of(word);
        line_empty = false;
    }
    return out + "\n";
}

std::string heading(std::string_view title) {
    return std::string(title) + "\n" + std::string(columns_of(title), '-') + "\n";
}

std::string Table::text(std::size_t indent) const {
    std::vector<std::size_t> widths;
    for (const std::vector<std::string>& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t c = 0; c < row.size(); ++c) {
            widths[c] = std::max(widths[c], columns_of(row[c]));
        }
    }
    std::string out;
    for (const std::vector<std::string>& row : rows_) {
        std::string line(indent, ' ');
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string blanks(widths[c] - columns_of(row[c]), ' ');
            if (c > 0) line += "  ";
            line += c == 0 ? row[c] + blanks : blanks + row[c];
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

}  // namespace rollcast::report
