const BYTES = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Memory for people: `212 MB`, `4.6 GB`. Steps of 1024; one decimal from GB up; `-` when not known. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  let value = Math.abs(bytes);
  let step = 0;
  while (value >= 1024 && step < BYTES.length - 1) {
    value /= 1024;
    step++;
  }
  // 1023.7 MB would round to 1024 MB, which is 1.0 GB.
  if (Math.round(value) >= 1024 && step < BYTES.length - 1) {
    value /= 1024;
    step++;
  }
  const digits = step >= 3 ? value.toFixed(1) : String(Math.round(value));
  return `${bytes < 0 ? '-' : ''}${digits} ${BYTES[step]}`;
}

/** A change of memory, signed: `+12 MB`. */
export function formatBytesDelta(bytes: number | undefined): string {
  if (bytes === undefined) return '-';
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

/** A duration for people, its two largest units: `47s`, `3m 8s`, `1h 05m`, `2d 3h`; `-` when not known. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${String(minutes).padStart(2, '0')}m`;
  if (minutes > 0) return `${minutes}m ${whole % 60}s`;
  return `${whole}s`;
}

/** `1 agent`, `3 agents`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `2026-01-15 14:12:42` in the reader's own time zone. */
export function formatTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
