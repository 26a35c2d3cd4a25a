import type { Places } from '../../dates/check-reports';
import { listShapes, toShapeOf } from '../../dates/date-format';
import { PACKS_FOLDER } from '../packs';

/**
 * Throws if something else than indexes of packs could get into their folder: Athena reads what is
 * there, and a source or a lifecycle rule of reports would take the indexes away. The construct
 * checks props, and the functions again, as a prop may be a token. Only with packing.
 */
export function checkPackIndex(places: Places): void {
  const { sourceBucket, destinationBucket, reportBucket, layout } = places;
  const folder = `${places.destinationPrefix}${PACKS_FOLDER}`;
  const refuse = (what: string, why: string, fix: string) => {
    throw new Error(
      `${what} lies in "${folder}", where packing keeps the indexes of packs, and must not, ` +
        `because ${why}: ${fix}, or omit packing`,
    );
  };
  const folderOfPacks = toShapeOf(PACKS_FOLDER);
  const meetsPacks = listShapes(layout).some((shape) =>
    folderOfPacks.every((code, index) => shape[index] === code),
  );
  if (meetsPacks) {
    refuse(
      `layout "${layout.text}"`,
      'Athena would read archived objects as indexes',
      'name the first folder of the layout differently',
    );
  }
  if (sourceBucket === destinationBucket && places.sourcePrefix.startsWith(folder)) {
    refuse(
      `prefix "${places.sourcePrefix}"`,
      'runs would archive the indexes, and delete them here',
      'give another prefix, or another destinationPrefix',
    );
  }
  if (reportBucket === destinationBucket && places.reportPrefix.startsWith(folder)) {
    refuse(
      `reportPrefix "${places.reportPrefix}"`,
      'the lifecycle rule that expires reports could expire the indexes',
      'give another reportPrefix',
    );
  }
}
