/** Runs in the sandbox that make the pages to check, with the synthesized archiver and the built bundles. */
import type { FaultRule } from '../../../packages/s3-double/src';
import { Body } from '../../../packages/s3-double/src/store/body';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

/** Makes the slowest objects differ, and slows S3 down occasionally. */
const FAULTS: FaultRule[] = [
  { kind: 'SlowDown', probability: 0.001 }, { kind: 'Latency', probability: 0.02, ms: 700 }, { kind: 'Latency', probability: 1, ms: 30 },
];

export interface Page {
  readonly html: string;
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

/** A run in which objects with hostile keys fail or are stragglers, and S3 returns a hostile message. */
export async function hostileRun(): Promise<Page> {
  return run(async (rehearsal) => {
    for (const key of HOSTILE) {
      rehearsal.put(`incoming/bad/${key}`);
      rehearsal.put(`incoming/${key}`);
      rehearsal.put(`incoming/${key.replaceAll('2026-11-24', '2026-11-20')}`);
    }
    rehearsal.sandbox.s3!.store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/bad/', message: '</code><script>pwned=1</script>\u202e' });
  });
}

/** A clean run with a few objects. */
export async function plainRun(): Promise<Page> {
  return run(async ({ put }) => {
    for (let i = 0; i < 20; i++) { put(`incoming/${i}-2026-11-24.csv`); }
  });
}

/**
 * A run with files of all sizes, slower than a real one. A producer's KMS key is disabled, and S3 slows down now and
 * then.
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
      store.put(sandbox.sourceBucket, `incoming/${name}`.replace('DAY', day), sized(Math.floor(300 * 10 ** (unrelated ** 2 * 4))));
    };
    for (let i = 0; i < 4_200; i++) {
      const unrelated = (i * 2654435761) % 2 ** 32 / 2 ** 32;
      const shop = ['berlin', 'kyoto', 'lima', 'oslo'][i % 4];
      put(`orders/${shop}/orders-DAY-${String(i).padStart(4, '0')}.parquet`, i % 21 ? '2026-11-24' : '2026-11-25', unrelated);
      if (i % 3 === 0) { put(`clicks/DAY/${shop}-${i}.jsonl.gz`, '2026-11-25', unrelated); }
      if (i % 100 === 0) { put(`payroll/DAY_${shop}_${i}.csv`, '2026-11-24', unrelated); }
      if (i % 150 === 0) { put(`invoices/DAY-${i}.pdf`, i % 300 ? '2026-11-21' : '2026-11-22', unrelated); }
      if (i % 1400 === 0) {
        put(`ledger-export-DAY-${i}.csv`, '2026-11-24', unrelated);
        store.put(sandbox.destinationBucket, `archive/2026/11/24/ledger-export-2026-11-24-${i}.csv`, 'of an earlier export');
      }
    }
    store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/payroll', message: 'The ciphertext refers to a KMS key that is disabled (kms:Decrypt)' });
  });
}

async function run(prepare: (rehearsal: Rehearsal) => Promise<void>): Promise<Page> {
  const rehearsal = await rehearse(
    { prefix: 'incoming/', toleratedFailurePercentage: 5, maxObjectsPerSecond: 300, maxConcurrency: 4, batchSize: 500 },
    { s3: { faults: { seed: 1, rules: FAULTS } } },
  );
  try {
    await prepare(rehearsal);
    const { sandbox } = rehearsal;
    const { error, cause } = await sandbox.run({ now: '2026-11-25T01:00:00Z', name: 'nightly-2026-11-25' });
    const read = (name: string) => sandbox.s3!.store.get(sandbox.reportBucket, `runs/2026-11-25/nightly-2026-11-25/${name}`)?.body.bytes().toString();
    const [html, report] = [read('report.html'), read('report.json')];
    if (!html || !report) { throw new Error(`the run left no report: ${error}: ${cause}`); }
    return { html, report: JSON.parse(report) as Report };
  } finally {
    await rehearsal.close();
  }
}
