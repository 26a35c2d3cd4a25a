import * as fc from 'fast-check';
import { toChatMessage } from '../../../../src/lambda/alerts/chat-message';
import { parseEnvelope } from '../../../helpers/chat-envelope';

const attributes = { archiver: 'Storage/Archiver', runId: 'nightly-2026-11-25', outcome: 'PROBLEMS', layer: 'S3' };
const create = (message: string, subject = 'Archive run incomplete') => parseEnvelope(toChatMessage({ subject, message, attributes }));

test('the first lines are the description, the next command is a step, and the rest is a block of code', () => {
  const envelope = create([
    'Storage/Archiver: 1 of 2 objects was not archived.\nNo object was lost.',
    'Listed: 2\nFailed: 1',
    'Next: remove the cause. Then start the run again:\naws stepfunctions start-execution --input \'{"date":"2026-11-24"}\'',
    'Ledger: s3://reports/ledger/',
  ].join('\n\n'));
  expect(envelope).toEqual({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: 'Archive run incomplete',
      description: 'Storage/Archiver: 1 of 2 objects was not archived.\nNo object was lost.\n```\nListed: 2\nFailed: 1\n\nLedger: s3://reports/ledger/\n```',
      nextSteps: [
        'remove the cause. Then start the run again:',
        '`aws stepfunctions start-execution --input \'{"date":"2026-11-24"}\'`',
      ],
      keywords: ['Storage/Archiver', 'PROBLEMS'],
    },
    metadata: { threadId: 'nightly-2026-11-25', summary: 'Archive run incomplete', eventType: 'PROBLEMS' },
  });
});

test('a message of one section has no block, and without advice there are no next steps', () => {
  const { content } = create('Nothing to say.');
  expect(content.description).toBe('Nothing to say.');
  expect(content.nextSteps).toBeUndefined();
});

test('a run without a name is in no thread of a run', () => {
  expect(parseEnvelope(toChatMessage({ subject: 'Not started', message: 'It did not start.', attributes: { ...attributes, runId: 'unknown' } })).metadata.threadId).toBe('unknown');
});

const hostile = [
  ['mentions a channel', '<!channel>'], ['mentions a user', '<@U024BE7LH>'], ['mentions by name', '@everyone'], ['makes a link', '<https://example.com|your bank>'],
  ['ends the block of code', '```\n*hello*'], ['ends a step', '`rm -rf`'], ['is an entity', '&lt;!channel&gt;'],
];
test.each(hostile)('a key that %s does not', (_, key) => {
  const { content } = create(`Objects failed: ${key}\n\n  FAILED ${key}\n\nNext: see ${key}\naws s3 cp 's3://b/${key.replace(/\n/g, '')}' -`, `Failed: ${key.replace(/\n/g, '')}`);
  const [, code, after] = content.description.split('```');
  expect(after).toBe('');
  for (const text of [content.title, content.description.split('```')[0], code, content.nextSteps![0], content.nextSteps![1].slice(1, -1)]) {
    expect(text).not.toMatch(/[<>&@`]/);
  }
});

test('property: any message fits the envelope', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20_000 }), fc.string({ unit: 'binary', maxLength: 500 }), (text, subject) => {
    const message = toChatMessage({ subject: `S ${subject}`, message: `Storage/Archiver: a run\n\n${text}\n\nNext: ${text}`, attributes });
    expect(message).toMatch(/^[\x20-\x7e]+$/);
    const { content } = parseEnvelope(message);
    expect(content.description.split('```')).toHaveLength(3);
  }));
});
