package dev.keyway.admin.model;

import java.time.Instant;

/**
 * One Keyway process, as the registry knows it.
 *
 * @param adminAddress {@code http://host:port} under which the other instances reach its admin API
 */
public record Instance(String id, String adminAddress, Instant startedAt) {}
