/** Formats values for the texts of alerts and reports. Keys and causes may have any content. */
import { escapeUnprintable } from './escape';

/** `12,345` */
export function formatCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 object`, `12,345 objects` */
export function formatObjects(n: number): string {
  return `${formatCount(n)} ${n === 1 ? 'object' : 'objects'}`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** `1 byte`, `1,023 bytes`, `1.5 KiB`, `20 GiB` */
export function formatBytes(bytes: number): string {
  // 1023.95 would be rounded to 1024.0 of the smaller unit.
  const fitting = UNITS.findIndex((_, power) => bytes / 1024 ** power < 1023.95);
  const unit = fitting === -1 ? UNITS.length - 1 : fitting;
  if (unit === 0) {
    return `${formatCount(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
  }
  return `${Number((bytes / 1024 ** unit).toFixed(1))} ${UNITS[unit]}`;
}

/** `45 s`, `1 min 30 s`, `2 h 5 min` */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes} min ${whole % 60} s`;
  }
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `45 ms`, `4.5 s`, `1 min 30 s` */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${Math.round(milliseconds)} ms`;
  }
  return milliseconds < 60_000
    ? `${Number((milliseconds / 1000).toFixed(1))} s`
    : formatSeconds(milliseconds / 1000);
}

/** `$12.34`, `$0.0051`: two decimals or more, so that there are two significant digits. */
export function formatUsd(usd: number): string {
  if (usd > 0 && usd < 0.0001) {
    return '< $0.0001';
  }
  return `$${usd.toFixed(countDecimals(usd))}`;
}

function countDecimals(usd: number): number {
  if (usd === 0 || usd >= 0.1) {
    return 2;
  }
  return Math.min(4, 1 - Math.floor(Math.log10(usd)));
}

/** `2026-11-24`, `2026-11-20 to 2026-11-24`, `every day up to 2026-11-24` */
export function formatDates(dates: { from: string | null; to: string }): string {
  if (dates.from === null) {
    return `every day up to ${dates.to}`;
  }
  return dates.from === dates.to ? dates.to : `${dates.from} to ${dates.to}`;
}

/**
 * Writes a key on one line. Unprintable characters are escaped, and a long key keeps its start and
 * its end.
 */
export function formatKey(key: string, maxLength = 200): string {
  return shorten(escapeUnprintable(key), maxLength);
}

export function toUri(bucket: string, key: string): string {
  return `s3://${bucket}/${formatKey(key, Infinity)}`;
}

/**
 * Writes a key for the progress of a batch, which Step Functions passes on with its items. The
 * ledger has the whole key.
 */
export function formatProgressKey(key: string): string {
  return formatKey(key, 300);
}

export function formatCause(text: string, maxLength = 600): string {
  return formatKey(text.replace(/\s+/g, ' ').trim(), maxLength);
}

export function shorten(text: string, maxLength: number): string {
  const characters = [...text];
  if (characters.length <= maxLength) {
    return text;
  }
  const head = Math.ceil((maxLength - 3) / 2);
  const tail = maxLength - 3 - head;
  return `${characters.slice(0, head).join('')}...${characters.slice(characters.length - tail).join('')}`;
}

export function capitalize(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

export function listItems(
  items: readonly string[],
  shown: number,
  total = items.length,
  where = '',
): string[] {
  const first = items.slice(0, shown);
  const more = total - first.length;
  const shownItems = more > 0 ? [...first, `and ${formatCount(more)} more${where}`] : first;
  return shownItems.map((item) => `  ${item}`);
}

export function alignLeft(
  rows: ReadonlyArray<readonly [left: string, right: string]>,
  gap = 1,
): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + gap;
  return rows.map(([left, right]) => `${left.padEnd(width)}${right}`);
}

/**
 * Makes a subject that SNS takes: less than 100 ASCII characters that begin with a letter, a digit
 * or punctuation.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function toSubject(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, '?').trim();
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
}

export function limitBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) {
    return text;
  }
  const end = '(cut here)';
  const fitting = takeLines(text.split('\n'), maxBytes - end.length, Buffer.byteLength);
  return [...fitting, end].join('\n');
}

/** Returns as many of the first lines as fit, each counted with a line break after it. */
export function takeLines(
  lines: readonly string[],
  maxLength: number,
  measure = (line: string) => line.length,
): string[] {
  let length = 0;
  const end = lines.findIndex((line) => (length += measure(line) + 1) > maxLength);
  return lines.slice(0, end === -1 ? undefined : end);
}
