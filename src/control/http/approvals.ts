import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { givenOf } from "../../delivery/gates/approvals-asked.ts";
import type { Release } from "../../delivery/release.ts";
import { printable } from "../../lib/text.ts";
import type { LinkRow } from "../../store/approval-links.ts";
import type { Store } from "../../store/store.ts";
import type { Desk } from "../engine/ask.ts";
import { type ApprovalLinks, commandOfLink } from "../releases/approval-links.ts";
import { materialOf } from "../releases/material.ts";
import { rolesOf } from "../releases/roles.ts";
import { type ApprovalPage, approvalPage } from "./approval-page.ts";
import { approvalState } from "./approval-state.ts";
import { notePage, pageHeaders } from "./page.ts";

// A decision by link. Looking changes nothing, for whoever passes a link on looks at it as well; the form of the page decides.

export type ApprovalParts = {
  readonly store: Pick<Store, "runs" | "commands" | "releases">;
  readonly links: Pick<ApprovalLinks, "find">;
  readonly desk: Desk;
  readonly nowMs: () => number;
};

const cookie = "gantry_name";
const rememberedS = 365 * 86_400;
const mostName = 200;
const mostReason = 500;

type Shown = { readonly link: LinkRow; readonly page: Omit<ApprovalPage, "name"> };

export function approvalRoutes({ store, links, desk, nowMs }: ApprovalParts): Hono {
  const look = async (token: string): Promise<Shown | undefined> => {
    const link = await links.find(token);
    const row = link === undefined ? undefined : await store.runs.get(link.run);
    if (link === undefined || row === undefined) return undefined;
    const release = desk.read(row) as Release;
    const command = await store.commands.get(commandOfLink(link));
    const members = (await materialOf(store, release.id))?.environment.roles[link.role]?.members ?? [];
    const state = approvalState(link, { release, command, nowMs: nowMs() });
    return { link, page: { release, step: link.step, role: link.role, state, members } };
  };
  const nothing = notePage("Nothing here", "There is no such link, or what it was about is long over.");

  const app = new Hono();
  app.get("/:token", async (context) => {
    const shown = await look(context.req.param("token"));
    if (shown === undefined) return context.body(nothing, 404, pageHeaders);
    return context.body(approvalPage({ ...shown.page, name: getCookie(context, cookie) ?? "" }), 200, pageHeaders);
  });

  app.post("/:token", async (context) => {
    const token = context.req.param("token");
    const shown = await look(token);
    if (shown === undefined) return context.body(nothing, 404, pageHeaders);
    const { link, page } = shown;
    const said = saidIn(context.req.header("content-type"), await context.req.text());
    const refuse = (status: 400 | 403 | 409, refused: string) =>
      context.body(approvalPage({ ...page, name: said?.name ?? "", reason: said?.reason ?? "", refused }), status, pageHeaders);
    if (page.state.is !== "asked") return refuse(409, "Nothing was changed by this: it came too late.");
    if (said === undefined) return refuse(400, "Say yes or no, and who you are.");
    const { name, reason, yes } = said;
    const environment = (await materialOf(store, link.run))?.environment;
    if (environment === undefined || !rolesOf(environment, name).includes(link.role))
      return refuse(403, `${name} is not of ${link.role}, who have to say it.`);
    if (yes && givenOf(page.release, link.gate).includes(name))
      return refuse(409, `${name} has said yes already: this is for somebody else.`);
    await desk.command(link.run, {
      id: commandOfLink(link),
      atMs: nowMs(),
      by: { kind: "person", name, known: "link" },
      roles: [link.role],
      verb: yes ? "approve" : "reject",
      step: link.step,
      ...(reason === "" ? {} : { reason }),
    });
    setCookie(context, cookie, name, { path: "/approvals", httpOnly: true, sameSite: "Strict", maxAge: rememberedS });
    return context.body("", 303, { ...pageHeaders, location: `/approvals/${token}` });
  });
  return app;
}

type Said = { readonly name: string; readonly reason: string; readonly yes: boolean };

function saidIn(type: string | undefined, body: string): Said | undefined {
  if (!/^application\/x-www-form-urlencoded\b/i.test(type ?? "")) return undefined;
  const form = new URLSearchParams(body);
  const text = (key: string) => printable((form.get(key) ?? "").trim());
  const [name, reason, decision] = [text("name"), text("reason"), form.get("decision")];
  if (name === "" || name.length > mostName || (decision !== "yes" && decision !== "no")) return undefined;
  return { name, reason: reason.slice(0, mostReason), yes: decision === "yes" };
}
