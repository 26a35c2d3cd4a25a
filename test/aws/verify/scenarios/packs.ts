/** Packs: small objects that are archived together, proven, restored, and taken out. */
import { randomUUID } from 'node:crypto';
import { DATED, DAY, type Scenario } from './scenario';
import { prefixesOf } from '../names';
import { ended, type Execution, keys, put, type Stage, start } from '../stage';

const [SOURCE, , REPORTS] = prefixesOf('Packed');
const NAMES = ['a', 'b', 'deep/c', 'ümlaut', 'with space'].map((name) => `${name}-${DAY}.csv`);

const countsOf = ({ status, counts }: Execution) => ({ status, ...(counts as object) });

export const PACKS: Scenario[] = [
  {
    name: 'small objects are packed, proven, and restored to both targets',
    needs: ['Packed'],
    objects: 12,
    runs: 4,
    wants: {
      archived: { status: 'SUCCEEDED', archived: 5, failed: 0 },
      left: [],
      proven: { status: 'SUCCEEDED', present: 5 },
      toReports: { status: 'SUCCEEDED', restored: 1 },
      taken: 1,
      restored: { status: 'SUCCEEDED', restored: 5 },
      back: NAMES.map((name) => SOURCE + name).sort(),
    },
    play: async (stage: Stage) => {
      for (const name of NAMES) {
        await put(stage, 'Source', SOURCE + name);
      }
      const name = `packed-${randomUUID()}`;
      const begin = async (input: object, runName?: string) =>
        countsOf(await ended(stage, await start(stage, 'Packed', input, runName)));
      const archived = await begin(DATED, name);
      const left = await keys(stage, 'Source');
      // A pack is named by its content, which has the times of its objects.
      const objects = (await keys(stage, 'Archive')).length;
      const proven = await begin({ action: 'verify', run: name, deep: true });
      const look = `look-${randomUUID()}`;
      const toReports = await begin(
        { action: 'restore', target: 'reports', run: name, keys: [`${SOURCE}deep/*`] },
        look,
      );
      const taken = (await keys(stage, 'Reports', `${REPORTS}extracted/${look}/`)).length;
      const restored = await begin({ action: 'restore', run: name });
      return {
        archived,
        left,
        objects,
        proven,
        toReports,
        taken,
        restored,
        back: (await keys(stage, 'Source')).sort(),
        messages: (await stage.subjects(2)).length,
      };
    },
  },
];
