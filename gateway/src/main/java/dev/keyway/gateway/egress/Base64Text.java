package dev.keyway.gateway.egress;

import java.util.Base64;

/** Base64 as users write it: the usual alphabet or the one for URLs, with padding or without. */
public final class Base64Text {
    private Base64Text() {}

    /** The bytes, or {@code null} if the text is no base64. */
    public static byte[] decode(String text) {
        try {
            return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
