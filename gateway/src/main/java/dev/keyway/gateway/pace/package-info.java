/**
 * What one process may send to one deployment: permits (fixed cap or adaptive), a rate, a circuit. One owner decides, on a
 * context of its own; event loops get their share by messages in batches and decide alone, without locks, what to start.
 */
package dev.keyway.gateway.pace;
