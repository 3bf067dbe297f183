// npm install @restatedev/restate-sdk; node restate-counter.ts (Node.js 22.18 or newer)
import * as restate from "@restatedev/restate-sdk";

const counts = new Map<string, number>();

const counter = restate.object({
  name: "Counter",
  handlers: {
    add: async (ctx: restate.ObjectContext, event: { n: number }) => {
      const count = (counts.get(ctx.key) ?? 0) + event.n;
      counts.set(ctx.key, count);
      console.log(`${ctx.key}: ${count} (offset ${ctx.request().headers.get("kafka.offset")})`);
      return count;
    },
  },
});

const port = await restate.serve({ services: [counter], port: Number(process.env.PORT ?? 9080) });
console.log(`listening on ${port}`);
