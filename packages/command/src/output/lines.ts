/** What the terminal and the page say in the same words. */
import {
  formatBytes,
  formatCount,
  formatObjects,
  formatUsd,
} from '../../../../src/lambda/text/format';
import type { Ambiguity, FormatReading, FoundFormat } from '../look/formats';
import type { LookReport, RunCost } from '../look/report';

/** `12.3 %`. Not all of them are never 100 %, and some are never 0 %. */
export function formatShare(part: number, whole: number): string {
  if (part === whole) {
    return '100 %';
  }
  const share = Math.floor((1_000 * part) / whole) / 10;
  return share === 0 ? '< 0.1 %' : `${share} %`;
}

export function formatPlace({ bucket, prefix }: LookReport['source']): string {
  return `s3://${bucket}/${prefix}`;
}

export function describeSeen({ pages }: LookReport): string {
  const { used, ofDestination, atLeast, isComplete, usd } = pages;
  const all = isComplete
    ? `all ${formatCount(used)} pages`
    : `${formatCount(used)} of at least ${formatCount(atLeast)} pages; the rest was not looked at`;
  const destination =
    ofDestination > 0 ? `, and ${formatCount(ofDestination)} of the destination` : '';
  return `${all}${destination} (${formatUsd(usd)})`;
}

export function describeDays({ days }: LookReport): string {
  if (days === null) {
    return 'none that is certain';
  }
  const { biggest } = days;
  const span = days.days === 1 ? days.first : `${days.first} to ${days.last}`;
  return (
    `${formatCount(days.days)}: ${span}; the biggest is ${biggest.day} with ` +
    `${formatObjects(biggest.objects)} (${formatBytes(biggest.bytes)})`
  );
}

const where = ({ kind }: FormatReading) => (kind === 'objectKey' ? 'folders' : 'name');

export function describeFound(found: FoundFormat, objects: number): string {
  const { format, example, because } = found;
  return (
    `${formatShare(found.objects, objects)} of the objects have ${format} in the ` +
    `${where(found)}: ${example.text} is ${example.date}${because ? ` (${because})` : ''}`
  );
}

export function describeAmbiguity({ objects }: Ambiguity, all: number): string {
  return (
    `${formatShare(objects, all)} of the objects can be read in several ways, and nothing in ` +
    'the listing decides. Whoever writes them knows:'
  );
}

export function describeReading(reading: FormatReading): string {
  const { format, example, objects, first, last, modifiedThen } = reading;
  return (
    `${format} in the ${where(reading)}: ${example.text} is ${example.date}. It reads ` +
    `${formatObjects(objects)}, ${first} to ${last}; ${formatShare(modifiedThen, objects)} of ` +
    'them were last modified then'
  );
}

export function describeCost({ listed, archived, total, prices }: RunCost): string {
  return (
    `${formatUsd(total)}: ${formatObjects(archived)} archived of ${formatCount(listed)} listed, ` +
    `at the prices of ${prices.region} as of ${prices.asOf}`
  );
}

export function describeDestination({ conflicts, destination }: LookReport): string {
  const { objects, taken, isComplete, problem } = conflicts.destination;
  const place = formatPlace(destination);
  if (problem !== undefined) {
    return `${place} was not looked at, or only in part: ${problem}`;
  }
  const seen = `${formatObjects(objects)} seen in ${place}${isComplete ? '' : ', which has more'}`;
  return taken === 0
    ? `${seen}; none has the key of what would be archived`
    : `${seen}; ${formatCount(taken)} have the key of what would be archived. The same content ` +
        'finishes a move, other content is a conflict, and a listing does not tell which';
}

export const NOT_COMPARED =
  'Only the first three million keys were compared with each other and with the destination.';
/** Where several ways to read names are possible. */
export const CHOOSE = 'Choose one. The other one archives under wrong days.';
