package dev.keyway.codecs.statefun;

import java.io.IOException;

/**
 * A message to be sent later, or the wish that one be not sent after all.
 *
 * @param cancellation true: only the token counts
 * @param cancellationToken names the message for a later cancellation; empty for none
 * @param delayMillis as the function gave it, so perhaps negative
 * @param target {@code null} when the answer names none
 * @param argument {@code null} when the answer holds none
 */
public record DelayedInvocation(
        boolean cancellation, String cancellationToken, long delayMillis, Address target, TypedValue argument) {

    static DelayedInvocation read(WireReader in) throws IOException {
        boolean cancellation = false;
        String token = "";
        long delay = 0;
        Address target = null;
        TypedValue argument = null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            switch (tag) {
                case 1 << 3 -> delay = in.int64("delay_in_ms");
                case 2 << 3 | 2 -> {
                    int outer = in.enter("target");
                    target = Address.read(in, target);
                    in.leave(outer);
                }
                case 3 << 3 | 2 -> {
                    int outer = in.enter("argument");
                    argument = TypedValue.read(in, argument);
                    in.leave(outer);
                }
                case 10 << 3 -> cancellation = in.bool("is_cancellation_request");
                case 11 << 3 | 2 -> token = in.string("cancellation_token");
                default -> in.skip(tag);
            }
        }
        return new DelayedInvocation(cancellation, token, delay, target, argument);
    }
}
