package dev.keyway.statefunservices;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.statefun.sdk.java.Context;
import org.apache.flink.statefun.sdk.java.StatefulFunction;
import org.apache.flink.statefun.sdk.java.StatefulFunctionSpec;
import org.apache.flink.statefun.sdk.java.ValueSpec;
import org.apache.flink.statefun.sdk.java.message.Message;
import org.apache.flink.statefun.sdk.java.message.MessageBuilder;
import org.apache.flink.statefun.sdk.java.types.Type;

/**
 * Accounts. A transfer takes from its account and sends a deposit to the other one, so the sum over all accounts changes
 * by deposits from outside alone. Accounts may be overdrawn, which makes the final balances independent of any order. A
 * delayed transfer is an order that the account sends to itself: nothing is taken before it comes, so it can be cancelled.
 * Each change of a balance emits {@code id:balance}.
 */
final class Bank implements StatefulFunction {
    /** Puts money into an account. */
    record Deposit(long amount) {}

    /** Moves money to another account: at once, or after a while under a token. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Transfer(String to, long amount, Long afterMillis, String token) {}

    /** Takes back a delayed transfer. */
    record Cancel(String token) {}

    /** Any one of them: a topic has values of one type, and keeps the order in which an account is told. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Command(Deposit deposit, Transfer transfer, Cancel cancel) {}

    private static final Type<Command> COMMAND = Example.json("command", Command.class);
    private static final Type<Deposit> DEPOSIT = Example.json("deposit", Deposit.class);
    private static final Type<Transfer> TRANSFER = Example.json("transfer", Transfer.class);
    private static final Type<Cancel> CANCEL = Example.json("cancel", Cancel.class);
    private static final ValueSpec<Long> BALANCE = ValueSpec.named("balance").withLongType();
    private static final String TOPIC = Example.setting("BALANCES_TOPIC", "balances");

    static final StatefulFunctionSpec SPEC = StatefulFunctionSpec.builder(Example.type("bank"))
            .withValueSpec(BALANCE)
            .withSupplier(Bank::new)
            .build();

    @Override
    public CompletableFuture<Void> apply(Context context, Message message) {
        if (message.is(COMMAND)) {
            Command command = message.as(COMMAND);
            apply(context, command.deposit(), command.transfer(), command.cancel());
        } else if (message.is(DEPOSIT)) {
            apply(context, message.as(DEPOSIT), null, null);
        } else if (message.is(TRANSFER)) {
            apply(context, null, message.as(TRANSFER), null);
        } else if (message.is(CANCEL)) {
            apply(context, null, null, message.as(CANCEL));
        } else {
            throw new IllegalArgumentException("a bank knows no " + message.valueTypeName());
        }
        Example.delivered(context, message.valueTypeName().name());
        return context.done();
    }

    private static void apply(Context context, Deposit deposit, Transfer transfer, Cancel cancel) {
        if (deposit != null) {
            add(context, deposit.amount());
        }
        if (transfer != null) {
            transfer(context, transfer);
        }
        if (cancel != null) {
            context.cancelDelayedMessage(cancel.token());
        }
    }

    private static void transfer(Context context, Transfer transfer) {
        if (transfer.afterMillis() != null) {
            Duration delay = Duration.ofMillis(transfer.afterMillis());
            Message order = MessageBuilder.forAddress(context.self())
                    .withCustomType(TRANSFER, new Transfer(transfer.to(), transfer.amount(), null, null))
                    .build();
            if (transfer.token() == null) {
                context.sendAfter(delay, order);
            } else {
                context.sendAfter(delay, transfer.token(), order);
            }
            return;
        }
        add(context, -transfer.amount());
        context.send(MessageBuilder.forAddress(context.self().type(), transfer.to())
                .withCustomType(DEPOSIT, new Deposit(transfer.amount()))
                .build());
    }

    private static void add(Context context, long amount) {
        long balance = context.storage().get(BALANCE).orElse(0L) + amount;
        context.storage().set(BALANCE, balance);
        Example.emit(context, TOPIC, context.self().id() + ":" + balance);
    }
}
