// Collects every problem of one file, so that a user sees all of them at once.
#pragma once

#include <string>
#include <vector>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/format/places.hpp"

namespace rollcast::scenarios {

/// Of more than 1,000 problems the first 1,000 are kept.
class Problems {
public:
    /// `file` must outlive the collection.
    explicit Problems(const JsonFile& file) : file_(&file) {}

    /// Adds a problem with the value (or the key) at `pointer`. The reference is valid until the
    /// next call; label, help and notes are the caller's to fill.
    Diagnostic& error(std::string_view code,
                      const std::string& pointer,
                      std::string message,
                      Part part = Part::value);
    Diagnostic& warning(std::string_view code, const std::string& pointer, std::string message);

    bool has_errors() const { return errors_ > 0; }
    /// Errors of another code than `code`.
    bool has_errors_beside(std::string_view code) const;

    /// Throws InputError with everything collected, in order of place, if there is an error.
    void throw_if_errors() const;
    /// Everything collected, in order of place.
    std::vector<Diagnostic> placed() const;

private:
    Diagnostic& add(Severity severity,
                    std::string_view code,
                    const std::string& pointer,
                    std::string message,
                    Part part);

    const JsonFile* file_;
    std::vector<Diagnostic> found_;
    std::vector<Part> parts_;
    Diagnostic not_kept_;
    std::size_t errors_ = 0;
};

}  // namespace rollcast::scenarios
