import { connect } from "node:net";

/** Asks clamd by its INSTREAM command. Undefined where CLAMAV_HOST names none. */
export function scannerOfEnvironment(): ((content: Buffer) => Promise<"clean" | "infected">) | undefined {
  const { CLAMAV_HOST: host, CLAMAV_PORT: port = "3310" } = process.env;
  if (!host) return undefined;
  return async (content) => {
    const said = await instream(host, Number(port), content);
    if (said.endsWith("OK")) return "clean";
    if (said.endsWith("FOUND")) return "infected";
    throw new Error(`clamd said: ${said.slice(0, 200)}`);
  };
}

function instream(host: string, port: number, content: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 20_000 });
    let said = "";
    socket.setEncoding("utf8").on("data", (text: string) => (said += text));
    socket.on("error", reject).on("timeout", () => socket.destroy(new Error("clamd does not answer")));
    socket.on("end", () => resolve(said.replace(/\0/g, "").trim()));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(content.length);
    // A chunk with its length, and one of no length as the end.
    socket.write(Buffer.concat([Buffer.from("zINSTREAM\0"), ...(content.length > 0 ? [size, content] : []), Buffer.alloc(4)]));
  });
}
