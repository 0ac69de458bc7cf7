/** Metrics, which may have colons, and labels; anything else has to be quoted. */
export const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
export const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Words of the language that cannot be a metric's name without quotes. */
export const reservedWords = new Set(["inf", "nan", "bool", "ignoring", "on", "group_left", "group_right", "offset"]);
