#include "scenarios/format/programme_reader.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "scenarios/format/codes.hpp"
#include "scenarios/format/stack_reader.hpp"
#include "scenarios/format/step_reader.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::Cluster;
using models::ClusterId;
using models::Pass;
using models::StackId;

namespace {

const Record& pass_record() {
    static const Record table = record(
        "pass",
        "One pass: every machine of the plan, in the plan's order.",
        {
            {"name", name(), "Name, unique in the programme.", required},
            {"target", text(), "Named stack that a broker runs after it.", required},
            {"reimage",
             boolean(),
             "false: machines are restarted only, whatever the plan asks for; nothing is signed, "
             "imaged or wiped.",
             optional,
             true},
            {"step", object(step_record()), "What differs from the case's `step`."},
            {"gate",
             choice({"broker_in_sync", "shared_partitions"}),
             "When a machine stops blocking its neighbours. Default: that of the plan."},
            {"client_stack",
             text(),
             "Named stack of producers and consumers from the start of the pass on: they have "
             "moved, and connect anew. Absent: nobody moves."},
            {"client_clusters",
             list(text(), 1),
             "The clusters whose clients move then. Absent: all."},
        });
    return table;
}

/// What is wrong with a programme as a whole, besides the names in it.
class ProgrammeReader {
public:
    ProgrammeReader(const Reader& programme, models::FleetTables& tables, Problems& problems)
        : programme_(programme),
          tables_(tables),
          problems_(problems),
          stacks_(programme, tables, problems) {}

    std::vector<Pass> read(const Json* step_of_case) {
        Json shared = Json::object();
        if (step_of_case != nullptr) shared["step"] = *step_of_case;
        const std::vector<Reader> readers = programme_.objects("passes", &shared);
        for (const Reader& reader : readers) read_pass(reader);
        if (problems_.has_errors()) return {};
        give_ends();
        if (problems_.has_errors()) return {};
        for (std::size_t p = 0; p < readers.size(); ++p) check_pass(readers[p], p);
        if (!problems_.has_errors()) lead_to_last(readers.back());
        return std::move(passes_);
    }

private:
    Diagnostic& problem(std::string_view code,
                        const std::string& pointer,
                        const std::string& message,
                        std::string_view label,
                        std::string_view help) {
        Diagnostic& d = problems_.error(code, pointer, message);
        d.label = label;
        d.help = help;
        return d;
    }

    void read_pass(const Reader& reader) {
        Pass pass{.name = reader.text("name"),
                  .target = stacks_.named(reader, "target"),
                  .step = read_step(reader.object("step"), problems_)};
        if (reader.has("gate")) {
            pass.gate = reader.text("gate") == to_string(models::Gate::shared_partitions)
                            ? models::Gate::shared_partitions
                            : models::Gate::broker_in_sync;
        }
        pass.reimages = reader.flag("reimage");
        pass.clients = stacks_.named(reader, "client_stack");
        read_moving(reader, pass);
        const bool twice = std::any_of(passes_.begin(), passes_.end(), [&](const Pass& other) {
            return other.name == pass.name;
        });
        if (twice) {
            problem(code::duplicate_name,
                    reader.pointer("name"),
                    fmt::format("pass {} is given twice", scenarios::quoted(pass.name)),
                    "second time",
                    "give each pass its own");
        }
        passes_.push_back(std::move(pass));
    }

    /// The clusters whose clients move with the pass.
    void read_moving(const Reader& reader, Pass& pass) {
        if (!reader.has("client_clusters")) return;
        if (!reader.has("client_stack")) {
            problem(code::field_combination,
                    reader.pointer("client_clusters"),
                    fmt::format("pass {} moves no clients", scenarios::quoted(pass.name)),
                    "has no effect",
                    "add \"client_stack\": what they run then; or remove it");
            return;
        }
        const std::vector<std::string> wanted = reader.texts("client_clusters");
        std::vector<std::string> known;
        for (const Cluster& cluster : tables_.clusters) known.push_back(cluster.name);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto found = std::find(known.begin(), known.end(), wanted[i]);
            if (found != known.end()) {
                pass.clients_of.push_back(
                    ClusterId{static_cast<std::uint32_t>(found - known.begin())});
                continue;
            }
            Diagnostic& d = problem(code::unknown_name,
                                    reader.pointer("client_clusters") + pointer_step(i),
                                    fmt::format("unknown cluster {}", scenarios::quoted(wanted[i])),
                                    "the fleet has no such cluster",
                                    "name a cluster of the fleet");
            suggest(d, wanted[i], known, "clusters");
        }
    }

    /// The ends of the clusters that name no stack.
    void give_ends() {
        const StackId from = stacks_.named(programme_, "from");
        const StackId quorum = stacks_.named(programme_, "quorum_stack");
        const StackId clients = stacks_.named(programme_, "client_stack");
        const StackId orchestrator = stacks_.named(programme_, "orchestrator_stack");
        bool any = false;
        bool given = false;
        for (Cluster& cluster : tables_.clusters) {
            any = any || cluster.stacks.now.exists();
            if (cluster.stacks.now.exists() || !from.exists()) continue;
            given = true;
            check_quorum(cluster, from);
            cluster.stacks = {.now = from,
                              .next = StackId::none(),
                              .quorum = quorum,
                              .clients = clients,
                              .orchestrator = orchestrator};
            cluster.stack = StackReader::labels(tables_.stacks[from]);
        }
        if (problems_.has_errors()) return;
        if (!any && !given) {
            problem(
                code::missing_field,
                programme_.pointer(),
                "nothing says what the clusters run before the programme",
                "begins nowhere",
                "add \"from\": the named stack of today; or name it in `stack` of the clusters");
            return;
        }
        for (const std::string_view key :
             {"from", "quorum_stack", "client_stack", "orchestrator_stack"}) {
            if (!programme_.has(key) || given) continue;
            problem(code::field_combination,
                    programme_.pointer(key),
                    key == "from" ? "every cluster names the stack that it runs"
                                  : "only clusters that name no `stack` take this end",
                    "has no effect",
                    key == "from" ? "remove it" : "remove it, or add \"from\"");
        }
    }

    void check_quorum(const Cluster& cluster, StackId from) {
        const models::NodeStack& stack = tables_.stacks[from];
        if (stack.control_plane == cluster.quorum_kind) return;
        problem(code::impossible_stack,
                programme_.pointer("from"),
                fmt::format("the quorum of cluster {} is none that stack {} could register with",
                            scenarios::quoted(cluster.name),
                            scenarios::quoted(stack.name)),
                "has no quorum to register with",
                "name the stack of that cluster in its `stack`");
    }

    /// The first cluster for which `holds`.
    template <class Holds>
    const Cluster* first_cluster(Holds holds) const {
        for (const Cluster& cluster : tables_.clusters) {
            if (cluster.stacks.now.exists() && holds(cluster)) return &cluster;
        }
        return nullptr;
    }

    void check_pass(const Reader& reader, std::size_t place) {
        const models::NodeStack& target = tables_.stacks[passes_[place].target];
        const Cluster* other = first_cluster(
            [&](const Cluster& cluster) { return cluster.quorum_kind != target.control_plane; });
        if (other != nullptr) {
            problem(code::control_planes_differ,
                    reader.pointer("target"),
                    fmt::format("cluster {} cannot come to stack {}: a change of the control plane "
                                "(KIP-866) is not modelled",
                                scenarios::quoted(other->name),
                                scenarios::quoted(target.name)),
                    "has another control plane",
                    "name a target with the control plane of today");
        }
        if (returns(place)) {
            problem(code::programme_cycle,
                    reader.pointer("target"),
                    fmt::format("pass {} leads back to stack {}",
                                scenarios::quoted(passes_[place].name),
                                scenarios::quoted(target.name)),
                    "left by a pass before it",
                    "leave the pass out; a way back is a programme of its own");
        }
        check_restart(reader, place);
    }

    /// True where pass `place` leads to a stack that the clusters have had and left.
    bool returns(std::size_t place) const {
        const StackId target = passes_[place].target;
        bool left = false;
        for (std::size_t p = place; p-- > 0;) {
            if (passes_[p].target != target) left = true;
            if (left && passes_[p].target == target) return true;
        }
        return left && first_cluster([&](const Cluster& cluster) {
                           return cluster.stacks.now == target;
                       }) != nullptr;
    }

    void check_restart(const Reader& reader, std::size_t place) {
        const Pass& pass = passes_[place];
        // What the case's own step says is there for the other passes.
        const Json& said = programme_.value("passes")[place];
        if (pass.reimages || !said.contains("step")) return;
        for (const std::string_view key :
             {"baseline_checksum_s", "reimage_s", "verify_checksum_s", "checksum_bytes_per_s"}) {
            if (!said["step"].contains(key)) continue;
            problem(code::field_combination,
                    reader.pointer("step") + pointer_step(key),
                    fmt::format("pass {} does not re-image, and has no such phase",
                                scenarios::quoted(pass.name)),
                    "has no effect",
                    "remove it, or remove `reimage`");
        }
    }

    /// The clusters' target is that of the last pass.
    void lead_to_last(const Reader& last) {
        const StackId target = passes_.back().target;
        const Cluster* other = first_cluster([&](const Cluster& cluster) {
            return cluster.stacks.next.exists() && cluster.stacks.next != target;
        });
        if (other != nullptr) {
            problem(code::field_combination,
                    last.pointer("target"),
                    fmt::format("the programme ends with stack {}, and the target of cluster {} is "
                                "another",
                                scenarios::quoted(tables_.stacks[target].name),
                                scenarios::quoted(other->name)),
                    "not where the cluster is to go",
                    "remove `target` of the cluster, or add the pass that leads there");
            return;
        }
        for (Cluster& cluster : tables_.clusters) {
            if (!cluster.stacks.now.exists()) continue;
            cluster.stacks.next = target;
            cluster.target = StackReader::labels(tables_.stacks[target]);
        }
    }

    const Reader& programme_;
    models::FleetTables& tables_;
    Problems& problems_;
    StackReader stacks_;
    std::vector<Pass> passes_;
};

}  // namespace

const Record& programme_record() {
    static const Record table = record(
        "programme",
        "A migration as passes over the same clusters, one after the other: trust added, machines "
        "re-imaged, protocol bumped, old trust removed. The plan's order is used in each.",
        {
            {"stacks",
             list(object(node_stack_record())),
             "Named stacks besides those of the fleet; `like` names one of this list."},
            {"from",
             text(),
             "Named stack that the brokers run before it, of clusters that name no `stack`."},
            {"quorum_stack",
             text(),
             "Named stack of the ZooKeeper servers or KRaft controllers of those clusters. Absent: "
             "they let every broker in."},
            {"client_stack",
             text(),
             "Named stack of their producers and consumers. Absent: every broker lets them in."},
            {"orchestrator_stack",
             text(),
             "Named stack of what operates them. Absent: every broker lets it in."},
            {"passes", list(object(pass_record()), 1), "The passes, in order.", required},
        });
    return table;
}

std::vector<Pass> read_programme(const Reader& root,
                                 models::FleetTables& tables,
                                 Problems& problems) {
    if (!root.has("programme")) return {};
    const Reader programme = root.object("programme");
    return ProgrammeReader(programme, tables, problems).read(root.find("step"));
}

}  // namespace rollcast::scenarios
