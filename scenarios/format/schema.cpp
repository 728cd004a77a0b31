// JSON Schema and documentation from the field tables.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/formats.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

namespace {

struct Format {
    std::string_view name;
    const Record& (*record)();
    std::string_view title;
    bool own_page = false;  // not in docs/case-format.md
};

constexpr Format formats[] = {
    {"case", case_record, "rollcast case"},
    {"plan", plan_record, "rollcast plan"},
    {"faults", faults_record, "rollcast faults"},
    {"alerts", alerts_record, "rollcast alerts"},
    {"scenario", scenario_record, "rollcast scenario", true},
};

void collect(const Shape& shape, std::vector<const Record*>& into);

void collect(const Record& record, std::vector<const Record*>& into) {
    if (std::find(into.begin(), into.end(), &record) != into.end()) return;
    into.push_back(&record);
    for (const Field& field : record.fields) collect(field.shape, into);
}

void collect(const Shape& shape, std::vector<const Record*>& into) {
    if (shape.record != nullptr) collect(*shape.record, into);
    for (const Shape& part : shape.parts) collect(part, into);
}

/// The records that are reached from one, each once, in the order of the first mention.
std::vector<const Record*> reached_from(const Record& root) {
    std::vector<const Record*> records;
    collect(root, records);
    return records;
}

Json json_number(double value) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) return whole;
    return value;
}

Json shape_schema(const Shape& shape) {
    switch (shape.kind) {
        case Kind::boolean:
            return {{"type", "boolean"}};
        case Kind::integer:
        case Kind::number:
            return {{"type", shape.kind == Kind::integer ? "integer" : "number"},
                    {"minimum", json_number(shape.least)},
                    {"maximum", json_number(shape.most)}};
        case Kind::text:
            return {{"type", "string"}, {"minLength", 1}};
        case Kind::name:
            return {
                {"type", "string"}, {"minLength", 1}, {"maxLength", 249}, {"pattern", "^[^/]*$"}};
        case Kind::choice:
            return {{"type", "string"}, {"enum", shape.words}};
        case Kind::time_of_day:
            return {{"type", "string"}, {"pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
        case Kind::object:
            return {{"$ref", "#/$defs/" + shape.record->name}};
        case Kind::list: {
            Json schema = {{"type", "array"}, {"items", shape_schema(shape.parts.front())}};
            if (shape.least > 0) schema["minItems"] = json_number(shape.least);
            return schema;
        }
        case Kind::either: {
            Json alternatives = Json::array();
            for (const Shape& part : shape.parts) alternatives.push_back(shape_schema(part));
            return {{"anyOf", std::move(alternatives)}};
        }
        case Kind::any_object:
            return {{"type", "object"}};
        case Kind::any:
            return Json::object();
    }
    return Json::object();
}

Json record_schema(const Record& record) {
    Json properties = Json::object();
    Json must = Json::array();
    for (const Field& field : record.fields) {
        Json schema = shape_schema(field.shape);
        schema["description"] = field.doc;
        if (!field.fallback.is_null()) schema["default"] = field.fallback;
        properties[field.key] = std::move(schema);
        if (field.presence == Presence::required) must.push_back(field.key);
    }
    Json schema = {{"description", record.doc}, {"type", "object"}};
    schema["properties"] = std::move(properties);
    if (!must.empty()) schema["required"] = std::move(must);
    schema["additionalProperties"] = false;
    return schema;
}

[[noreturn]] void throw_unknown_schema(std::string_view name) {
    Diagnostic d;
    d.code = code::unknown_name;
    d.message = fmt::format("no schema is called {}", scenarios::quoted(name));
    d.help = "name one of the schemas below";
    suggest(d, name, schema_names(), "schemas");
    throw InputError(std::move(d));
}

/// True where docs/case-format.md describes `record`.
bool in_format_page(const Record& record) {
    return std::any_of(std::begin(formats), std::end(formats), [&](const Format& format) {
        if (format.own_page) return false;
        const std::vector<const Record*> reached = reached_from(format.record());
        return std::find(reached.begin(), reached.end(), &record) != reached.end();
    });
}

/// `elsewhere`: the page of the records that are in docs/case-format.md; empty on that page itself.
std::string shape_for_readers(const Shape& shape, std::string_view elsewhere) {
    switch (shape.kind) {
        case Kind::object:
            return fmt::format("[{0}]({1}#{0})",
                               shape.record->name,
                               in_format_page(*shape.record) ? elsewhere : "");
        case Kind::list:
            return "list of " + shape_for_readers(shape.parts.front(), elsewhere);
        case Kind::either: {
            std::string words;
            for (const Shape& part : shape.parts) {
                words += (words.empty() ? "" : " or ") + shape_for_readers(part, elsewhere);
            }
            return words;
        }
        case Kind::choice: {
            std::string words;
            for (const std::string& word : shape.words) {
                words += fmt::format("{}`{}`", words.empty() ? "" : ", ", word);
            }
            return words;
        }
        default:
            return in_words(shape);
    }
}

std::string record_section(const Record& record, std::string_view elsewhere) {
    std::string section = fmt::format("\n## {}\n\n{}\n\n", record.name, record.doc);
    section += "| field | takes | default | meaning |\n|---|---|---|---|\n";
    for (const Field& field : record.fields) {
        if (field.key == "comment") continue;
        section += fmt::format("| `{}` | {} | {} | {} |\n",
                               field.key,
                               shape_for_readers(field.shape, elsewhere),
                               field.presence == Presence::required ? "**required**"
                               : field.fallback.is_null()           ? ""
                                                          : "`" + field.fallback.dump() + "`",
                               field.doc);
    }
    return section;
}

constexpr std::string_view format_page_introduction =
    R"(# The files that rollcast reads

All files are JSON (UTF-8; CRLF and a byte order mark are fine). Every key carries its unit: `_s`
seconds, `_bytes`, `_bytes_per_s`. Nothing is ignored silently: an unknown field is an error. Every
object also takes `comment`, a text or a list of lines, for remarks. Schemas for editors are in
`scenarios/schema/`; `rollcast schema NAME` prints them.

Names: a broker is `cluster/number`, a rack `cluster/rack`, a topic `cluster/topic`, a machine a
broker or `cluster/node` for a quorum node.

This page is generated from the field tables in `scenarios/format/`; a test compares the two.

A small case:

```json
{
  "rollcast_case": 1,
  "name": "two racks and a half",
  "fleet": {
    "clusters": [
      {
        "name": "c1",
        "racks": ["a", "b", "c"],
        "brokers": 6,
        "quorum": {"nodes": 3},
        "topics": [
          {"name": "orders-{n}", "repeat": 4, "partitions": 12, "rf": 3, "min_isr": 2,
           "write_bytes_per_s": 2000000, "skew": 3}
        ]
      }
    ]
  }
}
```

## Placement

`striped` is Kafka's own algorithm: brokers in rack-alternating order, start and shift drawn for
each topic from `placement_seed` and the topic's name, so that adding a topic moves no other. The
replicas of a partition lie in different racks as far as there are racks. `explicit` lists the
brokers of every partition, as an import of a real cluster does.
)";

}  // namespace

std::vector<std::string> schema_names() {
    std::vector<std::string> names;
    for (const Format& format : formats) names.emplace_back(format.name);
    return names;
}

std::string schema(std::string_view name) {
    for (const Format& format : formats) {
        if (format.name != name) continue;
        const Record& root = format.record();
        Json document = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", format.title}};
        document.update(record_schema(root));
        Json definitions = Json::object();
        for (const Record* record : reached_from(root)) {
            if (record != &root) definitions[record->name] = record_schema(*record);
        }
        document["$defs"] = std::move(definitions);
        return document.dump(2) + "\n";
    }
    throw_unknown_schema(name);
}

std::string format_page() {
    std::string page(format_page_introduction);
    std::vector<const Record*> shown;
    for (const Format& format : formats) {
        if (format.own_page) continue;
        for (const Record* record : reached_from(format.record())) {
            if (std::find(shown.begin(), shown.end(), record) != shown.end()) continue;
            shown.push_back(record);
            page += record_section(*record, "");
        }
    }
    return page;
}

std::string record_sections(const Record& root) {
    std::string sections;
    for (const Record* record : reached_from(root)) {
        if (!in_format_page(*record)) sections += record_section(*record, "case-format.md");
    }
    return sections;
}

}  // namespace rollcast::scenarios
