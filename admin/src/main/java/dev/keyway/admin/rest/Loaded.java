package dev.keyway.admin.rest;

import dev.keyway.admin.model.RegistrySnapshot;
import dev.keyway.admin.registry.Registry;

/** The registry's state where a request needs it. */
final class Loaded {

    private Loaded() {}

    /** @throws ApiError 503 before the registry has been read, so that nobody takes "not loaded" for "empty" */
    static RegistrySnapshot state(Registry registry) {
        RegistrySnapshot state = registry.snapshot();
        if (state.version() == 0) {
            throw ApiError.unavailable("the registry has not been read yet: " + Routes.list(registry.problems()));
        }
        return state;
    }
}
