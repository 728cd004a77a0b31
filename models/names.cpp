// The words for every closed set of the models, as results and messages show them.
#include "models/plan.hpp"
#include "models/step.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

std::string_view to_string(StepPhase phase) {
    switch (phase) {
        case StepPhase::waiting:
            return "waiting";
        case StepPhase::preflight:
            return "preflight";
        case StepPhase::leader_drain:
            return "leader_drain";
        case StepPhase::shutdown:
            return "shutdown";
        case StepPhase::baseline_checksum:
            return "baseline_checksum";
        case StepPhase::reimage:
            return "reimage";
        case StepPhase::install:
            return "install";
        case StepPhase::verify_checksum:
            return "verify_checksum";
        case StepPhase::start:
            return "start";
        case StepPhase::catch_up:
            return "catch_up";
        case StepPhase::observe:
            return "observe";
        case StepPhase::post_flight:
            return "post_flight";
        case StepPhase::soak:
            return "soak";
        case StepPhase::done:
            return "done";
        case StepPhase::lost:
            return "lost";
    }
    return "unknown";
}

std::string_view to_string(Gate gate) {
    return gate == Gate::broker_in_sync ? "broker_in_sync" : "shared_partitions";
}

std::string_view to_string(Start start) {
    switch (start) {
        case Start::barrier:
            return "barrier";
        case Start::event_driven:
            return "event_driven";
        case Start::in_order:
            return "in_order";
    }
    return "unknown";
}

std::string_view to_string(Checksums checksums) {
    switch (checksums) {
        case Checksums::none:
            return "none";
        case Checksums::sealed_online:
            return "sealed_online";
        case Checksums::all_after_stop:
            return "all_after_stop";
    }
    return "unknown";
}

std::string_view to_string(OnStop on_stop) {
    return on_stop == OnStop::hold ? "hold" : "roll_back";
}

std::string_view to_string(DataDisk disk) { return disk == DataDisk::keep ? "keep" : "wipe"; }

std::string_view to_string(Rule rule) {
    switch (rule) {
        case Rule::min_isr:
            return "min_isr";
        case Rule::leaderless:
            return "leaderless";
        case Rule::acked_loss:
            return "acked_loss";
        case Rule::duplicates:
            return "duplicates";
        case Rule::client_errors:
            return "client_errors";
        case Rule::latency:
            return "latency";
        case Rule::consumer_lag:
            return "consumer_lag";
        case Rule::headroom:
            return "headroom";
        case Rule::quorum:
            return "quorum";
        case Rule::data_signature:
            return "data_signature";
        case Rule::mixed_mode:
            return "mixed_mode";
        case Rule::windows:
            return "windows";
        case Rule::finished:
            return "finished";
    }
    return "unknown";
}

std::string_view to_string(Answer answer) {
    switch (answer) {
        case Answer::held:
            return "held";
        case Answer::broken:
            return "broken";
        case Answer::not_answered:
            return "not_answered";
        case Answer::estimated:
            return "estimated";
    }
    return "unknown";
}

std::string_view to_string(Unfinished reason) {
    switch (reason) {
        case Unfinished::no:
            return "no";
        case Unfinished::machine_lost:
            return "machine_lost";
        case Unfinished::never_rejoins:
            return "never_rejoins";
        case Unfinished::blocked:
            return "blocked";
        case Unfinished::no_window:
            return "no_window";
        case Unfinished::horizon:
            return "horizon";
        case Unfinished::gave_up:
            return "gave_up";
        case Unfinished::rolled_back:
            return "rolled_back";
        case Unfinished::halted:
            return "halted";
    }
    return "unknown";
}

std::string_view to_string(Rollback::Outcome outcome) {
    switch (outcome) {
        case Rollback::Outcome::complete:
            return "complete";
        case Rollback::Outcome::incomplete:
            return "incomplete";
        case Rollback::Outcome::refused:
            return "refused";
    }
    return "unknown";
}

std::string_view unit_of(Rule rule) {
    switch (rule) {
        case Rule::min_isr:
            return "replicas missing";
        case Rule::leaderless:
        case Rule::quorum:
            return "seconds";
        case Rule::client_errors:
            return "messages";
        case Rule::consumer_lag:
            return "seconds of lag";
        case Rule::headroom:
            return "share of the limit";
        case Rule::mixed_mode:
        case Rule::windows:
            return "seconds over";
        case Rule::finished:
            return "machines left";
        case Rule::acked_loss:
        case Rule::duplicates:
            return "records";
        case Rule::latency:
            return "seconds";
        case Rule::data_signature:
            return "";
    }
    return "";
}

}  // namespace rollcast::models
