package dev.keyway.gateway.invoke.statefun;

import dev.keyway.codecs.statefun.Address;
import dev.keyway.codecs.statefun.Invocation;
import dev.keyway.codecs.statefun.TypedValue;
import dev.keyway.gateway.invoke.Call;
import java.util.List;

/** A batch of messages for one function instance. On the invoker's loop. */
public interface FunctionCall extends Call {

    /** The instance that they are for. */
    Address address();

    /** The value that the instance has under this name, {@code null} for none; expired ones are not there. */
    TypedValue state(String name);

    /** In order, at least one, and no more than the endpoint takes in one request. */
    List<Invocation> waiting();

    /** A request is about to leave that holds this many of {@link #waiting}, from its front. */
    void sent(int invocations);

    /** They were handled; right before {@link #done} with a completed outcome. */
    void effects(FunctionRequest.Ready request, FunctionAnswer.Effects effects);
}
