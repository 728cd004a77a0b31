// What every reader of a dump needs: lines without CR, BOM and noise, numbers, fields, and the one
// error that a reader throws. A reader is a pure function of text; it knows no file names.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenarios {

/// Why a dump cannot be read, and where. `truncated` = it ends too early (cut in the middle), so
/// that the remedy is to take it again.
class DumpError : public std::runtime_error {
public:
    enum class Kind { malformed, truncated };

    DumpError(Kind kind,
              std::size_t line,
              std::size_t column,
              const std::string& message,
              std::string help)
        : std::runtime_error(message),
          kind_(kind),
          line_(line),
          column_(column),
          help_(std::move(help)) {}

    Kind kind() const { return kind_; }
    std::size_t line() const { return line_; }      // from 1
    std::size_t column() const { return column_; }  // from 1, in code points
    const std::string& help() const { return help_; }

private:
    Kind kind_;
    std::size_t line_;
    std::size_t column_;
    std::string help_;
};

/// One line of a dump, without its end.
struct DumpLine {
    std::string_view text;
    std::size_t number = 0;  // from 1, in the file
    std::size_t cut = 0;     // bytes of a wrapper's prefix taken from the front
    bool ended = true;       // a newline follows; false only for the last line of a file
};

/// The lines that carry something: blank lines and noise (SLF4J, log4j, WARN, kubectl) are left
/// out, a `kubectl logs --prefix` prefix, CR and BOM are cut off.
std::vector<DumpLine> content_lines(std::string_view text);

/// True for a line that a wrapper or a logger wrote between the tool's own.
bool is_noise(std::string_view line);

/// Column of byte `offset` of `line` as an editor shows it (code points, from 1).
std::size_t column_at(const DumpLine& line, std::size_t offset);

[[noreturn]] void fail_at(const DumpLine& line,
                          std::string_view part,
                          const std::string& message,
                          const std::string& help);
/// The dump ends at `line` and should not.
[[noreturn]] void fail_truncated(const DumpLine& line, const std::string& message);

std::string_view trim(std::string_view text);
bool starts_with(std::string_view text, std::string_view prefix);
/// Words between blanks and tabs.
std::vector<std::string_view> split_words(std::string_view text);
/// Parts between `separator`, untrimmed; one empty part for an empty text.
std::vector<std::string_view> split_at(std::string_view text, char separator);
/// The setting whose value `check_min_isr` judges.
inline constexpr const char* min_isr_setting = "min.insync.replicas";

/// A whole number, all of `text`; nothing where it is not one or does not fit.
std::optional<std::int64_t> whole_number(std::string_view text);

// Views into a temporary would dangle.
std::string_view trim(std::string&& text) = delete;
std::vector<std::string_view> split_words(std::string&& text) = delete;
std::vector<std::string_view> split_at(std::string&& text, char separator) = delete;

/// "1,5,3" as ids, without duplicates and negative numbers; empty for an empty text; nothing where
/// it is no such list.
std::optional<std::vector<std::int64_t>> id_list(std::string_view text);
/// "1,5,3".
std::string id_text(const std::vector<std::int64_t>& ids);
/// An amount with an optional unit: "250", "1.2MB", "1.25 GB/s", "64GiB"; rounded down to bytes.
/// Decimal units (kB, MB, GB, TB) and binary ones (KiB, MiB, GiB, TiB). Nothing where it is not
/// one.
std::optional<std::int64_t> byte_amount(std::string_view text);
/// Throws DumpError at `line` where `value` of min.insync.replicas there is not a whole number from
/// 1 on. A guess in its place could turn a topic that nothing protects into one that looks safe.
void check_min_isr(const DumpLine& line, std::string_view value);
/// True for a name that Kafka accepts as a topic's: [a-zA-Z0-9._-]{1,249}.
bool is_topic_name(std::string_view text);

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
inline bool has_id(const std::vector<std::int64_t>& ids, std::int64_t id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace rollcast::scenarios
