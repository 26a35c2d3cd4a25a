import type { Collector } from './collect';
import type { Formats } from './formats';
import type { Conflicts, Days } from './report';
import { formatCount, formatObjects } from '../../../../src/lambda/text/format';

/** Below this share, objects were not written on their days. */
const MOSTLY = 0.5;

/** What the user should know before a run. */
export function listWarnings(
  collector: Collector,
  formats: Formats,
  conflicts: Conflicts,
  days: Days | null,
): string[] {
  return [
    ...aboutClasses(collector),
    ...aboutDates(formats, days),
    ...aboutDestinations(conflicts),
    ...(collector.frames.others > 0
      ? [
          `${formatObjects(collector.frames.others)}: the names are of more than two thousand ` +
            'kinds, and the dates of these were not looked at. Look at a smaller prefix',
        ]
      : []),
  ];
}

function aboutClasses({ inGlacier, large }: Collector): string[] {
  return [
    inGlacier > 0 &&
      `${formatObjects(inGlacier)} in GLACIER or DEEP_ARCHIVE: S3 has to restore what is there ` +
        'before anybody can copy it. It stays at its source and is reported, unless ' +
        'glacierSources is GlacierSources.restoreFirst()',
    large > 0 &&
      `${formatObjects(large)} above 5 GB: such an object is copied in parts, which takes longer`,
  ].filter((warning) => warning !== false);
}

function aboutDates({ found, withSecondDate }: Formats, days: Days | null): string[] {
  const [objects, then] = found.reduce(
    (sums, { objects: each, modifiedThen }) => [sums[0] + each, sums[1] + modifiedThen],
    [0, 0],
  );
  return [
    objects > 0 &&
      then < MOSTLY * objects &&
      `only ${formatCount(then)} of ${formatObjects(objects)} were last modified near the day of ` +
        'their name: they were written late, or copied here. So the times of modification ' +
        'confirm nothing',
    withSecondDate > 0 &&
      `${formatObjects(withSecondDate)}: two dates in one format, which differ. A run archives ` +
        'by the first one, from left to right, that lies in its days',
    days !== null &&
      days.inFuture > 0 &&
      `${formatObjects(days.inFuture)}: the day has not begun. Such an object is archived in the ` +
        'night after its day',
  ].filter((warning) => warning !== false);
}

function aboutDestinations({
  sharedWithoutDateFolders,
  withDateFolders,
  tooLong,
}: Conflicts): string[] {
  return [
    withDateFolders > 0 &&
      sharedWithoutDateFolders > 0 &&
      `${formatObjects(sharedWithoutDateFolders)}: without the folders of the dates, the ` +
        'destination would be that of another one, which is a conflict. So the props keep these ' +
        'folders',
    tooLong > 0 &&
      `${formatObjects(tooLong)}: the destination would be longer than the 1,024 bytes of a key, ` +
        'so it would fail with KEY_TOO_LONG. Choose a shorter destination prefix',
  ].filter((warning) => warning !== false);
}
