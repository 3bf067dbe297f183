package dev.keyway.admin.rest;

import dev.keyway.admin.config.Masking;
import dev.keyway.admin.model.Batch;
import dev.keyway.admin.model.NullKey;
import dev.keyway.admin.model.OnFailure;
import dev.keyway.admin.model.OnTerminal;
import dev.keyway.admin.model.Protocol;
import dev.keyway.admin.model.RetryPolicy;
import dev.keyway.admin.model.Subscription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The part of a subscription that a user chooses. Immutable.
 *
 * @param onTerminal {@code null} when not chosen
 * @param batch {@code null} for no batches
 * @param reply {@code null} for none
 */
record SubscriptionRequest(
        Map<String, String> options,
        RetryPolicy retry,
        OnFailure onFailure,
        OnTerminal onTerminal,
        NullKey nullKey,
        String deadLetterTopic,
        String codec,
        Map<String, String> codecOptions,
        Batch batch,
        dev.keyway.admin.model.Reply reply) {

    private static final List<String> RESTATES = List.of("source", "sink", "options");
    private static final List<String> OURS = List.of(
            "retry",
            "on_failure",
            "on_terminal",
            "null_key",
            "dead_letter_topic",
            "codec",
            "codec_options",
            "batch",
            "reply");
    private static final List<String> CHANGEABLE = List.of(
            "options",
            "retry",
            "on_failure",
            "on_terminal",
            "null_key",
            "dead_letter_topic",
            "codec",
            "codec_options",
            "batch",
            "reply");
    private static final List<String> FROZEN_OPTIONS = List.of("group.id", "auto.offset.reset");

    /** Reads the body of a creation. */
    static SubscriptionRequest create(JsonBody body, RetryPolicy defaults) {
        body.noMistyped(RESTATES, OURS);
        return read(body, noMasks(body, body.texts("options")), NOTHING, defaults);
    }

    private static final SubscriptionRequest NOTHING = new SubscriptionRequest(
            Map.of(), null, OnFailure.PAUSE, null, NullKey.EMPTY, null, null, Map.of(), null, null);

    /** Reads a change of a subscription: a field that is named replaces, {@code null} brings back the default. */
    static SubscriptionRequest patch(JsonBody body, Subscription present, RetryPolicy defaults) {
        if (body.mentions("source") || body.mentions("sink")) {
            throw ApiError.badRequest(
                    "source and sink of a subscription cannot be changed; create another one, with the "
                            + "same group.id if it shall go on where this one stands, after deleting this one");
        }
        body.onlyKnown(CHANGEABLE);
        Map<String, String> options = new LinkedHashMap<>(present.options());
        noMasks(body, body.texts("options", true)).forEach((name, value) -> {
            if (FROZEN_OPTIONS.contains(name) && !String.valueOf(value).equals(options.get(name))) {
                throw ApiError.badRequest(
                        "options." + name + " cannot be changed, because the offsets of the subscription "
                                + "hang on it; use /seek to move it");
            }
            if (value == null) {
                options.remove(name);
            } else {
                options.put(name, value);
            }
        });
        return read(
                body,
                options,
                new SubscriptionRequest(
                        present.options(),
                        present.retry(),
                        present.onFailure(),
                        present.onTerminal(),
                        present.nullKey(),
                        present.deadLetterTopic(),
                        present.codec(),
                        present.codecOptions(),
                        present.batch(),
                        present.reply()),
                defaults);
    }

    private static SubscriptionRequest read(
            JsonBody body, Map<String, String> options, SubscriptionRequest old, RetryPolicy defaults) {
        OnFailure onFailure = body.mentions("on_failure")
                ? OnFailure.valueOf(
                        constant(body.word("on_failure", "pause", List.of("pause", "dead-letter", "discard"))))
                : old.onFailure;
        return new SubscriptionRequest(
                options,
                body.mentions("retry")
                        ? RetryJson.read(body.object("retry"), old.retry == null ? defaults : old.retry)
                        : old.retry,
                onFailure,
                onTerminal(body, old, onFailure),
                body.mentions("null_key")
                        ? NullKey.valueOf(constant(body.word("null_key", "empty", List.of("empty", "reject"))))
                        : old.nullKey,
                deadLetterTopic(body, old),
                body.mentions("codec") ? body.optional("codec") : old.codec,
                body.mentions("codec_options") ? body.texts("codec_options") : codecOptions(body, old),
                body.mentions("batch")
                        ? BatchJson.read(body.object("batch"), old.batch == null ? Batch.DEFAULT : old.batch)
                        : old.batch,
                body.mentions("reply") ? reply(body.object("reply")) : old.reply);
    }

    private static dev.keyway.admin.model.Reply reply(JsonBody object) {
        if (object == null) {
            return null;
        }
        object.onlyKnown(List.of("egress", "topic"));
        return new dev.keyway.admin.model.Reply(object.required("egress"), object.required("topic"));
    }

    private static Map<String, String> codecOptions(JsonBody body, SubscriptionRequest old) {
        return body.mentions("codec") ? Map.of() : old.codecOptions;
    }

    /** Where it followed on_failure it goes on following. */
    private static OnTerminal onTerminal(JsonBody body, SubscriptionRequest old, OnFailure onFailure) {
        if (body.mentions("on_terminal")) {
            String word = body.word("on_terminal", null, List.of("complete", "pause", "dead-letter", "discard"));
            return word == null ? null : OnTerminal.valueOf(constant(word));
        }
        boolean followed = old.onTerminal != null && old.onTerminal.name().equals(old.onFailure.name());
        return followed ? OnTerminal.valueOf(onFailure.name()) : old.onTerminal;
    }

    private static String deadLetterTopic(JsonBody body, SubscriptionRequest old) {
        if (!body.mentions("dead_letter_topic")) {
            return old.deadLetterTopic;
        }
        String topic = body.optional("dead_letter_topic");
        if (topic != null && Topics.problem(topic) != null) {
            throw body.bad("dead_letter_topic", Topics.problem(topic));
        }
        return topic;
    }

    private static Map<String, String> noMasks(JsonBody body, Map<String, String> options) {
        options.forEach((name, value) -> {
            if (Masking.MASK.equals(value) && Masking.isSecret(name)) {
                throw body.bad(
                        "options." + name,
                        "is '" + Masking.MASK + "', which only stands for a secret in answers; write the value, a "
                                + "reference like ${env:NAME}, or leave the option out");
            }
        });
        return options;
    }

    /** What happens to terminal errors: as chosen, else as the protocol has it. */
    OnTerminal onTerminalFor(Protocol protocol) {
        if (onTerminal != null) {
            return onTerminal;
        }
        return protocol == Protocol.RESTATE ? OnTerminal.COMPLETE : OnTerminal.valueOf(onFailure.name());
    }

    static String constant(String word) {
        return word.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    static String word(Enum<?> constant) {
        return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
    }
}
