#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "planner/certificate/check.hpp"
#include "planner/certificate/text.hpp"
#include "planner/certified_run.hpp"
#include "report/layout.hpp"
#include "report/numbers.hpp"
#include "report/words.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/format/plan_file.hpp"

namespace rollcast::cli {
namespace {

namespace certificate = planner::certificate;
using certificate::Certificate;
using certificate::Refutation;

struct CertifyOptions {
    CaseChoice choice;
    std::string file;
};

/// A plan with its certificate, or the certificate alone, out of a result of `plan --json`.
struct Certified {
    std::optional<models::Plan> plan;
    std::uint64_t seed = 1;
    std::vector<std::string> lines;
};

struct Outcome {
    std::optional<Certificate> certificate;
    std::vector<std::string> differs;
    bool accepted() const { return differs.empty(); }
};

/// The certificate in a document of `plan --json`; nothing where the file is no such document.
std::optional<Certified> of_document(const scenarios::JsonFile& file) {
    const scenarios::Json& root = file.root();
    if (!root.is_object() || !root.contains("plan") || !root["plan"].is_object()) return {};
    Certified found;
    const scenarios::Json lines = root["plan"].value("certificate", scenarios::Json());
    if (!lines.is_array()) return found;
    for (const scenarios::Json& line : lines) {
        if (line.is_string()) found.lines.push_back(line.get<std::string>());
    }
    return found;
}

Certified open_certified(Session& session, const std::string& file, const OpenCase& opened) {
    std::optional<Certified> document = of_document(scenarios::JsonFile::read(file));
    if (document) {
        note_input(session, file);
        return std::move(*document);
    }
    scenarios::LoadedPlan loaded = scenarios::load_plan(file, opened.a_case, opened.sha256);
    note_input(session, file);
    return {std::move(loaded.plan), loaded.meta.seed, std::move(loaded.meta.certificate)};
}

Outcome judge(const Session& session, const models::Case& a_case, const Certified& certified) {
    if (certified.lines.empty()) return {{}, {"it carries no certificate"}};
    certificate::ReadCertificate read = certificate::from_lines(a_case.fleet, certified.lines);
    if (!read.certificate) {
        return {{}, {fmt::format("line {} of the certificate: {}", read.line, read.problem)}};
    }
    Outcome outcome{std::move(read.certificate), {}};
    const certificate::Judgement judgement =
        certified.plan ? certificate::judge(a_case, *certified.plan, *outcome.certificate)
                       : certificate::judge(a_case, *outcome.certificate);
    outcome.differs = judgement.differs;
    if (!outcome.accepted() || !certified.plan) return outcome;
    const std::string ran = planner::differs_in_run(
        a_case, *certified.plan, certified.seed, session.options.threads(), *outcome.certificate);
    if (!ran.empty()) outcome.differs.push_back(ran);
    return outcome;
}

double gap_of(const Certificate& certificate) {
    const double bound = sim::to_seconds(certificate.bound);
    return bound > 0.0 ? sim::to_seconds(certificate.makespan) / bound - 1.0 : 0.0;
}

std::string subject_of(const models::Fleet& fleet, const Refutation& refutation) {
    switch (refutation.kind) {
        case Refutation::Kind::no_slack:
        case Refutation::Kind::no_leader:
            return "partition " + fleet.partition_name(models::PartitionId{refutation.subject});
        case Refutation::Kind::never_rejoins:
        case Refutation::Kind::no_window:
            return "machine " + fleet.machines()[models::MachineId{refutation.subject}].name;
        default:
            return "cluster " + fleet.clusters()[models::ClusterId{refutation.subject}].name;
    }
}

/// What an accepted certificate shows, in one sentence.
std::string shown(const models::Fleet& fleet, const Certificate& certificate) {
    if (certificate.refutation.kind != Refutation::Kind::none) {
        return fmt::format("infeasible: no plan in place is safe ({}: {})",
                           to_string(certificate.refutation.kind),
                           subject_of(fleet, certificate.refutation));
    }
    const std::string what =
        certificate::proves_optimal(certificate)
            ? "optimal: plan and bound agree to 0.1 %"
            : "within " + report::percent_text(gap_of(certificate)) + " of the bound";
    return fmt::format(
        "{}, for nominal durations and gate {}: the plan takes {}, and none takes "
        "less than {}",
        what,
        models::to_string(certificate.gate),
        report::duration_text(certificate.makespan),
        report::duration_text(certificate.bound));
}

void print_text(Session& session,
                const std::string& file,
                const models::Case& a_case,
                const Outcome& outcome) {
    session.out << file << (outcome.accepted() ? ": certified\n" : ": not certified\n");
    if (outcome.accepted()) {
        session.out << report::wrapped(shown(a_case.fleet, *outcome.certificate), 2, "  ");
    }
    for (const std::string& why : outcome.differs) {
        session.out << report::wrapped(why, 4, "  - ");
    }
}

report::Json document_of(const Session& session,
                         const models::Case& a_case,
                         const Outcome& outcome) {
    report::Json document{{"summary", {{"ok", outcome.accepted()}, {"status", "complete"}}},
                          {"schema_version", report::schema_version},
                          {"certified", outcome.accepted()},
                          {"shows", nullptr},
                          {"makespan_s", nullptr},
                          {"lower_bound_s", nullptr},
                          {"differs", outcome.differs}};
    if (outcome.accepted()) {
        document["shows"] = shown(a_case.fleet, *outcome.certificate);
        if (outcome.certificate->refutation.kind == Refutation::Kind::none) {
            document["makespan_s"] = report::json_seconds(outcome.certificate->makespan);
            document["lower_bound_s"] = report::json_seconds(outcome.certificate->bound);
        }
    }
    document.update(report::provenance_json(session.provenance()));
    return document;
}

ExitCode certify(Session& session, const CertifyOptions& options) {
    OpenCase opened = open_case(session, options.choice);
    take_longest_pass(session, opened);
    const Certified certified = open_certified(session, options.file, opened);
    const Outcome outcome = judge(session, opened.a_case, certified);
    if (session.options.json) {
        session.print(document_of(session, opened.a_case, outcome));
    } else {
        print_text(session, options.file, opened.a_case, outcome);
    }
    return outcome.accepted() ? ExitCode::good : ExitCode::bad_input;
}

}  // namespace

Action add_certify(CLI::App& command, Session& session) {
    const auto options = std::make_shared<CertifyOptions>();
    command
        .add_option("PLAN",
                    options->file,
                    "a plan that 'rollcast plan -o' wrote, or a result of 'rollcast plan --json'")
        ->required()
        ->option_text(" ");
    add_case_options(command, options->choice);
    add_jobs(command, session.options);
    add_json(command, session.options);
    command.footer(
        "Recomputes the shortest steps from the case, sweeps the schedule partition by\n"
        "partition, checks the proof of the bound, and runs the plan again. Exit code 2,\n"
        "with what differs, where the certificate does not hold.");
    return [&session, options] { return certify(session, *options); };
}

}  // namespace rollcast::cli
