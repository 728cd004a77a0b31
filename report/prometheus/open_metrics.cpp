#include "report/prometheus/open_metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "models/metrics.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/names.hpp"

namespace rollcast::report {
namespace {

constexpr std::size_t piece_size = 1U << 20U;
constexpr double exact_whole = 9e15;  // below it a double holds every whole number

template <class Number>
void append_digits(std::string& text, Number value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

/// " 1735689615.250": whole milliseconds, rounded down.
void append_time(std::string& text, sim::Instant t) {
    const std::int64_t ms = t.count() / 1'000'000;
    append_digits(text, run_epoch_s + ms / 1'000);
    const auto rest = static_cast<char>(ms % 1'000 / 100);
    text += '.';
    text += static_cast<char>('0' + rest);
    text += static_cast<char>('0' + ms % 100 / 10);
    text += static_cast<char>('0' + ms % 10);
}

std::string escaped_for_label(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

/// What is said of a family before its samples.
std::string family_head(std::string_view name, const models::MetricInfo& info) {
    constexpr std::string_view total = "_total";
    const bool counter = info.type == models::MetricType::counter;
    std::string_view family = name;
    std::string_view type = "gauge";
    if (counter && name.ends_with(total)) {
        family = name.substr(0, name.size() - total.size());
        type = "counter";
    } else if (counter) {
        type = "unknown";  // OpenMetrics has no counter without its ending
    }
    return fmt::format("# TYPE {} {}\n# HELP {} {}: {}\n",
                       family,
                       type,
                       family,
                       escaped_for_label(info.unit),
                       escaped_for_label(info.meaning));
}

class OpenMetricsStream {
public:
    OpenMetricsStream(const models::Fleet& fleet,
                      const OpenMetricsOptions& options,
                      const std::function<void(std::string_view)>& write)
        : fleet_(fleet), options_(options), write_(write) {}

    void family(const ExportedMetric& exported, const std::vector<models::SeriesStore>& stores) {
        const models::MetricInfo& info = models::info_of(exported.metric);
        if (exported.name != last_name_) buffer_ += family_head(exported.name, info);
        last_name_ = exported.name;
        for (const models::SeriesStore& store : stores) {
            for (const models::Target& target : store.targets()) {
                if (target.source != info.source) continue;
                const models::Series* series = store.find(target, exported.metric);
                if (series != nullptr) one_series(exported.name, store, target, *series);
            }
        }
    }

    OpenMetricsCount end() {
        buffer_ += "# EOF\n";
        flush();
        return count_;
    }

private:
    void one_series(std::string_view name,
                    const models::SeriesStore& store,
                    const models::Target& target,
                    const models::Series& series) {
        const std::string head = fmt::format(
            "{}{{{}}} ", name, labels_text(labels_of(options_.profile, fleet_, target)));
        const std::uint64_t before = count_.samples;
        for_each_sample(store, target, series, options_.range, [&](sim::Instant at, double value) {
            buffer_ += head;
            append_number(buffer_, value);
            buffer_ += ' ';
            append_time(buffer_, at);
            buffer_ += '\n';
            ++count_.samples;
            if (buffer_.size() >= piece_size) flush();
        });
        count_.series += count_.samples > before ? 1 : 0;
    }

    void flush() {
        count_.bytes += buffer_.size();
        write_(buffer_);
        buffer_.clear();
    }

    const models::Fleet& fleet_;
    const OpenMetricsOptions& options_;
    const std::function<void(std::string_view)>& write_;
    std::string buffer_;
    std::string_view last_name_;
    OpenMetricsCount count_;
};

bool name_wanted(const std::vector<std::string>& patterns, std::string_view name) {
    return patterns.empty() ||
           std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
               return scenarios::matches(pattern, std::string(name));
           });
}

}  // namespace

void append_number(std::string& text, double value) {
    if (value == std::floor(value) && std::fabs(value) < exact_whole) {
        append_digits(text, static_cast<std::int64_t>(value));
    } else {
        append_digits(text, value);
    }
}

std::string labels_text(const std::vector<Label>& labels) {
    std::string text;
    for (const Label& label : labels) {
        if (!text.empty()) text += ',';
        text += fmt::format("{}=\"{}\"", label.name, escaped_for_label(label.value));
    }
    return text;
}

OpenMetricsCount write_open_metrics(const models::Fleet& fleet,
                                    const std::vector<models::SeriesStore>& stores,
                                    const OpenMetricsOptions& options,
                                    const std::function<void(std::string_view)>& write) {
    OpenMetricsStream stream(fleet, options, write);
    for (const ExportedMetric& exported : exported_metrics(options.profile)) {
        if (name_wanted(options.names, exported.name)) stream.family(exported, stores);
    }
    return stream.end();
}

}  // namespace rollcast::report
