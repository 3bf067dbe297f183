package dev.keyway.gateway.egress;

/** What an answer asks for cannot be carried out. The message is for users: which record, what was found, what is wanted. */
public final class EffectsException extends Exception {
    public EffectsException(String message) {
        super(message);
    }
}
