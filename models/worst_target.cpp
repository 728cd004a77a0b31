#include "models/worst_target.hpp"

#include <algorithm>
#include <optional>

#include "models/faults/catalogue.hpp"
#include "models/world.hpp"

namespace rollcast::models {

namespace {

/// The first of `ids` for which `holds` and `exposed` is largest; nothing where it is 0 for all.
template <class Ids, class Holds, class Exposed>
auto most_exposed(const Ids& ids, Holds holds, Exposed exposed) {
    std::optional<decltype(ids.front())> best;
    std::uint32_t most = 0;
    for (const auto id : ids) {
        if (!holds(id) || exposed(id) <= most) continue;
        best = id;
        most = exposed(id);
    }
    return best;
}

/// The worst target of `fault` by what `exposed` says of brokers, racks and log dirs.
template <class Exposed>
void aim(const Fleet& fleet, Fault& fault, Exposed exposed) {
    const ClusterId c = struck_cluster(fleet, fault);
    const Cluster& cluster = fleet.clusters()[c];
    const auto any = [](auto) { return true; };
    if (fault.broker.exists()) {
        fault.broker = most_exposed(cluster.brokers(), any, exposed).value_or(fault.broker);
    } else if (fault.rack.exists()) {
        fault.rack = most_exposed(cluster.racks(), any, exposed).value_or(fault.rack);
    } else if (fault.log_dir.exists()) {
        const auto here = [&](LogDirId dir) {
            return fleet.brokers()[fleet.log_dirs()[dir].broker].cluster == c;
        };
        fault.log_dir = most_exposed(Range<LogDirId>(fleet.log_dirs().size()), here, exposed)
                            .value_or(fault.log_dir);
    }
    fault.worst_target = false;
}

DomainKind kind_of(BrokerId) { return DomainKind::broker; }
DomainKind kind_of(RackId) { return DomainKind::rack; }
DomainKind kind_of(LogDirId) { return DomainKind::log_dir; }

}  // namespace

std::shared_ptr<const Case> with_worst_targets(const Case& a_case,
                                               const Plan& plan,
                                               const Scope& scope,
                                               const RunOptions& options) {
    const auto open = [&](const Fault& fault) {
        return fault.worst_target && scope.holds(struck_cluster(a_case.fleet, fault));
    };
    if (options.without_faults || std::none_of(a_case.faults.begin(), a_case.faults.end(), open)) {
        return nullptr;
    }
    auto aimed = std::make_shared<Case>(a_case);
    RunOptions calm_options = options;
    calm_options.without_faults = true;
    const World start(a_case, plan, scope, calm_options);
    std::optional<Margin> whole;
    for (Fault& fault : aimed->faults) {
        if (!open(fault)) continue;
        World calm = start;
        if (fault.trigger.at) {
            calm.run_until(*fault.trigger.at);
            aim(a_case.fleet, fault, [&](auto id) { return calm.state().margin.exposed(id); });
            continue;
        }
        if (!whole) {
            calm.run();
            whole = calm.verdict().margin;
        }
        aim(a_case.fleet, fault, [&](auto id) {
            const Domain domain{kind_of(id), id.value};
            for (const DomainExposure& exposure : whole->domains) {
                if (exposure.domain == domain) return exposure.peak_partitions;
            }
            return 0U;
        });
    }
    return aimed;
}

}  // namespace rollcast::models
