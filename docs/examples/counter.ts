// node counter.ts (Node.js 22.18 or newer): POST /Counter/{key}/add over HTTP/2 in clear text
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";

const counts = new Map<string, number>();

const server = createServer(async (request, response) => {
  const [, service, key, handler] = request.url.split("/").map(decodeURIComponent);
  let event = "";
  for await (const chunk of request) event += chunk;
  if (service !== "Counter" || handler !== "add") {
    response.writeHead(404).end();
    return;
  }
  const count = (counts.get(key) ?? 0) + JSON.parse(event).n;
  counts.set(key, count);
  console.log(`${key}: ${count}`);
  response.writeHead(200, { "content-type": "application/json" }).end(String(count));
});

server.listen(Number(process.env.PORT ?? 9080), "127.0.0.1", () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
