#include "scenarios/format/policy_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "models/policies/catalogue.hpp"
#include "scenarios/format/formats.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

models::PolicyChoice read_policy(const Reader& reader, Problems& problems) {
    const std::optional<models::PolicyKind> kind = models::policy_kind(reader.text("name"));
    sim::ensure(kind.has_value(), "the field table and the catalogue of policies agree");
    models::PolicyChoice choice{.kind = *kind};
    const models::PolicyInfo& info = models::policy_info(*kind);
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < info.parameter_count(); ++i) {
        const std::string_view key = info.parameters[i].key;
        taken.emplace_back(key);
        if (reader.has(key)) choice.values[i] = reader.number(key);
    }
    for (const Field& field : policy_record().fields) {
        const bool known = field.key == "name" || field.key == "comment" ||
                           std::find(taken.begin(), taken.end(), field.key) != taken.end();
        if (known || !reader.has(field.key)) continue;
        Diagnostic& d = problems.error(code::field_combination,
                                       reader.pointer(field.key),
                                       fmt::format("{} does not take the field {}",
                                                   scenarios::quoted(info.word),
                                                   scenarios::quoted(field.key)));
        d.label = "has no effect";
        d.help = fmt::format("remove it; {} takes {}", info.word, name_list(taken));
    }
    return choice;
}

std::string write_policy(const models::PolicyChoice& choice) {
    const models::PolicyInfo& info = models::policy_info(choice.kind);
    std::string text = fmt::format("{{\"name\": {}", Json(info.word).dump());
    for (std::size_t i = 0; i < info.parameter_count(); ++i) {
        if (!choice.values[i]) continue;
        const double value = *choice.values[i];
        text += fmt::format(", \"{}\": {}",
                            info.parameters[i].key,
                            policy_counts(info.parameters[i].key)
                                ? Json(static_cast<std::int64_t>(value)).dump()
                                : Json(value).dump());
    }
    return text + "}";
}

}  // namespace rollcast::scenarios
