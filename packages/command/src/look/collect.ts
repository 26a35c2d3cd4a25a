import type { _Object } from '@aws-sdk/client-s3';
import { Frames } from './frames';
import { KeySet } from './key-set';
import { toMask, toShape } from './name-shape';
import { explainUndated, type UndatedReason } from './undated';
import { MAX_KEY_BYTES } from '../../../../src/contract/checks/check-prefix';
import type { IsoDate } from '../../../../src/dates/calendar';
import { createDayFinder } from '../../../../src/dates/date-window';
import { findReadings, type Reading } from '../../../../src/dates/find-readings';
import { parseDateSource } from '../../../../src/dates/key-dates';
import { parseLayout, toKeyInFolder } from '../../../../src/dates/layout';
import type { InstantReader } from '../../../../src/dates/read-dates';
import { SourceClasses } from '../../../../src/lambda/ledger/source-classes';
import { isInGlacier } from '../../../../src/lambda/pricing/storage-classes';
import { countCopyRequests } from '../../../../src/lambda/s3/multipart-parts';
import { addExample } from '../../../../src/lambda/text/key-examples';

/** Shapes beyond these are counted together. */
const MAX_SHAPES = 2_000;
const FIVE_GIB = 5 * 1024 ** 3;
/** No offset of a time zone is finer. */
const QUARTER = 15 * 60_000;

/** Folders that are only the date are left out. */
const DROPPED = parseLayout({ format: 'yyyy/MM/dd/', dropDateFolders: true });
const IN_KEY = parseDateSource({ kind: 'objectKey', formats: ['yyyy-MM-dd'] });

interface Name {
  readonly mask: string;
  readonly shape: string;
}

interface Undated {
  objects: number;
  readonly keys: string[];
}

export interface CollectorOptions {
  /** All keys begin with it. */
  readonly prefix: string;
  readonly timeZone: string;
  /** Epoch milliseconds: how old objects are. */
  readonly now: number;
  /** Whether keys are remembered as examples. */
  readonly keepsKeys: boolean;
  /** What destinations begin with: the prefix and the folder of a day. */
  readonly destinationBytes: number;
}

/** Adds up what a listing shows. Its memory does not depend on the number of objects. */
export class Collector {
  objects = 0;
  bytes = 0;
  folderMarkers = 0;
  /** Above 5 GB, which is copied in parts. */
  large = 0;
  inGlacier = 0;
  /** Keys that no destination could have: it is longer. */
  tooLong = 0;
  readonly classes = new SourceClasses();
  /** What has a date: its classes, and the requests that copy it. */
  readonly datedClasses = new SourceClasses();
  datedCopies = 0;
  readonly shapes = new Map<string, number>();
  otherShapes = 0;
  readonly frames = new Frames();
  readonly undated = new Map<UndatedReason, Undated>();
  readonly examples: string[] = [];
  /** Keys, to look for them at the destination. */
  readonly keys = new KeySet();
  /** Destinations without the folders of the date. */
  readonly dropped = new KeySet();
  withDateFolders = 0;
  sharedWhenDropped = 0;
  private readonly shapesOfMasks = new Map<string, string>();
  /** In the time zone that was given. */
  readonly readInstant: InstantReader;
  private readonly getDay: (instant: Date) => IsoDate;

  constructor(private readonly options: CollectorOptions) {
    this.getDay = cacheDays(options.timeZone);
    this.readInstant = (instant) => ({ date: this.getDay(instant) });
  }

  add(object: _Object): void {
    const { Size: size = 0, LastModified = new Date(0), StorageClass } = object;
    const key = object.Key!.slice(this.options.prefix.length);
    if (key === '' || key.endsWith('/')) {
      this.folderMarkers += 1;
      return;
    }
    const facts = { storageClass: StorageClass, size, modified: LastModified.getTime() / 1000 };
    this.objects += 1;
    this.bytes += size;
    this.classes.add(facts, this.options.now / 1000);
    this.inGlacier += isInGlacier(StorageClass) ? 1 : 0;
    this.large += size > FIVE_GIB ? 1 : 0;
    const name = this.toName(key);
    this.addShape(name.shape);
    if (this.options.keepsKeys) {
      addExample(this.examples, key);
    }
    this.keys.add(key);
    if (this.addDates(key, name, size, this.getDay(LastModified))) {
      this.datedClasses.add(facts, this.options.now / 1000);
      this.datedCopies += countCopyRequests(size);
      const { destinationBytes } = this.options;
      this.tooLong += key.length > 250 && isTooLong(key, destinationBytes) ? 1 : 0;
    }
  }

  private addDates(key: string, name: Name, size: number, modified: IsoDate): boolean {
    const readings = findReadings(key, this.readInstant);
    if (readings.length === 0) {
      this.addUndated(explainUndated(key, readings), key, name);
      return false;
    }
    this.frames.add(key, name, readings, size, modified);
    if (readings.every(({ date }) => date === undefined)) {
      this.addUndated(explainUndated(key, readings), key, name);
      return false;
    }
    const { date, rest } = dropFolders(key, readings);
    this.withDateFolders += rest === key ? 0 : 1;
    if (!this.dropped.add(`${date}/${rest}`) && !this.dropped.isFull) {
      this.sharedWhenDropped += 1;
    }
    return true;
  }

  private addShape(shape: string): void {
    const known = this.shapes.get(shape);
    if (known === undefined && this.shapes.size >= MAX_SHAPES) {
      this.otherShapes += 1;
    } else {
      this.shapes.set(shape, (known ?? 0) + 1);
    }
  }

  /** Most names have a mask that was seen before. */
  private toName(key: string): Name {
    const mask = toMask(key);
    let shape = this.shapesOfMasks.get(mask);
    if (shape === undefined) {
      shape = toShape(mask);
      if (this.shapesOfMasks.size < MAX_SHAPES) {
        this.shapesOfMasks.set(mask, shape);
      }
    }
    return { mask, shape };
  }

  private addUndated(reason: UndatedReason, key: string, { shape }: Name): void {
    const undated = this.undated.get(reason) ?? { objects: 0, keys: [] };
    undated.objects += 1;
    addExample(undated.keys, this.options.keepsKeys ? key : shape);
    this.undated.set(reason, undated);
  }
}

function isTooLong(key: string, destinationBytes: number): boolean {
  return Buffer.byteLength(key) + destinationBytes > MAX_KEY_BYTES;
}

/** The day, and the key without the folders of the first date that is in folders. */
function dropFolders(
  key: string,
  readings: readonly Reading[],
): { readonly date: IsoDate; readonly rest: string } {
  const real = readings.filter(({ date }) => date !== undefined);
  const { at, end, date } =
    real.find(({ known, isInFolders }) => known.isStrong && isInFolders) ??
    real.find(({ known }) => known.isStrong) ??
    real[0];
  const found = { date: date!, at, end };
  return { date: date!, rest: toKeyInFolder(DROPPED, IN_KEY, key, found) };
}

function cacheDays(timeZone: string): (instant: Date) => IsoDate {
  const getDay = createDayFinder(timeZone);
  const days = new Map<number, IsoDate>();
  return (instant) => {
    const quarter = Math.floor(instant.getTime() / QUARTER);
    let day = days.get(quarter);
    if (day === undefined) {
      day = getDay(instant);
      // An hour and a bit of a century have as many.
      if (days.size > 1_000_000) {
        days.clear();
      }
      days.set(quarter, day);
    }
    return day;
  };
}
