// Functions as a user writes them with the JavaScript SDK of Stateful Functions; nothing here knows of Keyway. They do
// what those in Java do. Each delivery is printed as one line, which is how the tests see it from outside of the process.
import * as http from "node:http";
import sdk from "apache-flink-statefun";

const { StateFun, kafkaEgressMessage, messageBuilder } = sdk;
const env = process.env;
const statefun = new StateFun();

function delivered(context, value) {
  if (env.QUIET === undefined) {
    const { name, id } = context.self;
    console.log("DELIVERED " + JSON.stringify({ what: name, key: id, caller: context.caller?.typename, value }));
  }
}

// Emits a record with the function's id as its key.
function emit(context, topic, value) {
  context.send(kafkaEgressMessage({ typename: "example/out", topic, key: context.self.id, value }));
}

function text(message) {
  return message.isString() ? message.asString() : message.rawValueBytes.toString("utf8");
}

// Counts what comes for an id, whatever its type.
statefun.bind({
  typename: "example/counter",
  specs: [{ name: "seen", type: StateFun.intType() }],
  fn(context) {
    const seen = (context.storage.seen ?? 0) + 1;
    context.storage.seen = seen;
    emit(context, env.OUT_TOPIC ?? "counts", `${context.self.id}:${seen}`);
    delivered(context, seen);
  },
});

const COMMAND = StateFun.jsonType("example/command");
const DEPOSIT = StateFun.jsonType("example/deposit");
const TRANSFER = StateFun.jsonType("example/transfer");
const CANCEL = StateFun.jsonType("example/cancel");

function add(context, amount) {
  const balance = (context.storage.balance ?? 0) + amount;
  context.storage.balance = balance;
  emit(context, env.BALANCES_TOPIC ?? "balances", `${context.self.id}:${balance}`);
}

function apply(context, deposit, transfer, cancel) {
  if (deposit !== undefined) {
    add(context, deposit.amount);
  }
  if (transfer !== undefined) {
    const { to, amount, afterMillis, token } = transfer;
    const typename = "example/bank";
    if (afterMillis !== undefined) {
      const order = messageBuilder({ typename, id: context.self.id, value: { to, amount }, valueType: TRANSFER });
      context.sendAfter(afterMillis, order, token);
    } else {
      add(context, -amount);
      context.send(messageBuilder({ typename, id: to, value: { amount }, valueType: DEPOSIT }));
    }
  }
  if (cancel !== undefined) {
    context.cancelDelayedMessage(cancel.token);
  }
}

// Accounts: see Bank.java.
statefun.bind({
  typename: "example/bank",
  specs: [{ name: "balance", type: StateFun.intType() }],
  fn(context, message) {
    if (message.is(COMMAND)) {
      const { deposit, transfer, cancel } = message.as(COMMAND);
      apply(context, deposit, transfer, cancel);
    } else if (message.is(DEPOSIT)) {
      apply(context, message.as(DEPOSIT));
    } else if (message.is(TRANSFER)) {
      apply(context, undefined, message.as(TRANSFER));
    } else if (message.is(CANCEL)) {
      apply(context, undefined, undefined, message.as(CANCEL));
    } else {
      throw new Error(`a bank knows no ${message.valueTypeName}`);
    }
    delivered(context, message.valueTypeName.split("/")[1]);
  },
});

// Greets by name; the user named "nobody" is forgotten.
statefun.bind({
  typename: "example/greeter",
  specs: [{ name: "profile", type: StateFun.jsonType("example/profile") }],
  async fn(context, message) {
    const { name } = message.as(StateFun.jsonType("example/user"));
    if (name === "nobody") {
      context.storage.profile = null;
      return;
    }
    const visits = (context.storage.profile?.visits ?? 0) + 1;
    context.storage.profile = { name, visits };
    emit(context, env.GREETINGS_TOPIC ?? "greetings", `Hello ${name}, visit ${visits}`);
    delivered(context, name);
  },
});

const TTL = Number(env.EXPIRE_MILLIS ?? 1000);

// Two states that go away by themselves. "write" adds one to both, any other text only looks.
statefun.bind({
  typename: "example/expiring",
  specs: [
    { name: "written", type: StateFun.intType(), expireAfterWrite: TTL },
    { name: "called", type: StateFun.intType(), expireAfterCall: TTL },
  ],
  fn(context, message) {
    const { storage } = context;
    if (text(message) === "write") {
      storage.written = (storage.written ?? 0) + 1;
      storage.called = (storage.called ?? 0) + 1;
    }
    const shown = `${context.self.id}:${storage.written ?? "-"}:${storage.called ?? "-"}`;
    emit(context, env.EXPIRING_TOPIC ?? "expiring", shown);
    delivered(context, text(message));
  },
});

// Fails at the text "poison", and with it the batch.
statefun.bind({
  typename: "example/poison",
  fn(context, message) {
    delivered(context, text(message));
    if (text(message) === "poison") {
      throw new Error("poisoned");
    }
    emit(context, env.SURVIVORS_TOPIC ?? "survivors", text(message));
  },
});

const BUILT_IN = [StateFun.stringType(), StateFun.booleanType(), StateFun.intType(), StateFun.floatType()];

// Emits type=value of a built-in type, type=hex of any other, and sends the message back to a caller.
statefun.bind({
  typename: "example/echo",
  fn(context, message) {
    const type = BUILT_IN.find((known) => message.is(known));
    const value = type === undefined ? message.rawValueBytes.toString("hex") : String(message.as(type));
    emit(context, env.ECHO_TOPIC ?? "echo", `${message.valueTypeName}=${value}`);
    if (context.caller !== null && type !== undefined) {
      const { typename, id } = context.caller;
      context.send(messageBuilder({ typename, id, value: message.as(type), valueType: type }));
    }
    delivered(context, value);
  },
});

const server = http.createServer(statefun.handler());
if (env.KEEP_ALIVE_MILLIS !== undefined) {
  server.keepAliveTimeout = Number(env.KEEP_ALIVE_MILLIS);
}
server.listen(Number(env.PORT ?? 0), "127.0.0.1", () => {
  console.log("LISTENING " + server.address().port);
});
