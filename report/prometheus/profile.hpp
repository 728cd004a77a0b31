// How metrics and their targets are called in the monitoring of others.
//
// The simulation counts one thing once; exporters differ in what they call it. A profile is one
// such set of names and labels. Sources: the rules and dashboards of Strimzi, of its metrics
// reporter, of Confluent's jmx-monitoring-stacks and of Grafana's Kafka integration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/fleet.hpp"
#include "models/series.hpp"

namespace rollcast::report {

enum class Profile : std::uint8_t { rollcast, strimzi, strimzi_reporter, confluent, grafana };

/// "strimzi-reporter" and the like, in the order that they are shown.
const std::vector<std::pair<std::string, Profile>>& profile_words();

/// A metric under one of its names; a profile may have several for one metric.
struct ExportedMetric {
    std::string_view name;
    models::Metric metric;
};

/// Everything that a profile gives, by name, so that what shares a name is side by side.
std::vector<ExportedMetric> exported_metrics(Profile profile);

struct Label {
    std::string name;
    std::string value;
};

/// The labels of every series of `target`, by name. With a machine that has one, its rack is among
/// them.
std::vector<Label> labels_of(Profile profile,
                             const models::Fleet& fleet,
                             const models::Target& target);

/// The cluster that an alert with `labels` is about, as far as labels_of tells; none where they
/// name no cluster, or more than one.
class LabelClusters {
public:
    LabelClusters(Profile profile,
                  const models::Fleet& fleet,
                  const std::vector<models::SeriesStore>& stores);
    models::ClusterId find(const std::vector<Label>& labels) const;

private:
    std::vector<std::pair<std::string, models::ClusterId>> by_value_;  // sorted; none: of several
};

}  // namespace rollcast::report
