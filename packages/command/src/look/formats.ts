/** What the dates of all names are, and the props that read them. */
import { areEqual, type Decision, decideGroup, MOST } from './decide';
import { type DayCount, type Frame, mergeDays, mergeSlots, type Slot } from './frames';
import type { ArchiverProps } from './props';
import type { IsoDate } from '../../../../src/dates/calendar';
import { findDatesInKey, parseDateSource } from '../../../../src/dates/key-dates';
import { readInUtc } from '../../../../src/dates/read-dates';

export interface Example {
  /** What stands in a key where the date is. Only digits, and what the format has beside them. */
  readonly text: string;
  readonly date: IsoDate;
}

/** One way to read a name. */
export interface FormatReading {
  readonly kind: 'objectName' | 'objectKey';
  readonly format: string;
  /** Objects in which it is a day. */
  readonly objects: number;
  readonly bytes: number;
  /** Those that were last modified on that day, on the day before or in the two after it. */
  readonly modifiedThen: number;
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly days: number;
  readonly example: Example;
}

export interface FoundFormat extends FormatReading {
  /** Why other readings of the same digits are wrong. */
  readonly because?: string;
}

/** Names that can be read in several ways. Nothing in a listing decides which one is right. */
export interface Ambiguity {
  readonly objects: number;
  readonly readings: readonly FormatReading[];
}

export interface Formats {
  readonly found: readonly FoundFormat[];
  readonly ambiguous: readonly Ambiguity[];
  /** Of the formats that were found. */
  readonly days: ReadonlyMap<IsoDate, DayCount>;
  /** Objects whose digits are a day by chance. */
  readonly byChance: number;
  /** Objects whose digits may count since 1970, though they were modified at other times. */
  readonly unconfirmedInstants: number;
  /** Objects that another format reads, and the one of their kind does not. */
  readonly noSuchDay: number;
  /** Objects with a second date in their format, which is another day. */
  readonly withSecondDate: number;
  readonly decisions: readonly Decision[];
  /** All names begin with the date, in one format. */
  readonly prefixFormat?: string;
}

const MIN_SHARE_OF_SHORT_YEARS = 0.01;

/** @param objects that were seen */
export function findFormats(groups: readonly Frame[][], objects: number): Formats {
  const decisions = groups
    .flatMap(decideGroup)
    .map((decision) => withoutChance(decision, objects))
    .sort((a, b) => b.frame.objects - a.frame.objects);
  const days = new Map<IsoDate, DayCount>();
  const one = decisions.filter(({ readings }) => readings.length === 1);
  const several = decisions.filter(({ readings }) => readings.length > 1);
  for (const { readings } of one) {
    mergeDays(days, readings[0].days);
  }
  const none = decisions.filter(({ readings }) => readings.length === 0);
  const countRead = (some: readonly Decision[]) =>
    sum(some, ({ frame }) => frame.objects - frame.unread);
  return {
    found: mergeFound(one),
    ambiguous: mergeAmbiguous(several),
    days,
    byChance: countRead(none.filter(({ frame }) => !mayBeInstants(frame))),
    unconfirmedInstants: countRead(none.filter(({ frame }) => mayBeInstants(frame))),
    noSuchDay: sum(
      one,
      ({ frame, readings: [slot] }) => frame.objects - frame.unread - slot.objects,
    ),
    withSecondDate: sum(one, ({ frame, readings }) => countSecondDates(frame, readings[0])),
    decisions,
    prefixFormat: findPrefixFormat(decisions, objects),
  };
}

/** A short year in few names, at another time than the names were written, is another number. */
function withoutChance(decision: Decision, objects: number): Decision {
  const { frame, readings } = decision;
  const isChance =
    frame.objects < MIN_SHARE_OF_SHORT_YEARS * objects &&
    readings.every((slot) => !slot.known.isStrong && slot.agreeing < slot.objects / 2);
  return isChance ? { frame, readings: [] } : decision;
}

function mayBeInstants({ slots, objects }: Frame): boolean {
  return slots.some((slot) => slot.known.isInstant && slot.objects >= MOST * objects);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

const kindOf = ({ isInFolders }: Slot) => (isInFolders ? 'objectKey' : 'objectName');
const nameOf = (slot: Slot) => `${kindOf(slot)} ${slot.known.format.text}`;

function toReading(slots: readonly Slot[]): FormatReading {
  const [slot] = slots;
  const { objects, bytes, agreeing, days, example } = mergeSlots(slots);
  return {
    kind: kindOf(slot),
    format: slot.known.format.text,
    objects,
    bytes,
    modifiedThen: agreeing,
    ...toSpan(days),
    days: days.size,
    example: example!,
  };
}

export function toSpan(days: ReadonlyMap<IsoDate, DayCount>): {
  readonly first: IsoDate;
  readonly last: IsoDate;
} {
  let [first, last] = ['9999-12-31', ''];
  for (const date of days.keys()) {
    first = date < first ? date : first;
    last = date > last ? date : last;
  }
  return { first, last };
}

function mergeFound(decisions: readonly Decision[]): FoundFormat[] {
  return groupBy(decisions, ({ readings: [slot] }) => nameOf(slot))
    .map((group) => ({
      ...toReading(group.map(({ readings: [slot] }) => slot)),
      because: group.find(({ because }) => because !== undefined)?.because,
    }))
    .sort((a, b) => b.objects - a.objects);
}

function mergeAmbiguous(decisions: readonly Decision[]): Ambiguity[] {
  return groupBy(decisions, ({ readings }) => readings.map(nameOf).sort().join()).map((group) => ({
    objects: sum(group, ({ frame }) => frame.objects - frame.unread),
    readings: group[0].readings.map((reading) =>
      toReading(
        group.map(({ readings }) => readings.find((slot) => nameOf(slot) === nameOf(reading))!),
      ),
    ),
  }));
}

function groupBy<T>(items: readonly T[], toName: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = toName(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups.values()];
}

function countSecondDates({ slots, equal }: Frame, slot: Slot): number {
  const index = slots.indexOf(slot);
  const others = slots.flatMap(({ known, isInFolders, nth, objects }, other) =>
    known === slot.known && isInFolders === slot.isInFolders && nth > 0
      ? [objects - equal[other][index]]
      : [],
  );
  return Math.max(0, ...others);
}

/**
 * Every key begins with the date, in one format, whether it has another date that is the same or
 * not. Then a run can list the keys of its days only.
 */
function findPrefixFormat(decisions: readonly Decision[], objects: number): string | undefined {
  const formats = decisions.map(({ frame, readings }) => {
    if (readings.length !== 1) {
      return undefined;
    }
    const leading = frame.slots.find(
      (slot) =>
        slot.leading === frame.objects &&
        slot.objects === frame.objects &&
        (slot === readings[0] || areEqual(frame, slot, readings[0])),
    );
    return leading?.known.format.text;
  });
  const seen = sum(decisions, ({ frame }) => frame.objects);
  const [format] = formats;
  return seen === objects && formats.every((each) => each === format) ? format : undefined;
}

/** No run archives days from this year on. `DateSelection.olderThan()` archives days long ago. */
const FAR_FUTURE = '2100';
/** The props say at most so many ways to read ambiguous names. */
const MAX_ALTERNATIVES = 4;

export interface Alternative {
  /** Undefined: there is only one. */
  readonly title?: string;
  readonly dateSource: ArchiverProps['dateSource'];
}

/** What `dateSource` may be: one, or several beside each other. None: no name has a date. */
export function toAlternatives(formats: Formats): Alternative[] {
  const { found, ambiguous, prefixFormat } = formats;
  if (prefixFormat !== undefined) {
    return [{ dateSource: { kind: 'keyPrefix', formats: [prefixFormat] } }];
  }
  const choices = ambiguous.reduce<FormatReading[][]>(
    (lists, { readings }) =>
      lists
        .flatMap((list) => readings.map((reading) => [...list, reading]))
        .slice(0, MAX_ALTERNATIVES),
    [[]],
  );
  return choices
    .filter((readings) => found.length + readings.length > 0)
    .flatMap((readings) => {
      const choice = readings
        .map(({ format, example: { text, date } }) => `if ${text} is ${date}: ${format}`)
        .join('; ');
      const sets = splitContradicting([...found, ...readings], formats.decisions);
      return sets.map((set) => ({
        title:
          [choice, sets.length > 1 && describeSplit(set)].filter(Boolean).join('; ') || undefined,
        dateSource: toDateSource(set),
      }));
    });
}

function describeSplit(set: readonly FormatReading[]): string {
  return (
    `an archiver only for names with ${[...new Set(set.map(({ format }) => format))].join(', ')}, ` +
    'with a prefix or a filter of its own, because it would read other names as wrong days'
  );
}

/**
 * Formats that read names of each other as other days cannot be in one `dateSource`: it takes any
 * date that lies in the window.
 */
function splitContradicting(
  formats: readonly FormatReading[],
  decisions: readonly Decision[],
): FormatReading[][] {
  const sets: FormatReading[][] = [];
  for (const format of formats) {
    const fitting = sets.find((set) => !contradicts([...set, format], decisions));
    if (fitting) {
      fitting.push(format);
    } else {
      sets.push([format]);
    }
  }
  return sets;
}

function contradicts(set: readonly FormatReading[], decisions: readonly Decision[]): boolean {
  const { kind, formats } = toDateSource(set);
  const sources = formats.map((format) => parseDateSource({ kind, formats: [format] }));
  const texts = set.map(({ kind: each, format }) => `${each} ${format}`);
  return decisions.some(({ frame, readings }) => {
    const own = readings.find((slot) => texts.includes(nameOf(slot)));
    if (!own) {
      return false;
    }
    const { format } = own.known;
    const ownSource = parseDateSource({ kind: kindOf(own), formats: [format.text] });
    return frame.samples.some((key) => {
      const days = findDatesInKey(ownSource, key, readInUtc).map(({ date }) => date);
      return sources.some(
        (source) =>
          source.formats[0].text !== format.text &&
          findDatesInKey(source, key, readInUtc).some(
            (found) => found.date < FAR_FUTURE && !days.includes(found.date),
          ),
      );
    });
  });
}

/** The name of an object is a part of its key. */
function toDateSource(formats: readonly FormatReading[]): ArchiverProps['dateSource'] & {
  readonly kind: 'objectName' | 'objectKey';
} {
  return {
    kind: formats.some(({ kind }) => kind === 'objectKey') ? 'objectKey' : 'objectName',
    formats: [...new Set(formats.map(({ format }) => format))],
  };
}
