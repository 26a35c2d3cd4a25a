/** Why no date is found in a key. The first reason that fits is told. */
import type { Reading } from '../../../../src/dates/find-readings';

export type UndatedReason =
  'no-such-day' | 'by-chance' | 'no-zeros' | 'month-name' | 'month-only' | 'epoch' | 'no-date';

export const UNDATED_REASONS: { readonly [reason in UndatedReason]: string } = {
  'no-such-day':
    'digits stand as in a date, but the calendar has no such day, or its year is not 1990 to 2099',
  'by-chance': 'few of the digits that could be a date are one, so they are numbers',
  'no-zeros':
    'the month or the day has no leading zero (2026/9/7), which no date format reads: use a ' +
    'manifest, or DateSource.lastModified()',
  'month-name':
    'the month is a word, written as in no format that is known here (24-Sept-2026): give a ' +
    'format with MMM or MMMM yourself, or use a manifest, or DateSource.lastModified()',
  'month-only': 'a year and a month are no day: use DateSource.lastModified(), or a manifest',
  epoch:
    'perhaps seconds or milliseconds since 1970, which the times of modification do not confirm: ' +
    "if they are, DateSource.objectName('epochSeconds') or 'epochMilliseconds' reads them",
  'no-date':
    'nothing looks like a date: DateSource.lastModified() archives by the last modification',
};

const MONTH =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|' +
  'sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const MONTH_NAME = new RegExp(
  `(?<!\\d)\\d{1,2}[-_. ]?${MONTH}[-_. ,]{0,2}\\d{2,4}(?!\\d)|` +
    `(?<!\\d)\\d{4}[-_. /]?${MONTH}[-_. /]?\\d{1,2}(?!\\d)|` +
    `(?<![a-z])${MONTH}[-_. ]?\\d{1,2}[-_. ,]{1,2}\\d{4}(?!\\d)`,
  'i',
);
const NO_ZEROS =
  /(?<!\d)(?:199\d|20\d\d)([-_./])(?:\d\1\d{1,2}|\d\d\1\d)(?!\d)|(?<!\d)(?:\d([-_./])\d{1,2}|\d\d([-_./])\d)(?:\2|\3)(?:199\d|20\d\d)(?!\d)/;
const MONTH_ONLY = /(?<!\d)(?:199\d|20\d\d)[-_./]?(?:0[1-9]|1[0-2])(?!\d)/;
/** From 2001 to 2096. */
const EPOCH = /(?<!\d)(?:1\d{9}|[23]\d{9}|1\d{12}|[23]\d{12})(?!\d)/;

/** @param readings that are no day of the calendar */
export function explainUndated(key: string, readings: readonly Reading[]): UndatedReason {
  if (!/\d/.test(key)) {
    return 'no-date';
  }
  if (MONTH_NAME.test(key)) {
    const isKnown = readings.some(({ writing }) => writing.offsets.MMMM !== undefined);
    return isKnown ? 'no-such-day' : 'month-name';
  }
  if (NO_ZEROS.test(key)) {
    return 'no-zeros';
  }
  if (EPOCH.test(key)) {
    return 'epoch';
  }
  if (readings.length > 0) {
    return 'no-such-day';
  }
  return MONTH_ONLY.test(key) ? 'month-only' : 'no-date';
}
