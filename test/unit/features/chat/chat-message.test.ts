import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { toChatMessage } from '../../../../src/features/chat/lambda/chat-message';
import type { Alert } from '../../../../src/lambda/alerts/alert';
import {
  copyObjectCommand,
  headObjectCommand,
  listVersionsCommand,
  redriveExecutionCommand,
  startExecutionCommand,
} from '../../../../src/lambda/alerts/cli-commands';
import { findMarkup, parseEnvelope } from '../../../helpers/chat-envelope';

const attributes = {
  archiver: 'Storage/Archiver',
  runId: 'nightly-2026-11-25',
  outcome: 'PROBLEMS',
  layer: 'S3',
  details: '{}',
};
const write = (alert: Partial<Alert>) =>
  toChatMessage({
    subject: 'Archive run incomplete',
    lead: ['A run'],
    details: [],
    attributes,
    ...alert,
  });
const create = (alert: Partial<Alert>) => parseEnvelope(write(alert));

test(
  'the first lines are the description, the next command is a step, and the rest is a block of ' +
    'code',
  () => {
    const envelope = create({
      lead: ['Storage/Archiver: 1 of 2 objects was not archived.', 'No object was lost.'],
      details: [['Listed: 2', 'Failed: 1'], []],
      next: [
        'remove the cause. Then start the run again:',
        { command: 'aws stepfunctions start-execution --input \'{"date":"2026-11-24"}\'' },
      ],
      more: [['Ledger: s3://reports/ledger/']],
    });
    expect(envelope).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: 'Archive run incomplete',
        description:
          'Storage/Archiver: 1 of 2 objects was not archived.\nNo object was lost.\n```\nListed: ' +
          '2\nFailed: 1\n\nLedger: s3://reports/ledger/\n```',
        nextSteps: [
          'remove the cause. Then start the run again:',
          '`aws stepfunctions start-execution --input \'{"date":"2026-11-24"}\'`',
        ],
        keywords: ['Storage/Archiver', 'PROBLEMS'],
      },
      metadata: {
        threadId: 'nightly-2026-11-25',
        summary: 'Archive run incomplete',
        eventType: 'PROBLEMS',
      },
    });
  },
);

test('a message without details has no block, and without advice there are no next steps', () => {
  const { content } = create({ lead: ['Nothing to say.'] });
  expect(content.description).toBe('Nothing to say.');
  expect(content.nextSteps).toBeUndefined();
});

test('a run without a name is in no thread of a run', () => {
  expect(create({ attributes: { ...attributes, runId: 'unknown' } }).metadata.threadId).toBe(
    'unknown',
  );
});

const hostile = [
  ['mentions a channel', '<!channel>'],
  ['mentions a user', '<@U024BE7LH>'],
  ['mentions by name', '@everyone'],
  ['makes a link', '<https://example.com|your bank>'],
  ['makes a link in Teams', '[your bank](https://example.com)'],
  ['ends the block of code', '```\n*hello*'],
  ['ends a step', '`rm -rf`'],
  ['is an entity', '&lt;!channel&gt;'],
  ['is bold, italic and struck out', '*a* _b_ ~c~'],
];
test.each(hostile)('a key that %s does not', (_, key) => {
  const line = key.replace(/\n/g, '');
  const envelope = create({
    subject: `Failed: ${line}`,
    lead: [`Objects failed: ${key}`],
    details: [[`  FAILED ${key}`]],
    next: [`see ${line}`, { command: `aws s3 cp 's3://b/${line}' -` }],
  });
  expect(findMarkup(envelope)).toEqual([]);
  expect(envelope.content.nextSteps).toHaveLength(2);
});

/**
 * The arguments that a shell gives to `aws`, of all commands of each list. One shell runs all
 * lists, because to start one takes long.
 */
function parse(lists: readonly (readonly string[])[]): string[] {
  const script = [
    'aws() { printf \'%s\\0\' "$@"; }',
    ...lists.flatMap((commands) => [...commands, "printf '\\0end of a list\\0'"]),
  ].join('\n');
  return spawnSync('bash', { input: script, encoding: 'utf8' }).stdout.split('\0end of a list\0');
}

test(
  'a command that is copied out of a chat has the same arguments as in the alert, whatever ' +
    'characters are in them',
  () => {
    const hostileText = fc.string({
      unit: fc.constantFrom(
        ...'<>@`\'"\\&;!$u{é\u202e a',
        '&lt;',
        "'\\''",
        '\\x3c',
        '\\u003c',
        '://',
      ),
      maxLength: 20,
    });
    const written: string[][] = [];
    const copied: string[][] = [];
    fc.assert(
      fc.property(hostileText, (text) => {
        const arn = `arn:aws:states:eu-west-1:123456789012:execution:machine:${text}`;
        const next = [redriveExecutionCommand(arn), startExecutionCommand(arn, { run: text })];
        const report = copyObjectCommand('reports', text, '-');
        const details = [headObjectCommand('b', text), listVersionsCommand('b', text)];
        const envelope = create({
          details: [
            [...details.map((command) => ({ command })), { label: 'Report: ', command: report }],
          ],
          next: ['do this:', ...next.map((command) => ({ command }))],
        });
        expect(findMarkup(envelope)).toEqual([]);
        const { description, nextSteps } = envelope.content;
        const lines = description.split('\n').filter((line) => line.includes('aws '));
        copied.push(
          [...lines, ...nextSteps!.slice(1).map((step) => step.slice(1, -1))].map((line) =>
            line.replace(/^Report: /, ''),
          ),
        );
        written.push([...details, report, ...next]);
      }),
      { numRuns: 100 },
    );
    const [parsed, expected] = [parse(copied), parse(written)];
    expect(parsed).toHaveLength(101);
    expect(parsed.map((each, index) => ({ copied: copied[index], each }))).toEqual(
      expected.map((each, index) => ({ copied: copied[index], each })),
    );
  },
);

test('a command is as it was in the alert, unless a chat would read markup in it', () => {
  const show = (key: string) =>
    create({ next: ['see:', { command: headObjectCommand('b', key) }] }).content.nextSteps![1];
  expect(show("R&D/it's.csv")).toBe("`aws s3api head-object --bucket b --key 'R&D/it'\\''s.csv'`");
  expect(show("a@b/it's <x>.csv")).toBe(
    "`aws s3api head-object --bucket b --key $'a\\x40b/it\\'s \\x3cx\\x3e.csv'`",
  );
});

test(
  'ordinary names stay as they are: an ampersand, an underscore in a word, and anything ' +
    'printable in code',
  () => {
    const { content } = create({
      subject: 'R&D_A',
      lead: ['Team_A/R&D_Archiver: a run'],
      details: [['  FAILED R&D/*_a_*[1]~.csv']],
      next: ['raise max_age of R&D', { command: "aws s3 cp 's3://b/R&D/*_a_*[1]~.csv' -" }],
    });
    expect(content.title).toBe('R&D_A');
    expect(content.description).toBe(
      'Team_A/R&D_Archiver: a run\n```\n  FAILED R&D/*_a_*[1]~.csv\n```',
    );
    expect(content.nextSteps).toEqual([
      'raise max_age of R&D',
      "`aws s3 cp 's3://b/R&D/*_a_*[1]~.csv' -`",
    ]);
  },
);

test(
  'a text that is too long loses lines of its middle, so that no command is cut, and a command ' +
    'that is too long is not shown',
  () => {
    const commands = Array.from(
      { length: 100 },
      (_, i) => `aws s3api head-object --bucket b --key 'incoming/${i}'`,
    );
    const { content } = create({
      details: [commands.map((command) => ({ command }))],
      next: [
        'do this:',
        { command: `aws stepfunctions start-execution --input '${'x'.repeat(2000)}'` },
      ],
    });
    const [, ...shown] = content.description.split('\n').filter((line) => line !== '```');
    expect(shown.length).toBeLessThan(60);
    expect(shown.filter((line) => !commands.includes(line))).toEqual(['...']);
    expect([shown[0], shown.at(-1)]).toEqual([commands[0], commands.at(-1)]);
    expect(content.nextSteps).toEqual([
      'do this:',
      'the command is too long for a chat: it is in the message of the alert topic',
    ]);
  },
);

test('property: any message fits the envelope', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 20_000 }),
      fc.string({ unit: 'binary', maxLength: 500 }),
      (text, subject) => {
        const command = { command: `aws ${text}` };
        const message = write({
          subject: `S ${subject}`,
          lead: [`Storage/Archiver: a run ${text}`],
          details: [[text, command]],
          next: [`see ${text}`, command],
        });
        expect(message).toMatch(/^[\x20-\x7e]+$/);
        const envelope = parseEnvelope(message);
        expect(findMarkup(envelope)).toEqual([]);
        expect(envelope.content.description.split('```')).toHaveLength(3);
      },
    ),
  );
});
