// Days and times of day in the person's own time zone, which need not be this device's.

const parts = (instant, zone) =>
  Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23",
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    }).formatToParts(instant).map(({ type, value }) => [type, value]),
  );

/** 2026-11-23 */
export function localDay(instant, zone) {
  const { year, month, day } = parts(instant, zone);
  return `${year}-${month}-${day}`;
}

/** 09:30 */
export function localTime(instant, zone) {
  const { hour, minute } = parts(instant, zone);
  return `${hour}:${minute}`;
}

/** The instant, in milliseconds, at which it is so many minutes after midnight of that day there. */
export function instantOf(day, minutes, zone) {
  const wall = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
  let instant = wall;
  for (let step = 0; step < 2; step += 1) instant -= wallOf(instant, zone) - wall;
  return instant;
}

function wallOf(instant, zone) {
  const { year, month, day, hour, minute, second } = parts(instant, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
