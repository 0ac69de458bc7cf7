// As much of IAM as it takes to ask a policy what it lets through.

export type Statement = {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};

export type Request = {
  readonly action: string;
  readonly on: string;
  readonly with?: Readonly<Record<string, string>>;
};

export function statementsOf(policy: unknown): readonly Statement[] {
  return (JSON.parse(String(policy)) as { readonly Statement: readonly Statement[] }).Statement;
}

/** What is denied by one statement is denied, whatever the others say. */
export function isAllowed(statements: readonly Statement[], request: Request): boolean {
  const speaking = statements.filter((one) => isAbout(one, request));
  return speaking.some(({ Effect }) => Effect === "Allow") && !speaking.some(({ Effect }) => Effect === "Deny");
}

/** What is granted counts as far as the boundary reaches. */
export function isAllowedWithin(boundary: readonly Statement[], granted: readonly Statement[], request: Request): boolean {
  return isAllowed(boundary, request) && isAllowed(granted, request);
}

function isAbout({ Action, NotAction, Resource = "*", Condition = {} }: Statement, request: Request): boolean {
  const action =
    NotAction === undefined
      ? all(Action).some((one) => isLike(one, request.action))
      : !all(NotAction).some((one) => isLike(one, request.action));
  return action && all(Resource).some((one) => isLike(one, request.on)) && holds(Condition, request.with ?? {});
}

function holds(condition: NonNullable<Statement["Condition"]>, given: Readonly<Record<string, string>>): boolean {
  return Object.entries(condition).every(([operator, wanted]) =>
    Object.entries(wanted).every(([key, values]) => {
      const value = given[key];
      if (value === undefined) return false;
      switch (operator) {
        case "StringEquals":
        case "ArnEquals":
        case "Bool":
          return all(values).includes(value);
        case "StringLike":
          return all(values).some((one) => isLike(one, value));
        default:
          throw new Error(`no stand-in for the condition ${operator}`);
      }
    }),
  );
}

function isLike(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(text);
}

function all(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
