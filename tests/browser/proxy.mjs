// A proxy that every address leads to: it ends TLS with a certificate of its own and asks one function for all answers.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";

/** @typedef {import("./harness.mjs").Site} Site */

export async function openProxy() {
  const pair = certificate();
  const proxy = {
    port: 0,
    /** @type {Site} */
    answer: async () => undefined,
    /** What was asked for and not known. @type {string[]} */
    unanswered: [],
    close: () => {
      plain.close();
      plain.closeAllConnections();
      secure.closeAllConnections();
    },
  };
  /** @param {string} scheme @returns {import("node:http").RequestListener} */
  const listener = (scheme) => async (request, response) => {
    const url = new URL(request.url ?? "", `${scheme}://${request.headers.host}`).href;
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // the browser left in the middle of the question
    const answer = await proxy.answer({ method: request.method ?? "GET", url, body });
    if (!answer) {
      proxy.unanswered.push(url);
      return response.writeHead(503).end();
    }
    const { status = 200, headers = {}, body: content = "", contentType } = answer;
    response.writeHead(status, { ...(contentType ? { "content-type": contentType } : {}), ...headers }).end(content);
  };
  const secure = https.createServer({ key: pair, cert: pair }, listener("https"));
  const plain = createServer(listener("http"));
  plain.on("connect", (_request, socket) => {
    socket.on("error", () => {}); // the browser may leave at any time
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    secure.emit("connection", socket);
  });
  await new Promise((resolve) => plain.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = plain.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  proxy.port = address.port;
  return proxy;
}

/** A key that lives as long as this process, and a certificate that nobody else has reason to trust. */
const certificate = () =>
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=replicas", "-keyout", "-", "-out", "-"], { stdio: ["ignore", "pipe", "ignore"] });
