// A plain handler in Node.js without a package: HTTP/2 in clear text (h2c), a count per key.
// POST /Counter/{key}/add with the record's value as body; 2xx says that the record is done.
import { createServer } from "node:http2";

const port = Number(process.env.PORT ?? 9080);
const counts = new Map();

const server = createServer((request, response) => {
  const [, service, key, handler] = request.url.split("/").map(decodeURIComponent);
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.method !== "POST" || service !== "Counter" || handler !== "add") {
      response.writeHead(404).end();
      return;
    }
    // The key's records come one at a time and in order, so that no lock is needed.
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const { "kafka.partition": partition = "-", "kafka.offset": offset = "-" } = request.headers;
    console.log(`${key}: ${count} (partition ${partition}, offset ${offset}) ${Buffer.concat(chunks)}`);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(count));
  });
});

server.listen(port, () => console.log(`listening on ${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
