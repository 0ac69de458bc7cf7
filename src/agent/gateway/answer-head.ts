/** What of a replica's answer its client is sent: all but what was meant for the connection between replica and gateway. */
export function answerHeaders(raw: readonly Buffer[]): { readonly headers: string[]; readonly length: number } {
  const headers: string[] = [];
  let connection = "";
  let coded = false;
  let lengthAt = -1;
  let length = -1;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as Buffer).toString("latin1");
    const value = (raw[index + 1] as Buffer).toString("latin1");
    switch (name.toLowerCase()) {
      case "connection":
        connection += `,${value.toLowerCase()}`;
        break;
      case "keep-alive":
      case "proxy-connection":
      case "proxy-authenticate":
      case "upgrade":
        break;
      case "transfer-encoding":
        coded = true;
        break;
      case "content-length":
        lengthAt = headers.length;
        length = Number(value);
        headers.push(name, value);
        break;
      default:
        headers.push(name, value);
    }
  }
  // With both the coding counts; to pass the length on would leave the two sides of us with two ideas of where the answer ends.
  if (coded && lengthAt >= 0) headers.splice(lengthAt, 2);
  if (connection !== "" && connection !== ",keep-alive" && connection !== ",close") removeNamed(headers, connection);
  return { headers, length: coded ? -1 : length };
}

function removeNamed(headers: string[], connection: string): void {
  const named = new Set(connection.split(",").map((one) => one.trim()));
  named.delete("content-length");
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (named.has((headers[index] ?? "").toLowerCase())) headers.splice(index, 2);
}
