#include "scenarios/format/codes.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace rollcast::scenarios {

namespace {

constexpr CodeInfo code_table[] = {
    {code::file_missing,
     "file not found",
     "The file that was named does not exist.",
     "Check the path. Relative paths start at the folder that the command runs in; `fleet_file` "
     "starts at the folder of the case file."},
    {code::file_unreadable,
     "file cannot be read",
     "The path is a folder, or its permissions forbid reading.",
     "Name a file, and make it readable."},
    {code::file_empty,
     "file is empty",
     "The file holds nothing, or only white space.",
     "Write the file again. `rollcast init` writes an example."},
    {code::not_text,
     "file is not UTF-8 text",
     "The file holds bytes that are no UTF-8 text: it is binary, compressed, or in another "
     "encoding.",
     "Decompress it, or save it as UTF-8. A byte order mark and CRLF line ends are fine."},
    {code::cut_off,
     "file is cut off",
     "The JSON text ends before its last bracket or quote is closed.",
     "Copy or write the file again; it is not whole."},
    {code::syntax,
     "not valid JSON",
     "The text breaks the JSON grammar at the marked place.",
     "Common causes: a comma too many or too few, single quotes, a comment. JSON has no comments; "
     "put a `comment` field there."},
    {code::nested_too_deep,
     "nested too deep",
     "Brackets are nested more than 64 deep. No file of rollcast needs more than 12.",
     "The file is damaged, or is not one of rollcast's."},
    {code::file_too_large,
     "file is too large",
     "The file is larger than 256 MiB.",
     "Describe the estate by groups and repetition, or split it."},
    {code::duplicate_key,
     "key given twice",
     "An object has the same key twice, so one of the values would be lost.",
     "Remove one of the two."},
    {code::not_a_number,
     "NaN or Infinity",
     "JSON has no NaN and no Infinity, and no quantity here can be either.",
     "Write a number. To leave a limit open, leave the field out."},
    {code::number_too_large,
     "number too large",
     "The number cannot be held.",
     "Correct the exponent or the unit; the key says the unit."},
    {code::not_written,
     "file cannot be written",
     "The output could not be written. Nothing was left behind under its name.",
     "Check that the folder exists, may be written and has space."},
    {code::missing_field,
     "missing field",
     "A required field is absent.",
     "Add it. The note lists the fields of the object."},
    {code::wrong_type,
     "wrong type",
     "The value is of another type than the field takes.",
     "Write a value of the type named by the message."},
    {code::unknown_field,
     "unknown field",
     "The object has no field of this name. Nothing is ignored silently.",
     "Correct the name; the note lists the fields. Remarks go into `comment`."},
    {code::wrong_kind_of_file,
     "wrong kind of file",
     "The file does not say that it is of the kind that is read here, or it is of a version that "
     "this rollcast does not know.",
     "A case starts with `\"rollcast_case\": 1`, a plan with `\"rollcast_plan\": 1`, a list of "
     "faults with `\"rollcast_faults\": 1`, a set of alert rules with `\"rollcast_alerts\": 1`."},
    {code::field_combination,
     "fields that do not go together",
     "Two fields exclude each other, or one needs another.",
     "Keep one of them, or add the missing one, as the message says."},
    {code::out_of_range,
     "value out of range",
     "The number lies outside what the field takes.",
     "Correct the number. Mind the unit in the key: bytes, bytes per second, seconds."},
    {code::unknown_word,
     "unknown word",
     "The field takes one of a fixed list of words.",
     "Use one of the words in the note."},
    {code::duplicate_name,
     "name or number given twice",
     "Two entities that must be told apart have the same name or number.",
     "Rename or renumber one of them."},
    {code::unknown_name,
     "unknown name",
     "The field refers to something that the estate does not have.",
     "Correct the name. Brokers are `cluster/number`, racks `cluster/rack`, topics "
     "`cluster/topic`."},
    {code::rf_above_brokers,
     "replication factor above the number of brokers",
     "Each replica of a partition is on a broker of its own, and the cluster has too few.",
     "Lower `rf`, or add brokers."},
    {code::empty_cluster,
     "cluster without brokers",
     "A cluster, or the whole fleet, has nothing to migrate.",
     "Give the cluster brokers, or remove it."},
    {code::not_a_replica,
     "not a replica",
     "An in-sync replica or a leader is not among the partition's replicas, or a broker is named "
     "twice among them.",
     "The ISR is a part of the replicas, and the leader a part of the ISR."},
    {code::lengths_differ,
     "lists of different length",
     "Lists that run side by side, one entry a partition or replica, differ in length.",
     "Give one entry each."},
    {code::estate_too_large,
     "estate too large",
     "The estate has more than 20 million replicas.",
     "Check `repeat` and `partitions`; simulate the clusters in parts."},
    {code::bad_curve,
     "daily curve is not a day",
     "The steps of the daily curve must start at 00:00 and ascend.",
     "Sort the steps, and start with 00:00."},
    {code::never_triggers,
     "trigger that never comes",
     "The fault waits for a moment that never comes, or its kind can do nothing to its target.",
     "Choose a phase from the note, or a target as the message says."},
    {code::violations_impossible,
     "rack violations cannot be placed",
     "The cluster has too few partitions whose replicas can be moved into one rack.",
     "Lower the number or share of violations, or give racks more brokers."},
    {code::bad_pattern,
     "name pattern cannot be filled",
     "A group that repeats needs `{n}` in its name, else its members would all have one name.",
     "Put `{n}` where the number goes."},
    {code::impossible_stack,
     "stack cannot exist",
     "No cluster could run the stack: its binary does not know the protocol that it pins, a "
     "certificate has no issuer, its brokers would refuse each other, or its control plane is not "
     "that of the cluster.",
     "Correct the stack. What breaks in the middle of a migration is written as a fault."},
    {code::control_planes_differ,
     "from ZooKeeper to KRaft",
     "The target of a cluster has another control plane than it has today. The migration from "
     "ZooKeeper to KRaft (KIP-866) is not modelled.",
     "Name a target with the control plane of today."},
    {code::programme_cycle,
     "passes go in a circle",
     "A pass of a programme leads back to a stack that an earlier one has led away from.",
     "Leave the pass out. A way back is a programme of its own, which begins with what runs then."},
    {code::min_isr_above_rf,
     "min ISR above the replication factor",
     "Warning: before Kafka 3.7 every acks=all write to such a topic fails; later brokers use the "
     "replication factor.",
     "Set `min_isr` to at most `rf`."},
    {code::curve_mean,
     "daily curve changes the mean",
     "Warning: the multipliers do not average to 1, so the daily mean of every rate is not the "
     "rate as given.",
     "Scale the multipliers, or accept it."},
    {code::no_quorum,
     "cluster without quorum",
     "Warning: neither ZooKeeper nodes nor KRaft controllers are given, so their migration is left "
     "out and the quorum rule is not answered.",
     "Give `quorum`."},
    {code::plan_unknown_name,
     "plan names something unknown",
     "The plan names a machine or a cluster that the case does not have.",
     "Use the plan with the case that it was made for."},
    {code::plan_machine_twice,
     "plan takes a machine down twice",
     "A machine is in two places of the plan.",
     "Remove one."},
    {code::plan_machine_missing,
     "plan leaves a machine out",
     "Warning: machines of the case are in no batch, so they are not migrated.",
     "Add them, or accept that the migration is partial."},
    {code::plan_wrong_place,
     "machine in the wrong list",
     "A machine is under another cluster, a broker is among the quorum nodes, or a quorum node's "
     "own machine is in a batch.",
     "Move it: brokers into `batches`, quorum nodes on machines of their own into `quorum`."},
    {code::plan_other_case,
     "plan of another case",
     "The plan was made for a case with other content.",
     "Use that case, or make a new plan for this one."},
    {code::plan_bound,
     "lower bound not confirmed",
     "Warning: the file says that no plan is shorter than its `lower_bound_s`, and the bound that "
     "rollcast proves for this case, gate and data disk is lower. What a file claims is never "
     "believed: makespans and bounds that are shown are computed anew.",
     "Remove the field, or write the plan again with `rollcast plan -o`."},
    {code::plan_cycle,
     "clusters wait for each other",
     "By their `after`, a cluster of the plan waits for itself, through others or directly: none "
     "of "
     "them would ever start.",
     "Break the cycle: remove one of the clusters that is waited for."},
    {code::dump_unknown_shape,
     "output of no known tool",
     "The file is none of the dumps that `rollcast import` can read. Files are told by their "
     "content, not by their name.",
     "Give the output of one of the tools in the message, unchanged."},
    {code::dump_malformed,
     "dump cannot be read",
     "A line or value of the dump is not what the tool prints.",
     "Remove the line if another program wrote it, or take the dump again."},
    {code::dump_cut,
     "dump is cut",
     "The dump ends too early: half a line, a list that is not closed, or fewer entries than it "
     "announces.",
     "Take the dump again, and copy all of it. A part of a cluster is never imported as the "
     "whole."},
    {code::sources_disagree,
     "sources disagree",
     "Two dumps say different things about the replicas of a partition or the rack of a broker.",
     "Take both again at one time, while no reassignment runs; or leave the wrong one out."},
    {code::dump_incomplete,
     "partitions missing in a source",
     "One dump has partitions that another, which should list everything, has not.",
     "Take both dumps again, for all topics."},
    {code::no_topology,
     "nothing to import",
     "No source says which brokers hold which replicas, or no dump was found at all, or clusters "
     "cannot be told apart.",
     "Add the output of `kafka-topics --describe`. Put each cluster's dumps into a folder of its "
     "own."},
    {code::import_option,
     "import option cannot be used",
     "A rack, rate, machine or time that was given by hand cannot be read, or is of something "
     "that no dump has.",
     "Correct it. docs/import.md shows the forms."},
    {code::gate_unanswered,
     "state does not answer",
     "What `rollcast gate` was given does not say whether the brokers may stop: it is not of one "
     "whole cluster, knows no ISRs or no min.insync.replicas, or a broker is not in it.",
     "Give what is missing, taken now. A gate never guesses."},
    {code::gate_state_old,
     "state is too old",
     "The dump was written longer ago than --max-age allows; meanwhile a broker may have failed.",
     "Take the dump again, just before the broker is stopped."},
    {code::hardware_assumed,
     "hardware assumed",
     "Warning: no source says how fast disks or network cards are; a default stands in.",
     "Describe them in a file for `--hosts`."},
    {code::racks_unknown,
     "racks unknown",
     "Warning: brokers without a known rack get one of their own, so failures of whole racks are "
     "not judged.",
     "Give `--racks`, or add the output of `kafka-broker-api-versions`."},
    {code::rates_assumed,
     "write rates assumed",
     "Warning: partitions without a measured or given write rate get a default, and every "
     "makespan is marked \"assumed\".",
     "Take two dumps of `kafka-log-dirs --describe` and give their times, or give `--rates`."},
    {code::rate_from_elsewhere,
     "write rate from another replica or partition",
     "Warning: a leader's replica shrank between the dumps (retention, compaction) or is not in "
     "both, so another one's growth stands in.",
     "None needed; or give the rate with `--rates`."},
    {code::dump_without_time,
     "log dirs without a time",
     "Warning: a dump of log dirs whose time is not known gives sizes at most. Modification "
     "times of files are not used: copying changes them.",
     "Give `--log-dirs-at FILE=TIME`."},
    {code::isr_unknown,
     "ISR unknown",
     "Warning: no source says which replicas are in sync; all are taken to be.",
     "Add the output of `kafka-topics --describe`."},
    {code::state_differs,
     "state differs between sources",
     "Warning: dumps of different moments show different leaders, ISRs or orders of replicas; "
     "one of them is taken.",
     "Take all dumps at one time."},
    {code::min_isr_assumed,
     "min ISR assumed",
     "Warning: neither the topic nor the brokers' settings say min.insync.replicas; Kafka's "
     "default of 1 stands in.",
     "Add the brokers' `kafka-configs --describe --all`."},
    {code::quorum_assumed,
     "quorum assumed",
     "Warning: the kind of the quorum, its nodes or their racks are not known; the message says "
     "what stands in.",
     "Name the nodes in a file for `--hosts`."},
    {code::stack_unknown,
     "Kafka release unknown",
     "Warning: the release cannot be told from the dumps.",
     "Add the brokers' `kafka-configs --describe --all`, or write `stack` into the case."},
    {code::source_unused,
     "file not used",
     "Warning: a file in a folder of dumps is empty, or is no dump.",
     "None needed, if it is not one of the dumps."},
    {code::reassignment_running,
     "reassignment running",
     "Warning: replicas were being moved when the dump was taken; partitions have their old and "
     "new replicas.",
     "Let it end, and take the dumps again."},
    {code::log_dir_offline,
     "log dir offline",
     "Warning: a broker reports a log dir that has failed.",
     "Mend it before any machine is taken down."},
    {code::brokers_differ,
     "brokers differ in a setting",
     "Warning: a setting that is one a cluster here has several values; the most common one is "
     "taken, for min ISR the highest.",
     "Make the brokers equal, or accept it."},
    {code::producers_assumed,
     "producers assumed",
     "Warning: no dump says how producers write; acks=all with idempotence and retries stands "
     "in.",
     "Write `acks_all`, `idempotent` and `retries` into the topics of the case."},
    {code::sizes_assumed,
     "sizes assumed",
     "Warning: the size of partitions is not known; write rate times retention stands in.",
     "Add the output of `kafka-log-dirs --describe` for all brokers."},
    {code::settings_assumed,
     "broker settings assumed",
     "Warning: the brokers' settings are not known; Kafka's defaults stand in.",
     "Add the brokers' `kafka-configs --describe --all`."},
    {code::topics_maybe_missing,
     "topics may be missing",
     "Warning: the only source of the topology lists the topics that it was asked for, which may "
     "not be all.",
     "Add the output of `kafka-topics --describe`."},
    {code::broker_silent,
     "broker did not answer",
     "Warning: a broker has replicas, but was not among those that answered.",
     "Bring it up, or move its replicas away if it is gone."},
    {code::group_skipped,
     "consumer group not imported as listed",
     "Warning: a group reads nothing, or partitions that the topology has not.",
     "None needed, if the topic was deleted."},
    {code::last_line_open,
     "last line without an end",
     "Warning: the last line of the dump has no line break. The tools always print one, so the end "
     "may be missing.",
     "Take the dump again, or end the file with a line break if it is whole."},
    {code::run_malformed,
     "recorded run cannot be read",
     "A table of the recorded run is missing, cut, out of order, or does not fit the others.",
     "Copy the folder of the run again. Its format is described in tests/reference/README.md."},
    {code::run_not_modelled,
     "recorded run is not modelled",
     "Warning: something was done to the cluster that the models know nothing of. The run counts "
     "as "
     "missed.",
     "Leave the run out, or add the action to the models."},
};

}  // namespace

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

std::span<const CodeInfo> all_codes() { return code_table; }

std::string error_page() {
    std::string page =
        "# Errors and warnings\n\n"
        "Every problem that rollcast finds in its input has a code. Errors end the command with "
        "exit code 2, and nothing is simulated.\n\n"
        "This page is generated from the table in `scenarios/format/codes.cpp`; a test compares "
        "the two.\n";
    for (const CodeInfo& info : code_table) {
        page += fmt::format("\n<a id=\"{}\"></a>\n## {}: {}\n\n{}\n\n**Remedy.** {}\n",
                            lower_case(info.code),
                            info.code,
                            info.title,
                            info.meaning,
                            info.remedy);
    }
    return page;
}

}  // namespace rollcast::scenarios
