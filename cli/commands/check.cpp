#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "planner/audit.hpp"
#include "report/findings.hpp"
#include "report/layout.hpp"
#include "report/words.hpp"
#include "scenarios/format/alert_reader.hpp"

namespace rollcast::cli {
namespace {

struct CheckOptions {
    std::vector<std::string> files;
    CaseChoice choice;
    bool strict = false;
};

/// One checked file: its kind, and for a case what the audit found.
struct Checked {
    std::string file;
    std::string kind;
    std::optional<models::Case> a_case;
    std::vector<planner::Finding> findings;
    bool ok = true;
};

bool passes(const std::vector<planner::Finding>& findings, bool strict) {
    return std::none_of(findings.begin(), findings.end(), [strict](const planner::Finding& f) {
        return report::blocks(f) ||
               (strict && f.severity == planner::Severity::warning && !f.accepted);
    });
}

/// The case that plans and faults are held against, read when the first of them turns up.
class Against {
public:
    Against(Session& session, const CaseChoice& choice) : session_(session), choice_(choice) {}
    const OpenCase& opened() {
        if (!opened_) opened_ = open_case(session_, choice_);
        return *opened_;
    }

private:
    Session& session_;
    const CaseChoice& choice_;
    std::optional<OpenCase> opened_;
};

Checked check_file(Session& session,
                   Against& against,
                   const CheckOptions& options,
                   const std::string& file) {
    Checked checked{.file = file, .kind = kind_of_file(file), .a_case = {}, .findings = {}};
    if (checked.kind == "plan") {
        open_plan(session, file, against.opened());
    } else if (checked.kind == "faults") {
        models::Case with_faults = against.opened().a_case;
        add_faults(session, file, with_faults);
    } else if (checked.kind == "alerts") {
        scenarios::load_alerts(file);
        note_input(session, file);
    } else {
        OpenCase opened = open_case(session, {.file = file, .accepted = options.choice.accepted});
        checked.findings = planner::audit(opened.a_case);
        checked.ok = passes(checked.findings, options.strict);
        checked.a_case = std::move(opened.a_case);
    }
    return checked;
}

std::string estate_text(const models::Fleet& fleet) {
    return fmt::format(
        "{}, {}, {}, {}",
        report::count_text(fleet.clusters().size(), "cluster", "clusters"),
        report::count_text(fleet.brokers().size(), "broker", "brokers"),
        report::count_text(fleet.quorum_nodes().size(), "quorum node", "quorum nodes"),
        report::count_text(fleet.partitions().size(), "partition", "partitions"));
}

void print_text(Session& session, const Checked& checked) {
    if (!checked.a_case) {
        session.out << fmt::format("{}: a valid {} file\n", checked.file, checked.kind);
        return;
    }
    session.out << report::wrapped(fmt::format("{}: a valid case: {}",
                                               checked.file,
                                               estate_text(checked.a_case->fleet)),
                                   4,
                                   "")
                << report::wrapped(report::findings_count(checked.findings), 4, "")
                << report::findings_text(checked.findings);
}

report::Json document_of(const Session& session, const std::vector<Checked>& all, bool ok) {
    if (all.size() == 1 && all.front().a_case) {
        return report::check_document(
            *all.front().a_case, all.front().findings, ok, session.provenance());
    }
    report::Json document{{"summary", {{"ok", ok}, {"status", "complete"}}},
                          {"schema_version", report::schema_version},
                          {"files", report::Json::array()}};
    for (const Checked& checked : all) {
        document["files"].push_back({{"file", checked.file},
                                     {"kind", checked.kind},
                                     {"ok", checked.ok},
                                     {"findings", report::findings_json(checked.findings)}});
    }
    document.update(report::provenance_json(session.provenance()));
    return document;
}

ExitCode check(Session& session, const CheckOptions& options) {
    Against against(session, options.choice);
    std::vector<Checked> all;
    for (const std::string& file : options.files) {
        all.push_back(check_file(session, against, options, file));
    }
    const bool ok = std::all_of(all.begin(), all.end(), [](const Checked& c) { return c.ok; });
    if (session.options.json) {
        session.print(document_of(session, all, ok));
    } else {
        for (const Checked& checked : all) print_text(session, checked);
    }
    return ok ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_check(CLI::App& command, Session& session) {
    const auto options = std::make_shared<CheckOptions>();
    command
        .add_option("FILE",
                    options->files,
                    "case, plan, fault or alert files; told apart by what they hold")
        ->required()
        ->option_text("...");
    add_case_options(command, options->choice);
    command.add_flag("--strict", options->strict, "warnings make the result bad too");
    add_json(command, session.options);
    add_exit_zero(command, session.options);
    command.footer("Plans and faults are held against the case of -f.");
    return [&session, options] { return check(session, *options); };
}

}  // namespace rollcast::cli
