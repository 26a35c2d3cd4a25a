/**
 * Plays the recorded requests against the S3 double and the sandbox, and compares each response
 * with the one of AWS.
 */
import * as fs from 'node:fs';
import { findDifferences } from './differences';
import { PAGE, renderPage } from './page';
import { readRecordings, toTestId } from './recordings';
import { type Replay, toRow } from './replay';
import { S3_REPLAYS, STEP_FUNCTIONS_REPLAYS } from './replays';
import { openS3, readResponse } from './s3/subject';
import { openStepFunctions, parseTexts, readValue } from './step-functions/subject';

const { tests } = readRecordings();

type Open<Subject> = () => Promise<Subject & { close(): Promise<void> }>;

function compare<Subject>(
  replays: readonly Replay<Subject>[],
  open: Open<Subject>,
  read: typeof readResponse,
): void {
  describe.each(replays)('$test', ({ file, test: name, rows, play }) => {
    const seen = new Map<string, unknown>();
    beforeAll(async () => {
      const subject = await open();
      try {
        await play(subject, async (step, response) => {
          const result = await read(response);
          seen.set(step, result.seen);
          return result.output;
        });
      } finally {
        await subject.close();
      }
    });

    test.each(Object.keys(rows))('%s', (step) => {
      const { differs, except } = toRow(rows[step]!);
      expect([...seen.keys()]).toContain(step);
      const differences = findDifferences(
        parseTexts(tests[toTestId(file, name)]!.steps[step]),
        parseTexts(seen.get(step)),
        except?.fields,
      );
      // A known difference that is gone has to leave the table, too.
      if (differs === undefined) {
        expect(differences).toEqual([]);
      } else {
        expect(differences).not.toEqual([]);
      }
    });
  });
}

compare(S3_REPLAYS, openS3, readResponse);
compare(STEP_FUNCTIONS_REPLAYS, openStepFunctions, readValue);

test('docs/aws-recorded.md is the table of these rows', () => {
  expect(fs.readFileSync(PAGE, 'utf8')).toBe(renderPage(readRecordings()));
});

test('a difference in any field is found', () => {
  const recorded = { Error: { Code: 'A', Key: '<key:1>' }, List: [1, 2], HTTPStatusCode: 412 };
  const seen = { Error: { Code: 'A', Key: 'k', More: 1 }, List: [1, 2], HTTPStatusCode: 412 };
  expect(findDifferences(recorded, seen)).toEqual([]);
  expect(findDifferences(recorded, { ...seen, HTTPStatusCode: 409 })).toEqual([
    'HTTPStatusCode: recorded 412, seen 409',
  ]);
  expect(findDifferences(recorded, { ...seen, Error: { Code: 'A' } })).toEqual([
    'Error.Key: recorded "<key:1>", seen nothing',
  ]);
  expect(findDifferences(recorded, { ...seen, List: [1] })).toEqual([
    'List: recorded [1,2], seen [1]',
  ]);
  expect(
    findDifferences('arn:<partition>:x:111111111111:y', 'arn:aws:x:123456789012:z'),
  ).toHaveLength(1);
  expect(findDifferences(recorded, undefined)).toHaveLength(1);
});
