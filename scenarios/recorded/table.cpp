#include "scenarios/recorded/table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/files.hpp"
#include "scenarios/import/dump_text.hpp"

namespace rollcast::scenarios {

namespace {

constexpr const char* record_again = "copy the run again; it is not as the recorder wrote it";

/// True where the cell at `place` is a whole number below `limit`.
bool begins_below(const std::vector<std::string_view>& cells,
                  std::size_t place,
                  std::int64_t limit) {
    const auto at = place < cells.size() ? whole_number(cells[place]) : std::nullopt;
    return at && *at < limit;
}

}  // namespace

void require_run_file(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::exists(path, error)) return;
    Diagnostic problem;
    problem.code = code::file_missing;
    problem.file = path.string();
    problem.message = fmt::format("file {} not found", scenarios::quoted(path.string()));
    problem.help = std::filesystem::exists(path.parent_path(), error)
                       ? "copy the run again; the folder is not as the recorder wrote it"
                       : "check the path: it is to name the folder of a recorded run";
    throw InputError(std::move(problem));
}

Table::Table(const std::filesystem::path& path,
             std::span<const std::string_view> columns,
             bool header,
             std::optional<std::int64_t> before)
    : file_(path.string()) {
    require_run_file(path);
    text_ = read_text(path);
    std::vector<std::size_t> places(columns.size());
    std::size_t width = columns.size();
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    bool first = true;
    int number = 0;
    for (std::size_t begin = 0; begin < text_.size();) {
        const std::size_t newline = text_.find('\n', begin);
        const std::size_t end = std::min(newline, text_.size());
        std::string_view line = std::string_view(text_).substr(begin, end - begin);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        Row row{++number, split_at(line, '\t')};
        begin = end + 1;
        if (line.empty()) continue;
        if (first && header) {
            width = row.cells.size();
            places = places_of(columns, row);
            first = false;
            continue;
        }
        first = false;
        if (before && !begins_below(row.cells, places[0], *before)) break;
        if (row.cells.size() < width) {
            refuse(row,
                   0,
                   fmt::format("the row has {} of {} columns", row.cells.size(), width),
                   record_again);
        }
        if (newline == std::string::npos) {
            refuse(row, 0, "the last row is cut: no line end follows", record_again);
        }
        Row wanted{row.line, {}};
        for (const std::size_t place : places) wanted.cells.push_back(row.cells[place]);
        rows_.push_back(std::move(wanted));
    }
}

std::vector<std::size_t> Table::places_of(std::span<const std::string_view> columns,
                                          const Row& header) const {
    std::vector<std::size_t> places;
    for (const std::string_view column : columns) {
        const auto at = std::find(header.cells.begin(), header.cells.end(), column);
        if (at == header.cells.end()) {
            refuse(header,
                   0,
                   fmt::format("the table has no column {}", scenarios::quoted(column)),
                   record_again);
        }
        places.push_back(static_cast<std::size_t>(at - header.cells.begin()));
    }
    return places;
}

std::int64_t Table::whole(const Row& row, std::size_t column) const {
    const auto value = whole_number(row.cells[column]);
    if (!value) {
        refuse(row,
               column,
               fmt::format("{} is no whole number", scenarios::quoted(row.cells[column])),
               record_again);
    }
    return *value;
}

std::int64_t Table::count(const Row& row, std::size_t column) const {
    const std::int64_t value = whole(row, column);
    if (value < 0) refuse(row, column, "a count is not below 0", record_again);
    return value;
}

void Table::refuse(const Row& row,
                   std::size_t column,
                   const std::string& message,
                   const std::string& help) const {
    Diagnostic problem;
    problem.code = code::run_malformed;
    problem.file = file_;
    problem.message = message;
    problem.help = help;
    const std::string_view cell = row.cells[column];
    const auto begin = static_cast<std::size_t>(cell.data() - text_.data());
    set_place(problem, text_, begin, begin + cell.size());
    throw InputError(std::move(problem));
}

}  // namespace rollcast::scenarios
