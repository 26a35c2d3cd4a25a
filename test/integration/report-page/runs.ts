/**
 * Runs in the sandbox that make the pages to check, with the synthesized archiver and the built
 * bundles.
 */
import { TimeZone } from 'aws-cdk-lib';
import type { FaultRule } from '../../../packages/s3-double/src';
import { Body } from '../../../packages/s3-double/src/store/body';
import { addDays } from '../../../src/dates/calendar';
import { renderCalendar } from '../../../src/lambda/calendar/calendar-page';
import { addRun, type CalendarRun } from '../../../src/lambda/calendar/calendar-runs';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { calendarRun } from '../../helpers/calendar-fixtures';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

/** Makes the slowest objects differ, and slows S3 down occasionally. */
const FAULTS: FaultRule[] = [
  { kind: 'SlowDown', probability: 0.001 },
  { kind: 'Latency', probability: 0.02, ms: 700 },
  { kind: 'Latency', probability: 1, ms: 30 },
];

export interface Page {
  readonly html: string;
  /** The calendar after the run. */
  readonly calendar: string;
  readonly report: Report;
}

/** Keys that try to break out of a page, forge its lines, or do not fit. */
export const HOSTILE = [
  '<script>pwned=1;alert(1)<!--2026-11-24',
  '"><img src=x onerror=alert(1)> 2026-11-24',
  "' onmouseover='alert(1)' autofocus onfocus=alert(1) 2026-11-24",
  '<svg onload=alert(1)>2026-11-24',
  '<style>*{display:none}2026-11-24',
  '&lt;script&gt;alert(1)&#x3c; 2026-11-24',
  '${alert(1)} {{alert(1)}} `2026-11-24`',
  'javascript:alert(1) 2026-11-24',
  'rtl \u202egpj.exe 2026-11-24',
  'line 1\r\nFailed: 0\t2026-11-24',
  'zero\u200bwidth\ufeff 2026-11-24',
  '  two  spaces  2026-11-24 ',
  '🗃️ 日本語 العربية עברית 2026-11-24',
  '../../../etc/passwd 2026-11-24',
  `${'long-'.repeat(200)}2026-11-24`,
];

/**
 * A run in which objects with hostile keys fail or are stragglers, and S3 returns a hostile
 * message.
 */
export async function hostileRun(): Promise<Page> {
  return run(async (rehearsal) => {
    for (const key of HOSTILE) {
      rehearsal.put(`incoming/bad/${key}`);
      rehearsal.put(`incoming/${key}`);
      rehearsal.put(`incoming/${key.replaceAll('2026-11-24', '2026-11-20')}`);
    }
    rehearsal.sandbox.s3!.store.deny({
      operations: ['CopyObject'],
      keyPrefix: 'archive/2026/11/24/bad/',
      message: '</code><script>pwned=1</script>\u202e',
    });
  });
}

/** A clean run with a few objects. */
export async function plainRun(): Promise<Page> {
  return run(async ({ put }) => {
    for (let i = 0; i < 20; i++) {
      put(`incoming/${i}-2026-11-24.csv`);
    }
  });
}

/**
 * A run with files of all sizes, slower than a real one. A producer's KMS key is disabled, and S3
 * slows down now and then.
 */
export async function ordinaryRun(): Promise<Page> {
  const block = Buffer.alloc(1024 * 1024, 'dated content\n');
  const sized = (size: number) => {
    const blocks = Array<Buffer>(Math.floor(size / block.length)).fill(block);
    return Body.ofChunks([...blocks, block.subarray(0, size % block.length)]);
  };
  return run(async ({ sandbox }) => {
    const { store } = sandbox.s3!;
    const put = (name: string, day: string, unrelated: number) => {
      store.put(
        sandbox.sourceBucket,
        `incoming/${name}`.replace('DAY', day),
        sized(Math.floor(300 * 10 ** (unrelated ** 2 * 4))),
      );
    };
    for (let i = 0; i < 4_200; i++) {
      const unrelated = ((i * 2654435761) % 2 ** 32) / 2 ** 32;
      const shop = ['berlin', 'kyoto', 'lima', 'oslo'][i % 4];
      put(
        `orders/${shop}/orders-DAY-${String(i).padStart(4, '0')}.parquet`,
        i % 21 ? '2026-11-24' : '2026-11-25',
        unrelated,
      );
      if (i % 3 === 0) {
        put(`clicks/DAY/${shop}-${i}.jsonl.gz`, '2026-11-25', unrelated);
      }
      if (i % 100 === 0) {
        put(`payroll/DAY_${shop}_${i}.csv`, '2026-11-24', unrelated);
      }
      if (i % 150 === 0) {
        put(`invoices/DAY-${i}.pdf`, i % 300 ? '2026-11-21' : '2026-11-22', unrelated);
      }
      if (i % 1400 === 0) {
        put(`ledger-export-DAY-${i}.csv`, '2026-11-24', unrelated);
        store.put(
          sandbox.destinationBucket,
          `archive/2026/11/24/ledger-export-2026-11-24-${i}.csv`,
          'of an earlier export',
        );
      }
    }
    store.deny({
      operations: ['CopyObject'],
      keyPrefix: 'archive/2026/11/24/payroll',
      message: 'The ciphertext refers to a KMS key that is disabled (kms:Decrypt)',
    });
  });
}

const CALENDAR_PLACE = { bucket: 'storage-reports', reportPrefix: 'runs/' };

/**
 * A calendar of ten weeks, with every kind of day: two nights failed, of which one was repeated.
 */
export function ordinaryCalendar(): string {
  const at = { archiver: 'Storage/Archiver', hour: 16, timeZone: 'Asia/Tokyo' };
  const runs: CalendarRun[] = [];
  for (let index = 70; index >= 0; index--) {
    const started = addDays('2026-11-24', -index);
    const of = {
      ...at,
      day: addDays(started, 1),
      from: started,
      folder: `${started}/nightly-${addDays(started, 1)}`,
    };
    if (index === 30 || index === 31) {
      continue;
    }
    const counts = { done: 3_800 + ((index * 7919) % 900), notDone: 0 };
    const night =
      index === 52 || index === 12
        ? { outcome: 'FAILED' as const, counts: null, folder: null }
        : index % 17 === 3
          ? { outcome: 'PROBLEMS' as const, counts: { ...counts, notDone: 204 } }
          : { counts };
    runs.push(onDay({ ...of, ...night }, started));
    if (index === 52) {
      runs.push(onDay({ ...of, hour: 22, counts, folder: `${started}/repeated` }, started));
    }
    if (index % 14 === 5) {
      const counted = { done: 120_000, notDone: 0 };
      runs.push(
        onDay(
          {
            ...of,
            action: 'verify',
            hour: 21,
            from: addDays(started, -30),
            to: started,
            counts: counted,
            folder: `${started}/weekly`,
          },
          started,
        ),
      );
    }
  }
  const extra = { ...at, from: '2026-09-01', to: '2026-09-10' };
  runs.push(
    onDay(
      {
        ...extra,
        day: '2026-09-14',
        dryRun: true,
        counts: { done: 41_007, notDone: 0 },
        folder: '2026-09-13/try',
      },
      '2026-09-13',
    ),
  );
  runs.push(
    onDay(
      {
        ...extra,
        day: '2026-10-25',
        action: 'restore',
        counts: { done: 1_210, notDone: 0 },
        folder: '2026-10-24/back',
      },
      '2026-10-24',
    ),
  );
  return renderRuns(runs);
}

/** The day in Tokyo is the one after the day in UTC. */
function onDay(given: Parameters<typeof calendarRun>[0], utc: string): CalendarRun {
  const { day } = given!;
  return { ...calendarRun({ ...given, day: utc }), day: day! };
}

/** A calendar of archivers and runs with hostile names. */
export function hostileCalendar(): string {
  return renderRuns(
    HOSTILE.map((name, index) => {
      const folder = index % 3 ? `2026-11-25/${name.replaceAll('/', '')}` : null;
      const named = calendarRun({
        archiver: name,
        hour: index,
        outcome: index % 2 ? 'FAILED' : 'CLEAN',
        folder,
      });
      return {
        ...named,
        executionArn: `arn:aws:states:eu-west-1:123456789012:execution:Machine:${name.replaceAll(':', '')}`,
      };
    }),
  );
}

function renderRuns(runs: readonly CalendarRun[]): string {
  return renderCalendar(
    runs.reduce<CalendarRun[]>((all, each) => addRun(all, each), []),
    CALENDAR_PLACE,
  );
}

async function run(prepare: (rehearsal: Rehearsal) => Promise<void>): Promise<Page> {
  const rehearsal = await rehearse(
    {
      prefix: 'incoming/',
      timeZone: TimeZone.ASIA_TOKYO,
      toleratedFailurePercentage: 5,
      maxObjectsPerSecond: 300,
      maxConcurrency: 4,
      batchSize: 500,
    },
    { s3: { faults: { seed: 1, rules: FAULTS } } },
  );
  try {
    await prepare(rehearsal);
    const { sandbox } = rehearsal;
    const { error, cause } = await sandbox.run({
      now: '2026-11-25T01:00:00Z',
      name: 'nightly-2026-11-25',
    });
    const read = (name: string) =>
      sandbox.s3!.store.get(sandbox.reportBucket, `runs/${name}`)?.body.bytes().toString();
    const [html, report, calendar] = [
      '2026-11-25/nightly-2026-11-25/report.html',
      '2026-11-25/nightly-2026-11-25/report.json',
      'index.html',
    ].map(read);
    if (!html || !report || !calendar) {
      throw new Error(`the run left no report: ${error}: ${cause}`);
    }
    return { html, calendar, report: JSON.parse(report) as Report };
  } finally {
    await rehearsal.close();
  }
}
