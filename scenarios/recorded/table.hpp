// A tab-separated table of a recorded run: a header, then rows, each with its line number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/format/diagnostic.hpp"

namespace rollcast::scenarios {

/// Throws InputError where a file of a run's folder is missing.
void require_run_file(const std::filesystem::path& path);

/// Rows of a table with the columns that were asked for, in that order.
class Table {
public:
    struct Row {
        int line = 0;  // from 1, in the file
        std::vector<std::string_view> cells;
    };

    /// Throws InputError where the file is missing, binary or without one of `columns`, where a row
    /// has fewer cells than the header, or where the last row is cut (no line end). A file whose
    /// header has no names (`columns` numbered) is read with `header` false. With `before`, nothing
    /// is read from the first row on whose first column is no whole number below it.
    Table(const std::filesystem::path& path,
          std::span<const std::string_view> columns,
          bool header = true,
          std::optional<std::int64_t> before = {});
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    const std::vector<Row>& rows() const { return rows_; }

    /// Cell `column` of `row` as a whole number. Throws InputError with its place.
    std::int64_t whole(const Row& row, std::size_t column) const;
    /// The same where the number counts something: it is not below 0.
    std::int64_t count(const Row& row, std::size_t column) const;
    /// A problem with cell `column` of `row`.
    [[noreturn]] void refuse(const Row& row,
                             std::size_t column,
                             const std::string& message,
                             const std::string& help) const;

private:
    /// Where `columns` are in the header.
    std::vector<std::size_t> places_of(std::span<const std::string_view> columns,
                                       const Row& header) const;

    std::string file_;
    std::string text_;
    std::vector<Row> rows_;
};

}  // namespace rollcast::scenarios
