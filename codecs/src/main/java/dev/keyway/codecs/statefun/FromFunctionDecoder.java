package dev.keyway.codecs.statefun;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.keyway.codecs.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the answers of functions. Values are views of the answer's bytes; names that come again are decoded once. Memory
 * is bounded by the answer's size and the number of its elements. Owned by one thread; one per event loop is enough.
 */
public final class FromFunctionDecoder {

    /** Effects, or missing states, that one answer may hold: keeps a few megabytes of nothing from filling the heap. */
    public static final int DEFAULT_MAX_ELEMENTS = 100_000;

    private static final int RESULT = 100 << 3 | 2;
    private static final int INCOMPLETE = 101 << 3 | 2;

    private final Names names = new Names();
    private final int maxElements;

    public FromFunctionDecoder() {
        this(DEFAULT_MAX_ELEMENTS);
    }

    /** @param maxElements effects, or missing states, that one answer may hold */
    public FromFunctionDecoder(int maxElements) {
        this.maxElements = maxElements;
    }

    /**
     * Reads an answer. The array is kept, not copied: it must not be changed afterwards.
     *
     * @return {@link FromFunction.InvocationResponse#NOTHING} for an empty body and one of unknown fields only
     * @throws WireException says which field of the answer is wrong, and how
     */
    public FromFunction decode(byte[] body) throws WireException {
        return decode(UnsafeByteOperations.unsafeWrap(body));
    }

    /** The same for bytes that are wrapped already. */
    public FromFunction decode(ByteString body) throws WireException {
        if (body.isEmpty()) {
            return FromFunction.InvocationResponse.NOTHING;
        }
        WireReader in = new WireReader(body, names, maxElements);
        try {
            return read(in);
        } catch (IOException e) {
            throw in.broken("FromFunction", e);
        }
    }

    private static FromFunction read(WireReader in) throws IOException {
        Effects effects = null;
        List<StateSpec> missing = null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            // Only one of the two can be; the last one counts, and an occurrence is merged into one just before it.
            switch (tag) {
                case RESULT -> {
                    missing = null;
                    effects = effects == null ? new Effects() : effects;
                    int outer = in.enter("invocation_result");
                    effects.read(in);
                    in.leave(outer);
                }
                case INCOMPLETE -> {
                    effects = null;
                    missing = missing == null ? new ArrayList<>() : missing;
                    int outer = in.enter("incomplete_invocation_context");
                    readMissing(in, missing);
                    in.leave(outer);
                }
                default -> in.skip(tag);
            }
        }
        if (missing != null) {
            return new FromFunction.IncompleteInvocationContext(missing);
        }
        return effects == null ? FromFunction.InvocationResponse.NOTHING : effects.response();
    }

    private static void readMissing(WireReader in, List<StateSpec> missing) throws IOException {
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag == (1 << 3 | 2)) {
                int outer = in.enter("missing_values", missing.size());
                missing.add(StateSpec.read(in));
                in.leave(outer);
            } else {
                in.skip(tag);
            }
        }
    }

    /** The four lists of a response while it is read; those that stay empty are never made. */
    private static final class Effects {
        private List<StateMutation> mutations = List.of();
        private List<OutgoingMessage> messages = List.of();
        private List<DelayedInvocation> delayed = List.of();
        private List<EgressMessage> egresses = List.of();

        void read(WireReader in) throws IOException {
            for (int tag = in.tag(); tag != 0; tag = in.tag()) {
                switch (tag) {
                    case 1 << 3 | 2 -> {
                        int outer = in.enter("state_mutations", mutations.size());
                        mutations = with(mutations, StateMutation.read(in));
                        in.leave(outer);
                    }
                    case 2 << 3 | 2 -> {
                        int outer = in.enter("outgoing_messages", messages.size());
                        messages = with(messages, OutgoingMessage.read(in));
                        in.leave(outer);
                    }
                    case 3 << 3 | 2 -> {
                        int outer = in.enter("delayed_invocations", delayed.size());
                        delayed = with(delayed, DelayedInvocation.read(in));
                        in.leave(outer);
                    }
                    case 4 << 3 | 2 -> {
                        int outer = in.enter("outgoing_egresses", egresses.size());
                        egresses = with(egresses, EgressMessage.read(in));
                        in.leave(outer);
                    }
                    default -> in.skip(tag);
                }
            }
        }

        FromFunction response() {
            return new FromFunction.InvocationResponse(mutations, messages, delayed, egresses);
        }

        private static <T> List<T> with(List<T> list, T element) {
            List<T> to = list.isEmpty() ? new ArrayList<>() : list;
            to.add(element);
            return to;
        }
    }
}
