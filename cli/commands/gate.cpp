#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/values.hpp"
#include "report/layout.hpp"
#include "scenarios/import/stop_gate.hpp"

namespace rollcast::cli {
namespace {

using scenarios::ForbiddenStop;
using scenarios::StopAnswer;

constexpr std::size_t most_shown = 20;

struct GateOptions {
    std::vector<std::string> state;
    std::vector<std::int64_t> brokers;
    std::int64_t min_isr = 0;  // 0 = not given
    std::int64_t max_age_s = 300;
    std::vector<std::string> accepted;
};

/// Seconds since the oldest of `files` was written; 0 for one of the future.
double age_of(const std::vector<std::string>& files) {
    using Clock = std::filesystem::file_time_type::clock;
    double oldest = 0.0;
    for (const std::string& file : files) {
        const std::chrono::duration<double> age =
            Clock::now() - std::filesystem::last_write_time(file);
        oldest = std::max(oldest, age.count());
    }
    return oldest;
}

void require_fresh(const GateOptions& options, const StopAnswer& answer, double age_s) {
    if (age_s <= static_cast<double>(options.max_age_s)) return;
    scenarios::Diagnostic diagnostic;
    diagnostic.code = scenarios::code::gate_state_old;
    diagnostic.file = answer.files.front();
    diagnostic.message =
        fmt::format("the state is {:.0f} s old, and --max-age is {} s", age_s, options.max_age_s);
    diagnostic.help = "take the dump again, or allow more with --max-age";
    throw scenarios::InputError(diagnostic);
}

std::string left_text(const ForbiddenStop& stop) {
    if (stop.left.empty()) return "nobody in sync is left";
    return fmt::format("in sync without them: {}", fmt::join(stop.left, ", "));
}

void print_partitions(Session& session,
                      const std::string& title,
                      const std::vector<ForbiddenStop>& stops) {
    if (stops.empty()) return;
    fmt::print(session.out, "\n{}\n", title);
    for (std::size_t i = 0; i < stops.size() && i < most_shown; ++i) {
        fmt::print(session.out,
                   "  {}  min ISR {}, {}{}\n",
                   scenarios::partition_text(stops[i].partition),
                   stops[i].min_isr,
                   left_text(stops[i]),
                   stops[i].under_it_now ? "; under it already" : "");
    }
    if (stops.size() > most_shown) {
        fmt::print(session.out, "  and {} more: --json lists all\n", stops.size() - most_shown);
    }
}

void print_text(Session& session,
                const std::set<std::int64_t>& brokers,
                const StopAnswer& answer,
                double age_s) {
    fmt::print(session.out,
               "{}: broker{} {}, by a state {:.0f} s old\n",
               answer.go() ? "go" : "no-go",
               brokers.size() == 1 ? "" : "s",
               fmt::join(brokers, ", "),
               age_s);
    fmt::print(session.out,
               "  partitions on them      {} of {}, {} led by them\n"
               "  forbid it               {}\n"
               "  last margin with them   {} at min ISR: one more failure stops writes\n"
               "  unwell now, no worse    {} on them, {} elsewhere\n",
               answer.on_brokers,
               answer.partitions,
               answer.leads,
               answer.forbids.size(),
               answer.last_margin,
               answer.no_worse,
               answer.unwell_elsewhere);
    print_partitions(session, "these partitions forbid it:", answer.forbids);
    print_partitions(session, "these break, and are accepted:", answer.accepted);
    session.out << "\nControllers and ZooKeeper nodes are not in this state, and not judged.\n";
}

report::Json list_of(const std::vector<ForbiddenStop>& stops) {
    report::Json list = report::Json::array();
    for (const ForbiddenStop& stop : stops) {
        list.push_back({{"topic", stop.partition.topic},
                        {"partition", stop.partition.number},
                        {"min_isr", stop.min_isr},
                        {"left_in_sync", stop.left},
                        {"under_it_now", stop.under_it_now}});
    }
    return list;
}

report::Json document_of(const Session& session, const StopAnswer& answer, double age_s) {
    report::Json document{{"summary", {{"ok", answer.go()}, {"status", "complete"}}},
                          {"schema_version", report::schema_version},
                          {"go", answer.go()},
                          {"state_age_s", age_s},
                          {"partitions", answer.partitions},
                          {"on_brokers", answer.on_brokers},
                          {"led", answer.leads},
                          {"last_margin", answer.last_margin},
                          {"no_worse", answer.no_worse},
                          {"unwell_elsewhere", answer.unwell_elsewhere},
                          {"forbids", list_of(answer.forbids)},
                          {"accepted", list_of(answer.accepted)},
                          {"warnings", scenarios::to_json(std::span(answer.warnings))}};
    document.update(report::provenance_json(session.provenance()));
    return document;
}

ExitCode gate(Session& session, const GateOptions& options) {
    scenarios::StopQuestion question;
    question.state.assign(options.state.begin(), options.state.end());
    question.brokers.insert(options.brokers.begin(), options.brokers.end());
    if (options.min_isr > 0) question.min_isr = options.min_isr;
    question.accepted = options.accepted;
    const StopAnswer answer = scenarios::may_stop(question);
    const double age_s = age_of(answer.files);
    for (const std::string& file : answer.files) note_input(session, file);
    require_fresh(options, answer, age_s);
    if (session.options.json) {
        session.print(document_of(session, answer, age_s));
    } else {
        if (!answer.warnings.empty()) {
            session.err << scenarios::render(std::span(answer.warnings));
        }
        print_text(session, question.brokers, answer, age_s);
    }
    return answer.go() ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_gate(CLI::App& command, Session& session) {
    const auto options = std::make_shared<GateOptions>();
    command
        .add_option("BROKER", options->brokers, "ids of the brokers that would be down together")
        ->required()
        ->option_text("...");
    command
        .add_option("--state",
                    options->state,
                    "what `kafka-topics --describe` or `kcat -L` printed for all topics, and "
                    "`kafka-configs --describe --all` of a broker where topics have no "
                    "min.insync.replicas of their own; a file or a folder, repeatable")
        ->required()
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->check(not_empty("--state"))
        ->option_text("DUMP");
    command
        .add_option("--max-age",
                    options->max_age_s,
                    "refuse a state that is older, seconds; 300 where not given")
        ->transform(whole_number("--max-age", 0, 1'000'000'000))
        ->capture_default_str()
        ->option_text("S");
    command
        .add_option("--min-isr",
                    options->min_isr,
                    "min.insync.replicas of topics for which no dump tells it")
        ->transform(whole_number("--min-isr", 1, 1'000))
        ->option_text("N");
    command
        .add_option("--accept-breach",
                    options->accepted,
                    "topics that may become unavailable, * and ? allowed; repeatable")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("TOPIC");
    add_json(command, session.options);
    command.footer(
        "Exit code 0: go. 1: no-go, with the partitions that forbid it. 2: the state is too old\n"
        "or does not answer the question. Ask just before each stop: a dump is a moment.");
    return [&session, options] { return gate(session, *options); };
}

}  // namespace rollcast::cli
