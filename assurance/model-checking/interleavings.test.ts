import { explore } from './explore';
import { compareWithLiveCode } from './live';
import { narrate } from './narrate';
import { BLIND_SPOT, SCENARIOS } from './scenarios';

// Some scenarios take a minute on a busy machine.
jest.setTimeout(300_000);

test('a tag or an annotation that comes after the last look is lost, and counted', async () => {
  const scenario = SCENARIOS.find(({ name }) => name.startsWith('attributes-report'))!;
  const { notes, violation } = await explore(scenario);
  expect(violation).toBeUndefined();
  expect(notes.get('what came to a source after the last look is lost with it')).toBeGreaterThan(
    0n,
  );
});

test('what S3 gives no means to see is found, as the shortest schedule', async () => {
  const { violation } = await explore(BLIND_SPOT);
  const story = await narrate(BLIND_SPOT, violation!.choices);
  expect(story.filter((line) => /^ +\d/.test(line))).toEqual([
    expect.stringContaining('mover A: CopyObject'),
    expect.stringContaining('other writer: put twin source/in/a.csv'),
    expect.stringContaining('mover A: DeleteObjects'),
  ]);
  expect(story.at(-1)).toContain('VIOLATION: DeleteObjects removed ab|ops|other');
});

// The explorer executes the code once for each history of answers. It does not execute the code
// again for each schedule.
test.each([
  'two-report-plain-nothing',
  'two-rename-plain-a-twin',
  'batch-of-two-report-plain-other',
  'one-place-two-rename',
  'large-rename-plain-nothing',
])(
  '%s: what the explorer has learned of the code is true of the code in whole schedules',
  async (name) => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    await compareWithLiveCode(
      SCENARIOS.find((scenario) => scenario.name.startsWith(name))!,
      200,
      random,
    );
  },
);
