#include "cli/commands/commands.hpp"

#include <array>

namespace rollcast::cli {

std::span<const CommandEntry> all_commands() {
    static constexpr std::array table{
        CommandEntry{"init", "write an editable copy of the embedded estate", add_init},
        CommandEntry{"import", "make a case of what a real cluster's tools print", add_import},
        CommandEntry{"check", "validate files and say what is wrong with an estate", add_check},
        CommandEntry{"plan", "search the fastest safe schedule, with a bound", add_plan},
        CommandEntry{"certify", "hold a plan's certificate against its case", add_certify},
        CommandEntry{"replan", "a new plan from the middle of a migration", add_replan},
        CommandEntry{"gate", "may these brokers be taken down now?", add_gate},
        CommandEntry{"simulate", "run a plan, with faults or without, and judge it", add_simulate},
        CommandEntry{"compare", "two or more plans or results side by side", add_compare},
        CommandEntry{"explain",
                     "why a machine of a plan goes no earlier, and what would free it",
                     add_explain},
        CommandEntry{"detect", "say who would notice which fault, after how long", add_detect},
        CommandEntry{"report", "show a run as a page that works offline", add_report},
        CommandEntry{"alerts", "run Prometheus' alert rules over a run", add_alerts},
        CommandEntry{"export", "hand a run over to what others run", add_export},
        CommandEntry{"validate", "hold predictions against recorded runs", add_validate},
        CommandEntry{
            "suite", "run scenarios and say which do not show what they expect", add_suite},
        CommandEntry{"hunt", "hold random cases to what must hold of every run", add_hunt},
        CommandEntry{"shrink", "make a failing scenario small", add_shrink},
        CommandEntry{"study", "vary one or two parameters of a scenario", add_study},
        CommandEntry{"schema", "print the JSON schema of a file format", add_schema},
        CommandEntry{"completion", "print completions for a shell", add_completion},
        CommandEntry{"man", "print the manual page", add_man},
        CommandEntry{"doctor", "say what the program found on this machine", add_doctor},
        CommandEntry{"version", "print the version", add_version},
    };
    return table;
}

}  // namespace rollcast::cli
