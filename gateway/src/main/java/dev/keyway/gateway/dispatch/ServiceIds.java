package dev.keyway.gateway.dispatch;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A number for each service name of this process, so that mailboxes need not compare names. Any thread. */
public final class ServiceIds {
    private final ConcurrentHashMap<String, Integer> ids = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    public int of(String service) {
        return ids.computeIfAbsent(service, name -> next.getAndIncrement());
    }
}
