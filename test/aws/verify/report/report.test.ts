import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createReport, linkToIssue, writeReport } from './report';
import type { Row } from '../table';

const FACTS = {
  started: '2026-11-30T10:00:00Z',
  ended: Date.parse('2026-11-30T10:12:30Z'),
  commit: '0123456789abcdef0123456789abcdef01234567',
  region: 'eu-central-1',
  versions: { node: 'v24.0.0' },
  played: 'all',
  secrets: { ACCOUNT: '111122223333' },
};
const DIFFERENT: Row = {
  name: 'a redrive',
  status: 'differs',
  seconds: 12,
  details: [
    'AWS: AccessDenied: arn:aws:iam::111122223333:role/x may not write to ' +
      'archiver-verify-1a2b3c4d-archive',
  ],
  answers: [
    {
      call: 'PutObject',
      status: 403,
      code: 'AccessDenied',
      headers: { 'x-amz-id-2': 'abc', 'content-type': 'application/xml' },
    },
  ],
};
const PASSED: Row = {
  name: 'a day',
  status: 'passed',
  seconds: 3,
  details: [],
  notes: ['9 objects in 2 s, 4.5 objects a second'],
};

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true });
});

test(
  'both files say what happened, and nothing of the account; it is shown before anything is ' +
    'sent',
  () => {
    const told: string[] = [];
    writeReport(directory, createReport(FACTS, [PASSED, DIFFERENT]), (text) => told.push(text));
    const [json, markdown] = ['json', 'md'].map((type) =>
      fs.readFileSync(path.join(directory, `verify-report.${type}`), 'utf8'),
    ) as [string, string];
    expect(JSON.parse(json)).toMatchObject({
      version: 1,
      date: '2026-11-30',
      region: 'eu-central-1',
      minutes: 12.5,
      passed: 1,
      total: 2,
      summary: '1 passed, 1 failed',
    });
    expect(markdown).toContain('9 objects in 2 s, 4.5 objects a second');
    expect(markdown).toContain(
      '- a redrive: PutObject: 403 AccessDenied {"content-type":"application/xml"}',
    );
    for (const text of [json, markdown, linkToIssue(JSON.parse(json))]) {
      expect(text).not.toMatch(/\d{12}(?!\d|[a-f])|arn:|arn%3A|1a2b3c4d|x-amz-id/);
    }
    expect(told[0]).toContain(markdown);
    expect(told[1]).toContain(
      'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/issues/new?title=verify%3Aaws+in+eu-central-1',
    );
  },
);

test(
  'the address of the issue is never longer than GitHub takes, and says which rows are wrong as ' +
    'long as it can',
  () => {
    const many = Array.from({ length: 200 }, (_, i): Row => ({
      ...PASSED,
      name: `row ${i}, which has a long name`,
    }));
    const link = linkToIssue(createReport(FACTS, [...many, DIFFERENT]));
    expect(link.length).toBeLessThan(7_500);
    expect(new URL(link).searchParams.get('body')).toMatch(
      /a redrive[^]*Please attach verify-report.json/,
    );
    const all = linkToIssue(
      createReport(
        FACTS,
        many.map((row) => ({ ...row, status: 'differs', details: ['x'.repeat(100)] })),
      ),
    );
    expect(all.length).toBeLessThan(7_500);
  },
);
