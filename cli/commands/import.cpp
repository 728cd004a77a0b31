#include "scenarios/import/import.hpp"

#include <memory>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "report/layout.hpp"
#include "scenarios/format/files.hpp"

namespace rollcast::cli {
namespace {

struct ImportOptions {
    std::vector<std::string> sources;
    std::string out;
    std::string rates;
    std::string hosts;
    scenarios::ImportOptions import;
};

report::Json import_document(const Session& session,
                             const scenarios::ImportResult& result,
                             const std::string& out) {
    report::Json document{{"summary", {{"ok", true}, {"status", "complete"}}},
                          {"schema_version", report::schema_version},
                          {"written", out},
                          {"found", result.found},
                          {"warnings", scenarios::to_json(std::span(result.warnings))}};
    document.update(report::provenance_json(session.provenance()));
    return document;
}

ExitCode import(Session& session, ImportOptions& options) {
    options.import.rates_file = options.rates;
    options.import.hosts_file = options.hosts;
    const std::vector<std::filesystem::path> sources(options.sources.begin(),
                                                     options.sources.end());
    const scenarios::ImportResult result = scenarios::import_sources(sources, options.import);
    scenarios::write_atomically(options.out, report::document_text(result.case_document));

    if (session.options.json) {
        session.print(import_document(session, result, options.out));
        return ExitCode::good;
    }
    for (const std::string& line : result.found) session.out << report::wrapped(line, 4, "");
    if (!result.warnings.empty()) {
        session.out << "\n" << scenarios::render(std::span(result.warnings));
    }
    session.out << fmt::format(
        "\ncase written to {}\nnext:  rollcast check {}\n"
        "       rollcast plan -f {} -o plan.json\n",
        options.out,
        options.out,
        options.out);
    return ExitCode::good;
}

}  // namespace

Action add_import(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ImportOptions>();
    command
        .add_option("SOURCE",
                    options->sources,
                    "files that Kafka's tools printed, or a folder of them; a folder of folders is "
                    "one cluster each")
        ->required()
        ->option_text("...");
    add_out(command, options->out, "write the case to this file")->required()->option_text("CASE");
    command.add_option("--name", options->import.name, "name of the case")->option_text("NAME");
    command
        .add_option("--racks",
                    options->import.racks,
                    "racks of the brokers: 1=a,2=b or a file of such pairs")
        ->option_text("PAIRS|FILE");
    command
        .add_option("--rates", options->rates, "write rates of the topics: lines like orders=2MB/s")
        ->option_text("FILE");
    command
        .add_option(
            "--hosts", options->hosts, "ZooKeeper nodes, disks and network cards of the hosts")
        ->option_text("FILE");
    command
        .add_option("--log-dirs-at",
                    options->import.log_dirs_at,
                    "when a dump of log dirs was taken: FILE=TIME or TIME; give it once for each "
                    "dump, and write rates follow")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text("TIME");
    add_json(command, session.options);
    command.footer(
        "Reads kafka-topics, kafka-log-dirs, kafka-configs and kafka-consumer-groups --describe,\n"
        "kafka-broker-api-versions, kafka-reassign-partitions --generate, kcat -L and kcat -L -J.");
    return [&session, options] { return import(session, *options); };
}

}  // namespace rollcast::cli
