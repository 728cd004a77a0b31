// Dense, typed indices: entities do not convert into each other, containers iterate in id order.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/contract.hpp"

namespace rollcast::sim {

/// Index of one entity of the kind `Tag`, from 0. `none()` stands for "no such entity".
template <class Tag>
struct Id {
    std::uint32_t value = 0;

    static constexpr Id none() { return Id{0xffff'ffffU}; }
    constexpr bool exists() const { return value != 0xffff'ffffU; }
    constexpr std::size_t index() const { return value; }
    constexpr auto operator<=>(const Id&) const = default;
};

/// One `Value` for each entity of a kind, in id order. Unchecked access in the hot path; `at`
/// throws ContractViolation past the end.
template <class IdType, class Value>
class IdMap {
public:
    IdMap() = default;
    explicit IdMap(std::size_t count, const Value& value = Value{}) : values_(count, value) {}

    std::size_t size() const { return values_.size(); }
    bool empty() const { return values_.empty(); }
    IdType push_back(Value value) {
        values_.push_back(static_cast<Value&&>(value));
        return IdType{static_cast<std::uint32_t>(values_.size() - 1)};
    }
    void resize(std::size_t count, const Value& value = Value{}) { values_.resize(count, value); }
    void assign(std::size_t count, const Value& value) { values_.assign(count, value); }
    /// Gives back what growing has reserved.
    void shrink_to_fit() { values_.shrink_to_fit(); }

    decltype(auto) operator[](IdType id) { return values_[id.index()]; }
    decltype(auto) operator[](IdType id) const { return values_[id.index()]; }
    const Value& at(IdType id) const {
        ensure(id.index() < values_.size(), "an id must belong to the container");
        return values_[id.index()];
    }

    auto begin() { return values_.begin(); }
    auto end() { return values_.end(); }
    auto begin() const { return values_.begin(); }
    auto end() const { return values_.end(); }
    const std::vector<Value>& values() const { return values_; }

    bool operator==(const IdMap&) const = default;

private:
    std::vector<Value> values_;
};

/// Iterates over the ids 0 .. count-1 of a kind, for range-for loops.
template <class IdType>
class IdRange {
public:
    struct Iterator {
        std::uint32_t value;
        IdType operator*() const { return IdType{value}; }
        Iterator& operator++() {
            ++value;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return value != other.value; }
    };

    IdRange(std::size_t first, std::size_t last)
        : first_(static_cast<std::uint32_t>(first)), last_(static_cast<std::uint32_t>(last)) {}
    explicit IdRange(std::size_t count) : IdRange(0, count) {}

    Iterator begin() const { return {first_}; }
    Iterator end() const { return {last_}; }
    std::size_t size() const { return last_ - first_; }
    bool empty() const { return last_ == first_; }
    IdType front() const { return IdType{first_}; }

private:
    std::uint32_t first_;
    std::uint32_t last_;
};

}  // namespace rollcast::sim
