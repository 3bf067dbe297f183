/**
 * The slots of the inbox: each has the messages, states, backlogs and timers of the ids that it holds, and runs what is
 * sent to them, one batch of an address at a time. What a batch changes and sends is committed with the offsets of its
 * messages, in one transaction.
 */
package dev.keyway.gateway.slot;
