#include "scenarios/format/json_file.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "scenarios/format/files.hpp"
#include "scenarios/format/places.hpp"

namespace rollcast::scenarios {

namespace {

constexpr std::size_t npos = std::string_view::npos;

[[noreturn]] void throw_at(Diagnostic d,
                           std::string_view text,
                           std::size_t begin,
                           std::size_t end) {
    set_place(d, text, begin, end);
    throw InputError(std::move(d));
}

/// Follows the brackets of JSON text as it comes in, so that hostile nesting ends the reading.
class Brackets {
public:
    /// Looks at text[from, end). Throws InputError at the first bracket that is too deep.
    void follow(std::string_view text, std::size_t from, const std::string& name) {
        for (std::size_t at = from; at < text.size(); ++at) {
            const char c = text[at];
            if (in_string_) {
                if (escaped_) {
                    escaped_ = false;
                } else if (c == '\\') {
                    escaped_ = true;
                } else if (c == '"') {
                    in_string_ = false;
                }
            } else if (c == '"') {
                in_string_ = true;
            } else if (c == '{' || c == '[') {
                if (open_.size() == static_cast<std::size_t>(deepest_nesting)) {
                    throw_too_deep(text, at, name);
                }
                open_.push_back(at);
            } else if ((c == '}' || c == ']') && !open_.empty()) {
                open_.pop_back();
            }
        }
    }

    /// Offset of the innermost bracket that is still open.
    std::optional<std::size_t> innermost() const {
        return open_.empty() ? std::nullopt : std::optional(open_.back());
    }

private:
    [[noreturn]] static void throw_too_deep(std::string_view text,
                                            std::size_t at,
                                            const std::string& name) {
        Diagnostic d;
        d.code = code::nested_too_deep;
        d.file = name;
        d.message = fmt::format("brackets are nested more than {} deep", deepest_nesting);
        d.label = "one too deep";
        d.help = "the file is damaged, or is not a file of rollcast";
        throw_at(std::move(d), text, at, at + 1);
    }

    std::vector<std::size_t> open_;
    bool in_string_ = false;
    bool escaped_ = false;
};

/// Builds the tree from the parser's events; keeps the pointers of duplicate keys.
class TreeBuilder final : public nlohmann::json_sax<Json> {
public:
    struct Failure {
        std::size_t bytes_read = 0;
        int id = 0;  // nlohmann's number of the error; 406 = number out of range
        std::string what;
    };

    explicit TreeBuilder(Json& root) : root_(root) {}

    const std::vector<std::string>& duplicates() const { return duplicates_; }
    const std::optional<Failure>& failure() const { return failure_; }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        if (!levels_.back().keys.insert(name).second) {
            duplicates_.push_back(pointer() + pointer_step(name));
        }
        levels_.back().key = std::move(name);
        return true;
    }

    bool parse_error(std::size_t position,
                     const std::string&,
                     const nlohmann::detail::exception& error) override {
        failure_ = {position, error.id, error.what()};
        return false;
    }

private:
    struct Level {
        Json* value;
        std::string key;
        std::set<std::string> keys;
    };

    Json* place(Json value) {
        if (levels_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Level& level = levels_.back();
        if (level.value->is_array()) {
            level.value->push_back(std::move(value));
            return &level.value->back();
        }
        Json& member = (*level.value)[level.key];
        member = std::move(value);
        return &member;
    }

    bool add(Json value) {
        place(std::move(value));
        return true;
    }

    bool open(Json container) {
        Json* const placed = place(std::move(container));
        levels_.push_back({placed, {}, {}});
        return true;
    }

    bool close() {
        levels_.pop_back();
        return true;
    }

    /// Pointer of the container that is being filled.
    std::string pointer() const {
        std::string result;
        for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
            const Level& level = levels_[i];
            result += level.value->is_array() ? pointer_step(level.value->size() - 1)
                                              : pointer_step(level.key);
        }
        return result;
    }

    Json& root_;
    std::vector<Level> levels_;
    std::vector<std::string> duplicates_;
    std::optional<Failure> failure_;
};

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.' ||
           c == '_';
}

/// The word or single character around `at`.
std::string_view token_around(std::string_view text, std::size_t at) {
    if (at >= text.size() || !is_word_character(text[at])) return text.substr(at, 1);
    std::size_t begin = at;
    std::size_t end = at;
    while (begin > 0 && is_word_character(text[begin - 1])) --begin;
    while (end < text.size() && is_word_character(text[end])) ++end;
    return text.substr(begin, end - begin);
}

bool stands_for_no_number(std::string_view token) {
    std::string word;
    for (const char c : token) {
        if (c != '-' && c != '+')
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return word == "nan" || word == "inf" || word == "infinity";
}

[[noreturn]] void throw_cut_off(const std::string& text, const std::string& name) {
    Brackets brackets;
    brackets.follow(text, 0, name);
    Diagnostic d;
    d.code = code::cut_off;
    d.file = name;
    d.message = "the file ends before its JSON is complete";
    d.label = "ends here";
    d.help = "copy or write the file again; it is not whole";
    if (const auto open = brackets.innermost()) {
        Diagnostic bracket;
        set_place(bracket, text, *open, *open + 1);
        d.notes.push_back(fmt::format(
            "`{}` of {}:{} is never closed", text[*open], bracket.line, bracket.column));
    }
    const std::size_t last = text.find_last_not_of(" \t\r\n");
    throw_at(std::move(d), text, last, last + 1);
}

/// The commonest slips, told apart by what stands at and before the error.
std::string help_for_syntax(std::string_view text, std::size_t at) {
    const char found = at < text.size() ? text[at] : '\0';
    const std::size_t before = at == 0 ? npos : text.find_last_not_of(" \t\r\n", at - 1);
    const char previous = before == npos ? '\0' : text[before];
    if ((found == '}' || found == ']') && previous == ',') return "remove the comma before it";
    if (found == '/' || found == '#') return "JSON has no comments; use a `comment` field";
    if (found == '\'') return "strings take double quotes";
    if (found == '"' && (previous == '"' || previous == '}' || previous == ']' ||
                         std::isalnum(static_cast<unsigned char>(previous)) != 0)) {
        return "a comma or a colon is missing before it";
    }
    if (is_word_character(found)) return "strings and keys take double quotes";
    return "see the JSON grammar at json.org";
}

/// What the parser says that it expected: "; expected ..." at the end of its message.
std::string expected_by(const std::string& what) {
    const std::size_t at = what.rfind("expected ");
    const bool unexpected = at != npos && at >= 2 && what.compare(at - 2, 2, "un") == 0;
    return at == npos || unexpected ? "not expected here" : what.substr(at);
}

[[noreturn]] void throw_failure(const TreeBuilder::Failure& failure,
                                const std::string& text,
                                const std::string& name) {
    const std::size_t at = failure.bytes_read == 0 ? 0 : failure.bytes_read - 1;
    const bool ended = at >= text.size() || failure.what.find("unexpected end of input") != npos ||
                       failure.what.find("missing closing quote") != npos;
    std::string_view token = token_around(text, std::min(at, text.size()));
    if (failure.id == 406 && token.size() < 2 && at > 0) token = token_around(text, at - 1);
    Diagnostic d;
    d.file = name;
    const auto begin = static_cast<std::size_t>(token.data() - text.data());
    if (failure.id == 406) {
        d.code = code::number_too_large;
        d.message = fmt::format("the number {} is too large", scenarios::quoted(token));
        d.label = "cannot be held";
        d.help = "correct the exponent or the unit";
    } else if (stands_for_no_number(token)) {
        d.code = code::not_a_number;
        d.message = fmt::format("{} is not a number in JSON", scenarios::quoted(token));
        d.label = "no quantity can have this value";
        d.help = "write a number; to leave a limit open, leave the field out";
    } else if (failure.what.find("UTF-8") != npos) {
        d.code = code::not_text;
        d.message = "the text is not UTF-8";
        d.label = "ill-formed byte";
        d.help = "save the file as UTF-8";
    } else if (ended) {
        throw_cut_off(text, name);
    } else {
        d.code = code::syntax;
        d.message = fmt::format("not valid JSON: unexpected {}", scenarios::quoted(token));
        d.label = expected_by(failure.what);
        d.help = help_for_syntax(text, begin);
    }
    throw_at(std::move(d), text, begin, begin + token.size());
}

[[noreturn]] void throw_duplicates(const std::vector<std::string>& pointers,
                                   const std::string& text,
                                   const std::string& name) {
    std::vector<Place> places;
    places.reserve(pointers.size());
    for (const std::string& pointer : pointers) places.push_back({pointer, Part::second_key});
    find_places(text, places);
    std::vector<Diagnostic> all;
    for (const Place& place : places) {
        Diagnostic d;
        d.code = code::duplicate_key;
        d.file = name;
        d.pointer = place.pointer;
        d.message =
            fmt::format("key {} is given twice in one object",
                        scenarios::quoted(text.substr(place.begin, place.end - place.begin)));
        d.label = "second time";
        d.help = "remove one of the two";
        set_place(d, text, place.begin, place.end);
        all.push_back(std::move(d));
    }
    throw InputError(std::move(all));
}

}  // namespace

std::string pointer_step(std::string_view key) {
    std::string step = "/";
    for (const char c : key) {
        if (c == '~') {
            step += "~0";
        } else if (c == '/') {
            step += "~1";
        } else {
            step += c;
        }
    }
    return step;
}

std::string pointer_step(std::size_t index) { return fmt::format("/{}", index); }

JsonFile JsonFile::read(const std::filesystem::path& path) {
    Brackets brackets;
    const std::string name = path.string();
    std::string text = read_text(path, [&](std::string_view so_far, std::size_t from) {
        brackets.follow(so_far, from, name);
    });
    return parse(std::move(text), name);
}

JsonFile JsonFile::parse(std::string text, std::string name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    Brackets().follow(text, 0, name);
    JsonFile file;
    TreeBuilder builder(file.root_);
    Json::sax_parse(text, &builder);
    if (builder.failure()) throw_failure(*builder.failure(), text, name);
    if (!builder.duplicates().empty()) throw_duplicates(builder.duplicates(), text, name);
    file.text_ = std::move(text);
    file.name_ = std::move(name);
    return file;
}

}  // namespace rollcast::scenarios
