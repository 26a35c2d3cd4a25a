/**
 * No report may take the key of an archived object, or be archived. The construct checks props, and
 * PlanRun again, as a prop may be a token.
 */
import {
  type DateFormat,
  fits,
  type KeyShape,
  listShapes,
  parseDateFormat,
  toShapeOf,
} from './date-format';

export interface Places {
  readonly sourceBucket: string;
  readonly sourcePrefix: string;
  readonly destinationBucket: string;
  readonly destinationPrefix: string;
  readonly layout: DateFormat;
  readonly reportBucket: string;
  readonly reportPrefix: string;
}

/**
 * Throws if archived keys can reach the report prefix, or if the listing can reach reports that are
 * not excluded from the selection.
 */
export function checkReports(places: Places): void {
  const problem = findProblem(places);
  if (problem === undefined) {
    return;
  }
  const better = [
    'runs/',
    `${places.destinationPrefix}runs/`,
    `${places.destinationPrefix}reports/`,
  ].find((reportPrefix) => findProblem({ ...places, reportPrefix }) === undefined);
  const alternative = better === undefined ? '' : `, or another reportPrefix such as "${better}"`;
  throw new Error(
    `reportPrefix "${places.reportPrefix}" ${problem}: give another reportBucket${alternative}`,
  );
}

function findProblem(places: Places): string | undefined {
  const {
    sourceBucket,
    sourcePrefix,
    destinationBucket,
    destinationPrefix,
    layout,
    reportBucket,
    reportPrefix,
  } = places;
  const reports = toShapeOf(reportPrefix);
  const archives = listShapes(layout).map((shape) => [...toShapeOf(destinationPrefix), ...shape]);
  const meetsArchive = archives.some((archive) => canMeet(reports, archive));
  if (reportBucket === destinationBucket && meetsArchive) {
    return (
      'must not overlap the archive: the keys of archived objects start with ' +
      `"${destinationPrefix}", followed by "${layout.text}", in the same bucket, ` +
      'so a report could overwrite an archived object, and a lifecycle rule for reports could ' +
      'expire the archive'
    );
  }
  // Keys under the destination prefix are listed, if it is inside of the source's prefix, but never
  // selected.
  const archiveIsListed =
    sourceBucket === destinationBucket && destinationPrefix.startsWith(sourcePrefix);
  const areExcluded = archiveIsListed && reportPrefix.startsWith(destinationPrefix);
  const areListed = canMeet(toShapeOf(sourcePrefix), [...reports, ...RUN_FOLDER]);
  if (reportBucket !== sourceBucket || areExcluded || !areListed) {
    return undefined;
  }
  const why = 'because reports would then be archived like other objects';
  return reportPrefix.startsWith(sourcePrefix)
    ? `must not lie inside prefix "${sourcePrefix}" of the same bucket, ${why}`
    : `must not contain prefix "${sourcePrefix}" of the same bucket where the folders of runs ` +
        `are, ${why}`;
}

/**
 * Each run has a folder below the report prefix. Its name starts with the day on which the run
 * started.
 */
const RUN_FOLDER: KeyShape = listShapes(parseDateFormat('yyyy-MM-dd/'))[0];

/** Returns true if one text may start with the other. */
function canMeet(one: KeyShape, other: KeyShape): boolean {
  const canBeSame = (a: number, b: number) => a === b || fits(a, b) || fits(b, a);
  return one.slice(0, other.length).every((code, index) => canBeSame(code, other[index]));
}
