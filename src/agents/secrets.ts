/** What stands in place of a secret. */
export const REDACTED = '<redacted>';

/**
 * A text without the secrets that can be told by their shape or by the name before them: keys and tokens of
 * known issuers, `Authorization` headers, values of options, assignments and properties with a telling name,
 * query parameters, passwords in URLs.
 */
export function withoutSecrets(text: string): string {
  if (text.length < SHORTEST_SECRET) return text;
  let result = text;
  // Most words hold none of the signs that a secret comes with, and cost two looks.
  if (SIGNS.test(result)) {
    if (result.includes('://'))
      result = result.replace(URL_PASSWORD, `$1${REDACTED}@`).replace(URL_TOKEN, `$1${REDACTED}@`);
    if (/[?&]/.test(result)) result = result.replace(QUERY, `$1${REDACTED}`);
    if (NAMES.test(result)) {
      result = result
        .replace(HEADER, `$1${REDACTED}`)
        .replace(BEARER, `$1 ${REDACTED}`)
        .replace(OPTION, `$1$2${REDACTED}`)
        .replace(PROPERTY, (whole: string, before: string, value: string) =>
          isHarmless(before, value) ? whole : `${before}${requoted(value)}`,
        );
    }
    if (/-u/.test(result)) result = result.replace(CURL_USER, `$1${REDACTED}`);
  }
  return MARKED.test(result) ? result.replace(ISSUED, REDACTED) : result;
}

/** What stands between a name and its value, or around a password. */
const SIGNS = /[:=?@\s]/;
/** A coarse look for any of the names below. */
const NAMES = /key|token|secret|passw|passphrase|pwd|credential|bearer|basic|cookie|auth|connection|dsn|pat/i;
/** A coarse look for any of the marks below. */
const MARKED =
  /(?:sk|rk|live|test|pat|npm|pypi|hf|xai|pplx|tvly|sgp|fk|ntn|figd|sbp|api|c|gh.|xox.|xapp|whs)[-_e]|AIza|A[KS]IA|ya29|eyJ|ctx7sk|gsk/;

/** Whether a name (of an option, a variable, a property) says that its value is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NAMES_A_PLACE.test(name);
}

const SHORTEST_SECRET = 6;

const WORDS =
  'api[-_]?key|access[-_]?key|private[-_]?key|secret[-_]?key|account[-_]?key|license[-_]?key|token|secret|passw(?:or)?d|passphrase|passwd|pwd|credentials?|bearer|cookie|authorization|auth|connection[-_]?string|dsn|pat';
const SECRET_NAME = new RegExp(`(?:^|[-_.]|[a-z](?=[A-Z]))(?:${WORDS}|key)$`, 'i');
/** `bearer_token_env_var`, `--api-key-file`: where a secret lies, not what it is. */
const NAMES_A_PLACE = /(env|env[-_]?var|file|path|helper|session[-_]?key)$/i;

/** `?token=…`, `&access_token=…`. */
const QUERY =
  /([?&](?:[\w.-]{0,40}(?:token|secret|passw(?:or)?d|api[-_]?key|apikey|signature|sig|credential)|key|auth|code|pwd)=)[^&\s"'#<>]+/gi;
const URL_PASSWORD = /(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s/:@"']{0,200}:)[^\s/@"'<>]{1,500}@/gi;
/** `https://TOKEN@host`; a short name before the `@` is a user. */
const URL_TOKEN = /(\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/:@"'<>]{16,500}@/gi;
/** Header lines, quoted or not: `Authorization: Bearer …`, `X-Api-Key: …`. */
const HEADER =
  /((?:^|[^\w-])(?:proxy-)?(?:authorization|x-[\w-]{0,40}(?:key|token|auth|secret)|cookie)["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest)\s+)?)(?!\$)[^\s"',}<>]+/gi;
const BEARER = /\b(bearer|basic)\s+(?=[\w.~+/=-]*[\d+/=_.~-])[\w.~+/=-]{8,}/gi;
/** `--token V`, `--password=V` inside a text. */
const OPTION = new RegExp(
  `(--?[\\w-]{0,40}(?:${WORDS}))(=|\\s+)(?!-|<|["']?\\$)(?:"[^"]*"|'[^']*'|[^\\s"'|;&<>]+)`,
  'gi',
);
/** `NAME=V`, `name: V`, `"name": "V"`, also as the last part of a dotted name. */
const PROPERTY = new RegExp(
  `((?:^|[\\s"'{,;&(.\\[_-]|[a-z](?=[A-Z]))(?:[A-Za-z\\d]{1,40}[-_]){0,6}(?:${WORDS}|(?<=[-_])key)["']?\\s*[:=]\\s*)("[^"]*"|'[^']*'|[^\\s"',;&|}\\])<>]+)`,
  'gi',
);
const CURL_USER = /((?:^|\s)(?:-u|--user)[=\s]+["']?[^\s:"']+:)[^\s"'<>]+/g;
/** Keys whose issuer puts a mark in front. */
const ISSUED =
  /(?<![A-Za-z\d])(?:sk-[\w-]{8,}|sk_(?:live|test)_\w{8,}|rk_live_\w{8,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}|xox[abeprs]-[\w-]{8,}|xapp-[\w-]{8,}|AIza[\w-]{20,}|ya29\.[\w-]{12,}|AKIA[A-Z\d]{12,}|ASIA[A-Z\d]{12,}|npm_\w{16,}|pypi-[\w-]{16,}|hf_\w{12,}|gsk_\w{16,}|xai-\w{16,}|pplx-\w{16,}|tvly-[\w-]{8,}|sgp_\w{12,}|fk-[\w-]{16,}|ntn_\w{16,}|figd_[\w-]{12,}|sbp_\w{16,}|lin_api_\w{12,}|dckr_pat_[\w-]{12,}|ctx7sk-[\w-]{8,}|whsec_\w{12,}|eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?)/g;

/** References to a secret kept elsewhere are none, nor are numbers of tokens. */
function isHarmless(before: string, value: string): boolean {
  if (/^["']?(\$\{?\w+\}?|<redacted>|true|false|null|none)["']?$/i.test(value) || value === '""') return true;
  return /token/i.test(before) && /^\d{1,9}$/.test(value);
}

function requoted(value: string): string {
  const quote = value[0] === '"' || value[0] === "'" ? value[0] : '';
  return `${quote}${REDACTED}${quote}`;
}
