// A shop of two functions. A cart asks the inventory for what its user adds and gets it, or not, by a message; at the
// checkout it writes one receipt. What nobody buys for a while goes back. Every item is at any time in stock, on its way
// in a message, in a cart, or on a receipt.
import * as http from "node:http";
import sdk from "apache-flink-statefun";

const { StateFun, kafkaEgressMessage, messageBuilder } = sdk;
const statefun = new StateFun();
const ABANDONED_MILLIS = Number(process.env.ABANDONED_MILLIS ?? 15 * 60_000);

// From Kafka.
const CART_COMMAND = StateFun.jsonType("shop/cart-command");
const RESTOCK = StateFun.jsonType("shop/restock");
// Between the functions.
const RESERVE = StateFun.jsonType("shop/reserve");
const RESERVED = StateFun.jsonType("shop/reserved");
const RETURN = StateFun.jsonType("shop/return");
const ABANDON = StateFun.jsonType("shop/abandon");

function tell(context, typename, id, valueType, value) {
  context.send(messageBuilder({ typename, id, valueType, value }));
}

function write(context, topic, value) {
  context.send(kafkaEgressMessage({ typename: "shop/out", topic, key: context.self.id, value: JSON.stringify(value) }));
}

// One for each item.
statefun.bind({
  typename: "shop/inventory",
  specs: [{ name: "stock", type: StateFun.intType() }],
  fn(context, message) {
    const item = context.self.id;
    let stock = context.storage.stock ?? 0;
    if (message.is(RESTOCK)) {
      stock += message.as(RESTOCK).quantity;
    } else if (message.is(RETURN)) {
      stock += message.as(RETURN).quantity;
    } else if (message.is(RESERVE)) {
      const { quantity } = message.as(RESERVE);
      const granted = quantity <= stock ? quantity : 0;
      stock -= granted;
      tell(context, "shop/user-shopping-cart", context.caller.id, RESERVED, { item, quantity: granted });
    } else {
      throw new Error(`an inventory knows no ${message.valueTypeName}`);
    }
    context.storage.stock = stock;
    write(context, "stock", { item, stock });
  },
});

const EMPTY = { items: {}, asked: 0, closing: 0, receipts: 0, token: null };

// One for each user.
statefun.bind({
  typename: "shop/user-shopping-cart",
  specs: [{ name: "cart", type: StateFun.jsonType("shop/cart") }],
  fn(context, message) {
    const cart = { ...EMPTY, ...context.storage.cart };
    if (message.is(CART_COMMAND)) {
      command(context, cart, message.as(CART_COMMAND));
    } else if (message.is(RESERVED)) {
      reserved(context, cart, message.as(RESERVED));
    } else if (message.is(ABANDON)) {
      giveBack(context, cart);
    } else {
      throw new Error(`a cart knows no ${message.valueTypeName}`);
    }
    // What was asked for may still come: receipts wait for it.
    while (cart.closing > 0 && cart.asked === 0) {
      receipt(context, cart);
    }
    context.storage.cart = cart;
  },
});

function command(context, cart, { type, item, quantity }) {
  switch (type) {
    case "add":
      cart.asked += 1;
      tell(context, "shop/inventory", item, RESERVE, { quantity });
      break;
    case "clear":
      giveBack(context, cart);
      break;
    case "checkout":
      cart.closing += 1;
      break;
    default:
      throw new Error(`a cart cannot ${type}`);
  }
}

// One delayed message to itself, which a checkout takes back.
function watch(context, cart) {
  if (cart.token === null) {
    cart.token = `abandoned-${cart.receipts}`;
    const { typename, id } = context.self;
    context.sendAfter(ABANDONED_MILLIS, messageBuilder({ typename, id, valueType: ABANDON, value: {} }), cart.token);
  }
}

function reserved(context, cart, { item, quantity }) {
  cart.asked -= 1;
  if (quantity > 0) {
    watch(context, cart);
    cart.items = { ...cart.items, [item]: (cart.items[item] ?? 0) + quantity };
  }
}

function giveBack(context, cart) {
  for (const [item, quantity] of Object.entries(cart.items)) {
    tell(context, "shop/inventory", item, RETURN, { quantity });
  }
  cart.items = {};
  unwatch(context, cart);
}

function receipt(context, cart) {
  cart.closing -= 1;
  cart.receipts += 1;
  write(context, "receipts", { user: context.self.id, number: cart.receipts, items: cart.items });
  cart.items = {};
  unwatch(context, cart);
}

function unwatch(context, cart) {
  if (cart.token !== null) {
    context.cancelDelayedMessage(cart.token);
    cart.token = null;
  }
}

const server = http.createServer(statefun.handler());
server.listen(Number(process.env.PORT ?? 8000), "127.0.0.1", () => {
  console.log("LISTENING " + server.address().port);
});
