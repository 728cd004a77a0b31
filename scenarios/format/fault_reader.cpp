#include "scenarios/format/fault_reader.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "models/faults/catalogue.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::Fault;
using models::FaultInfo;
using models::FaultKind;
using models::FaultTarget;
using models::Fleet;
using models::StepPhase;

namespace {

/// Keys of all parameters, each once.
std::vector<std::string_view> parameter_keys() {
    std::vector<std::string_view> keys;
    for (int k = 0; k < models::fault_kind_count; ++k) {
        const FaultInfo& info = models::fault_info(static_cast<FaultKind>(k));
        for (std::size_t i = 0; i < info.parameter_count(); ++i) {
            const std::string_view key = info.parameters[i].key;
            if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
        }
    }
    return keys;
}

/// Phases that a step enters: nobody enters `waiting`, and `lost` is what faults bring about. The
/// machine of a quorum node alone has no leaders, no data and no catch-up.
bool is_entered(StepPhase phase, bool has_broker) {
    switch (phase) {
        case StepPhase::waiting:
        case StepPhase::lost:
            return false;
        case StepPhase::leader_drain:
        case StepPhase::baseline_checksum:
        case StepPhase::verify_checksum:
        case StepPhase::catch_up:
            return has_broker;
        default:
            return true;
    }
}

class FaultReader {
public:
    FaultReader(const models::Case& a_case, Problems& problems)
        : fleet_(a_case.fleet),
          programme_(a_case.programme),
          names_(a_case.fleet),
          problems_(problems) {}

    Fault read(const Reader& reader) {
        Fault fault;
        const std::optional<FaultKind> kind = models::fault_kind(reader.text("kind"));
        sim::ensure(kind.has_value(), "the field table and the kinds of fault agree");
        fault.kind = *kind;
        const FaultInfo& info = models::fault_info(fault.kind);
        read_target(reader, info, fault);
        const bool known = check_possible(reader, info, fault);
        read_trigger(reader, info, fault);
        if (known && fault.trigger.worst_moment) check_worst(reader, info, fault);
        if (needs(reader, info, "duration_s", info.lasts)) {
            fault.duration = reader.duration("duration_s");
        }
        read_parameters(reader, info, fault);
        fault.name = reader.has("name")
                         ? reader.text("name")
                         : fmt::format("{} {}", info.word, reader.text(to_string(info.target)));
        return fault;
    }

private:
    void read_target(const Reader& reader, const FaultInfo& info, Fault& fault) {
        for (int t = 0; t < models::fault_target_count; ++t) {
            const auto target = static_cast<FaultTarget>(t);
            const std::string_view key = to_string(target);
            if (!needs(reader, info, key, target == info.target)) continue;
            const std::string name = reader.text(key);
            const auto take = [&](const auto& found, auto& into) {
                if (found) into = *found;
                if (!found && !take_worst(name, target, fault)) {
                    unknown(key, name, reader.pointer(key));
                }
            };
            if (target == FaultTarget::broker) take(names_.broker(name), fault.broker);
            if (target == FaultTarget::rack) take(names_.rack(name), fault.rack);
            if (target == FaultTarget::machine) take(names_.machine(name), fault.machine);
            if (target == FaultTarget::log_dir) take(names_.log_dir(name), fault.log_dir);
            if (target == FaultTarget::cluster) take(names_.cluster(name), fault.cluster);
            if (target == FaultTarget::topic) take(names_.topic(name), fault.topic);
            if (target == FaultTarget::quorum_node) {
                take(names_.quorum_node(name), fault.quorum_node);
            }
        }
    }

    /// "cluster/worst": what has the least margin is known only in the run. The first of the
    /// cluster stands for it until then.
    bool take_worst(const std::string& name, FaultTarget target, Fault& fault) const {
        constexpr std::string_view suffix = "/worst";
        if (!name.ends_with(suffix)) return false;
        const auto c = names_.cluster(name.substr(0, name.size() - suffix.size()));
        if (!c || fleet_.clusters()[*c].broker_count == 0) return false;
        const models::BrokerId first = fleet_.clusters()[*c].brokers().front();
        fault.worst_target = true;
        if (target == FaultTarget::broker) {
            fault.broker = first;
        } else if (target == FaultTarget::rack) {
            fault.rack = fleet_.brokers()[first].rack;
        } else if (target == FaultTarget::log_dir) {
            fault.log_dir = fleet_.brokers()[first].log_dirs().front();
        } else {
            fault.worst_target = false;
        }
        return fault.worst_target;
    }

    /// True where the target is known. Adds a problem where the kind can do nothing to it.
    bool check_possible(const Reader& reader, const FaultInfo& info, const Fault& fault) {
        const bool known = fault.broker.exists() || fault.rack.exists() || fault.machine.exists() ||
                           fault.log_dir.exists() || fault.quorum_node.exists() ||
                           fault.cluster.exists() || fault.topic.exists();
        if (!known || info.possible == nullptr || info.possible(fleet_, fault)) return known;
        const std::string_view key = to_string(info.target);
        Diagnostic& d = problems_.error(code::never_triggers,
                                        reader.pointer(key),
                                        fmt::format("{} can do nothing to {}",
                                                    scenarios::quoted(info.word),
                                                    scenarios::quoted(reader.text(key))));
        d.label = "never has an effect";
        d.help = fmt::format("name {}, or choose another kind", info.only);
        return known;
    }

    void read_parameters(const Reader& reader, const FaultInfo& info, Fault& fault) {
        for (const std::string_view key : parameter_keys()) {
            if (!reader.has(key)) continue;
            for (std::size_t i = 0; i < info.parameter_count(); ++i) {
                if (info.parameters[i].key == key) fault.values[i] = reader.number(key);
            }
            needs(reader, info, key, takes(info, key));
        }
    }

    static bool takes(const FaultInfo& info, std::string_view key) {
        return std::any_of(info.parameters.begin(),
                           info.parameters.end(),
                           [&](const auto& parameter) { return parameter.key == key; });
    }

    void read_trigger(const Reader& reader, const FaultInfo& info, Fault& fault) {
        std::vector<std::string_view> given;
        for (const std::string_view key : {"at_s", "when", "rate", "moment"}) {
            if (reader.has(key)) given.push_back(key);
        }
        if (given.size() > 1 || (given.empty() && info.needs_trigger)) {
            Diagnostic& d =
                problems_.error(code::field_combination,
                                reader.pointer(),
                                "a fault takes one of `at_s`, `when`, `rate` and `moment`");
            d.label = given.empty()       ? "has none of them"
                      : given.size() == 2 ? "has both"
                                          : "has several";
            d.help = given.empty() ? "add \"at_s\": seconds after the start of the run"
                                   : "keep one of them";
            return;
        }
        if (given.empty()) {
            fault.trigger.at = sim::Instant{};
        } else if (given.front() == "at_s") {
            fault.trigger.at = sim::Instant{reader.duration("at_s")};
        } else if (given.front() == "when") {
            read_moment(reader.object("when"), fault);
        } else if (given.front() == "rate") {
            fault.trigger.per_day = reader.object("rate").number("per_day");
        } else {
            fault.trigger.worst_moment = true;
        }
    }

    void read_moment(const Reader& when, Fault& fault) {
        fault.trigger.delay = when.duration("delay_s");
        for (int i = 0; i < models::step_phase_count; ++i) {
            const auto phase = static_cast<StepPhase>(i);
            if (to_string(phase) == when.text("phase")) fault.trigger.phase = phase;
        }
        if (when.has("pass")) read_pass(when, fault);
        const bool of_machine = when.has("machine");
        const bool of_batch = when.has("batch") && when.has("cluster");
        if (of_machine == of_batch || (of_machine && (when.has("batch") || when.has("cluster")))) {
            Diagnostic& d =
                problems_.error(code::field_combination,
                                when.pointer(),
                                "a moment is of a `machine`, or of a `batch` of a `cluster`");
            d.label = of_machine ? "has both" : "says of what only in part";
            d.help = of_machine ? "remove `batch` and `cluster`"
                                : "add \"machine\", or \"cluster\" and \"batch\"";
        } else if (of_machine) {
            read_machine(when, fault);
        } else {
            read_batch(when, fault);
        }
    }

    void read_pass(const Reader& when, Fault& fault) {
        const std::string wanted = when.text("pass");
        std::vector<std::string> known;
        for (std::uint32_t p = 0; p < programme_.size(); ++p) {
            known.push_back(programme_[p].name);
            if (known.back() == wanted) fault.trigger.pass = p;
        }
        if (std::find(known.begin(), known.end(), wanted) != known.end()) return;
        Diagnostic& d = problems_.error(code::unknown_name,
                                        when.pointer("pass"),
                                        fmt::format("unknown pass {}", scenarios::quoted(wanted)));
        d.label = known.empty() ? "the case has no programme" : "the programme has no such pass";
        d.help = known.empty() ? "remove it, or add \"programme\" to the case"
                               : "name a pass of the programme";
        if (!known.empty()) suggest(d, wanted, known, "passes");
    }

    void read_machine(const Reader& when, Fault& fault) {
        const auto machine = names_.machine(when.text("machine"));
        if (!machine) return unknown("machine", when.text("machine"), when.pointer("machine"));
        fault.trigger.machine = *machine;
        const bool has_broker = fleet_.machines()[*machine].broker.exists();
        check_entered(when,
                      fault,
                      has_broker,
                      fmt::format("the step of {}", scenarios::quoted(when.text("machine"))));
    }

    void read_batch(const Reader& when, Fault& fault) {
        const auto cluster = names_.cluster(when.text("cluster"));
        if (!cluster) return unknown("cluster", when.text("cluster"), when.pointer("cluster"));
        fault.trigger.batch_of = *cluster;
        const std::int64_t batch = when.integer("batch");
        fault.trigger.batch = static_cast<std::uint32_t>(batch - 1);
        const std::uint32_t brokers = fleet_.clusters()[*cluster].broker_count;
        if (batch > static_cast<std::int64_t>(brokers)) {
            Diagnostic& d = problems_.error(code::never_triggers,
                                            when.pointer("batch"),
                                            fmt::format("no plan of {} has a batch {}",
                                                        scenarios::quoted(when.text("cluster")),
                                                        batch));
            d.label = fmt::format("the cluster has {} brokers", brokers);
            d.help = "count batches from 1";
            return;
        }
        check_entered(when, fault, true, "a broker's step");
    }

    void check_entered(const Reader& when,
                       const Fault& fault,
                       bool has_broker,
                       const std::string& step) {
        if (is_entered(fault.trigger.phase, has_broker)) return;
        std::vector<std::string> entered;
        for (int i = 0; i < models::step_phase_count; ++i) {
            const auto phase = static_cast<StepPhase>(i);
            if (is_entered(phase, has_broker)) entered.emplace_back(to_string(phase));
        }
        Diagnostic& d = problems_.error(
            code::never_triggers,
            when.pointer("phase"),
            fmt::format(
                "{} never enters the phase {}", step, scenarios::quoted(when.text("phase"))));
        d.label = "never entered";
        d.help = "choose one of the phases below";
        d.notes.push_back("phases: " + name_list(entered, 20));
    }

    /// Only what can fail as a whole has a moment at which that would be worst.
    void check_worst(const Reader& reader, const FaultInfo& info, const Fault& fault) {
        const bool domain = info.target == FaultTarget::broker ||
                            info.target == FaultTarget::rack ||
                            info.target == FaultTarget::log_dir ||
                            (info.target == FaultTarget::machine &&
                             fleet_.machines()[fault.machine].broker.exists());
        if (domain) return;
        Diagnostic& d =
            problems_.error(code::never_triggers,
                            reader.pointer("moment"),
                            fmt::format("{} has no worst moment",
                                        scenarios::quoted(reader.text(to_string(info.target)))));
        d.label = "only brokers, racks and log dirs have an N-1 margin";
        d.help = "give `at_s` or `when`";
    }

    /// True where the field is needed and there. Adds a problem where it is missing or too much.
    bool needs(const Reader& reader, const FaultInfo& info, std::string_view key, bool needed) {
        if (reader.has(key) == needed) return needed;
        Diagnostic& d =
            problems_.error(needed ? code::missing_field : code::field_combination,
                            needed ? reader.pointer() : reader.pointer(key),
                            fmt::format("{} {} {}",
                                        scenarios::quoted(info.word),
                                        needed ? "needs the field" : "does not take the field",
                                        scenarios::quoted(key)));
        d.label = needed ? fmt::format("no {} in here", scenarios::quoted(key)) : "has no effect";
        d.help = needed ? fmt::format("add \"{}\"", key) : "remove it";
        return false;
    }

    void unknown(std::string_view kind, const std::string& name, const std::string& pointer) {
        names_.report_unknown(kind, code::unknown_name, name, pointer, problems_);
    }

    const Fleet& fleet_;
    const std::vector<models::Pass>& programme_;
    Names names_;
    Problems& problems_;
};

std::vector<Fault> load(const JsonFile& file, const models::Case& a_case) {
    Problems problems(file);
    check_file(file, faults_record(), "rollcast_faults", problems);
    const Reader root(faults_record(), file.root(), "");
    std::vector<Fault> faults = read_faults(root.objects("faults"), a_case, problems);
    problems.throw_if_errors();
    return faults;
}

}  // namespace

std::vector<Fault> read_faults(const std::vector<Reader>& faults,
                               const models::Case& a_case,
                               Problems& problems) {
    std::vector<Fault> result;
    if (faults.empty()) return result;
    FaultReader reader(a_case, problems);
    for (const Reader& fault : faults) result.push_back(reader.read(fault));
    return result;
}

std::vector<Fault> load_faults(const std::filesystem::path& path, const models::Case& a_case) {
    return load(JsonFile::read(path), a_case);
}

std::vector<Fault> load_faults_text(std::string_view text,
                                    std::string_view name,
                                    const models::Case& a_case) {
    return load(JsonFile::parse(std::string(text), std::string(name)), a_case);
}

}  // namespace rollcast::scenarios
