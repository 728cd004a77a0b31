// Every code that a diagnostic can carry, with its meaning and its remedy. One table: the messages,
// docs/errors.md and the tests all come from it. A code is never used for anything else again.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rollcast::scenarios {

namespace code {
// RC01xx: the file, and whether it is JSON at all
inline constexpr std::string_view file_missing = "RC0101";
inline constexpr std::string_view file_unreadable = "RC0102";
inline constexpr std::string_view file_empty = "RC0103";
inline constexpr std::string_view not_text = "RC0104";
inline constexpr std::string_view cut_off = "RC0105";
inline constexpr std::string_view syntax = "RC0106";
inline constexpr std::string_view nested_too_deep = "RC0107";
inline constexpr std::string_view file_too_large = "RC0108";
inline constexpr std::string_view duplicate_key = "RC0109";
inline constexpr std::string_view not_a_number = "RC0110";
inline constexpr std::string_view number_too_large = "RC0111";
inline constexpr std::string_view not_written = "RC0112";
// RC02xx: the fields
inline constexpr std::string_view missing_field = "RC0201";
inline constexpr std::string_view wrong_type = "RC0202";
inline constexpr std::string_view unknown_field = "RC0203";
inline constexpr std::string_view wrong_kind_of_file = "RC0204";
inline constexpr std::string_view field_combination = "RC0205";
// RC03xx: the values
inline constexpr std::string_view out_of_range = "RC0301";
inline constexpr std::string_view unknown_word = "RC0302";
inline constexpr std::string_view duplicate_name = "RC0303";
inline constexpr std::string_view unknown_name = "RC0304";
inline constexpr std::string_view rf_above_brokers = "RC0305";
inline constexpr std::string_view empty_cluster = "RC0306";
inline constexpr std::string_view not_a_replica = "RC0307";
inline constexpr std::string_view lengths_differ = "RC0308";
inline constexpr std::string_view estate_too_large = "RC0309";
inline constexpr std::string_view bad_curve = "RC0310";
inline constexpr std::string_view never_triggers = "RC0311";
inline constexpr std::string_view violations_impossible = "RC0312";
inline constexpr std::string_view bad_pattern = "RC0313";
inline constexpr std::string_view impossible_stack = "RC0316";
inline constexpr std::string_view control_planes_differ = "RC0317";
inline constexpr std::string_view programme_cycle = "RC0318";
inline constexpr std::string_view min_isr_above_rf = "RC0320";
inline constexpr std::string_view curve_mean = "RC0321";
inline constexpr std::string_view no_quorum = "RC0322";
// RC04xx: plans
inline constexpr std::string_view plan_unknown_name = "RC0401";
inline constexpr std::string_view plan_machine_twice = "RC0402";
inline constexpr std::string_view plan_machine_missing = "RC0403";
inline constexpr std::string_view plan_wrong_place = "RC0404";
inline constexpr std::string_view plan_other_case = "RC0405";
inline constexpr std::string_view plan_bound = "RC0406";
inline constexpr std::string_view plan_cycle = "RC0407";
// RC05xx: import; from RC0510 on warnings, which say what stands in
inline constexpr std::string_view dump_unknown_shape = "RC0501";
inline constexpr std::string_view dump_malformed = "RC0502";
inline constexpr std::string_view dump_cut = "RC0503";
inline constexpr std::string_view sources_disagree = "RC0504";
inline constexpr std::string_view dump_incomplete = "RC0505";
inline constexpr std::string_view no_topology = "RC0506";
inline constexpr std::string_view import_option = "RC0507";
inline constexpr std::string_view gate_unanswered = "RC0508";
inline constexpr std::string_view gate_state_old = "RC0509";
inline constexpr std::string_view hardware_assumed = "RC0510";
inline constexpr std::string_view racks_unknown = "RC0511";
inline constexpr std::string_view rates_assumed = "RC0512";
inline constexpr std::string_view rate_from_elsewhere = "RC0513";
inline constexpr std::string_view dump_without_time = "RC0514";
inline constexpr std::string_view isr_unknown = "RC0515";
inline constexpr std::string_view state_differs = "RC0516";
inline constexpr std::string_view min_isr_assumed = "RC0517";
inline constexpr std::string_view quorum_assumed = "RC0518";
inline constexpr std::string_view stack_unknown = "RC0519";
inline constexpr std::string_view source_unused = "RC0520";
inline constexpr std::string_view reassignment_running = "RC0521";
inline constexpr std::string_view log_dir_offline = "RC0522";
inline constexpr std::string_view brokers_differ = "RC0523";
inline constexpr std::string_view producers_assumed = "RC0524";
inline constexpr std::string_view sizes_assumed = "RC0525";
inline constexpr std::string_view settings_assumed = "RC0526";
inline constexpr std::string_view topics_maybe_missing = "RC0527";
inline constexpr std::string_view broker_silent = "RC0528";
inline constexpr std::string_view group_skipped = "RC0529";
inline constexpr std::string_view last_line_open = "RC0530";
// RC06xx: recorded runs
inline constexpr std::string_view run_malformed = "RC0601";
inline constexpr std::string_view run_not_modelled = "RC0602";
// RC07xx: scenarios and suites
inline constexpr std::string_view unit_missing = "RC0701";
inline constexpr std::string_view nothing_there = "RC0702";
inline constexpr std::string_view extends_itself = "RC0703";
inline constexpr std::string_view no_scenario = "RC0704";
inline constexpr std::string_view no_plan_made = "RC0705";
inline constexpr std::string_view grid_too_large = "RC0706";
inline constexpr std::string_view journal_differs = "RC0707";
}  // namespace code

struct CodeInfo {
    std::string_view code;
    std::string_view title;
    std::string_view meaning;
    std::string_view remedy;
};

/// All codes, ascending.
std::span<const CodeInfo> all_codes();

/// docs/errors.md: every code with its meaning and its remedy.
std::string error_page();

std::string lower_case(std::string_view text);  // ASCII

}  // namespace rollcast::scenarios
