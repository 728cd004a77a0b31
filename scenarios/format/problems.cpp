#include "scenarios/format/problems.hpp"

#include <algorithm>
#include <tuple>

namespace rollcast::scenarios {

namespace {

constexpr std::size_t most_kept = 1'000;

}  // namespace

Diagnostic& Problems::error(std::string_view code,
                            const std::string& pointer,
                            std::string message,
                            Part part) {
    ++errors_;
    return add(Severity::error, code, pointer, std::move(message), part);
}

Diagnostic& Problems::warning(std::string_view code,
                              const std::string& pointer,
                              std::string message) {
    return add(Severity::warning, code, pointer, std::move(message), Part::value);
}

Diagnostic& Problems::add(Severity severity,
                          std::string_view code,
                          const std::string& pointer,
                          std::string message,
                          Part part) {
    if (found_.size() == most_kept) return not_kept_ = {};
    Diagnostic d;
    d.code = code;
    d.severity = severity;
    d.file = file_->name();
    d.pointer = pointer;
    d.message = std::move(message);
    found_.push_back(std::move(d));
    parts_.push_back(part);
    return found_.back();
}

bool Problems::has_errors_beside(std::string_view code) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Diagnostic& d) {
        return d.severity == Severity::error && d.code != code;
    });
}

void Problems::throw_if_errors() const {
    if (has_errors()) throw InputError(placed());
}

std::vector<Diagnostic> Problems::placed() const {
    if (found_.empty()) return {};
    std::vector<Place> places;
    for (std::size_t i = 0; i < found_.size(); ++i)
        places.push_back({found_[i].pointer, parts_[i]});
    find_places(file_->text(), places);
    std::vector<Diagnostic> result = found_;
    for (std::size_t i = 0; i < result.size(); ++i) {
        set_place(result[i], file_->text(), places[i].begin, places[i].end);
    }
    std::stable_sort(result.begin(), result.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return result;
}

}  // namespace rollcast::scenarios
