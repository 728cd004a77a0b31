#include "scenarios/format/every_fault.hpp"

#include <string>

#include "models/faults/catalogue.hpp"
#include "scenarios/format/diagnostic.hpp"
#include "scenarios/format/fault_reader.hpp"
#include "scenarios/format/json_file.hpp"
#include "scenarios/format/names.hpp"

namespace rollcast::scenarios {

namespace {

constexpr int starts_s = 3'600;
constexpr int lasts_s = 1'800;
/// What acts at the next start of a process has to be there then.
constexpr int waits_s = 172'800;

/// By the field that names it: what faults strike in the first cluster. Empty where it has none.
std::string target_of(const models::Fleet& fleet, std::string_view field) {
    const models::Cluster& cluster = fleet.clusters()[models::ClusterId{0}];
    const models::BrokerId broker{cluster.first_broker + cluster.broker_count - 1};
    std::string broker_called = broker_name(fleet, broker);
    if (field == "broker" || field == "machine") return broker_called;
    if (field == "rack") return rack_name(fleet, fleet.brokers()[broker].rack);
    if (field == "cluster") return cluster.name;
    if (field == "log_dir") {
        const models::LogDirId dir{fleet.brokers()[broker].first_log_dir};
        const std::string& path = fleet.log_dirs()[dir].path;
        return broker_called + (path.starts_with("/") ? "" : "/") + path;
    }
    if (field == "topic" && cluster.topic_count > 0) {
        return topic_name(fleet, models::TopicId{cluster.first_topic});
    }
    if (field == "quorum_node" && cluster.quorum_node_count > 0) {
        const models::QuorumNodeId first{cluster.first_quorum_node};
        return cluster.name + "/" + fleet.quorum_nodes()[first].name;
    }
    return {};
}

}  // namespace

std::vector<models::Fault> one_of_every_kind(const models::Case& a_case) {
    std::vector<models::Fault> faults;
    for (int k = 0; k < models::fault_kind_count; ++k) {
        const models::FaultInfo& info = models::fault_info(static_cast<models::FaultKind>(k));
        const std::string field(models::to_string(info.target));
        Json fault{{"kind", info.word}, {field, target_of(a_case.fleet, field)}};
        const bool waits =
            info.family == models::FaultFamily::version || info.family == models::FaultFamily::auth;
        if (info.lasts) fault["duration_s"] = waits ? waits_s : lasts_s;
        if (waits && info.target == models::FaultTarget::broker) {
            fault["when"] = {{"machine", fault[field]}, {"phase", "preflight"}};
        } else if (info.needs_trigger) {
            fault["at_s"] = starts_s;
        }
        const Json file{{"rollcast_faults", 1}, {"faults", Json::array({fault})}};
        try {
            faults.push_back(load_faults_text(file.dump(), "faults", a_case).front());
        } catch (const InputError&) {
            continue;  // there is nothing in this case that it could strike
        }
    }
    return faults;
}

}  // namespace rollcast::scenarios
