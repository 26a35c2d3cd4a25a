/**
 * What the dates in the keys look like. Keys whose digits stand in the same way have one frame: all
 * that a key may be read as, in every known format, of a real day or not. So a format that does not
 * read all keys of a frame is found out, as month-first is by a day above 12. Few producers make
 * few frames, so the memory does not depend on the number of keys.
 */
import { daysBetween, type IsoDate } from '../../../../src/dates/calendar';
import type { KnownFormat, Reading } from '../../../../src/dates/find-readings';

export interface DayCount {
  objects: number;
  bytes: number;
}

/** One place of a frame that is read in one format. */
export interface Slot {
  readonly known: KnownFormat;
  readonly isInFolders: boolean;
  /** Which one it is, of those with the same format in the same part of a key. */
  readonly nth: number;
  /** Where its span begins among the spans of the frame. Slots of one span exclude each other. */
  readonly span: number;
  /** Keys in which it is a real day. */
  objects: number;
  bytes: number;
  /** Those that were last modified on that day, or soon after it. */
  agreeing: number;
  /** Those in which it begins the key. */
  leading: number;
  readonly days: Map<IsoDate, DayCount>;
  /** What stands there in the first key. */
  example?: { readonly text: string; readonly date: IsoDate };
}

export interface Frame {
  /** What it may be read as. Frames with one name have the same slots. */
  readonly name: string;
  readonly slots: readonly Slot[];
  objects: number;
  /** Objects in which nothing is a real day. */
  unread: number;
  /** A few keys, to try formats on. */
  readonly samples: string[];
  /** `equal[i][j]`: keys in which two slots are the same day. */
  readonly equal: readonly number[][];
}

/**
 * Names are told apart by their words, as far as they have few of them. Names of more kinds are
 * told apart by their shapes, then by their dates only, and then they are counted together.
 */
const MAX_FRAMES = [500, 1_000, 2_000] as const;
/** More places are not looked at. */
const MAX_SLOTS = 12;
/**
 * An object is mostly written on its day, or in the night after it. A day earlier, too, since names
 * are written in any time zone.
 */
const [MOST_BEFORE, MOST_AFTER] = [1, 2];

export class Frames {
  /** By what they may be read as, and then by their kind. */
  private readonly frames = new Map<string, Map<string, Frame>>();
  private count = 0;
  /** Objects with names of other kinds than those. */
  others = 0;
  private readonly dayNumbers = new Map<IsoDate, number>();

  /** Frames that may be read in the same ways. */
  get groups(): Frame[][] {
    return [...this.frames.values()]
      .map((ofName) => [...ofName.values()])
      .filter((frames) => frames.length > 0);
  }

  /**
   * @param mask the key without its digits; `shape`: without its letters, too
   * @param modified the day of the last modification
   */
  add(
    key: string,
    { mask, shape }: { readonly mask: string; readonly shape: string },
    readings: readonly Reading[],
    size: number,
    modified: IsoDate,
  ): void {
    const read = readings.slice(0, MAX_SLOTS);
    const frame = this.find([mask, shape, ''], read);
    if (!frame) {
      this.others += 1;
      return;
    }
    frame.objects += 1;
    addSample(frame, key);
    let isRead = false;
    for (let i = 0; i < read.length; i++) {
      const { date, at, end } = read[i];
      if (date === undefined) {
        continue;
      }
      isRead = true;
      const slot = frame.slots[i];
      slot.objects += 1;
      slot.bytes += size;
      slot.example ??= { text: key.slice(at, end), date };
      if (at === 0) {
        slot.leading += 1;
      }
      const late = this.toNumber(modified) - this.toNumber(date);
      if (late >= -MOST_BEFORE && late <= MOST_AFTER) {
        slot.agreeing += 1;
      }
      count(slot.days, date, size);
      for (let j = 0; j < i; j++) {
        if (read[j].date === date) {
          frame.equal[i][j] += 1;
        }
      }
    }
    frame.unread += isRead ? 0 : 1;
  }

  private find(kinds: readonly string[], readings: readonly Reading[]): Frame | undefined {
    const name = toName(readings);
    const ofName = this.frames.get(name) ?? new Map<string, Frame>();
    this.frames.set(name, ofName);
    for (const [level, kind] of kinds.entries()) {
      const found = ofName.get(kind);
      if (found) {
        return found;
      }
      if (this.count < MAX_FRAMES[level]) {
        const frame = createFrame(name, readings);
        ofName.set(kind, frame);
        this.count += 1;
        return frame;
      }
    }
    return undefined;
  }

  private toNumber(date: IsoDate): number {
    let number = this.dayNumbers.get(date);
    if (number === undefined) {
      number = daysBetween('1970-01-01', date);
      this.dayNumbers.set(date, number);
    }
    return number;
  }
}

function count(days: Map<IsoDate, DayCount>, date: IsoDate, size: number): void {
  const day = days.get(date);
  if (day) {
    day.objects += 1;
    day.bytes += size;
  } else {
    days.set(date, { objects: 1, bytes: size });
  }
}

const MAX_SAMPLES = 12;

/** The first keys, and then those whose number is a power of two. */
function addSample({ samples, objects }: Frame, key: string): void {
  if (samples.length < MAX_SAMPLES) {
    samples.push(key);
  } else if (Number.isInteger(Math.log2(objects))) {
    samples[Math.log2(objects) % MAX_SAMPLES] = key;
  }
}

function toName(readings: readonly Reading[]): string {
  let name = '';
  let end = 0;
  for (const { known, isInFolders, at, end: ends } of readings) {
    name += `${at >= end ? '+' : ''}${known.index}${isInFolders ? '/' : '.'}`;
    end = Math.max(end, ends);
  }
  return name;
}

function createFrame(name: string, readings: readonly Reading[]): Frame {
  return {
    name,
    slots: toSlots(readings),
    objects: 0,
    unread: 0,
    samples: [],
    equal: readings.map(() => readings.map(() => 0)),
  };
}

/** Frames with one name, as one. */
export function mergeFrames(frames: readonly Frame[]): Frame {
  const [first] = frames;
  const sum = (of: (frame: Frame) => number) =>
    frames.reduce((total, frame) => total + of(frame), 0);
  return {
    name: first.name,
    slots: first.slots.map((slot, index) => ({
      ...slot,
      ...mergeSlots(frames.map(({ slots }) => slots[index])),
    })),
    objects: sum(({ objects }) => objects),
    unread: sum(({ unread }) => unread),
    samples: frames.flatMap(({ samples }) => samples),
    equal: first.equal.map((row, i) => row.map((_, j) => sum(({ equal }) => equal[i][j]))),
  };
}

/** What slots of one format have together. */
export function mergeSlots(
  slots: readonly Slot[],
): Pick<Slot, 'objects' | 'bytes' | 'agreeing' | 'leading' | 'days' | 'example'> {
  const sum = (of: (slot: Slot) => number) => slots.reduce((total, slot) => total + of(slot), 0);
  const days = new Map<IsoDate, DayCount>();
  for (const slot of slots) {
    mergeDays(days, slot.days);
  }
  return {
    objects: sum(({ objects }) => objects),
    bytes: sum(({ bytes }) => bytes),
    agreeing: sum(({ agreeing }) => agreeing),
    leading: sum(({ leading }) => leading),
    days,
    example: slots.find(({ example }) => example !== undefined)?.example,
  };
}

export function mergeDays(
  into: Map<IsoDate, DayCount>,
  more: ReadonlyMap<IsoDate, DayCount>,
): void {
  for (const [date, { objects, bytes }] of more) {
    const day = into.get(date);
    if (day) {
      day.objects += objects;
      day.bytes += bytes;
    } else {
      into.set(date, { objects, bytes });
    }
  }
}

function toSlots(readings: readonly Reading[]): Slot[] {
  const slots: Slot[] = [];
  let span = 0;
  let end = 0;
  for (const { known, isInFolders, at, end: ends } of readings) {
    if (at >= end && slots.length > 0) {
      span += 1;
    }
    end = Math.max(end, ends);
    const isSame = (slot: Slot) => slot.known === known && slot.isInFolders === isInFolders;
    slots.push({
      known,
      isInFolders,
      nth: slots.filter(isSame).length,
      span,
      objects: 0,
      bytes: 0,
      agreeing: 0,
      leading: 0,
      days: new Map(),
    });
  }
  return slots;
}
