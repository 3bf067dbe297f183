// Services as a user writes them with Restate's TypeScript SDK; nothing here knows of Keyway.
// Each delivery is printed as one line, which is how the tests see it from outside of the process.
import * as http from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import * as restate from "@restatedev/restate-sdk";

function delivered(ctx: restate.Context, what: string, value: unknown, key?: string) {
  const offset = ctx.request().headers.get("kafka.offset");
  console.log("DELIVERED " + JSON.stringify({ what, key, offset, value }));
}

const attempts = new Map<string, number>();

const greeter = restate.service({
  name: "TsGreeter",
  handlers: {
    greet: async (ctx: restate.Context, name: string) => {
      delivered(ctx, "greet", name);
      return { greeting: `Hello ${name}` };
    },
    headers: async (ctx: restate.Context) => {
      const headers = Object.fromEntries(ctx.request().headers.entries());
      delivered(ctx, "headers", headers);
      return headers;
    },
    bytes: restate.handlers.handler(
      { input: restate.serde.binary, output: restate.serde.binary },
      async (ctx: restate.Context, data: Uint8Array) => {
        delivered(ctx, "bytes", Buffer.from(data).toString("hex"));
        return data;
      },
    ),
    terminal: async (ctx: restate.Context) => {
      delivered(ctx, "terminal", null);
      throw new restate.TerminalError("out of stock", { errorCode: 409 });
    },
    flaky: async (ctx: restate.Context, id: string) => {
      const attempt = (attempts.get(id) ?? 0) + 1;
      attempts.set(id, attempt);
      delivered(ctx, "flaky", attempt);
      if (attempt < 3) {
        throw new Error(`attempt ${attempt} fails`);
      }
      return attempt;
    },
    slow: async (ctx: restate.Context, millis: number) => {
      delivered(ctx, "slow begins", millis);
      await setTimeout(millis);
      delivered(ctx, "slow", millis);
      return millis;
    },
    run: async (ctx: restate.Context) => await ctx.run("charge", () => 42),
    sleep: async (ctx: restate.Context) => await ctx.sleep(1),
    call: async (ctx: restate.Context) => await ctx.serviceClient<typeof greeter>({ name: "TsGreeter" }).greet("x"),
    send: async (ctx: restate.Context) => {
      ctx.serviceSendClient<typeof greeter>({ name: "TsGreeter" }).greet("x");
    },
    awakeable: async (ctx: restate.Context) => await ctx.awakeable<string>().promise,
  },
});

const counter = restate.object({
  name: "TsCounter",
  handlers: {
    record: async (ctx: restate.ObjectContext, event: { n: number }) => {
      delivered(ctx, "begins", event.n, ctx.key);
      await setTimeout(1);
      delivered(ctx, "record", event.n, ctx.key);
      return { key: ctx.key, n: event.n };
    },
    look: restate.handlers.object.shared(async (ctx: restate.ObjectSharedContext, event: { n: number }) => {
      delivered(ctx, "look", event.n, ctx.key);
      return { key: ctx.key, n: event.n };
    }),
    get: async (ctx: restate.ObjectContext) => (await ctx.get<number>("count")) ?? "empty",
    lookState: restate.handlers.object.shared(
      async (ctx: restate.ObjectSharedContext) => (await ctx.get<number>("count")) ?? "empty",
    ),
    keys: async (ctx: restate.ObjectContext) => await ctx.stateKeys(),
    set: async (ctx: restate.ObjectContext, value: number) => {
      ctx.set("count", value);
      return value;
    },
    clear: async (ctx: restate.ObjectContext) => ctx.clearAll(),
  },
});

const flow = restate.workflow({
  name: "TsFlow",
  handlers: {
    run: async (ctx: restate.WorkflowContext) => await ctx.promise<string>("paid"),
  },
});

// Over HTTP/1.1, as on serverless platforms, the SDK answers only after the request has ended (REQUEST_RESPONSE).
const endpoint = restate.createEndpointHandler({ services: [greeter, counter, flow] });
const server = process.env.HTTP1 ? http.createServer(endpoint) : http2.createServer(endpoint);
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log("LISTENING " + (server.address() as AddressInfo).port);
});
