/** What archives nothing: no dry run, or one that is not of the same run. */
import { systemClock } from '../../../../src/lambda/s3/retry';
import { type Command, DAYS, openCommand } from '../helpers/run-command';

let command: Command;
let id: string;
beforeAll(async () => {
  command = await openCommand();
  command.s3.store.put('source', 'incoming/a-2026-11-24.csv', 'a');
  id = (await command.run('archive', [...DAYS, '--dry-run'])).summary!.id;
});
afterAll(() => command.close());
afterEach(() => expect(command.s3.store.keys('source')).toEqual(['incoming/a-2026-11-24.csv']));

const LATER = { ...systemClock, now: () => Date.now() + 8 * 86_400_000 };

test('a run without a dry run says what to type', async () => {
  const { status, stderr } = await command.run('archive');
  expect(status).toBe(2);
  expect(stderr).toMatch(/nothing is archived without a dry run.*\n.* --date 2026-11-24 --dry-run/);
});

test.each([
  ['other days', ['--date', '2026-11-23'], 'FROM was 2026-11-24, and is 2026-11-23'],
  ['another layout', [...DAYS, '--layout', 'hive'], 'LAYOUT was'],
  ['another account', [...DAYS, '--destination-owner', '999988887777'], 'two owners'],
  ['other sources', [...DAYS, '--source-disposition', 'keep'], 'KEEPS_SOURCES was not given'],
  ['another way to list', [...DAYS, '--listing', 'selective'], 'LISTING was distributed-map'],
])('%s than those of the dry run are refused', async (_, flags, message) => {
  const { status, stderr } = await command.run('archive', [...flags, '--confirm', id]);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
});

test.each(['nothing', '2026-11-24T00-00-00Z-12345678', '../../secret', ''])(
  'the id %j, which no dry run has, is refused',
  async (given) => {
    const { status, stderr } = await command.run('archive', [...DAYS, '--confirm', given]);
    expect(status).toBe(1);
    expect(stderr).toContain('there is no dry run');
  },
);

test('an old dry run is refused', async () => {
  const flags = [...DAYS, '--confirm', id];
  const { status, stderr } = await command.run('archive', flags, { clock: LATER });
  expect(status).toBe(1);
  expect(stderr).toContain('is older than 7 days');
});

test('a dry run that failed is refused', async () => {
  const { store } = command.s3;
  const key = store.keys('reports').find((each) => each.endsWith(`${id}/dry-run.json`))!;
  const text = store.get('reports', key)!.body.bytes().toString();
  store.put('reports', key, text.replace('"CLEAN"', '"FAILED"'));
  const { status, stderr } = await command.run('archive', [...DAYS, '--confirm', id]);
  store.put('reports', key, text);
  expect(status).toBe(1);
  expect(stderr).toContain('failed, so nothing is archived');
});

test('both flags at once are refused', async () => {
  const { status } = await command.run('archive', [...DAYS, '--dry-run', '--confirm', id]);
  expect(status).toBe(2);
});
