import { isWindowsPath, slashed } from './program-name.js';

/** What stands in place of everything that is not known to be harmless. */
export const HIDDEN = '…';

/** A hidden text, with its length: `…(212 characters)`. */
export function hiddenText(text: string): string {
  return text.startsWith(HIDDEN) && text.length < 30 ? text : `${HIDDEN}(${text.length} characters)`;
}

/** Longest word that is looked at; whatever is longer is hidden unread. */
const LONGEST = 512;

/**
 * A path of letters, digits and a few marks, its opaque parts hidden: `/home/u/.npm/_npx/…/node_modules`.
 * `undefined` for what is none, a relative name of one word included.
 *
 * @param blanks whether the OS itself says that it is a path, so that blanks are part of it
 */
export function shownPath(text: string, blanks = false): string | undefined {
  if (text.length > LONGEST || !PATH_START.test(text)) return undefined;
  const pattern = blanks ? PATH_WITH_BLANKS : isWindowsPath(text) ? WINDOWS_PATH : PLAIN_PATH;
  if (!pattern.test(text.replace(FOLDERS_WITH_BLANKS, '$1x'))) return undefined;
  return text
    .split(/([/\\])/)
    .map((part) => (isOpaque(part) ? HIDDEN : part))
    .join('');
}

/** Folders that programs are installed in, and applications, whose names have blanks. */
const FOLDERS_WITH_BLANKS =
  /([/\\])(Application Support|Program Files( \(x86\))?|Visual Studio Code( - Insiders)?\.app|Claude Code [\w]{1,20}|T3 Code( \([A-Za-z]{1,10}\))?)(?=[/\\]|$)/g;
const PATH_START = /^(\/|~\/|\.\.?(\/|$)|[A-Za-z]:[\\/]|\\\\|…\/)/;
const PLAIN_PATH = /^[\p{L}\p{M}\p{N}/_.@+~,…-]+$/u;
const WINDOWS_PATH = /^[\p{L}\p{M}\p{N}/\\:_.@+~,()…-]+$/u;
const PATH_WITH_BLANKS = /^[\p{L}\p{M}\p{N}/\\:_.@+~,()#&'=[\]… -]+$/u;

/** A name of a program, a package, an image or a module: `@scope/name`, `mcp/fetch`, `pkg.module`. */
export function shownName(text: string): string | undefined {
  if (text.length > 128 || !/^@?[\w.+-]+([/:][\w.+-]+)*(@[\w.^~+-]+)?$/.test(text)) return undefined;
  return text.split(/[/@]/).some(isOpaque) ? undefined : text;
}

/** A path, a package or a module inside a sentence. */
export function shownWord(text: string): string {
  return shownPath(text, true) ?? shownName(text) ?? HIDDEN;
}

/** Scheme, host and port of an address; never user, password, path, query or fragment. */
export function shownAddress(text: string): string | undefined {
  if (text.length > 4096) return undefined;
  const found = /^([a-z][a-z\d+.-]{0,15}):\/\/(?:[^/?#\s]*@)?([^/?#\s@]*)(.*)$/is.exec(text);
  if (found === null) return undefined;
  const [, scheme = '', authority = '', rest = ''] = found;
  const isHost = /[.:]|^localhost$/.test(authority);
  const host = isHost && /^(\[[\da-f:.]{2,45}\]|[\w.-]{1,253})?(:\d{1,5})?$/i.test(authority) ? authority : HIDDEN;
  const labels = host.split('.').map((label) => (isOpaque(label) ? HIDDEN : label));
  return `${scheme}://${labels.join('.')}${rest === '' || rest === '/' ? rest : `/${HIDDEN}`}`;
}

/**
 * Whether a part of a path or a name may be a key: long without a break and with digits, of mixed case and digits,
 * or with the mark of an issuer of keys.
 */
function isOpaque(part: string): boolean {
  if (part.length > 64) return true;
  if (ISSUED.test(part)) return true;
  return part.split(/[-_.@+~,() ]/).some((piece) => {
    if (piece.length < 12 || !/\d/.test(piece)) return piece.length > 40;
    if (/^[\da-f]{12,16}$/i.test(piece) || /^\d{12,17}$/.test(piece)) return false;
    return piece.length >= 20 || (/[a-z]/.test(piece) && /[A-Z]/.test(piece));
  });
}

const ISSUED =
  /^(?:(?:sk|rk|pk|gh[pousr]|glpat|xox[a-z]|xapp|hf|gsk|pypi|npm)[-_][\w-]{10,}|(?:AIza|AKIA|ASIA|ya29|eyJ).{8,})$/;

/** The name of an option, without its value. `undefined` for what may be a value glued to a letter: `-phunter`. */
export function optionName(word: string): string | undefined {
  if (word.length > LONGEST) return undefined;
  const name = word.split('=', 1)[0] ?? '';
  if (/^-[A-Za-z]$/.test(name) || GLUED.has(name)) return name;
  if (!/^--[A-Za-z][\w.:-]{0,47}$/.test(name)) return undefined;
  return isOpaque(name.slice(2)) ? undefined : name;
}

/** Options of one dash and several letters that are no letter with a value. */
const GLUED = new Set([
  ...['-jar', '-cp', '-classpath', '-it', '-ti', '-lc', '-ic', '-il', '-lic', '-ec', '-ce', '-pe', '-qc', '-la'],
  ...['-dir', '-table', '-allow-missing', '-no-versioning', '-env', '-File', '-NoProfile', '-NoLogo', '-Command'],
  ...['-ExecutionPolicy', '-server', '-version', '-help', '-Im', '-um', '-Bm', '-lm', '-euc', '-lci', '-nc'],
]);

/** What values of an option are shown: words of a fixed list of kinds, numbers, hosts, addresses, paths. */
export function shownValue(option: string, value: string, isWord: boolean): string {
  if (value === '' || value === '-') return value;
  if (isWord && /^[A-Za-z\d][\w.:/,[\]-]{0,63}$/.test(value) && !value.split(/[/:,]/).some(isOpaque)) return value;
  if (isSecretName(option)) return HIDDEN;
  if (NUMBERS.has(option) && /^\d{1,9}(\.\d{1,9}){0,3}[smhdkMG]?$/.test(value)) return value;
  if (HOSTS.has(option) && /^[\w.:[\]-]{1,80}$/.test(value) && !value.split('.').some(isOpaque)) return value;
  if (WORDS.has(option) && /^[A-Za-z][\w.,-]{0,47}$/.test(value) && !isOpaque(value)) return value;
  // A letter may be anything's: `-p /hunter/2`.
  if (!option.startsWith('--')) return HIDDEN;
  return shownAddress(value) ?? shownPath(value) ?? HIDDEN;
}

const SECRET =
  /pass|secret|token|key|auth|cred|pwd|cookie|bearer|header|login|user|pin|otp|dsn|sign|salt|seed|env|connection|string|uri$|prompt|message/i;

/** Whether an option may hold a secret by its name; better hidden once too often. */
function isSecretName(option: string): boolean {
  return SECRET.test(option) && !WORDS.has(option);
}

const NUMBERS = new Set([
  ...['--port', '--parent-pid', '--max-old-space-size', '--max-turns', '--max-thinking-tokens', '--timeout'],
  ...['--python', '--inspect', '--inspect-port', '--max-session-turns', '--workers', '--uid', '--gid', '--depth'],
]);
const HOSTS = new Set(['--host', '--hostname', '--bind', '--addr', '--listen', '--interface']);
const WORDS = new Set([
  ...['--transport', '--mode', '--log-level', '--loglevel', '--output-format', '--input-format', '--format'],
  ...['--type', '--utility-sub-type', '--client-type', '--shell', '--color', '--origin', '--effort', '--approval-mode'],
  ...['--permission-mode', '--permission-prompt-tool', '--browser', '--toolsets', '--context', '--profile-mode'],
]);

/** The path of a program, or the beginning of a title up to its first blank. */
export function shownProgram(word: string): string {
  if (word.length > LONGEST) return HIDDEN;
  const path = shownPath(word, true);
  if (path !== undefined) return path;
  const name = slashed(word);
  if (/^[\p{L}\p{N}_.+:()@/-]{1,64}$/u.test(name) && !name.split('/').some(isOpaque)) return word;
  const blank = word.indexOf(' ');
  return blank > 0 ? `${shownProgram(word.slice(0, blank))} ${HIDDEN}` : HIDDEN;
}
