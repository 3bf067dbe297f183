package dev.keyway.codecs.statefun;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to one instance of a function ({@code ToFunction}), put together piece by piece. It keeps what it is given and
 * counts the bytes; {@link #toBytes} then writes them once into an array of exact size. Owned by one thread.
 */
public final class InvocationBatch {

    private final Address target;
    private final int maxBytes;
    private final int maxInvocations;
    private final List<String> stateNames = new ArrayList<>();
    private final List<TypedValue> stateValues = new ArrayList<>();
    private final List<Invocation> invocations = new ArrayList<>();
    private long body;

    /**
     * @param maxBytes of the whole request, at least 1
     * @param maxInvocations at least 1
     */
    public InvocationBatch(Address target, int maxBytes, int maxInvocations) {
        if (maxBytes < 1 || maxInvocations < 1) {
            throw new IllegalArgumentException("a batch of at most " + maxInvocations + " invocations and " + maxBytes
                    + " bytes holds nothing; both must be at least 1");
        }
        this.target = target;
        this.maxBytes = maxBytes;
        this.maxInvocations = maxInvocations;
        this.body = Invocation.nested(target.size());
    }

    /**
     * Attaches a state of the function, whatever its size: see {@link #size}.
     *
     * @param value {@code null} for a state that is known but holds nothing
     */
    public void attach(String stateName, TypedValue value) {
        body += Invocation.nested(stateSize(stateName, value));
        stateNames.add(stateName);
        stateValues.add(value);
    }

    /** Appends an invocation; false, and nothing appended, if the batch would then be over one of its bounds. */
    public boolean tryAdd(Invocation invocation) {
        long length = Invocation.nested(invocation.size());
        if (invocations.size() == maxInvocations || whole(body + length) > maxBytes) {
            return false;
        }
        body += length;
        invocations.add(invocation);
        return true;
    }

    /** How many invocations it holds. */
    public int invocations() {
        return invocations.size();
    }

    /** Bytes of the request as it stands; more than the bound if target and states alone are. */
    public long size() {
        return whole(body);
    }

    /** Bytes that the request would have with this invocation too. */
    public long sizeWith(Invocation invocation) {
        return whole(body + Invocation.nested(invocation.size()));
    }

    /**
     * The request's bytes, in a new array.
     *
     * @throws IllegalStateException if the states alone make it larger than its bound
     */
    public byte[] toBytes() {
        long size = size();
        if (size > maxBytes) {
            throw new IllegalStateException("a request of " + size + " bytes to " + target + ", more than " + maxBytes);
        }
        byte[] bytes = new byte[(int) size];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeTag(100, 2);
            out.writeUInt32NoTag((int) body);
            out.writeTag(1, 2);
            out.writeUInt32NoTag(target.size());
            target.writeTo(out);
            for (int i = 0; i < stateNames.size(); i++) {
                out.writeTag(2, 2);
                writeState(out, stateNames.get(i), stateValues.get(i));
            }
            for (Invocation invocation : invocations) {
                out.writeTag(3, 2);
                out.writeUInt32NoTag((int) invocation.size());
                invocation.writeTo(out);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            // Writing to an array fails only where the counted size was too small.
            throw new IllegalStateException("a request to " + target + " was measured wrongly", e);
        }
        return bytes;
    }

    private static long whole(long body) {
        return 2 + TypedValue.varintSize(body) + body;
    }

    private static long stateSize(String name, TypedValue value) {
        return (name.isEmpty() ? 0 : CodedOutputStream.computeStringSize(1, name))
                + (value == null ? 0 : Invocation.nested(value.size()));
    }

    private static void writeState(CodedOutputStream out, String name, TypedValue value) throws IOException {
        out.writeUInt32NoTag((int) stateSize(name, value));
        if (!name.isEmpty()) {
            out.writeString(1, name);
        }
        if (value != null) {
            out.writeTag(2, 2);
            out.writeUInt32NoTag((int) value.size());
            value.writeTo(out);
        }
    }
}
