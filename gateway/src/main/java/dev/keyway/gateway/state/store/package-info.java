/**
 * Where a slot's committed records are kept: an ordered map with a position in the changelog. All calls may block; worker
 * threads only.
 */
package dev.keyway.gateway.state.store;
