import * as fs from 'node:fs';
import * as path from 'node:path';
import { CHANGES } from './changes';
import { FORMS } from './forms';
import { KNOWN_FAILURES } from './known-failures';
import { play, type Played } from './play';
import { DROPPED, WAYS } from './ways';
import { SEED } from '../../../assurance/properties/check';

/** @param mixtures the objects of each way that have several attributes at once */
export function itGoesEveryWay(mixtures: number): void {
  const played: Played[] = [];
  jest.setTimeout(600_000);

  test.each(WAYS.map((way) => [way.name, way] as const))(
    'whatever goes this way keeps what belongs to it, stays, or loses what the documents say: %s',
    async (_, way) => {
      const each = await play(way, mixtures);
      played.push(each);
      expect(each.findings).toEqual([]);
    },
  );

  test.each(KNOWN_FAILURES.map((known) => [known.finding, known] as const))(
    'the known failure is one of today: %s',
    (_, { way, form }) => {
      expect(WAYS.some(({ name }) => way.test(name))).toBe(true);
      expect([...FORMS, ...CHANGES].some(({ name }) => form.test(name))).toBe(true);
    },
  );

  test.each(DROPPED.map((each) => [each.row, each] as const))(
    'the documents say what is dropped: %s',
    (_, { page, text }) => {
      const prose = fs.readFileSync(path.join(__dirname, '../../..', page), 'utf8');
      expect(prose.replace(/\s+/g, ' ')).toMatch(text);
    },
  );

  test('and what the double does not have: ACLs', () => {
    const prose = fs.readFileSync(path.join(__dirname, '../../../docs/safety.md'), 'utf8');
    expect(prose).toMatch(/\*\*What S3 does not carry over:\*\* ACL/);
  });

  afterAll(() => {
    const sum = (field: 'objects' | 'combinations' | 'lost' | 'known') =>
      played.reduce((total, each) => total + each[field], 0);
    process.stderr.write(
      `parity: PROPERTY_SEED=${SEED}, ${sum('objects')} objects, ${played.length} ways, ` +
        `${sum('combinations')} combinations, ${sum('lost')} lost attributes, ` +
        `${sum('known')} known failures\n`,
    );
  });
}
