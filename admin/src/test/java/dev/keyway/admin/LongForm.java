package dev.keyway.admin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.ThreadLocalRandom;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * A property that has a long form: {@code -D<property>=long} runs it with {@link #tries} tries, {@code -D<property>=<n>}
 * with n, from a random seed or from {@code -Dkeyway.seed}. Without the system property the short form of {@code @Property}
 * runs, from the seed that it names.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@AddLifecycleHook(LongForm.Hook.class)
public @interface LongForm {
    /** The system property, for example {@code keyway.fuzz}. */
    String property();

    /** Tries of the long form. */
    int tries();

    /** Sets the tries. */
    final class Hook implements AroundPropertyHook {
        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            LongForm form = context.findAnnotation(LongForm.class).orElseThrow();
            String wanted = System.getProperty(form.property());
            if (wanted != null) {
                context.attributes().setTries(wanted.equals("long") ? form.tries() : Integer.parseInt(wanted));
                context.attributes()
                        .setSeed(System.getProperty(
                                "keyway.seed",
                                Long.toString(ThreadLocalRandom.current().nextLong())));
            }
            return property.execute();
        }
    }
}
