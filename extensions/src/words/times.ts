const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let zone: string | undefined;

/** Let exact times be those of the facility, by its zone's name; of the reader where it is none that is known. */
export function tellExactTimesIn(name: string): void {
  try {
    zone = new Intl.DateTimeFormat(undefined, { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    zone = undefined;
  }
}

/** Time as a list shows it: relative while it is fresh, else of the day, else with its date. */
export function when(time: string, now: Date, locale?: string): string {
  const then = new Date(time);
  const age = now.getTime() - then.getTime();
  if (age >= 0 && age < HOUR) {
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    return age < MINUTE
      ? relative.format(0, 'second')
      : relative.format(-Math.floor(age / MINUTE), 'minute');
  }
  return clockTime(time, now, locale);
}

/** Time of the day, and with its date where that is another. */
export function clockTime(time: string, now: Date, locale?: string): string {
  const then = new Date(time);
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  if (then.toDateString() === now.toDateString()) {
    return then.toLocaleTimeString(locale, clock);
  }
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return then.toLocaleString(locale, { day: 'numeric', month: 'short', ...year, ...clock });
}

/** Time to the second, with its zone, which is the facility's. */
export function exactly(time: string, locale?: string): string {
  return new Date(time).toLocaleString(locale, {
    dateStyle: 'medium',
    timeStyle: 'long',
    hourCycle: 'h23',
    timeZone: zone
  } as Intl.DateTimeFormatOptions);
}

/** How long something took or has taken, from milliseconds: `3.1 s`, `2:07`, `1:02:07`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(milliseconds, 0) / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map(part => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : `${Number(parts[0])}:${parts[1]}`;
}
