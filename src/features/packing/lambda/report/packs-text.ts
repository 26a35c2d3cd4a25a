/** Sentences about the packs that a restore to the report bucket has read. */
import { PACKS_FOLDER } from '../../../../contract/packs';
import type { Report } from '../../../../lambda/report-run/report/report';
import { formatCount, formatKey } from '../../../../lambda/text/format';
import type { NamedKeys, PlannedPacks } from '../unpack/planned-packs';

/** Whether objects may be missing, or another program has changed the packs. */
export function havePacksGaps({ withoutIndex, ofUnknownDay, damaged }: PlannedPacks): boolean {
  return withoutIndex.count + ofUnknownDay.count + damaged.count > 0;
}

/** Whether the ledgers or indexes that a run has read may lack objects. */
export function hasGaps({ gaps, packs }: Pick<Report, 'gaps' | 'packs'>): boolean {
  return gaps !== undefined || (packs !== undefined && havePacksGaps(packs));
}

export function describePlannedPacks({ packs, notCompared }: Report): string[] {
  if (!packs) {
    return notCompared ? [NOT_COMPARED] : [];
  }
  const { withoutPack, withoutIndex, ofUnknownDay, damaged, others } = packs;
  const tree = `the folder ${PACKS_FOLDER} of the archive`;
  return [
    ...name(
      damaged,
      ['index', 'indexes'],
      'cannot be read, or is not that of its pack',
      'Where the pack is there, its own index was read instead.',
    ),
    ...name(
      withoutIndex,
      ['file', 'files'],
      `has the name of a pack and no index in ${tree}`,
      'If it is a pack, its own index was read instead.',
    ),
    ...name(
      ofUnknownDay,
      ['file', 'files'],
      `has the name of a pack and no index in ${tree}, and its folder has several days`,
      'It was not read. If it is a pack, unzip shows what it has.',
    ),
    ...name(
      withoutPack,
      ['index', 'indexes'],
      'has no pack',
      'If the run that wrote it ended before it put the pack, its objects are in another pack, ' +
        'or at the source. Otherwise, the pack was removed.',
    ),
    ...(others > 0
      ? [
          `${count(others, ['pack', 'packs'])} of these days ${others === 1 ? 'has' : 'have'} no ` +
            "object below this archiver's prefix, so they were not read.",
        ]
      : []),
    ...(packs.notListed
      ? [
          'The days have too many folders to list, so a pack without an index is not among ' +
            'these: choose fewer days to find it.',
        ]
      : []),
    ...(packs.notCompared ? [NOT_COMPARED] : []),
  ];
}

/** Several runs or packs may have archived the same key. */
const NOT_COMPARED =
  'There are too many objects to compare first: if one key came several times with other ' +
  'content, any of these may have been taken, and the others are conflicting. Choose fewer days ' +
  'to get the latest.';

type Noun = readonly [one: string, many: string];

function count(number: number, [one, many]: Noun): string {
  return number === 1 ? `1 ${one}` : `${formatCount(number)} ${many}`;
}

function name(
  { count: found, examples: [first] }: NamedKeys,
  noun: Noun,
  what: string,
  then: string,
): string[] {
  if (found === 0) {
    return [];
  }
  return found === 1
    ? [`${formatKey(first)} ${what}. ${then}`]
    : [`Of ${count(found, noun)}, such as ${formatKey(first)}, each ${what}. ${then}`];
}
