/** Plays the recorded requests against the S3 double and the sandbox, and compares each response with the one of AWS. */
import { findDifferences } from './differences';
import { readRecordings, toTestId } from './recordings';
import { type Replay, toRow } from './replay';
import { S3_REPLAYS } from './replays';
import { openS3, readResponse } from './s3/subject';

const { tests } = readRecordings();

type Open<Subject> = () => Promise<Subject & { close(): Promise<void> }>;

function compare<Subject>(replays: readonly Replay<Subject>[], open: Open<Subject>, read: typeof readResponse): void {
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
      const differences = findDifferences(tests[toTestId(file, name)]!.steps[step], seen.get(step), except?.fields);
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
