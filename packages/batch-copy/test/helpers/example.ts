import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach } from "node:test";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../../examples/", import.meta.url));

/** An example that runs in a process of its own. */
interface RunningExample {
  readonly process: ChildProcessWithoutNullStreams;
  /** The exit code or the signal that ended it, and all that it has printed. */
  readonly ended: () => Promise<{ by: number | string; output: string }>;
}

/** Runs examples; after each test, those that still run are killed. */
export function useExamples(): (url: string, args: readonly string[]) => RunningExample {
  const running: ChildProcessWithoutNullStreams[] = [];
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
  return (url, args) => {
    const child = spawn(process.execPath, ["--enable-source-maps", ...args], {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: url },
    });
    running.push(child);
    const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
    return {
      process: child,
      async ended() {
        const [[code, signal], ...output] = await ended;
        return { by: (code as number | null) ?? (signal as string), output: output.join("") };
      },
    };
  };
}

/** An example that serves HTTP. */
export interface ServerExample {
  /** POSTs the metric 42 ms for "/hello/world". */
  readonly post: (path: string, id: number) => Promise<{ status: number; body: object }>;
  /** Sends SIGTERM. */
  readonly stop: RunningExample["ended"];
}

/** Starts an example with `--listen`; resolves when it listens. */
export async function serve(
  run: ReturnType<typeof useExamples>,
  url: string,
  name: string,
  port: number,
): Promise<ServerExample> {
  const example = run(url, [`dist/${name}.js`, "--listen", String(port)]);
  await Promise.race([once(example.process.stdout, "data"), failedToStart(example)]);
  return {
    async post(path, id) {
      const response = await fetch(`http://localhost:${port}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id, url: "/hello/world", latency_ms: 42 }),
      });
      const body = await response.text();
      return { status: response.status, body: body === "" ? {} : (JSON.parse(body) as object) };
    },
    stop() {
      example.process.kill("SIGTERM");
      return example.ended();
    },
  };
}

async function failedToStart(example: RunningExample): Promise<never> {
  const { by, output } = await example.ended();
  throw new Error(`the example ended by ${by}: ${output}`);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
