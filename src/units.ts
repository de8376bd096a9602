/** A megabyte, in bytes: all of sesswatch counts memory in powers of 1000. */
export const MEGABYTE = 1_000_000;

/** Units of time by their letter, in seconds, largest first. */
export const DURATION_UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Units of memory, each 1000 times the one before. */
export const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Memory for people: `212 MB`, `4.6 GB`. Steps of 1000; one decimal from GB up; `-` when not known. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  let value = Math.abs(bytes);
  let step = 0;
  // 999.7 MB would round to 1000 MB, which is 1.0 GB.
  while (Math.round(value) >= 1000 && step < SIZE_UNITS.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step >= 3 ? value.toFixed(1) : String(Math.round(value));
  return `${bytes < 0 ? '-' : ''}${digits} ${SIZE_UNITS[step]}`;
}

/** A change of memory, signed: `+12 MB`. */
export function formatBytesDelta(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

/** `212 → 214 MB`, `1.0 → 1.1 GB`; one value where nothing that people would see has changed. */
export function bytesChange(before: number, after: number): string {
  const [from, to] = [formatBytes(before), formatBytes(after)];
  if (from === to) return to;
  const [fromUnit, toUnit] = [from.split(' ')[1], to.split(' ')[1]];
  return fromUnit === toUnit ? `${from.split(' ')[0]} → ${to}` : `${from} → ${to}`;
}

/** A duration for people, its largest unit and the next one: `47s`, `12m`, `3m 8s`, `3h 12m`, `2d`; `-` when not known. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  const whole = Math.max(0, Math.floor(seconds));
  const largest = DURATION_UNITS.findIndex(([, size]) => whole >= size);
  if (largest === -1) return '0s';
  let rest = whole;
  const parts: string[] = [];
  for (const [unit, size] of DURATION_UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest %= size;
  }
  return parts.join(' ');
}

/** As it is typed, the shortest: `1h30m`, `15m`; `0` for nothing. */
export function durationText(seconds: number): string {
  let rest = seconds;
  let text = '';
  for (const [unit, size] of DURATION_UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0' : text;
}

/** `1 agent`, `3 agents`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `an agent`, `a host`: by its first letter, as all the words here are spoken. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** `2026-01-15 14:12:42` in the reader's own time zone. */
export function formatTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
