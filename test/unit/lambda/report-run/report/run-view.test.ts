import type { LedgerLine } from '../../../../../src/contract/payloads/ledger-line';
import type { SkipReason } from '../../../../../src/contract/payloads/outcomes';
import { ReasonCode } from '../../../../../src/contract/payloads/reason-codes';
import type { Run } from '../../../../../src/contract/payloads/run';
import { toTextMessage } from '../../../../../src/lambda/alerts/alert';
import { describeReason, reasonUrl } from '../../../../../src/lambda/alerts/reason-text';
import {
  createReport,
  type Report,
  type ReportFacts,
} from '../../../../../src/lambda/report-run/report/report';
import { createRunAlert } from '../../../../../src/lambda/report-run/report/run-message';
import { viewRun } from '../../../../../src/lambda/report-run/report/run-view';
import { EXECUTION, factsOf, ledgerLine, RUN } from '../../../../helpers/report-fixtures';
import { noted, skippedObjects } from '../../../../helpers/skipped-objects';

function reportOf(
  lines: LedgerLine[],
  run: Partial<Run> = {},
  skipped = 0,
  more: Partial<ReportFacts> = {},
): Report {
  return createReport(factsOf({ lines, run, skipped }, more));
}

function messageOf(report: Report) {
  const alert = createRunAlert(viewRun(report), `${RUN.reportPrefix}report.json`);
  return { subject: alert.subject, message: toTextMessage(alert) };
}

const archived = (count: number) =>
  Array.from({ length: count }, (_, i) => ledgerLine(`incoming/${i}-2026-11-24.csv`, 'archived'));
const COMMAND =
  'aws stepfunctions start-execution --region eu-west-1 --state-machine-arn ' +
  'arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver --input ' +
  '\'{"from":"2026-11-24","to":"2026-11-24"}\'';

test(
  'what S3 restores first is of the days, too, so a run that archived the rest does not say that ' +
    'it archived all',
  () => {
    const skipped = skippedObjects({ notes: noted('restoring', 30) });
    const { subject, message } = messageOf(reportOf(archived(5), {}, 30, { skipped }));
    expect([subject, message]).toEqual([
      expect.stringContaining('Archive OK, 5 objects'),
      expect.stringContaining('Demo/Archiver: archived 5 of 35 objects for these days.'),
    ]);
    expect(message).toMatch(
      /Skipped: +30 \(other dates, no date, folder markers, restored by S3 first: 30\)/,
    );
    expect(messageOf(reportOf(archived(5), { dryRun: true }, 30, { skipped })).message).toContain(
      'a run would archive 5 of 35 objects for these days.',
    );
  },
);

test('the message of a run with problems, as a person gets it', () => {
  const report = reportOf(
    [
      ...archived(2_000),
      {
        ...ledgerLine('incoming/b-2026-11-24.csv', 'failed', ReasonCode.KMS_DENIED),
        message: 'AccessDenied: not allowed (request R1)',
      },
      ledgerLine('incoming/c-2026-11-24.csv', 'conflicting', ReasonCode.DESTINATION_EXISTS),
    ],
    {},
    100,
    { skipped: skippedObjects({ stragglers: { count: 3, oldest: '2026-11-20' } }) },
  );
  expect(messageOf(report)).toEqual({
    subject: 'Archive incomplete, 1 failed, 1 conflicting: 2026-11-24 (Demo/Archiver)',
    message: `Demo/Archiver: 2 of 2,002 objects for these days were not archived.
No object was lost. Objects that were not archived are still at the source.

Days:  2026-11-24
From:  s3://source/incoming/
To:    s3://archive/archive/
Run:   nightly, 2026-11-25T01:00:00.000Z, took 2 min 30 s

Listed:      2,102
Archived:    2,000 (195.3 KiB)
Skipped:       100 (other dates, no date, folder markers)
Conflicting:     1
Failed:          1

Layer: KMS, S3
Why:
  1 failed: KMS_DENIED (${describeReason('KMS_DENIED')})
      ${reasonUrl('KMS_DENIED')}
  1 conflicting: DESTINATION_EXISTS (${describeReason('DESTINATION_EXISTS')})
      ${reasonUrl('DESTINATION_EXISTS')}

Affected objects:
  KMS_DENIED incoming/b-2026-11-24.csv
      AccessDenied: not allowed (request R1)
  DESTINATION_EXISTS incoming/c-2026-11-24.csv

Next: fix the causes, then run the same days again. The run picks up everything that is still at the source:
${COMMAND}

To compare the two objects of the conflict, run:
aws s3api head-object --bucket source --key 'incoming/c-2026-11-24.csv'
aws s3api head-object --bucket archive --key 'archive/2026/11/24/incoming/c-2026-11-24.csv'

Stragglers: 3 objects from earlier days are still at the source. The oldest is from 2026-11-20. To archive them, run:
${COMMAND.replace('2026-11-24', '2026-11-20').replace('2026-11-24', '2026-11-23')}

Ledger: s3://reports/runs/ledger/day=2026-11-24/run=nightly/
Report: aws s3 cp 's3://reports/runs/2026-11-25/nightly/report.json' -
Page:   aws s3 cp 's3://reports/runs/2026-11-25/nightly/report.html' .
        https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&prefix=runs%2F2026-11-25%2Fnightly%2Freport.html
Run:    https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${EXECUTION}`,
  });
});

test('a message that several objects have is shown once', () => {
  const failed = ['a', 'b', 'c'].map((key, i) => ({
    ...ledgerLine(key, 'failed', 'ACCESS_DENIED'),
    message: `AccessDenied: no${i > 1 ? 'pe' : ''} (request R${i})`,
  }));
  expect(messageOf(reportOf(failed)).message).toContain(`Affected objects:
  ACCESS_DENIED a
      AccessDenied: no (request R0)
  ACCESS_DENIED b
  ACCESS_DENIED c
      AccessDenied: nope (request R2)

`);
});

test('a clean run has a short message without a command', () => {
  const { subject, message } = messageOf(reportOf(archived(1)));
  expect(subject).toBe('Archive OK, 1 object: 2026-11-24 (Demo/Archiver)');
  expect(message).not.toMatch(/Next|Why|Affected|lost/);
});

test('a run that found nothing says so', () => {
  const { subject, message } = messageOf(reportOf([], {}, 12));
  expect(subject).toBe('Archive OK, 0 objects: 2026-11-24 (Demo/Archiver)');
  expect(message).toContain('found no objects for these days.');
  expect(messageOf(reportOf([], { dryRun: true }, 12)).subject).toBe(
    'Dry run, nothing to archive: 2026-11-24 (Demo/Archiver)',
  );
});

describe('no date was found in any key', () => {
  const skipped = skippedObjects({
    reasons: { 'no-date': 12, 'folder-marker': 1 },
    undated: ['incoming/app-20261124.log.gz', 'incoming/app-20261123.log.gz'],
  });
  const FIRST = { since: null, count: 12, usual: 0, isUnusual: true };

  test.each([false, true])(
    'the message names keys, and the format that they seem to have (dry run: %s)',
    (dryRun) => {
      const { subject, message } = messageOf(
        reportOf([], { dryRun }, 13, { skipped, undatedArrivals: FIRST, outcome: 'PROBLEMS' }),
      );
      expect(subject).toBe(
        `${dryRun ? 'Dry run,' : 'Archive'} found nothing: 2026-11-24 (Demo/Archiver)`,
      );
      expect(message).toContain(
        'found nothing to archive: no date was found in any of the keys of 12 objects, such as ' +
          'incoming/app-20261124.log.gz, ' +
          'incoming/app-20261123.log.gz. dateSource says where the date of an object is, and ' +
          'how it is written. ' +
          'incoming/app-20261124.log.gz looks like yyyyMMdd: DateSource.objectName("yyyyMMdd") ' +
          'finds it.',
      );
      expect(message).toContain(
        'Next: if these objects are not meant to be archived, do nothing: runs do not tell of ' +
          'the same objects again. If they are, deploy the archiver with the dateSource that ' +
          'fits their keys, then run the same days again:\naws stepfunctions',
      );
    },
  );

  test('objects were archived beside them: the run is incomplete', () => {
    const { subject, message } = messageOf(
      reportOf(archived(3), {}, 13, {
        skipped,
        undatedArrivals: {
          since: '2026-11-24T01:00:00.000Z',
          count: 11,
          usual: 0,
          isUnusual: true,
        },
        outcome: 'PROBLEMS',
      }),
    );
    expect(subject).toBe('Archive incomplete, 11 without a date: 2026-11-24 (Demo/Archiver)');
    expect(message).toContain(
      'Demo/Archiver: archived 3 objects for these days, and found no date in the keys of 11 ' +
        'others.\n' +
        'No date was found in the keys of 12 objects, such as incoming/app-20261124.log.gz, ' +
        'incoming/app-20261123.log.gz. 11 of them have come since the run before. ' +
        'incoming/app-20261124.log.gz looks like yyyyMMdd. To find it, too, add "yyyyMMdd" to ' +
        'the formats of dateSource.\n' +
        'No object was lost.',
    );
    expect(message).toContain('Next: if these objects are not meant to be archived, do nothing:');
  });

  test.each([
    [0, 'All of them are older than the run before.'],
    [12, 'All of them have come since the run before.'],
  ])('a message that is sent anyway says how many are new: %d', (count, words) => {
    const undatedArrivals = {
      since: '2026-11-24T01:00:00.000Z',
      count,
      usual: 12,
      isUnusual: false,
    };
    const { subject, message } = messageOf(
      reportOf(archived(3), {}, 13, { skipped, undatedArrivals }),
    );
    expect(subject).toContain('Archive OK, 3 objects:');
    expect(message).toContain(`incoming/app-20261123.log.gz. ${words} incoming/app-20261124`);
  });

  test.each<SkipReason>(['outside-window', 'filtered'])(
    'a date was found in another key, which is skipped, and nobody has to know: %s',
    (reason) => {
      const { subject, message } = messageOf(
        reportOf([], {}, 14, {
          skipped: { ...skipped, reasons: { ...skipped.reasons, [reason]: 1 } },
        }),
      );
      expect(subject).toBe('Archive OK, 0 objects: 2026-11-24 (Demo/Archiver)');
      expect(message).toContain('To find it, too, add "yyyyMMdd" to the formats of dateSource.');
    },
  );

  test('there is no guess for keys without anything like a date', () => {
    expect(
      messageOf(
        reportOf([], {}, 1, {
          skipped: skippedObjects({ reasons: { 'no-date': 1 }, undated: ['in/readme'] }),
          undatedArrivals: { ...FIRST, count: 1 },
        }),
      ).message,
    ).toMatch(
      /no date was found in the key of the only object, such as in\/readme\. dateSource says where the date of an object is, and how it is written\.\n/,
    );
  });
});

describe('sources that were copied and not deleted', () => {
  const notDeleted = (key: string): LedgerLine => ({
    ...ledgerLine(key, 'failed', ReasonCode.ACCESS_DENIED),
    notes: { notDeleted: 'DENIED' },
  });

  test('are counted, and what they cost is said; nothing says that they are untouched', () => {
    const { subject, message } = messageOf(
      reportOf([...archived(97), notDeleted('x'), notDeleted('y')]),
    );
    expect(subject).toBe('Archive incomplete, 2 failed: 2026-11-24 (Demo/Archiver)');
    expect(message).toContain(
      'Demo/Archiver: 2 of 99 objects for these days are still at the source.\n' +
        '2 objects were copied, and their sources were not deleted. Why: S3 denied the delete. ' +
        'What was copied is in the archive and at the source, and its storage is paid twice, ' +
        'until a run of its day can delete the source. That run copies nothing again. ' +
        'For example: x.\n' +
        'No object was lost. Objects that were not archived are still at the source.',
    );
    expect(message).toMatch(/^Failed: +2 \(copied, source not deleted: 2\)$/m);
    expect(message).not.toMatch(/untouched/);
  });
});

describe('what passes by itself', () => {
  const nextOf = (...codes: string[]) => {
    const lines = codes.map((code, i) => ledgerLine(`${i}`, 'failed', code));
    return /^Next: (.*)$/m.exec(messageOf(reportOf([...archived(97), ...lines])).message)![1];
  };
  const THEN =
    'then run the same days again. The run picks up everything that is still at the source:';

  test.each([
    [
      'SLOW_DOWN',
      'wait some minutes, because S3 asked to slow down (if this comes back, lower ' +
        'maxObjectsPerSecond)',
    ],
    [
      'SERVER_ERROR',
      'wait some minutes, because S3 failed or did not answer (if this comes back, look at the ' +
        'AWS Health Dashboard)',
    ],
    ['EXPIRED_CREDENTIALS', 'nothing is to be fixed, because each run gets new credentials'],
    [
      'NO_EXPEDITED_CAPACITY',
      'wait some hours, because S3 has no capacity for restores with tier Expedited (if this ' +
        'comes back, use RetrievalTier.STANDARD or BULK)',
    ],
    [
      'OUT_OF_TIME',
      'nothing is to be fixed, because the next run continues (if this comes back, raise ' +
        'batchTimeout or lower batchSize)',
    ],
    ['ACCESS_DENIED', 'fix the causes'],
  ])('%s has a next step of its own', (code, advice) => {
    expect(nextOf(code)).toBe(`${advice}, ${THEN}`);
  });

  test('two of them have both, and one that lasts asks to fix the causes', () => {
    expect(nextOf('SLOW_DOWN', 'EXPIRED_CREDENTIALS')).toMatch(/^nothing is .*; wait some minutes/);
    expect(nextOf('SLOW_DOWN', 'ACCESS_DENIED')).toBe(`fix the causes, ${THEN}`);
  });
});

test('a restore of some keys says which, and how to do it again', () => {
  const keys = ['incoming/eu/*', '*.csv'];
  const { message } = messageOf(
    reportOf([ledgerLine('x', 'archived')], { action: 'restore', ledgerOf: 'monday', keys }, 7),
  );
  expect(message).toContain('restored the only object that matches the keys of its input.');
  expect(message).toMatch(/^Of run: +monday\nKeys: +incoming\/eu\/\*, \*\.csv$/m);
  expect(message).toContain(
    'To do the same again, run:\naws stepfunctions start-execution --region eu-west-1 ' +
      '--state-machine-arn arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver --input ' +
      '\'{"action":"restore","run":"monday","keys":["incoming/eu/*","*.csv"]}\'',
  );
});

test('a run beyond its tolerance says so', () => {
  const { subject, message } = messageOf(
    reportOf([...archived(1), ledgerLine('x', 'failed', 'SLOW_DOWN')]),
  );
  expect(subject).toBe('Archive FAILED, 1 failed: 2026-11-24 (Demo/Archiver)');
  expect(message).toContain(
    '1 of 2 objects for these days failed. This is more than the tolerated 10%.',
  );
});

test('stragglers of a run without a first day have no command', () => {
  const { message } = messageOf(
    reportOf(archived(1), { from: null }, 0, {
      skipped: skippedObjects({ stragglers: { count: 1, oldest: '2026-11-20' } }),
    }),
  );
  expect(message).toContain(
    'Stragglers: 1 object from earlier days is still at the source. The oldest is from ' +
      '2026-11-20.\n\nLedger:',
  );
});

test.each([
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/s3/object/reports?'],
  [
    'aws-us-gov',
    'us-gov-west-1',
    'https://us-gov-west-1.console.amazonaws-us-gov.com/s3/object/reports?',
  ],
])('the page is in the console of %s', (partition, region, url) => {
  const { message } = messageOf(
    reportOf(archived(1), {}, 0, {
      executionArn: `arn:${partition}:states:${region}:123456789012:execution:Archiver:nightly`,
    }),
  );
  expect(message).toContain(`report.html' .\n        ${url}`);
});

test('the message of a dry run shows the estimate of the real run right after the counts', () => {
  const { message } = messageOf(
    reportOf(
      [{ ...ledgerLine('x', 'archived'), size: 5 * 1024 ** 2 }, ledgerLine('y', 'archived')],
      { dryRun: true },
    ),
  );
  expect(message).toMatch(
    /Would fail: +0\n\nThe real run would cost about \$0\.\d+ \(list prices for us-east-1 as of [-\d]+\), take \d+ s at best and send \d+ requests to S3\.\nThe largest objects:\n  5 MiB  x\n  100 bytes  y\n/,
  );
  expect(messageOf(reportOf([ledgerLine('x', 'archived')])).message).not.toContain('The real run');
});

test('a dry run says that nothing was changed, and its command changes nothing either', () => {
  const { subject, message } = messageOf(
    reportOf([ledgerLine('x', 'conflicting', 'DESTINATION_EXISTS')], { dryRun: true, from: null }),
  );
  expect(subject).toBe(
    'Dry run, would be incomplete, 1 would conflict: every day up to 2026-11-24 (Demo/Archiver)',
  );
  expect(message).toContain('This was a dry run: nothing was changed');
  expect(message).toContain('--input \'{"from":"1970-01-01","to":"2026-11-24","dryRun":true}\'');
});

test.each(['archive', 'restore'] as const)(
  'the message of a dry run of %s claims nothing that did not happen',
  (action) => {
    const lines = [
      ledgerLine('x', 'archived'),
      ledgerLine('y', 'conflicting', 'DESTINATION_EXISTS'),
      ledgerLine('z', 'failed', 'SLOW_DOWN'),
    ];
    for (const given of [lines, lines.slice(0, 2), lines.slice(0, 1)]) {
      const { subject, message } = messageOf(
        reportOf(given, { dryRun: true, action }, 5, {
          skipped: skippedObjects({ stragglers: { count: 1, oldest: '2026-11-20' } }),
        }),
      );
      const done = action === 'archive' ? 'archived' : 'restored';
      expect(
        `${subject}\n${message}`.replace(new RegExp(`would (not )?be ${done}`, 'g'), ''),
      ).not.toMatch(
        /^(Archived|Restored|Skipped|Conflicting|Failed):|\d (archived|restored|failed|conflicting)|No object was lost|To archive/m,
      );
      expect(subject).toMatch(/^Dry run, would /);
      expect(message).toContain(`Would ${action}: `);
    }
  },
);

test.each([
  [5, 'the keys of its input match none of 5 objects in the ledger'],
  [0, 'the ledger has no archived objects'],
])('a restore that finds nothing to restore says why (%d skipped)', (skipped, why) => {
  for (const dryRun of [false, true]) {
    expect(messageOf(reportOf([], { action: 'restore', dryRun }, skipped)).message).toContain(
      `found nothing to restore: ${why}.`,
    );
  }
});

test('keys cannot forge lines', () => {
  const { message } = messageOf(
    reportOf([ledgerLine('x\nFailed: 0\n\u202e', 'failed', 'SLOW_DOWN')]),
  );
  expect(message).toContain('SLOW_DOWN x\\u000aFailed: 0\\u000a\\u202e');
});

test('SNS accepts the subject, whatever the name of the archiver is', () => {
  const { subject } = messageOf(
    reportOf([ledgerLine('x', 'failed', 'SLOW_DOWN')], { from: '2026-11-01' }, 0, {
      archiverName: `Stäck/${'Archiver'.repeat(20)}`,
    }),
  );
  expect(subject).toMatch(/^Archive FAILED, 1 failed: 2026-11-01 to 2026-11-24 [\x20-\x7e]+$/);
  expect(subject.length).toBeLessThan(100);
});

test('every reason code has a description', () => {
  for (const code of Object.values(ReasonCode)) {
    expect(describeReason(code)).toBeTruthy();
  }
});

test('a ledger line with an unknown code is shown too', () => {
  expect(messageOf(reportOf([ledgerLine('x', 'failed', 'NEW_CODE')])).message).toContain(
    '  1 failed: NEW_CODE\n',
  );
});

test('a dry run that is too large to compare all destinations says so, and what that means', () => {
  const { message } = messageOf(
    reportOf(archived(2), { dryRun: true }, 0, { destinationsNotCompared: 7 }),
  );
  expect(message).toContain(
    'The destinations of 7 objects were not compared with those of other batches, because a dry ' +
      'run compares at most 2,097,152. ' +
      'Objects with the same name in different folders would conflict in the real run.',
  );
  expect(
    messageOf(reportOf(archived(2), { dryRun: true }, 0, { destinationsNotCompared: 0 })).message,
  ).not.toContain('not compared');
});

test(
  'the commands that compare a conflict name the old key and the archived one, also on the way ' +
    'back',
  () => {
    const lines = ['b', 'c'].map((name) =>
      ledgerLine(`incoming/${name}-2026-11-24.csv`, 'conflicting', ReasonCode.OLD_KEY_TAKEN),
    );
    const { message } = messageOf(
      reportOf(lines, { action: 'restore' }, 0, {
        source: { bucket: 'archive', prefix: 'archive/' },
        destination: { bucket: 'source', prefix: 'incoming/' },
      }),
    );
    expect(message).toContain(
      [
        'To compare the two objects of the first conflict, run:',
        "aws s3api head-object --bucket source --key 'incoming/b-2026-11-24.csv'",
        'aws s3api head-object --bucket archive --key ' +
          "'archive/2026/11/24/incoming/b-2026-11-24.csv'",
      ].join('\n'),
    );
  },
);
