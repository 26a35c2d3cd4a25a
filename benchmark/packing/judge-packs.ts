/** Counts what is wrong after a contender has packed the objects of the day. */
import { type ArchivedFile, readTar } from './read-tar';
import { readZip } from '../../assurance/model-checking/read-zip';
import type { ObjectStore } from '../../packages/s3-double/src';
import { ARCHIVE, BUCKET, getContent, selectedNames, type Shape, SOURCE } from '../dataset';

export function judgePacks(store: ObjectStore, shape: Shape): Record<string, number> {
  const packed = new Map<string, Buffer>();
  let isTar = false;
  for (const key of store.keys(BUCKET, ARCHIVE).filter((each) => /\.(zip|tar)$/.test(each))) {
    const bytes = store.get(BUCKET, key)!.body.bytes();
    isTar ||= key.endsWith('.tar');
    const files: Iterable<ArchivedFile> = key.endsWith('.tar') ? readTar(bytes) : readZip(bytes);
    for (const file of files) {
      packed.set(file.name, file.bytes);
    }
  }
  const wrong: Record<string, number> = {};
  const count = (what: string) => {
    wrong[what] = (wrong[what] ?? 0) + 1;
  };
  for (const name of selectedNames(shape)) {
    const content = packed.get(isTar ? SOURCE + name : name);
    const isSource = store.get(BUCKET, SOURCE + name) !== undefined;
    if (!content) {
      count(isSource ? 'left behind' : 'lost');
    }
    if (content && !content.equals(Buffer.from(getContent(shape, name)))) {
      count(isSource ? 'wrong content' : 'lost');
    }
    // The tar tool never deletes.
    if (content && isSource && !isTar) {
      count('packed, not deleted');
    }
  }
  return wrong;
}
