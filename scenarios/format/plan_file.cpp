#include "scenarios/format/plan_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/policies/catalogue.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/policy_reader.hpp"
#include "scenarios/format/reader.hpp"
#include "scenarios/format/rollout_reader.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::ClusterId;
using models::ClusterPlan;
using models::Fleet;
using models::MachineId;
using models::Plan;

namespace {

std::string json_text(std::string_view text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string json_text(sim::Duration duration) { return Json(sim::to_seconds(duration)).dump(); }

std::string machine_list(const Fleet& fleet, const std::vector<MachineId>& machines) {
    std::string list;
    for (const MachineId machine : machines) {
        list += (list.empty() ? "" : ", ") + json_text(machine_name(fleet, machine));
    }
    return "[" + list + "]";
}

std::string cluster_entry(const Fleet& fleet, const ClusterPlan& plan, bool says_start) {
    std::string batches;
    for (const models::Batch& batch : plan.batches) {
        batches += fmt::format("{}\n        {{\"priority\": {}, \"machines\": {}}}",
                               batches.empty() ? "" : ",",
                               batch.priority,
                               machine_list(fleet, batch.machines));
    }
    return fmt::format(
        "    {{\n      \"cluster\": {},\n{}{}{}      \"batches\": [{}\n      ],\n"
        "      \"quorum_priority\": {},\n      \"quorum\": {}\n    }}",
        json_text(fleet.clusters()[plan.cluster].name),
        says_start ? fmt::format("      \"start\": {},\n", json_text(to_string(plan.start))) : "",
        plan.keeps_crews ? "      \"keeps_crews\": true,\n" : "",
        write_after(fleet, plan),
        batches,
        plan.quorum_priority,
        machine_list(fleet, plan.quorum));
}

/// Reads the machines of a plan and notices those that are unknown, twice or in the wrong list.
class PlanReader {
public:
    PlanReader(const Fleet& fleet, Problems& problems)
        : fleet_(fleet),
          names_(fleet),
          problems_(problems),
          seen_(fleet.machines().size(), false) {}

    void read(const Reader& root, Plan& plan) {
        std::vector<bool> clusters(fleet_.clusters().size(), false);
        for (const Reader& reader : root.objects("clusters")) {
            const auto cluster = names_.cluster(reader.text("cluster"));
            if (!cluster) {
                names_.report_unknown("cluster",
                                      code::plan_unknown_name,
                                      reader.text("cluster"),
                                      reader.pointer("cluster"),
                                      problems_);
                continue;
            }
            if (clusters[cluster->index()]) {
                Diagnostic& d =
                    problems_.error(code::duplicate_name,
                                    reader.pointer("cluster"),
                                    fmt::format("cluster {} is planned twice",
                                                scenarios::quoted(reader.text("cluster"))));
                d.label = "second time";
                d.help = "put its batches into one entry";
            }
            clusters[cluster->index()] = true;
            plan.clusters.push_back(read_cluster(reader, *cluster));
        }
        report_missing(root);
    }

private:
    ClusterPlan read_cluster(const Reader& reader, ClusterId cluster) {
        ClusterPlan plan;
        plan.cluster = cluster;
        for (const models::Start start : {models::Start::barrier, models::Start::in_order}) {
            if (reader.text("start") == to_string(start)) plan.start = start;
        }
        plan.quorum_priority = static_cast<std::int32_t>(reader.integer("quorum_priority"));
        plan.keeps_crews = reader.flag("keeps_crews");
        for (const Reader& batch : reader.objects("batches")) {
            models::Batch read;
            read.priority = static_cast<std::int32_t>(batch.integer("priority"));
            read.machines = read_machines(batch, "machines", cluster, true);
            plan.batches.push_back(std::move(read));
        }
        if (reader.has("quorum")) plan.quorum = read_machines(reader, "quorum", cluster, false);
        return plan;
    }

    std::vector<MachineId> read_machines(const Reader& reader,
                                         std::string_view key,
                                         ClusterId cluster,
                                         bool brokers) {
        std::vector<MachineId> machines;
        const std::vector<std::string> names = reader.texts(key);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string pointer = reader.pointer(key) + pointer_step(i);
            const auto machine = names_.machine(names[i]);
            if (!machine) {
                names_.report_unknown(
                    "machine", code::plan_unknown_name, names[i], pointer, problems_);
            } else if (check(*machine, names[i], pointer, cluster, brokers)) {
                machines.push_back(*machine);
            }
        }
        return machines;
    }

    bool check(MachineId machine,
               const std::string& name,
               const std::string& pointer,
               ClusterId cluster,
               bool brokers) {
        const models::Machine& known = fleet_.machines()[machine];
        if (known.cluster != cluster || known.broker.exists() != brokers) {
            Diagnostic& d = problems_.error(
                code::plan_wrong_place,
                pointer,
                fmt::format("machine {} does not belong here", scenarios::quoted(name)));
            d.label = known.cluster != cluster ? "of another cluster"
                      : brokers                ? "a quorum node on a machine of its own"
                                               : "a broker";
            d.help = known.cluster != cluster
                         ? fmt::format("move it to cluster {}",
                                       scenarios::quoted(fleet_.clusters()[known.cluster].name))
                     : brokers ? "move it to `quorum`"
                               : "move it to a batch";
            return false;
        }
        if (seen_[machine.index()]) {
            Diagnostic& d = problems_.error(
                code::plan_machine_twice,
                pointer,
                fmt::format("machine {} is in the plan twice", scenarios::quoted(name)));
            d.label = "second time";
            d.help = "remove one of the two";
            return false;
        }
        seen_[machine.index()] = true;
        return true;
    }

    /// Not beside errors: those leave machines out by themselves.
    void report_missing(const Reader& root) {
        if (problems_.has_errors()) return;
        std::vector<std::string> missing;
        for (const MachineId m : models::Range<MachineId>(seen_.size())) {
            if (!seen_[m.index()]) missing.push_back(machine_name(fleet_, m));
        }
        if (missing.empty()) return;
        Diagnostic& d = problems_.warning(
            code::plan_machine_missing,
            root.pointer("clusters"),
            fmt::format("the plan leaves out {} of {} machines", missing.size(), seen_.size()));
        d.label = "not complete";
        d.help = "add them, or accept that the migration is partial";
        d.notes.push_back("left out: " + name_list(missing));
    }

    const Fleet& fleet_;
    Names names_;
    Problems& problems_;
    std::vector<bool> seen_;
};

PlanFileMeta read_meta(const Reader& root) {
    PlanFileMeta meta;
    const Reader made_for = root.object("case");
    meta.case_file = made_for.text("file");
    meta.case_sha256 = made_for.text("sha256");
    meta.seed = static_cast<std::uint64_t>(root.integer("seed"));
    if (root.has("makespan_s")) meta.makespan = root.duration("makespan_s");
    if (root.has("lower_bound_s")) meta.lower_bound = root.duration("lower_bound_s");
    if (root.has("certificate")) meta.certificate = root.texts("certificate");
    return meta;
}

/// Throws at once: with another case, every machine of the plan would seem wrong.
void check_hash(const PlanFileMeta& meta, const std::string& wanted, Problems& problems) {
    if (wanted.empty() || meta.case_sha256.empty() || meta.case_sha256 == wanted) return;
    Diagnostic& d = problems.error(
        code::plan_other_case, "/case/sha256", "the plan was made for a case with other content");
    d.label = "not the hash of this case";
    d.help = "use the case that the plan was made for, or make a new plan";
    d.notes.push_back("made for:  " + printable(meta.case_sha256) +
                      (meta.case_file.empty() ? "" : " (" + printable(meta.case_file) + ")"));
    d.notes.push_back("this case: " + wanted);
    problems.throw_if_errors();
}

/// A policy knows neither gates nor what starts when.
void check_policy_plan(const Reader& root, Problems& problems) {
    std::vector<std::string> idle;
    if (root.has("gate")) idle.push_back(root.pointer("gate"));
    for (const Reader& cluster : root.objects("clusters")) {
        if (cluster.has("start")) idle.push_back(cluster.pointer("start"));
    }
    for (const std::string& pointer : idle) {
        Diagnostic& d = problems.error(
            code::field_combination, pointer, "the policy of the plan decides what starts when");
        d.label = "has no effect";
        d.help = "remove it, or remove `policy`";
    }
}

void report_no_order(Problems& problems) {
    Diagnostic& d =
        problems.error(code::missing_field, "", "the plan has neither `clusters` nor `policy`");
    d.label = "no order in here";
    d.help = "add \"clusters\", or the \"policy\" that decides";
}

LoadedPlan load(const JsonFile& file, const models::Case& a_case, const std::string& case_sha256) {
    Problems problems(file);
    check_file(file, plan_record(), "rollcast_plan", problems);
    const Reader root(plan_record(), file.root(), "");
    LoadedPlan loaded;
    loaded.meta = read_meta(root);
    check_hash(loaded.meta, case_sha256, problems);
    loaded.plan.name = root.text("name");
    loaded.plan.gate = root.text("gate") == to_string(models::Gate::shared_partitions)
                           ? models::Gate::shared_partitions
                           : models::Gate::broker_in_sync;
    loaded.plan.data_disk = root.text("data_disk") == to_string(models::DataDisk::wipe)
                                ? models::DataDisk::wipe
                                : models::DataDisk::keep;
    for (int i = 0; i < models::checksums_count; ++i) {
        const auto checksums = static_cast<models::Checksums>(i);
        if (to_string(checksums) == root.text("checksums")) loaded.plan.checksums = checksums;
    }
    loaded.plan.synthetic_records = root.flag("synthetic_records");
    if (root.has("policy")) {
        loaded.plan.policy = read_policy(root.object("policy"), problems);
        check_policy_plan(root, problems);
    }
    if (root.has("clusters")) {
        PlanReader(a_case.fleet, problems).read(root, loaded.plan);
    } else if (loaded.plan.policy) {
        loaded.plan.clusters = models::policy_plan(a_case.fleet, *loaded.plan.policy).clusters;
    } else {
        report_no_order(problems);
    }
    read_rollout(root, Names(a_case.fleet), loaded.plan, problems);
    problems.throw_if_errors();
    loaded.warnings = problems.placed();
    return loaded;
}

}  // namespace

std::string write_plan(const models::Case& a_case, const Plan& plan, const PlanFileMeta& meta) {
    std::string text =
        fmt::format("{{\n  \"rollcast_plan\": 1,\n  \"name\": {},\n", json_text(plan.name));
    if (!meta.case_sha256.empty()) {
        text += "  \"case\": {";
        if (!meta.case_file.empty())
            text += fmt::format("\"file\": {}, ", json_text(meta.case_file));
        text += fmt::format("\"sha256\": {}}},\n", json_text(meta.case_sha256));
    }
    text += fmt::format("  \"seed\": {},\n", meta.seed);
    if (meta.makespan) text += fmt::format("  \"makespan_s\": {},\n", json_text(*meta.makespan));
    if (meta.lower_bound)
        text += fmt::format("  \"lower_bound_s\": {},\n", json_text(*meta.lower_bound));
    text += plan.policy ? fmt::format("  \"policy\": {},\n", write_policy(*plan.policy))
                        : fmt::format("  \"gate\": {},\n", json_text(to_string(plan.gate)));
    text += write_rollout(plan);
    text += fmt::format("  \"data_disk\": {},\n", json_text(to_string(plan.data_disk)));
    if (plan.checksums != models::Checksums::none) {
        text += fmt::format("  \"checksums\": {},\n", json_text(to_string(plan.checksums)));
    }
    if (plan.synthetic_records) text += "  \"synthetic_records\": true,\n";
    text += "  \"clusters\": [";
    for (std::size_t i = 0; i < plan.clusters.size(); ++i) {
        text +=
            (i == 0 ? "\n" : ",\n") + cluster_entry(a_case.fleet, plan.clusters[i], !plan.policy);
    }
    text += "\n  ]";
    for (std::size_t i = 0; i < meta.certificate.size(); ++i) {
        text +=
            (i == 0 ? ",\n  \"certificate\": [\n    " : ",\n    ") + json_text(meta.certificate[i]);
    }
    return text + (meta.certificate.empty() ? "\n}\n" : "\n  ]\n}\n");
}

LoadedPlan load_plan(const std::filesystem::path& path,
                     const models::Case& a_case,
                     const std::string& case_sha256) {
    return load(JsonFile::read(path), a_case, case_sha256);
}

LoadedPlan load_plan_text(std::string_view text,
                          std::string_view name,
                          const models::Case& a_case,
                          const std::string& case_sha256) {
    return load(JsonFile::parse(std::string(text), std::string(name)), a_case, case_sha256);
}

}  // namespace rollcast::scenarios
