// The API: calls to this service, their problems, and the events of a stream.

/** A problem as the service tells it (RFC 9457), or one of the connection in the same shape. */
export class Problem extends Error {
  constructor(body) {
    super(body.detail || body.title);
    this.body = body;
  }
}

const lost = (detail) => new Problem({ title: "No connection", code: "connection", status: 0, detail, errors: [] });

async function send(path, options = {}, key = "") {
  const headers = { ...options.headers, ...(key ? { "X-API-Key": key } : {}) };
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw lost("The service cannot be reached. Is it running?");
  }
  if (response.ok) return response;
  const text = await response.text();
  try {
    throw new Problem({ ...JSON.parse(text), retryAfter: response.headers.get("Retry-After") });
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ title: response.statusText, code: "", status: response.status, detail: `The answer was ${response.status}.`, errors: [] });
  }
}

/** Return the JSON at a path. */
export async function fetchJson(path, key) {
  return (await send(path, {}, key)).json();
}

function parse(block) {
  const fields = {};
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (name) fields[name] = value;
  }
  return fields.event ? { name: fields.event, data: JSON.parse(fields.data) } : null;
}

async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    yield* blocks.map(parse).filter(Boolean);
  }
}

/** Ask for summaries and yield the events up to "done"; a problem on the way is thrown. */
export async function* streamSummaries(call, key, signal) {
  const headers = { ...call.headers, Accept: "text/event-stream" };
  const response = await send(call.path, { method: "POST", body: call.body, headers, signal }, key);
  try {
    for await (const event of readEvents(response.body)) {
      if (event.name === "problem") throw new Problem(event.data);
      yield event;
      if (event.name === "done") return;
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
  }
  throw lost("The connection was lost before the answer was whole.");
}
