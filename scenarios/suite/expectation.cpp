#include "scenarios/suite/expectation.hpp"

#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"
#include "scenarios/suite/quantity.hpp"

namespace rollcast::scenarios {

namespace {

using models::Comparison;

constexpr int comparison_count = 6;

bool is_quantity(Dimension dimension) {
    return dimension != Dimension::truth && dimension != Dimension::word;
}

class ExpectationReader {
public:
    explicit ExpectationReader(Problems& problems) : problems_(problems) {}

    std::optional<Expectation> read(const Reader& reader) {
        const std::string name = reader.text("metric");
        const std::optional<std::size_t> place = result_metric_called(name);
        if (!place) {
            report_unknown_metric(reader, name);
            return std::nullopt;
        }
        const ResultMetric& metric = result_metrics()[*place];
        Expectation out;
        out.metric = *place;
        out.pointer = reader.pointer();
        for (int i = 0; i < comparison_count; ++i) {
            const auto comparison = static_cast<Comparison>(i);
            if (to_string(comparison) == reader.text("is")) out.is = comparison;
        }
        out.guard = reader.flag("guard");
        out.because = reader.text("because");
        out.against_control = reader.text("against") == "without";
        if (!check_comparison(reader, metric, out)) return std::nullopt;
        const std::optional<MetricValue> value = read_value(reader, metric);
        if (!value) return std::nullopt;
        out.value = *value;
        if (reader.has("tolerance") && !read_tolerance(reader, metric, out)) return std::nullopt;
        return out;
    }

private:
    Diagnostic& wrong(std::string_view code,
                      const std::string& pointer,
                      std::string message,
                      std::string label,
                      std::string help) {
        Diagnostic& d = problems_.error(code, pointer, std::move(message));
        d.label = std::move(label);
        d.help = std::move(help);
        return d;
    }

    void report_unknown_metric(const Reader& reader, const std::string& name) {
        std::vector<std::string> known;
        for (const ResultMetric& metric : result_metrics()) known.push_back(metric.name);
        Diagnostic& d =
            wrong(code::unknown_name,
                  reader.pointer("metric"),
                  fmt::format("no metric of a result is called {}", scenarios::quoted(name)),
                  "no run gives this",
                  "name one of the metrics in docs/scenarios.md");
        suggest(d, name, known, "metrics");
    }

    bool check_comparison(const Reader& reader, const ResultMetric& metric, const Expectation& e) {
        const bool ordered = e.is != Comparison::equal && e.is != Comparison::unequal;
        if (is_quantity(metric.dimension)) return true;
        if (ordered) {
            wrong(code::field_combination,
                  reader.pointer("is"),
                  fmt::format("{} has no order", scenarios::quoted(metric.name)),
                  "neither more nor less",
                  "compare it with `==` or `!=`");
            return false;
        }
        if (e.against_control) {
            wrong(code::field_combination,
                  reader.pointer("against"),
                  fmt::format("{} has no difference", scenarios::quoted(metric.name)),
                  "not a quantity",
                  "leave it out");
            return false;
        }
        return true;
    }

    std::optional<MetricValue> read_value(const Reader& reader, const ResultMetric& metric) {
        const Json& value = reader.value("value");
        if (metric.dimension == Dimension::truth) {
            if (value.is_boolean()) return value.get<bool>();
            return wrong_value(reader, metric, "write true or false");
        }
        if (metric.dimension == Dimension::word) return read_word(reader, metric, value);
        if (value.is_number() && units_of(metric.dimension).empty()) return value.get<double>();
        if (value.is_number()) return missing_unit(reader, metric, "value", value);
        if (!value.is_string()) return wrong_value(reader, metric, "write a number");
        const auto quantity = parse_quantity(metric.dimension, value.get<std::string>());
        if (quantity && !quantity->share) return quantity->value;
        return missing_unit(reader, metric, "value", value);
    }

    std::optional<MetricValue> read_word(const Reader& reader,
                                         const ResultMetric& metric,
                                         const Json& value) {
        if (!value.is_string()) return wrong_value(reader, metric, "write a word");
        const auto word = value.get<std::string>();
        for (const std::string& known : metric.words) {
            if (known == word) return word;
        }
        Diagnostic& d = wrong(
            code::unknown_word,
            reader.pointer("value"),
            fmt::format("{} is never {}", scenarios::quoted(metric.name), scenarios::quoted(word)),
            "not a word of this metric",
            "use one of the words below");
        suggest(d, word, metric.words, "words of " + scenarios::quoted(metric.name));
        return std::nullopt;
    }

    std::nullopt_t wrong_value(const Reader& reader, const ResultMetric& metric, std::string help) {
        wrong(code::wrong_type,
              reader.pointer("value"),
              fmt::format("{} cannot be {}",
                          scenarios::quoted(metric.name),
                          scenarios::quoted(reader.value("value").dump())),
              "of another kind",
              std::move(help));
        return std::nullopt;
    }

    std::nullopt_t missing_unit(const Reader& reader,
                                const ResultMetric& metric,
                                const std::string& key,
                                const Json& value) {
        const std::vector<std::string> units = units_of(metric.dimension);
        const std::string given = value.is_string() ? value.get<std::string>() : value.dump();
        Diagnostic& d =
            wrong(code::unit_missing,
                  reader.pointer(key),
                  fmt::format("{} is given as {}, without a unit that it can have",
                              scenarios::quoted(metric.name),
                              scenarios::quoted(given)),
                  units.empty() ? "not a number" : "number and unit",
                  units.empty() ? "write a number without a unit"
                                : fmt::format("write the number with its unit, such as \"2 {}\"",
                                              units[units.size() / 2 + 1]));
        if (!units.empty())
            d.notes.push_back("units: " + name_list(units) + (key == "tolerance" ? ", or %" : ""));
        return std::nullopt;
    }

    bool read_tolerance(const Reader& reader, const ResultMetric& metric, Expectation& out) {
        if (!is_quantity(metric.dimension)) {
            wrong(code::field_combination,
                  reader.pointer("tolerance"),
                  fmt::format("{} knows no tolerance", scenarios::quoted(metric.name)),
                  "not a quantity",
                  "leave it out");
            return false;
        }
        const Json& value = reader.value("tolerance");
        std::optional<Quantity> quantity;
        if (value.is_string()) {
            quantity = parse_quantity(metric.dimension, value.get<std::string>());
        } else if (units_of(metric.dimension).empty()) {
            quantity = Quantity{value.get<double>(), false};
        }
        if (!quantity || quantity->value < 0) {
            missing_unit(reader, metric, "tolerance", value);
            return false;
        }
        const double target = std::get<double>(out.value);
        out.tolerance = quantity->share ? quantity->value * std::abs(target) : quantity->value;
        return true;
    }

    Problems& problems_;
};

bool compare(Comparison is, double actual, double wanted, double tolerance) {
    switch (is) {
        case Comparison::above:
            return actual > wanted - tolerance;
        case Comparison::at_least:
            return actual >= wanted - tolerance;
        case Comparison::below:
            return actual < wanted + tolerance;
        case Comparison::at_most:
            return actual <= wanted + tolerance;
        case Comparison::equal:
            return std::abs(actual - wanted) <= tolerance;
        case Comparison::unequal:
            return std::abs(actual - wanted) > tolerance;
    }
    return false;
}

}  // namespace

std::vector<Expectation> read_expectations(const std::vector<Reader>& readers, Problems& problems) {
    std::vector<Expectation> out;
    ExpectationReader reader(problems);
    for (const Reader& object : readers) {
        if (std::optional<Expectation> read = reader.read(object)) out.push_back(std::move(*read));
    }
    return out;
}

Judged judge(const Expectation& expectation, const MetricValues& run, const MetricValues& control) {
    Judged out{.actual = run[expectation.metric]};
    if (out.actual.index() == 0) return out;
    const auto* number = std::get_if<double>(&out.actual);
    if (number == nullptr) {
        const bool same = out.actual == expectation.value;
        out.held = same == (expectation.is == Comparison::equal);
        return out;
    }
    double compared = *number;
    if (expectation.against_control) {
        const auto* without =
            control.empty() ? nullptr : std::get_if<double>(&control[expectation.metric]);
        if (without == nullptr) return {.held = false, .actual = {}};
        compared -= *without;
        out.actual = compared;
    }
    out.held = compare(
        expectation.is, compared, std::get<double>(expectation.value), expectation.tolerance);
    return out;
}

std::string expectation_text(const Expectation& expectation) {
    const ResultMetric& metric = result_metrics()[expectation.metric];
    std::string text = fmt::format(
        "{} {} {}", metric.name, to_string(expectation.is), metric_text(metric, expectation.value));
    if (expectation.tolerance > 0) {
        text += fmt::format(" (give or take {})",
                            quantity_text(metric.dimension, expectation.tolerance));
    }
    if (expectation.against_control) text += " more than without";
    return text;
}

}  // namespace rollcast::scenarios
