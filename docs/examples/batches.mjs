// A plain handler in Node.js without a package that takes batches: a Virtual Object `Orders` with a handler `handle`.
// POST /Orders/handle brings several records, POST /Orders/{key}/handle the single input of an RPC call.
import { createServer } from "node:http2";

const port = Number(process.env.PORT ?? 9080);

const handle = (key, order) => {
  const status = order.amount < 0 ? 422 : 200;
  console.log(`${key}: ${order.amount} ${status}`);
  return status;
};

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks));
    if (request.headers["content-type"] !== "application/vnd.keyway.batch+json") {
      response.writeHead(handle(decodeURIComponent(request.headers["keyway-key"]), body)).end();
      return;
    }
    const failed = new Set();
    const results = body.map(({ key, value }) => {
      if (failed.has(key)) return 503; // behind a failed record of its key: comes again
      const status = handle(key, value);
      if (status !== 200) failed.add(key);
      return status;
    });
    response
      .writeHead(200, { "content-type": "application/vnd.keyway.batch-results+json" })
      .end(JSON.stringify(results));
  });
});

server.listen(port, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
