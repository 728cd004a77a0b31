// Text for a terminal of 80 columns: paragraphs that wrap, tables whose columns line up. UTF-8 is
// counted in code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::report {

inline constexpr std::size_t line_width = 80;

/// Code points of UTF-8 text.
std::size_t columns_of(std::string_view text);

/// `text` broken at blanks into lines of at most `line_width`, each after `indent` blanks but for
/// the first, which comes after `first` (a bullet, a label). A word too long for a line stands
/// alone. Ends in a newline.
std::string wrapped(std::string_view text, std::size_t indent, std::string_view first);
inline std::string wrapped(std::string_view text, std::size_t indent = 0) {
    return wrapped(text, indent, std::string(indent, ' '));
}

/// A heading, underlined.
std::string heading(std::string_view title);

/// Rows of cells. The first column is set to the left, the others to the right.
class Table {
public:
    explicit Table(std::vector<std::string> header) { add(std::move(header)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    /// Every row on a line of its own after `indent` blanks, two blanks between columns.
    std::string text(std::size_t indent = 2) const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace rollcast::report
