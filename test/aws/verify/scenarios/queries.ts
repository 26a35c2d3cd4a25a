/** The tables of the ledger, and each of their saved queries, as a person runs them in Athena. */
import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { toIsoDate } from './days';
import type { Scenario, Seen } from './scenario';
import { DENIED, PACKED_BYTES } from '../app';
import { prefixesOf } from '../names';
import { bucket, ended, put, type Stage, start } from '../stage';

const [SOURCE, ARCHIVE] = prefixesOf('Ledger');
/** The key in the text of a saved query, in whose place a person puts another one. */
const PLACEHOLDER = 'incoming/orders-2026-11-24.csv';
const LARGE = 2 * PACKED_BYTES;

export const QUERIES: Scenario[] = [
  {
    name: 'athena: each saved query answers what the runs did',
    flag: 'athena',
    needs: ['Ledger'],
    objects: 12,
    runs: 2,
    waitMinutes: 2,
    usd: 0.01,
    wants: {
      archived: { status: 'FAILED', archived: 5, failed: 1 },
      verified: { status: 'FAILED', missing: 1 },
      'where did a key go': [
        ['archived', String(LARGE)],
        ['missing', String(LARGE)],
      ],
      'what failed this month': [
        ['TODAY', 'failed', 'ACCESS_DENIED', `${SOURCE}${DENIED}/e-TODAY`],
      ],
      'bytes by day': [['TODAY', '5', String(LARGE + 4)]],
      'what is unaccounted for': [['TODAY', 'missing', `${SOURCE}large-TODAY`]],
      'which pack has a key': [['TODAY', 'a-TODAY', '1']],
    },
    play: queried,
  },
];

/**
 * The columns of each saved query that are the same on both sides. The list is complete: a saved
 * query that is not here is a difference.
 */
const COLUMNS: Readonly<Record<string, readonly number[]>> = {
  'where did a key go': [2, 9],
  'what failed this month': [0, 2, 3, 4],
  'bytes by day': [0, 1, 2],
  'what is unaccounted for': [0, 2, 4],
  'which pack has a key': [0, 2, 5],
};
const LOOKED_FOR: Readonly<Record<string, string>> = {
  'where did a key go': 'large',
  'which pack has a key': 'a',
};

async function queried(stage: Stage): Promise<Seen> {
  // One of the queries is about this month.
  const today = toIsoDate(new Date());
  for (const name of ['a', 'b', 'c', 'd']) {
    await put(stage, 'Source', `${SOURCE}${name}-${today}`, { Body: name });
  }
  for (const name of ['large', `${DENIED}/e`]) {
    await put(stage, 'Source', `${SOURCE}${name}-${today}`, { Body: 'x'.repeat(LARGE) });
  }
  const name = `queried-${randomUUID()}`;
  const archived = await ended(stage, await start(stage, 'Ledger', { date: today }, name));
  await stage.s3.send(
    new DeleteObjectCommand({
      Bucket: bucket(stage, 'Archive'),
      Key: `${ARCHIVE}${today.replaceAll('-', '/')}/large-${today}`,
    }),
  );
  const verified = await ended(
    stage,
    await start(stage, 'Ledger', { action: 'verify', run: name }, `verified-${randomUUID()}`),
  );
  const answers: Record<string, unknown> = {};
  for (const { name: saved, database, sql } of await stage.operations.savedQueries()) {
    // Its name begins with the archiver's.
    const query = saved.split('/').pop()!;
    const rows = await stage.operations.query(
      sql.replace(PLACEHOLDER, `${SOURCE}${LOOKED_FOR[query]}-${today}`),
      database,
    );
    answers[query] = rows.map((row) =>
      (COLUMNS[query] ?? [...row.keys()]).map((column) => row[column]!.replaceAll(today, 'TODAY')),
    );
  }
  return {
    archived: {
      status: archived.status,
      archived: archived.counts?.archived,
      failed: archived.counts?.failed,
    },
    verified: {
      status: verified.status,
      missing: (verified.counts as unknown as Record<string, number> | null)?.missing,
    },
    ...answers,
  };
}
