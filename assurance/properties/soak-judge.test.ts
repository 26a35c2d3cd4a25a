/**
 * The soak finds what it looks for: each of these claims is false, or each of these steps loses
 * something.
 */
import type { ObjectStore } from '../../packages/s3-double/src';
import { ObjectStore as Store } from '../../packages/s3-double/src/store/store';
import { BUCKETS } from '../soak/restores/archivers';
import { History } from '../soak/restores/history';
import { type EndedRun, Judge } from '../soak/restores/judge';

const KEY = 'incoming/a/f1-2026-11-22.csv';
const COPY = 'archive/2026/11/22/f1-2026-11-22.csv';
const PART = 'runs/ledger/day=2026-11-22/run=nightly/0-000000_000001.jsonl';

let store: ObjectStore;
let history: History;
let ended: EndedRun[];
let judge: Judge;
beforeEach(() => {
  store = new Store(() => new Date(), '123456789012');
  for (const bucket of Object.values(BUCKETS)) {
    store.createBucket(bucket);
  }
  history = new History(store);
  ended = [];
  judge = new Judge(history, ended);
  history.write(KEY, 'content');
});

const run = (more: Partial<EndedRun>): EndedRun => ({
  name: 'nightly',
  archiver: 'Slow',
  variant: { allowRestore: true, reportPrefix: 'runs/' },
  input: { action: 'archive', date: '2026-11-22' },
  status: 'SUCCEEDED',
  error: null,
  cause: null,
  messages: [],
  from: 0,
  to: history.now,
  isDisturbed: false,
  isSabotaged: false,
  ...more,
});
const message = { subject: 'Verification FAILED', message: 'check' };

/** Archives the object as a run does. */
function archive(more: object = {}): void {
  const { etag } = store.get(BUCKETS.source, KEY)!;
  store.put(BUCKETS.archive, COPY, 'content');
  const line = {
    v: 2,
    key: KEY,
    destination: COPY,
    status: 'archived',
    etag: `"${etag}"`,
    archivedEtag: `"${etag}"`,
    size: 7,
    day: '2026-11-22',
    at: 0,
    ...more,
  };
  store.put(BUCKETS.reports, PART, `${JSON.stringify(line)}\n`);
  store.delete(BUCKETS.source, KEY);
  store.put(BUCKETS.reports, 'runs/2026-11-25/nightly/report.json', '{}');
  ended.push(run({}));
}

/** Verifies from now on, and says what it is given. */
const verify = (said: Partial<EndedRun>) =>
  judge.judge(
    run({
      name: 'check',
      input: { action: 'verify', run: 'nightly' },
      from: history.now,
      to: history.now,
      ...said,
    }),
  );

/** Writes the ledger of the verification. */
function findings(status: string): void {
  const [{ etag }] = history.parts.get(PART)!.lines;
  store.put(
    BUCKETS.reports,
    PART.replace('nightly', 'check'),
    `${JSON.stringify({ v: 2, key: KEY, destination: COPY, status, etag, size: 7, day: '2026-11-22', at: 1 })}\n`,
  );
}

test('what is moved and said to be fine is no violation', () => {
  archive();
  expect([...verify({}), ...history.violations, ...history.lost()]).toEqual([]);
});

describe('a step is a violation', () => {
  test('if it deletes a source of which there is no copy', () => {
    store.delete(BUCKETS.source, KEY);
    expect(history.violations).toEqual([expect.stringContaining('nothing else holds it')]);
    expect(history.lost()).toHaveLength(1);
  });

  test('if it deletes or overwrites in the archive', () => {
    archive();
    store.put(BUCKETS.archive, COPY, 'content');
    store.delete(BUCKETS.archive, COPY);
    expect(history.violations).toEqual([
      expect.stringContaining('overwritten'),
      expect.stringContaining('was deleted'),
      expect.stringContaining('nothing else holds it'),
    ]);
  });

  test('if it restores what the old key never held, or over something', () => {
    archive();
    store.put(BUCKETS.source, KEY, 'other');
    store.put(BUCKETS.source, KEY, 'content');
    expect(history.violations).toEqual([
      expect.stringContaining('what it never was'),
      expect.stringContaining('overwritten'),
    ]);
  });

  test('not if another writer takes the object', () => {
    history.asStranger(() => store.delete(BUCKETS.source, KEY));
    expect([...history.violations, ...history.lost()]).toEqual([]);
  });
});

describe('fine is false', () => {
  test.each([
    ['if the copy is gone', 'missing', () => store.delete(BUCKETS.archive, COPY)],
    ['if the copy was replaced', 'changed', () => store.put(BUCKETS.archive, COPY, 'damage')],
    ['if a part of the ledger is gone', undefined, () => store.delete(BUCKETS.reports, PART)],
  ])('%s, and an alarm is right', (_, found, sabotage) => {
    archive();
    history.asStranger(sabotage);
    expect(verify({})).toEqual([expect.stringContaining('false fine')]);
    if (found) {
      findings(found);
    }
    expect(verify({ status: 'FAILED', error: 'ObjectsUnaccounted', messages: [message] })).toEqual(
      [],
    );
  });

  test('if an earlier version of a line is gone', () => {
    const { etag } = store.get(BUCKETS.source, KEY)!;
    archive({
      status: 'failed',
      earlier: [
        {
          destination: COPY,
          etag: `"${etag}"`,
          archivedEtag: `"${etag}"`,
          size: 7,
          day: '2026-11-22',
        },
      ],
    });
    history.asStranger(() => store.delete(BUCKETS.archive, COPY));
    expect(verify({})).toEqual([expect.stringContaining('false fine')]);
  });

  test('if the run has no report', () => {
    archive();
    history.reports.clear();
    expect(verify({})).toEqual([expect.stringContaining('has no report')]);
  });
});

describe('an alarm is false', () => {
  test.each(['missing', 'changed'])('if it says %s of what the archive holds', (status) => {
    archive();
    findings(status);
    expect(verify({ status: 'FAILED', error: 'ObjectsUnaccounted', messages: [message] })).toEqual([
      expect.stringContaining('false alarm'),
    ]);
  });

  test('if nothing is wrong', () => {
    archive();
    expect(verify({ messages: [message] })).toEqual([expect.stringContaining('false alarm')]);
    expect(verify({ status: 'FAILED', error: 'States.TaskFailed' })).toEqual([
      expect.stringContaining('false failure'),
    ]);
  });
});

test.each([
  ['failed', 'ACCESS_DENIED'],
  ['conflicting', 'DESTINATION_EXISTS'],
])('a run that says %s without a reason is a violation', (status, code) => {
  archive({ status, code, message: 'said' });
  expect(judge.judge(run({ status: 'FAILED', error: 'ToleranceExceeded' }))).toEqual([
    expect.stringContaining(`false ${status}: ${code}`),
  ]);
});
