#include "models/fetch_order.hpp"

namespace rollcast::models {

namespace {

constexpr std::uint32_t java_prime = 31;

/// `TopicPartition.hashCode`: of the number, then of the name.
std::uint32_t hash_of(std::string_view topic, std::uint32_t partition) {
    std::uint32_t name = 0;
    for (const char c : topic) name = java_prime * name + static_cast<unsigned char>(c);
    return java_prime * (java_prime + partition) + name;
}

}  // namespace

std::uint64_t fetch_place(std::string_view topic, std::uint32_t partition, std::size_t count) {
    std::uint32_t slots = 16;
    while (count >= std::size_t{slots} / 4 * 3) slots *= 2;
    const std::uint32_t hash = hash_of(topic, partition);
    const std::uint32_t spread = hash ^ (hash >> 16U);
    // Entries of a slot are in the order of their hashes as signed numbers.
    constexpr std::uint32_t sign = 0x8000'0000U;
    return std::uint64_t{spread & (slots - 1)} << 32U | (spread ^ sign);
}

}  // namespace rollcast::models
