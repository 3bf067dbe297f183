package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.Deployment;
import dev.keyway.admin.model.Handler;
import dev.keyway.admin.model.HandlerType;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.Service;
import dev.keyway.codecs.Codec;
import dev.keyway.codecs.CodecException;

/**
 * A handler resolved for calls: what does not change from event to event, built once per registry change. Immutable;
 * any thread.
 *
 * @param codec reads record values for this target; RPC bodies pass through without it
 * @param transport how its deployment is connected to, the same for all targets of the deployment; {@code null} takes what
 *     is configured
 */
public record Target(Deployment deployment, Service service, Handler handler, Codec codec, Transport transport) {
    private static final byte[] EMPTY = new byte[0];

    /** Connected to as configured. */
    public Target(Deployment deployment, Service service, Handler handler, Codec codec) {
        this(deployment, service, handler, codec, null);
    }

    /** Whether calls of one key run one at a time. */
    public boolean exclusive() {
        return service.ty().keyed() && handler.ty() == HandlerType.EXCLUSIVE;
    }

    /**
     * The body of a call for a record.
     *
     * @param value {@code null} for a tombstone
     * @throws CodecException when the value cannot become a body; the message says why, and names this target
     */
    public byte[] body(byte[] value) throws CodecException {
        if (value == null) {
            if (deployment.protocol() != Protocol.RESTATE && !codec.acceptsNull()) {
                throw new CodecException(
                        "the record has no value (a tombstone), which the codec of " + this + " does not accept");
            }
            return EMPTY;
        }
        try {
            return codec.decode(value);
        } catch (CodecException e) {
            throw new CodecException(
                    "the record value is not what the codec of " + this + " reads: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // A codec of somebody else: its defect must show on the record, not stop the loop.
            throw new CodecException("the codec of " + this + " failed: " + e, e);
        }
    }

    /** For logs and errors: {@code Service/handler}. */
    @Override
    public String toString() {
        return service.name() + "/" + handler.name();
    }
}
