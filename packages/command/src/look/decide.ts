/**
 * Which format the dates of a frame have. Where two readings are possible, it says both: a wrong
 * format would archive under wrong days, and no message would say so.
 */
import { type Frame, mergeFrames, type Slot } from './frames';
import type { Writing } from '../../../../src/dates/date-format';
import type { KnownFormat } from '../../../../src/dates/find-readings';

/** What a frame is read as. Of several readings, a user who knows the producer has to choose. */
export interface Decision {
  readonly frame: Frame;
  /** None: the digits are no dates. */
  readonly readings: readonly Slot[];
  /** Why one reading was chosen although digits allow another one. */
  readonly because?: string;
}

/** The part of the keys that a format has to read, so that the others are mistakes in names. */
const NEARLY_ALL = 0.98;
/** Fewer are dates by chance. */
export const MOST = 0.5;
/** Another reading of fewer keys is one by chance, where the first one reads nearly all. */
const SOME = 0.05;
/** A folder or an account that is the same in so many keys is not the date of each key. */
const MANY = 20;
const AGREE = 0.9;
const DISAGREE = 0.5;
/** A short year is another number by chance: then the times of modification have to be clear. */
const CLEARLY_NOT = 0.05;
const FEW_DAYS = 3;

/** What reads less than this of all names leaves out those of another producer. */
const ALL = 0.999;

/**
 * Decides for names whose dates look alike. All of them together are the best evidence. If no
 * format reads them all, several producers have written them, which are told apart by their words.
 */
export function decideGroup(frames: readonly Frame[]): Decision[] {
  const all = decide(frames.length === 1 ? frames[0] : mergeFrames(frames));
  const best = Math.max(0, ...all.readings.map(({ objects }) => objects));
  if (frames.length === 1 || best >= ALL * all.frame.objects) {
    return [all];
  }
  const index = all.readings.length === 1 ? all.frame.slots.indexOf(all.readings[0]) : -1;
  return frames.map(decide).map((decision) => {
    const { frame, readings } = decision;
    const chosen = frame.slots[index] as Slot | undefined;
    // What is decided for the most holds for the few that both formats read.
    return chosen && readings.length > 1 && readings.includes(chosen)
      ? { frame, readings: [chosen], because: all.because }
      : decision;
  });
}

function decide(frame: Frame): Decision {
  const all = withoutRepetitions(frame).filter(({ objects }) => objects > 0);
  const best = Math.max(0, ...all.map(({ objects }) => objects));
  if (best < MOST * frame.objects) {
    return { frame, readings: [] };
  }
  const real = all.filter((slot) => !isByChance(slot, all, frame));
  const spans = [...new Set(real.map(({ span }) => span))].map((span) =>
    decideSpan(
      real.filter((slot) => slot.span === span),
      frame,
    ),
  );
  const read = spans.filter(({ readings }) => readings.length > 0);
  const different = withoutEqual(read, frame);
  return {
    frame,
    readings: different.flatMap(({ readings }) => readings),
    because: different.length === 1 ? different[0].because : undefined,
  };
}

/** The second date of one format is found by it, too: the first one in the window counts. */
function withoutRepetitions({ slots }: Frame): Slot[] {
  return slots.filter(({ nth }) => nth === 0);
}

/** A number that counts since 1970 may be an id, which only the times of modification refute. */
function isByChance(slot: Slot, all: readonly Slot[], { objects }: Frame): boolean {
  const agrees = slot.agreeing >= AGREE * slot.objects;
  if (slot.known.isInstant && !agrees) {
    return true;
  }
  const others = all.filter(
    (other) => other.span !== slot.span && other.objects >= NEARLY_ALL * objects,
  );
  if (others.length === 0) {
    return false;
  }
  if (slot.objects < NEARLY_ALL * objects) {
    return true;
  }
  const isConstant = slot.days.size === 1 && objects >= MANY;
  if (isConstant && !agrees && others.some(({ days }) => days.size > 1)) {
    return true;
  }
  const strong = others.filter(({ known }) => known.isStrong);
  // Next to a day that is written, an instant is when the object was made.
  return !slot.known.isStrong && strong.length > 0 && (slot.known.isInstant || !agrees);
}

/** The readings of one place in the keys: of these, one at most is right. */
function decideSpan(slots: readonly Slot[], frame: Frame): Pick<Decision, 'readings' | 'because'> {
  const sorted = [...slots].sort((a, b) => b.objects - a.objects || a.known.index - b.known.index);
  const [best] = sorted;
  if (best.objects < MOST * frame.objects) {
    return { readings: [] };
  }
  const complete = best.objects >= NEARLY_ALL * frame.objects;
  // May is the short and the long name of its month: both are the same day.
  const others = sorted.slice(1).filter((slot) => toShort(slot) !== toShort(best));
  const rivals = others.filter(
    (slot) =>
      slot.objects >= NEARLY_ALL * frame.objects ||
      (slot.objects > SOME * frame.objects && !complete) ||
      areSwapped(best, slot),
  );
  if (rivals.length === 0) {
    return { readings: [best] };
  }
  const because = explainChoice(best, rivals, complete);
  return because === undefined ? { readings: [best, ...rivals] } : { readings: [best], because };
}

/** Undefined: nothing decides between them. */
function explainChoice(
  best: Slot,
  rivals: readonly Slot[],
  isComplete: boolean,
): string | undefined {
  const agrees = best.agreeing >= AGREE * best.objects;
  if (!isComplete || !agrees) {
    return undefined;
  }
  const isDecided = (rival: Slot) => {
    const isLess = rival.agreeing < DISAGREE * rival.objects;
    if (rival.objects < best.objects) {
      return isLess;
    }
    const isShort = !best.known.isStrong && !rival.known.isStrong && !areSameYear(best, rival);
    return isShort && best.days.size >= FEW_DAYS && rival.agreeing <= CLEARLY_NOT * rival.objects;
  };
  if (!rivals.every(isDecided)) {
    return undefined;
  }
  const texts = rivals.map(({ known }) => known.format.text).join(' and ');
  return rivals.every((rival) => rival.objects < best.objects)
    ? `a number above 12 cannot be a month, so ${texts} does not read all of them, and the times ` +
        'of modification agree'
    : `read as ${texts}, the days would be years away from the times of modification`;
}

/** Day-first and month-first: the same year, and day and month have changed places. */
function areSwapped({ known: one }: Slot, { known: other }: Slot): boolean {
  const [a, b] = [offsetsOf(one), offsetsOf(other)];
  return a.MM !== undefined && a.MM === b.dd && a.dd === b.MM;
}

function toShort({ known }: Slot): string {
  return known.format.text.replace('MMMM', 'MMM');
}

function areSameYear({ known: one }: Slot, { known: other }: Slot): boolean {
  return offsetsOf(one).yy === offsetsOf(other).yy;
}

function offsetsOf({ format }: KnownFormat): Writing['offsets'] {
  return format.writings[0].offsets;
}

/** Two dates that are the same in all keys are one. That of the name is read without folders. */
function withoutEqual(
  spans: ReadonlyArray<Pick<Decision, 'readings' | 'because'>>,
  frame: Frame,
): Array<Pick<Decision, 'readings' | 'because'>> {
  const byPreference = [...spans].sort(
    (a, b) =>
      a.readings.length - b.readings.length ||
      Number(a.readings[0].isInFolders) - Number(b.readings[0].isInFolders),
  );
  const kept: Array<Pick<Decision, 'readings' | 'because'>> = [];
  for (const span of byPreference) {
    const isKnown = kept.some(({ readings }) =>
      readings.some((slot) => span.readings.some((other) => areEqual(frame, slot, other))),
    );
    if (!isKnown) {
      kept.push(span);
    }
  }
  return kept;
}

export function areEqual(frame: Frame, one: Slot, other: Slot): boolean {
  const [low, high] = [frame.slots.indexOf(one), frame.slots.indexOf(other)].sort((a, b) => a - b);
  return frame.equal[high][low] >= NEARLY_ALL * frame.objects && frame.objects > 0
    ? frame.equal[high][low] === Math.min(one.objects, other.objects)
    : false;
}
