package dev.keyway.gateway;

/** Brokers of a module's egresses do not answer, so nobody knows yet whether it can run. Worth another try. */
public final class ModuleUnchecked extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param reason names what was asked */
    public ModuleUnchecked(String reason) {
        super(reason, null, false, false);
    }
}
