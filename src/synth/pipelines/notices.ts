import { refName } from "../../spec/derive.ts";
import { identifier } from "../names.ts";
import { productOf, type Subject } from "../subject.ts";
import { inDoubleQuotes } from "../text/shell.ts";
import { type Values, secret } from "./model.ts";

type Ref = { readonly ref: string };
export type Notice = { readonly script: string; readonly env: Values };

/** A script that tells channels what `$TITLE` came to, `$STATUS`, and where to look, `$LINK`. */
export function noticeTo(subject: Subject, refs: readonly Ref[]): Notice | undefined {
  const { environments } = subject;
  const channels = environments[0]?.channels ?? {};
  const several = Object.values(channels).filter(({ kind }) => kind === "slack").length > 1;
  const lines: string[] = [];
  const env: Record<string, Values[string]> = {};
  for (const ref of refs) {
    const name = refName(ref, "channels");
    const channel = name === undefined ? undefined : channels[name];
    if (channel === undefined) continue;
    switch (channel.kind) {
      case "slack": {
        const key = several ? `SLACK_WEBHOOK_${identifier(channel.address).toUpperCase()}` : "SLACK_WEBHOOK";
        env[key] = secret(key);
        lines.push(
          `# Slack ${channel.address}`,
          'printf \'{"text":"%s: %s\\\\n%s"}\' "$TITLE" "$STATUS" "$LINK" |',
          `  curl --fail --silent --show-error --retry 3 --header 'Content-Type: application/json' --data @- "$${key}"`,
        );
        break;
      }
      case "email":
        env["SMTP_URL"] = secret("SMTP_URL");
        env["SMTP_USER"] = secret("SMTP_USER");
        lines.push(
          `printf 'From: deployments <%s>\\nTo: %s\\nSubject: %s: %s\\n\\n%s\\n' "\${SMTP_USER%%:*}" "${inDoubleQuotes(channel.address)}" "$TITLE" "$STATUS" "$LINK" |`,
          `  curl --fail --silent --show-error --ssl-reqd --url "$SMTP_URL" --user "$SMTP_USER" \\`,
          `    --mail-from "\${SMTP_USER%%:*}" --mail-rcpt "${inDoubleQuotes(channel.address)}" --upload-file -`,
        );
        break;
      case "pagerduty":
        env["PAGERDUTY_KEY"] = secret("PAGERDUTY_KEY");
        lines.push(
          'if [ "$STATUS" != success ]; then',
          '  printf \'{"routing_key":"%s","event_action":"trigger","payload":{"summary":"%s: %s","source":"%s","severity":"error"}}\' \\',
          '    "$PAGERDUTY_KEY" "$TITLE" "$STATUS" "$LINK" |',
          "    curl --fail --silent --show-error --retry 3 --header 'Content-Type: application/json' --data @- https://events.pagerduty.com/v2/enqueue",
          "fi",
        );
        break;
      default:
        break;
    }
  }
  return lines.length === 0 ? undefined : { script: lines.join("\n"), env };
}

export function pipelineNotice(subject: Subject): Notice | undefined {
  return noticeTo(subject, productOf(subject).pipeline?.notify ?? []);
}
