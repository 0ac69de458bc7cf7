const msPerDay = 86_400_000;

/** Parts of a moment in UTC, given in seconds since 1970. */
export const calendar: Readonly<Record<string, (seconds: number) => number>> = {
  year: (seconds) => moment(seconds).getUTCFullYear(),
  month: (seconds) => moment(seconds).getUTCMonth() + 1,
  day_of_month: (seconds) => moment(seconds).getUTCDate(),
  day_of_week: (seconds) => moment(seconds).getUTCDay(),
  day_of_year(seconds) {
    const now = moment(seconds);
    return Math.floor((now.getTime() - new Date(now).setUTCMonth(0, 1)) / msPerDay) + 1;
  },
  days_in_month(seconds) {
    const now = moment(seconds);
    // The zeroth day of a month is the last of the one before.
    now.setUTCMonth(now.getUTCMonth() + 1, 0);
    return now.getUTCDate();
  },
  hour: (seconds) => moment(seconds).getUTCHours(),
  minute: (seconds) => moment(seconds).getUTCMinutes(),
};

/** Beyond what a Date holds, everything about it is NaN. */
function moment(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1_000);
}
