#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands/commands.hpp"
#include "cli/files.hpp"
#include "cli/stop.hpp"
#include "report/layout.hpp"
#include "report/validation.hpp"
#include "scenarios/format/files.hpp"
#include "scenarios/recorded/predicted_tables.hpp"

namespace rollcast::cli {
namespace {

/// A roll is simulated anew for each of its steps; so many seeds give its median to 1 %.
constexpr int rolls_walked = 50;

struct ValidateOptions {
    std::vector<std::string> runs;
    int seeds = 200;
    int record_seeds = 40;
    bool naive = false;
    bool details = false;
    std::string predictions;
    std::string measured;
    scenarios::MeasuredTimes times;
};

/// What `--predictions` writes.
struct PredictedTables {
    std::string transitions;
    std::string records;
};

/// "predicted.tsv" and "predicted.records.tsv" lie beside each other.
std::string records_file(const std::string& transitions_file) {
    const std::filesystem::path path(transitions_file);
    return (path.parent_path() / (path.stem().string() + ".records" + path.extension().string()))
        .string();
}

/// Reads, predicts and scores one folder. A run that cannot be read is a missed one, and its
/// problems go to stderr; the others are still judged. False where a bug of our own was met.
bool judge(Session& session,
           const ValidateOptions& options,
           const std::string& folder,
           report::Validation& validation,
           PredictedTables& tables) {
    const std::filesystem::path path = std::filesystem::path(folder + "/").parent_path();
    const std::string name = path.lexically_normal().filename().string();
    try {
        const scenarios::RecordedSetup setup = scenarios::read_recorded_setup(folder);
        note_input(session, setup.file);
        const scenarios::RecordedCase recorded =
            scenarios::make_recorded_case(setup, options.times);
        const scenarios::Prediction prediction = scenarios::predict(
            recorded,
            setup.seconds,
            session.options.seed,
            options.seeds,
            session.options.threads(),
            options.naive ? scenarios::ControlModel::naive : scenarios::ControlModel::detailed);
        if (!options.predictions.empty()) {
            tables.transitions += scenarios::transitions_table(setup,
                                                               recorded.a_case,
                                                               prediction,
                                                               session.options.seed,
                                                               tables.transitions.empty());
        }
        scenarios::ClientPrediction clients;
        if (!options.naive && options.record_seeds > 0) {
            clients = scenarios::predict_clients(recorded,
                                                 setup.seconds,
                                                 session.options.seed,
                                                 options.record_seeds,
                                                 session.options.threads());
            if (!options.predictions.empty()) {
                tables.records += scenarios::records_table(
                    setup, recorded.a_case, clients, session.options.seed, tables.records.empty());
            }
        }
        // Nothing of what follows may move a prediction.
        const scenarios::RecordedTruth truth = scenarios::read_recorded_truth(folder, setup);
        validation.runs.push_back(scenarios::score(recorded, prediction, truth, setup.name));
        if (options.naive) return true;
        if (!clients.empty()) {
            validation.runs.back().clients = scenarios::score_clients(recorded, clients, truth);
        }
        validation.runs.back().rolls = scenarios::score_rolls(setup,
                                                              truth,
                                                              session.options.seed,
                                                              std::min(options.seeds, rolls_walked),
                                                              session.options.threads(),
                                                              options.times);
    } catch (const scenarios::InputError& error) {
        session.err << scenarios::render(error.diagnostics());
        validation.missed.push_back({name, error.diagnostics().front().message});
    } catch (const std::exception& error) {
        session.err << fmt::format(
            "error: {} cannot be predicted, which is a bug of rollcast: {}\n",
            folder,
            error.what());
        validation.missed.push_back({name, error.what()});
        return false;
    }
    return true;
}

/// The folders, each named once: counted twice, a run would weigh double.
void check_folders(const std::vector<std::string>& folders) {
    std::vector<std::filesystem::path> seen;
    for (const std::string& folder : folders) {
        const std::filesystem::path path =
            std::filesystem::weakly_canonical(std::filesystem::path(folder + "/").parent_path());
        if (std::find(seen.begin(), seen.end(), path) != seen.end()) {
            throw UsageError(fmt::format("the run '{}' is named twice", folder),
                             "name each folder once: a run counted twice would weigh double");
        }
        seen.push_back(path);
    }
}

ExitCode validate(Session& session, const ValidateOptions& options) {
    report::Validation validation;
    validation.seeds = options.naive ? 1 : options.seeds;
    PredictedTables tables;
    bool sound = true;
    check_folders(options.runs);
    if (!options.predictions.empty()) scenarios::write_atomically(options.predictions, {});
    {
        Progress progress(session.options.progress, "validating");
        for (std::size_t i = 0; i < options.runs.size() && !stop_requested(); ++i) {
            progress.update(fmt::format(
                "validating: {} of {}: {}", i + 1, options.runs.size(), options.runs[i]));
            sound &= judge(session, options, options.runs[i], validation, tables);
        }
    }
    if (!options.predictions.empty()) {
        scenarios::write_atomically(options.predictions, tables.transitions);
        if (!tables.records.empty()) {
            scenarios::write_atomically(records_file(options.predictions), tables.records);
        }
    }
    if (session.options.json) {
        report::Json document = report::validation_json(validation);
        document["schema_version"] = report::schema_version;
        document.update(report::provenance_json(session.provenance()));
        session.print(document);
    } else {
        session.out << report::validation_text(validation, options.details);
    }
    if (!sound) return ExitCode::internal_error;
    if (!validation.missed.empty()) return ExitCode::bad_input;
    return report::acceptable(validation) ? ExitCode::good : ExitCode::bad_result;
}

}  // namespace

Action add_validate(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ValidateOptions>();
    command.add_option("RUN_DIR", options->runs, "folders of recorded runs of real clusters")
        ->required()
        ->option_text("...");
    command.add_option("--seeds", options->seeds, "runs of the simulator for each recorded one")
        ->check(CLI::Range(1, 100'000))
        ->option_text("N");
    command
        .add_option("--record-seeds",
                    options->record_seeds,
                    "runs that count every record, for losses, errors and stalls; 0 = none")
        ->check(CLI::Range(0, 10'000))
        ->option_text("N");
    command
        .add_option("--predictions",
                    options->predictions,
                    "write every predicted transition to this file, and what clients see to one "
                    "beside it, seed by seed (predicted.tsv, predicted.records.tsv)")
        ->option_text("FILE");
    command
        .add_option("--measured",
                    options->measured,
                    "JSON file with the times of another recorder's machine (scripts/measure.py)")
        ->option_text("FILE");
    command.add_flag("--details", options->details, "every observed time beside its prediction");
    command.add_flag("--naive",
                     options->naive,
                     "predict with fixed delays and missed bytes over rate, for comparison");
    add_seed(command, session.options);
    add_jobs(command, session.options);
    add_progress(command, session.options);
    add_json(command, session.options);
    command.footer(
        "Exit code 1 where something was called safe that was not or an action is not modelled, 2 "
        "where a run could not be read.");
    return [&session, options] {
        if (!options->measured.empty()) {
            options->times = scenarios::read_measured_times(options->measured);
            note_input(session, options->measured);
        }
        return validate(session, *options);
    };
}

}  // namespace rollcast::cli
