import { request } from "node:http";

/** An answer with all of its body. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What is asked besides the path. */
export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a server of this machine. */
export function ask(url: string, { method = "GET", headers = {} }: Question = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        body += piece;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on("error", reject).end();
  });
}

/** A reader of server-sent events. */
export interface EventReader {
  /** What was sent, as the JSON that it is. */
  readonly events: readonly unknown[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  isEnded(): boolean;
  leave(): void;
}

/** Resolves once the answer's head has come. */
export function readEvents(url: string): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false }, (response) => {
      const events: unknown[] = [];
      let [rest, isEnded] = ["", false];
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        const messages = (rest + piece).split("\n\n");
        rest = messages.pop() ?? "";
        for (const message of messages)
          if (message.startsWith("data: ")) events.push(JSON.parse(message.slice(6)));
      });
      response
        .on("error", () => undefined)
        .once("close", () => {
          isEnded = true;
        });
      if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
      resolve({ events, headers: response.headers, isEnded: () => isEnded, leave: () => asked.destroy() });
    });
    asked.on("error", reject).end();
  });
}
