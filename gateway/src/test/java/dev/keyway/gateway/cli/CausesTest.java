package dev.keyway.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class CausesTest {
    @Test
    void wrappersOfFutures_areLeftOutOfTheMessage() {
        Exception thrown =
                new ExecutionException(new CompletionException(new IOException("registry topic has 3 partitions")));

        assertThat(Causes.describe(thrown)).isEqualTo("registry topic has 3 partitions");
    }

    @Test
    void wrapperWithItsOwnWords_keepsThem() {
        Exception thrown = new ExecutionException(new IOException("cannot read file x", new IOException("denied")));

        assertThat(Causes.describe(thrown)).isEqualTo("cannot read file x");
    }

    @Test
    void noMessage_isNamedByItsType() {
        assertThat(Causes.describe(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void find_goesThroughTheChain() {
        BindException bind = new BindException("Address already in use");

        assertThat(Causes.find(new RuntimeException(new IOException(bind)), BindException.class))
                .isSameAs(bind);
        assertThat(Causes.find(new RuntimeException(), BindException.class)).isNull();
    }

    @Test
    void chainWithACycle_ends() {
        Exception first = new RuntimeException((String) null);
        Exception second = new RuntimeException(null, first);
        first.initCause(second);

        assertThat(Causes.describe(first)).isEqualTo("RuntimeException");
        assertThat(Causes.find(first, BindException.class)).isNull();
    }
}
