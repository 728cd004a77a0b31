#include "scenarios/study/study.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"
#include "scenarios/suite/student.hpp"
#include "scenarios/suite/suite.hpp"
#include "sim/parallel.hpp"
#include "sim/random.hpp"

namespace rollcast::scenarios {

namespace {

constexpr const char* study_name = "study.scenario.json";
constexpr double one_tail = 0.025;

/// What is asked of every run, so that what only somebody who looks on knows is known.
Json guards(const std::vector<std::size_t>& metrics) {
    Json out = Json::array();
    for (const std::size_t m : metrics) {
        const ResultMetric& metric = result_metrics()[m];
        Json value = 0;
        if (metric.dimension == Dimension::time) value = "0 s";
        if (metric.dimension == Dimension::bytes) value = "0 B";
        if (metric.dimension == Dimension::truth) value = true;
        const char* const is = metric.dimension == Dimension::truth ? "==" : ">=";
        out.push_back(
            {{"metric", metric.name}, {"is", is}, {"value", std::move(value)}, {"guard", true}});
    }
    return out;
}

/// Problems with what an axis has set are shown in the text of the axis.
std::vector<Diagnostic> in_axis_text(const InputError& error, const std::vector<StudyAxis>& axes) {
    std::vector<Diagnostic> out;
    for (Diagnostic d : error.diagnostics()) {
        for (const StudyAxis& axis : axes) {
            for (const std::string& pointer : axis.pointers) {
                if (!d.pointer.starts_with("/set" + pointer_step(pointer))) continue;
                d.file = "--vary";
                d.pointer.clear();
                set_place(d, axis.text, 0, axis.name.size());
            }
        }
        out.push_back(std::move(d));
    }
    return out;
}

SuiteCase case_at(const Json& scenario,
                  const std::vector<StudyAxis>& axes,
                  const StudyPoint& point,
                  const PlanMaker& plans) {
    Json tree = scenario;
    for (std::size_t a = 0; a < axes.size(); ++a) {
        for (const std::string& pointer : axes[a].instead_of) {
            const Json::json_pointer at(pointer);
            if (tree.contains(at)) tree[at.parent_pointer()].erase(at.back());
        }
        for (const std::string& pointer : axes[a].pointers) {
            tree["set"][pointer] = axes[a].values[point.place[a]];
        }
    }
    try {
        return prepare_inline(tree, study_name, plans);
    } catch (const InputError& error) {
        throw InputError(in_axis_text(error, axes));
    }
}

std::vector<StudyPoint> points_of(const std::vector<StudyAxis>& axes) {
    std::vector<StudyPoint> points{{}};
    for (const StudyAxis& axis : axes) {
        std::vector<StudyPoint> longer;
        for (const StudyPoint& point : points) {
            for (std::size_t v = 0; v < axis.values.size(); ++v) {
                longer.push_back(point);
                longer.back().place.push_back(v);
            }
        }
        points = std::move(longer);
    }
    return points;
}

std::size_t reference_of(const Study& study, const std::string& against) {
    if (against.empty()) return 0;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < study.points.size(); ++i) {
        const std::string label = study.label(study.points[i]);
        if (label == against || study.axes.front().label(study.points[i].place[0]) == against) {
            return i;
        }
        labels.push_back(label);
    }
    Diagnostic d;
    d.code = code::unknown_name;
    d.file = "--against";
    d.message = fmt::format("no point of the study is called {}", scenarios::quoted(against));
    d.label = "not a point";
    d.help = "name one of the points below";
    set_place(d, against, 0, against.size());
    suggest(d, against, labels, "points");
    throw InputError(std::move(d));
}

/// Numbers of one metric at one point, by seed; nothing where a run does not answer.
using BySeed = std::vector<std::optional<double>>;

Estimate estimate_answers(const BySeed& answers, bool shares) {
    std::vector<double> samples;
    for (const auto& answer : answers) {
        if (answer) samples.push_back(*answer);
    }
    return estimate(samples, shares);
}

Estimate estimate_difference(const BySeed& answers, const BySeed& reference) {
    std::vector<double> samples;
    for (std::size_t s = 0; s < answers.size(); ++s) {
        if (answers[s] && reference[s]) samples.push_back(*answers[s] - *reference[s]);
    }
    return estimate(samples, false);
}

/// Wilson's interval of a share (JASA 1927).
void set_wilson(Estimate& out) {
    const double z = sim::normal_quantile(1.0 - one_tail);
    const auto n = static_cast<double>(out.runs);
    const double centre = out.mean + z * z / (2 * n);
    const double spread = z * std::sqrt(out.mean * (1.0 - out.mean) / n + z * z / (4 * n * n));
    out.low = std::max(0.0, (centre - spread) / (1.0 + z * z / n));
    out.high = std::min(1.0, (centre + spread) / (1.0 + z * z / n));
}

}  // namespace

Estimate estimate(const std::vector<double>& samples, bool shares) {
    Estimate out;
    out.runs = samples.size();
    if (samples.empty()) return out;
    const auto n = static_cast<double>(samples.size());
    double sum = 0.0;
    for (const double s : samples) sum += s;
    out.mean = sum / n;
    out.least = *std::min_element(samples.begin(), samples.end());
    out.most = *std::max_element(samples.begin(), samples.end());
    if (out.least == out.most) out.mean = out.least;
    out.low = out.high = out.mean;
    if (samples.size() == 1) return out;
    if (shares) {
        set_wilson(out);
        return out;
    }
    if (out.least == out.most) return out;
    double squares = 0.0;
    for (const double s : samples) squares += (s - out.mean) * (s - out.mean);
    const double error = std::sqrt(squares / (n - 1) / n) * student_quantile(one_tail, n - 1);
    out.low = out.mean - error;
    out.high = out.mean + error;
    return out;
}

std::string Study::label(const StudyPoint& point) const {
    std::string out;
    for (std::size_t a = 0; a < axes.size(); ++a) {
        out +=
            fmt::format("{}{}={}", a == 0 ? "" : ", ", axes[a].name, axes[a].label(point.place[a]));
    }
    return out;
}

Study run_study(const Json& scenario,
                std::vector<StudyAxis> axes,
                const PlanMaker& plans,
                const StudyOptions& options) {
    Study study;
    study.axes = std::move(axes);
    study.metrics = options.metrics;
    study.seeds = options.seeds;
    study.points = points_of(study.axes);
    study.reference = reference_of(study, options.against);
    Json base = scenario;
    base["expect"] = guards(options.metrics);
    if (options.seeds > 1) base["sampled"] = true;
    std::vector<SuiteCase> cases(study.points.size());
    sim::for_each_index(cases.size(), options.threads, [&](std::size_t i) {
        cases[i] = case_at(base, study.axes, study.points[i], plans);
    });
    std::vector<SuiteRun> runs(cases.size() * options.seeds);
    sim::for_each_index(runs.size(), options.threads, [&](std::size_t i) {
        runs[i] = run_case(cases[i / options.seeds],
                           options.first_seed + i % options.seeds,
                           {.stop = options.stop});
    });
    const auto answers = [&](std::size_t point, std::size_t metric) {
        BySeed out(options.seeds);
        for (std::size_t s = 0; s < options.seeds; ++s) {
            const SuiteRun& run = runs[point * options.seeds + s];
            if (run.done) out[s] = metric_number(run.metrics[metric]);
        }
        return out;
    };
    for (const std::size_t m : study.metrics) {
        const BySeed reference = answers(study.reference, m);
        const bool shares = result_metrics()[m].dimension == Dimension::truth;
        for (std::size_t p = 0; p < study.points.size(); ++p) {
            const BySeed here = answers(p, m);
            study.points[p].values.push_back(estimate_answers(here, shares));
            study.points[p].differences.push_back(estimate_difference(here, reference));
        }
    }
    study.whole = std::all_of(runs.begin(), runs.end(), [](const SuiteRun& r) { return r.done; });
    return study;
}

}  // namespace rollcast::scenarios
