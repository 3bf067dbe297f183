// A plain handler that writes records. POST /Shop/{key}/price with an order as body, {"amount": 12}. Its answer becomes
// a record of the subscription's reply topic; a large order writes two records in one answer.
import { createServer } from "node:http2";

const server = createServer((request, response) => {
  const [, , key] = request.url.split("/").map(decodeURIComponent);
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { amount } = JSON.parse(Buffer.concat(chunks));
    console.log(`${key}: ${amount}`);
    if (amount < 100) {
      response.writeHead(200, { "keyway-reply-key": encodeURIComponent(`small/${key}`) }).end(`${amount * 2}`);
      return;
    }
    const record = { egress: "shop/out", topic: process.env.TOPIC ?? "prices", key: `large/${key}` };
    response.writeHead(200, { "content-type": "application/vnd.keyway.effects+json" }).end(
      JSON.stringify({
        records: [
          { ...record, value: { price: amount * 2 } },
          { ...record, value: "please check", headers: { kind: "note" } },
        ],
      }),
    );
  });
});

server.listen(Number(process.env.PORT ?? 9080), () => console.log(`listening on ${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
