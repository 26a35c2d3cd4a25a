import type { LedgerLine } from '../../../../../src/contract/payloads/ledger-line';
import { toAnchor } from '../../../../../src/lambda/calendar/calendar-page';
import { createReport, type ReportFacts } from '../../../../../src/lambda/report-run/report/report';
import { renderRunPage } from '../../../../../src/lambda/report-run/report/run-page';
import { viewRun } from '../../../../../src/lambda/report-run/report/run-view';
import { EXECUTION, factsOf, ledgerLine, type RunFacts } from '../../../../helpers/report-fixtures';
import { skippedObjects } from '../../../../helpers/skipped-objects';

function page(run: RunFacts, more: Partial<ReportFacts> = {}): string {
  return renderRunPage(viewRun(createReport(factsOf(run, more))));
}

function lines(status: LedgerLine['status'], count: number, code?: string): LedgerLine[] {
  return Array.from({ length: count }, (_, i) => ({
    ...ledgerLine(`incoming/${status}-${String(i).padStart(5, '0')}`, status, code),
    at: 10 * i,
    ms: i,
  }));
}

const titles = (text: string) => [...text.matchAll(/<h2>(.*)<\/h2>/g)].map(([, title]) => title);
const plain = (text: string) =>
  text
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

test('the page of a clean run has no sections about failures', () => {
  const text = page({ lines: lines('archived', 20), skipped: 5 });
  expect(titles(text)).toEqual([
    '25 objects listed',
    'Throughput',
    'Sizes of archived objects',
    'Cost',
    'Slowest objects',
    'Places',
  ]);
  expect(text).toContain('<span class="verdict CLEAN">Archived</span>');
  expect(plain(text)).toContain('Archived all 20 objects for these days.');
});

test('the page of a run with problems says what to do, why, and which objects are affected', () => {
  const text = page({
    lines: [
      ...lines('archived', 100),
      ...lines('failed', 3, 'SLOW_DOWN'),
      ...lines('conflicting', 2, 'DESTINATION_EXISTS'),
    ],
  });
  expect(titles(text).slice(0, 4)).toEqual([
    '105 objects listed',
    'Next',
    'Why',
    'Affected objects',
  ]);
  expect(text).toContain('verdict PROBLEMS');
  expect(plain(text)).toContain(
    'aws stepfunctions start-execution \\\n  --region eu-west-1 \\\n  --state-machine-arn ' +
      'arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver \\\n' +
      '  --input \'{"from":"2026-11-24","to":"2026-11-24"}\'',
  );
  expect(text).toContain(
    '<a ' +
      'href="https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/blob/main/docs/runbook.md#slow_down">SLOW_DOWN</a>',
  );
});

test('the page says whether a run failed, and whether it was a dry run', () => {
  expect(plain(page({ lines: lines('failed', 3, 'SLOW_DOWN') }))).toContain(
    '3 of 3 objects for these days failed. This is more than the tolerated 10%. No object was lost',
  );
  expect(plain(page({ lines: lines('archived', 3), run: { dryRun: true } }))).toContain(
    'nothing was changed',
  );
});

test('the page of a dry run shows the estimate of the real run', () => {
  const cold = lines('archived', 3).map((line) => ({
    ...line,
    size: 1024 ** 3,
    storageClass: 'STANDARD_IA',
    modified: 1_795_000_000,
  }));
  const text = page(
    { lines: cold, run: { dryRun: true }, skipped: 1_000_000 },
    { storageClass: 'GLACIER_IR' },
  );
  expect(titles(text)).toEqual([
    '1,000,003 objects listed',
    'The real run',
    'Throughput',
    'Sizes of objects to archive',
    'Cost of this dry run',
    'Slowest objects',
    'Places',
  ]);
  expect(plain(text)).toContain('Reading 3 objects (3 GiB) from STANDARD_IA would cost');
  expect(plain(text)).toContain('Storing these objects in GLACIER_IR would cost');
  expect(plain(text)).toContain('The largest 3 objects');
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

test('a run without objects has a page', () => {
  const text = page({});
  expect(titles(text)).toEqual(['0 objects listed', 'Cost', 'Places']);
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

test('stragglers: how many, how old, some of them, and the command', () => {
  const text = plain(
    page(
      { lines: lines('archived', 1) },
      {
        skipped: skippedObjects({
          stragglers: {
            count: 1234,
            oldest: '2026-11-01',
            examples: [{ key: 'incoming/late', date: '2026-11-01' }],
          },
        }),
      },
    ),
  );
  expect(text).toContain(
    '1,234 objects from earlier days are still at the source. The oldest is from 2026-11-01.',
  );
  expect(text).toContain('incoming/late');
  expect(text).toContain('--input \'{"from":"2026-11-01","to":"2026-11-23"}\'');
});

test('links lead to the console, if it is known', () => {
  expect(page({})).toContain(
    `href="https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${EXECUTION}"`,
  );
  const unknown = page({}, { executionArn: 'arn:aws-new:states:moon-1:1:execution:a:b' });
  expect(
    [...unknown.matchAll(/href="([^"]*)"/g)].map(
      ([, url]) => new URL(url, 'file:///runs/day/run/').host,
    ),
  ).toEqual(['', 'raw.githubusercontent.com']);
  expect(plain(unknown)).toContain('nightly');
});

test('bars are as long as their counts, and one object among a million is visible', () => {
  const counts = { listed: 1_000_001, archived: 0, skipped: 1_000_000, conflicting: 0, failed: 1 };
  expect(page({}, { counts })).toMatch(
    /<rect class="skipped" x="0%" width="99\.256%".*<rect class="failed" x="99\.256%" width="0\.744%"/,
  );
});

const mixed = [
  ...lines('archived', 20),
  ...lines('failed', 3, 'KEY_TOO_LONG'),
  ...lines('conflicting', 2, 'DESTINATION_EXISTS'),
];
/** What a reader sees or hears, titles and labels included. */
const heard = (text: string) =>
  [
    plain(text),
    ...[...text.matchAll(/(?:aria-label|title)="([^"]*)"/g)].map(([, label]) => label),
  ].join('\n');

describe.each([
  ['archive', 'archived'],
  ['restore', 'restored'],
] as const)('the page of a dry run of %s', (action, done) => {
  const dry = (problems: boolean, more: Partial<ReportFacts> = {}) =>
    page(
      {
        lines: problems ? mixed : lines('archived', 20),
        skipped: 5,
        run: { dryRun: true, action },
      },
      more,
    );

  test.each([
    [true, { outcome: 'PROBLEMS' }],
    [false, {}],
    [true, { outcome: 'FAILED' }],
    [false, { keepsSources: true }],
  ] as const)('claims nothing (problems: %s, %j)', (problems, more) => {
    const text = heard(dry(problems, more)).replace(
      /incoming\/\S+|would (not )?be (archived|restored|skipped)/gi,
      '',
    );
    expect(text).not.toMatch(/\b(archived|restored)\b/i);
    expect(text).not.toMatch(/\d (skipped|failed|conflicting)|Incomplete/);
    expect(text).toContain('This was a dry run: nothing was changed.');
  });

  test('says what a run would do', () => {
    const clean = heard(dry(false));
    expect(clean).toContain(`A run would ${action} all 20 objects for these days.`);
    expect(
      [...dry(false).matchAll(/<dt>(.*?)<\/dt>/g)].map(([, name]) => plain(name)).slice(0, 5),
    ).toEqual([
      `Would ${action}`,
      'Would skip',
      'Would conflict',
      'Would fail',
      `Bytes to ${action}`,
    ]);
    expect(clean).toContain(`20 would be ${done}, 5 would be skipped`);
    expect(clean).toContain(`Dry run, would ${action}: 2026-11-24`);
    const incomplete = heard(dry(true, { outcome: 'PROBLEMS' }));
    expect(incomplete).toContain(`5 of 25 objects for these days would not be ${done}.`);
    expect(incomplete).toContain('3 would fail');
    expect(heard(dry(true, { outcome: 'FAILED' }))).toContain(
      '3 of 25 objects for these days would fail. This is more than the tolerated 10%.',
    );
  });
});

test('the page of a restore says restored, also in its charts', () => {
  const text = heard(page({ lines: mixed, skipped: 5, run: { action: 'restore' } }));
  expect(text).toContain('20 restored, 5 skipped, 2 conflicting, 3 failed');
  expect(text).toContain('20 restored, 5 not restored');
  expect(text).not.toMatch(/\d archived/);
});

test('the page of a restore says from where and to where', () => {
  const archive = { bucket: 'archive-bucket', prefix: 'archive/' };
  const old = { bucket: 'old-bucket', prefix: 'incoming/' };
  const text = page(
    { lines: lines('restored', 1), run: { action: 'restore' } },
    { source: archive, destination: old },
  );
  expect(plain(text)).toContain('Froms3://archive-bucket/archive/');
  expect(plain(text)).toContain('Tos3://old-bucket/incoming/');
});

test('bytes have one form everywhere, also those of the logs', () => {
  const text = plain(page({ lines: lines('archived', 1).map((line) => ({ ...line, size: 1 })) }));
  expect(text).toContain('Bytes archived1 byte');
  expect(text).toMatch(/CloudWatch: logs[\d.]+ KiB/);
  expect(text).not.toContain('bytes of');
});

test('no date can break inside, and times are in UTC', () => {
  const text = page(
    { lines: lines('failed', 1, 'SLOW_DOWN'), run: { from: '2026-11-20' } },
    {
      skipped: skippedObjects({
        stragglers: {
          count: 1,
          oldest: '2026-11-01',
          examples: [{ key: 'late', date: '2026-11-01' }],
        },
      }),
    },
  );
  const body = text.slice(text.indexOf('<body>'));
  const kept = body.replace(/<span class="date">[^<]*<\/span>/g, '');
  expect(plain(kept)).not.toMatch(/\d{4}-\d\d-\d\d/);
  expect(body).toContain(
    '<h1><span class="date">2026-11-20</span> to <span class="date">2026-11-24</span></h1>',
  );
  expect(body).toContain(
    'from <time datetime="2026-11-25T01:00:00Z"><span class="date">2026-11-25</span> <span ' +
      'class="date">01:00:00 UTC</span></time>',
  );
  expect(plain(body)).toContain('Written at 2026-11-25 01:02:30 UTC by');
});

test('times are also in the time zone of the archiver, with their day if it is another one', () => {
  expect(plain(page({}, { timeZone: 'Asia/Tokyo' }))).toContain(
    'from 2026-11-25 01:00:00 UTC (10:00:00 Asia/Tokyo)',
  );
  expect(plain(page({}, { timeZone: 'America/Los_Angeles' }))).toContain(
    'from 2026-11-25 01:00:00 UTC (2026-11-24 17:00:00 America/Los_Angeles)',
  );
  expect(plain(page({}, { timeZone: 'Etc/UTC' }))).not.toMatch(/UTC \(/);
});

test('the page leads to the runs before and after it: to its day in the calendar', () => {
  const text = page({}, { timeZone: 'America/Los_Angeles' });
  expect(text).toContain(`<a href="../../index.html#${toAnchor('Demo/Archiver', '2026-11-24')}">`);
  expect(text).toContain(
    '<a ' +
      'href="https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&#38;prefix=runs%2Findex.html">',
  );
});

test(
  'a key is in the page once and whole: one element has all of its text, and a long one can be ' +
    'unfolded',
  () => {
    const [short, long] = [
      'incoming/2026-11-24.csv',
      `incoming/${'folder/'.repeat(40)}2026-11-24-e\u0301te\u0301.jsonl`,
    ];
    const text = page({
      lines: [short, long].map((key) => ledgerLine(key, 'failed', 'SLOW_DOWN')),
      run: {},
    });
    const codes = [...text.matchAll(/<code>(.*?)<\/code>/g)].map(([, content]) => plain(content));
    expect(codes).toEqual(expect.arrayContaining([short, long]));
    expect(text.match(/<details class="key">/g)).toHaveLength(1);
    expect(text.split('2026-11-24.csv')).toHaveLength(2);
    // The last folder is in both parts.
    expect(text.split('folder/'.repeat(39))).toHaveLength(2);
  },
);

/** The heights of the throughput chart's bars, in percent of the chart. */
const bars = (text: string) =>
  [...text.matchAll(/width="\.9" height="([\d.]+)"/g)].map(([, height]) => Number(height));
const ticks = (text: string) =>
  [.../<div class="ticks"[^>]*>(.*?)<\/div>/.exec(text)![1].matchAll(/<span>(.*?)<\/span>/g)].map(
    ([, tick]) => tick,
  );

test('the throughput chart shows conflicts alone in their own color', () => {
  const colors = (others: LedgerLine[]) =>
    [
      ...page({ lines: [...lines('archived', 20), ...others] }).matchAll(
        /<rect class="(\w+)" x="0" /g,
      ),
    ].map(([, color]) => color);
  expect(colors(lines('conflicting', 2, 'DESTINATION_EXISTS'))).toEqual([
    'archived',
    'conflicting',
  ]);
  expect(
    colors([...lines('conflicting', 2, 'DESTINATION_EXISTS'), ...lines('failed', 1, 'SLOW_DOWN')]),
  ).toEqual(['archived', 'failed']);
});

test(
  'the throughput chart has an axis in objects per second, and its bars have the heights ' +
    'that the axis says',
  () => {
    const second = (at: number, count: number) =>
      lines('archived', count).map((line) => ({ ...line, at: 1000 * at }));
    const text = page({ lines: [...second(0, 30), ...second(1, 171)] });
    expect(ticks(text)).toEqual(['200', '150', '100', '50', '0']);
    expect(bars(text)).toEqual([15, 85.5]);
    expect(plain(text)).toContain('The peak was 171 per second.');
    expect(text.match(/<line class="grid"/g)).toHaveLength(4);
  },
);

test(
  'the axis counts objects per second, also where a bar covers several seconds and less than one ' +
    'object a second',
  () => {
    // The intervals are 4 s long, because there are 120 of them at most.
    const text = page({
      lines: [0, 300_000].map((at) => ({ ...ledgerLine(`incoming/${at}`, 'archived'), at, ms: 1 })),
    });
    expect(ticks(text)).toEqual(['0.3', '0.2', '0.1', '0']);
    expect(bars(text).map(Math.round)).toEqual([83, 83]);
    expect(plain(text)).toContain('The peak was 0.25 per second.');
  },
);

test('runs no script and sends no request: a policy forbids it, and no element would do it', () => {
  const text = page({ lines: lines('failed', 3, 'SLOW_DOWN') });
  expect(text).toContain(
    '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src ' +
      '&#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">',
  );
  expect(text).not.toMatch(/<(script|img|link|iframe)|\bsrc=|@import|url\(/);
});

test('keys, codes, messages, names and ARNs are shown as text, whatever they contain', () => {
  const evil = '"><script>alert(1)</script>\u202e\n';
  const text = page(
    {
      lines: [{ ...ledgerLine(evil, 'failed', evil), message: evil, at: 1, ms: 1 }],
      run: { id: evil },
    },
    {
      archiverName: evil,
      executionArn: `arn:aws:states:eu-west-1:1:execution:Machine:${evil}`,
      skipped: skippedObjects({
        stragglers: { count: 1, oldest: '2026-11-01', examples: [{ key: evil, date: evil }] },
      }),
      source: { bucket: evil, prefix: evil },
      destination: { bucket: evil, prefix: evil },
      ledger: { bucket: evil, prefix: evil },
    },
  );
  expect(text).not.toMatch(/<script|alert\(1\)<|\u202e|"">/);
  expect(text.match(/&#60;script&#62;alert\(1\)/g)!.length).toBeGreaterThan(10);
});

test('ten thousand failures with the longest keys make a page of limited size', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    ...ledgerLine(`${String(i).padStart(5, '0')}${'<'.repeat(1019)}`, 'failed', 'SLOW_DOWN'),
    message: '&'.repeat(300),
    at: i,
    ms: i,
  }));
  expect(page({ lines: many }).length).toBeLessThan(400_000);
});
