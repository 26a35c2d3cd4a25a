/**
 * Takes out of a text what belongs to the account: ids, ARNs, names of buckets and keys to AWS.
 * What is left says what happened, and not where.
 */
export function redact(
  text: string,
  secrets: Readonly<Record<string, string | undefined>> = {},
): string {
  const named = Object.entries(secrets)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1].length > 2)
    .sort(([, left], [, right]) => right.length - left.length);
  const without = named.reduce((all, [name, secret]) => all.replace(asWord(secret), name), text);
  return without
    .replace(/\barn:aws[\w-]*:[^\s"'<>,)\]}\\]*/g, 'ARN')
    .replace(/\b(?:https?:\/\/)?sqs\.[\w.-]+\/\S*/g, 'QUEUE')
    .replace(/\barchiver[-_]verify[-_][0-9a-z]{8}(?:-[\w.-]*)?/g, 'STACK')
    .replace(/\b(?:A3T|AKIA|ASIA|AROA|AIDA)[0-9A-Z]{12,}\b/g, 'KEY')
    .replace(/(?<![\w.])\d{12}(?!\w)/g, 'ACCOUNT');
}

/** Whole words only: a profile may have the name of something else. */
function asWord(text: string): RegExp {
  return new RegExp(`(?<![\\w-])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`, 'g');
}

/** Redacts every text of a value, names of fields included. */
export function redactAll<T>(value: T, secrets?: Readonly<Record<string, string | undefined>>): T {
  if (typeof value === 'string') {
    return redact(value, secrets) as T;
  }
  if (Array.isArray(value)) {
    return value.map((each: unknown) => redactAll(each, secrets)) as T;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      redact(name, secrets),
      redactAll(each as unknown, secrets),
    ]),
  ) as T;
}

/**
 * The headers that say something about S3 and Step Functions. Others have ids, signatures and
 * addresses.
 */
const KEPT_HEADERS = new Set([
  'content-type',
  'retry-after',
  'x-amz-bucket-region',
  'x-amzn-errortype',
  'server',
  'connection',
]);

export function keepHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => KEPT_HEADERS.has(name.toLowerCase())),
  );
}
