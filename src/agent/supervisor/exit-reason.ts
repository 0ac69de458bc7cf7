import { constants } from "node:os";
import { spanWords } from "./span-words.ts";

export type Exit = { readonly status: number | null; readonly signal: NodeJS.Signals | null; readonly ranMs: number };

/** Why a process that nobody ended is no more, in a sentence whose subject is the process. */
export function exitReason(exit: Exit, tail: readonly string[]): string {
  const after = `after ${spanWords(exit.ranMs)}`;
  if (exit.signal === "SIGKILL") return `was killed by SIGKILL (out of memory?) ${after}`;
  if (exit.signal) return `was ended by ${exit.signal}${heapWords(tail)} ${after}`;
  return `ended with status ${exit.status ?? "unknown"}${statusWords(exit.status ?? 0)}${heapWords(tail)} ${after}`;
}

/** A shell, and much that behaves like one, tells the signal that ended its child as 128 and the signal's number. */
function statusWords(status: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => status === 128 + number)?.[0];
  if (signal === undefined) return "";
  return signal === "SIGKILL" ? " (SIGKILL inside: out of memory?)" : ` (${signal} inside)`;
}

function heapWords(tail: readonly string[]): string {
  return tail.some((line) => line.includes("JavaScript heap out of memory")) ? " (its heap was full)" : "";
}

/** Whether it ended because somebody else had its port. */
export function saysPortTaken(tail: readonly string[]): boolean {
  return tail.some((line) => /EADDRINUSE|address (?:is )?already in use|only one usage of each socket address/i.test(line));
}

/** Why a process could not even be started. */
export function startReason(error: unknown, program: string, folder: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === undefined ? undefined : startWords[code];
  return `could not be started: ${why?.(program, folder) ?? message}`;
}

const startWords: Readonly<Record<string, (program: string, folder: string) => string>> = {
  "no-folder": (_program, folder) => `${folder}: no such folder`,
  "no-interpreter": (program) => `${program}: there is no such program as its first line names`,
  ENOENT: (program) => `${program}: no such file`,
  EACCES: (program) => `${program}: it may not be executed, or not be reached (EACCES)`,
  EPERM: (program) => `${program}: the system does not permit it (EPERM)`,
  ENOTDIR: (program, folder) => `${program} in ${folder}: part of the path is no folder`,
  ENOEXEC: (program) => `${program}: not a program of this machine's kind`,
  E2BIG: (program) => `${program}: its arguments and its environment together are too long`,
  EAGAIN: () => "the machine has no room for another process (EAGAIN)",
  ENOMEM: () => "the machine has no memory left (ENOMEM)",
  EMFILE: () => "too many files are open (EMFILE)",
};
