import { withoutDeleted } from '../process/record.js';

/**
 * A path with `/` on every platform. Only a Windows path is changed: on POSIX a backslash is a letter like any
 * other.
 */
export function slashed(path: string): string {
  const clean = withoutDeleted(path);
  return isWindowsPath(clean) ? clean.replaceAll('\\', '/').replace(/(?<=.)\/{2,}/g, '/') : clean;
}

/** `C:\…`, `\\server\…`; a bare name is of no platform. */
export function isWindowsPath(path: string): boolean {
  const first = path.charCodeAt(0);
  if (first === BACKSLASH) return path.charCodeAt(1) === BACKSLASH;
  if (path.charCodeAt(1) !== COLON) return false;
  const third = path.charCodeAt(2);
  return (third === BACKSLASH || third === SLASH) && (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a;
}

/**
 * The name by which a program is known, from its path: the basename without what packaging adds to it (`.exe`
 * even on Linux and macOS, a target triple, a version, a Nix wrapper's dots). Lower case on Windows alone:
 * elsewhere `Claude` is another program than `claude`.
 */
export function programName(path: string, windows: boolean): string {
  const whole = slashed(path);
  const base = whole.slice(whole.lastIndexOf('/') + 1);
  let name = windows || isWindowsPath(path) ? base.toLowerCase() : base;
  if (name.endsWith('.exe')) name = name.slice(0, -4);
  else if (windows) name = name.replace(/\.(cmd|bat|ps1|com)$/, '');
  if (name.charCodeAt(0) === DOT) name = name.replace(NIX_WRAPPED, '$1');
  // Only a name with a hyphen can carry a triple or a version: spares most names two expressions.
  if (name.includes('-')) name = name.replace(TRIPLE, '').replace(VERSION, '');
  return name;
}

const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const COLON = 0x3a;
const DOT = 0x2e;
/** makeWrapper of nixpkgs keeps the real program beside its wrapper as `.name-wrapped`. */
const NIX_WRAPPED = /^\.(.+?)-(?:un)?wrapped_*$/;
/** Rust's target triples, and the `os-cpu` form of Go, Bun and npm's optional packages. */
const TRIPLE =
  /[-_](?:(?:x86_64|aarch64|arm64|x64|amd64)-(?:apple-darwin|unknown-linux-(?:musl|gnu)|pc-windows-(?:msvc|gnu)|linux|darwin|macos|windows)|(?:linux|darwin|macos|win32|windows)[-_](?:x64|arm64|x86_64|aarch64|amd64)(?:-(?:musl|baseline|gnu))*)$/;
const VERSION = /-v?\d+\.\d+\.\d+$/;

/** A basename that is nothing but a version: `2.1.197`. */
export function isVersionName(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^\d+\.\d+\.\d+(?:[-+][\w.]+)?$/.test(name);
}

/** Whether the kernel's name of a process, cut at 15 bytes on Linux, can be that of a program. */
export function isCommOf(comm: string, program: string): boolean {
  return comm === program || (comm.length >= COMM_LENGTH && program.startsWith(comm));
}

/** TASK_COMM_LEN is 16 with the closing zero: proc_pid_comm(5). */
const COMM_LENGTH = 15;
