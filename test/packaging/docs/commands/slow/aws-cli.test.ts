/**
 * The AWS CLI understands each of its commands that a page has: the service, the options, what they
 * take, and queries. Nothing answers them, so this says nothing about what they do. It needs the
 * AWS CLI.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readCommands } from '../pages';
import { findUnknown, type } from '../shell';

jest.setTimeout(300_000);

/** What version 1 or 2 of the AWS CLI says about a command that it does not understand. */
const MISUNDERSTOOD =
  /usage: aws|Unknown options|Parameter validation failed|Error parsing parameter|Bad value for|Invalid choice|invalid literal|jq: .*compile/i;

let folder: string;
let server: Server;
let endpoint: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'aws-cli-'));
  writeFileSync(path.join(folder, 'KEY_FILE'), 'x'.repeat(32));
  server = createServer((_, response) => response.writeHead(400).end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const understand = async (command: string) => {
  const { stderr } = await type(`${command}\n`, folder, endpoint);
  return MISUNDERSTOOD.exec(stderr)?.[0];
};

test.each([
  'aws s3api head-objekt --bucket B --key K',
  'aws s3api head-object --buckett B --key K',
  'aws s3api head-object --bucket B',
  "aws s3api head-object --bucket B --key K --query 'Contents['",
  'aws s3 cp --recursively s3://B/ .',
  'aws logs filter-log-events --log-group-name L --start-time yesterday',
  "aws s3api restore-object --bucket B --key K --restore-request 'Dayz=3'",
  "aws s3 cp s3://B/K - | jq '.[' ",
])('it does not understand %s', async (command) => {
  expect(await understand(command)).toBeDefined();
});

/** Inputs of runs are checked by commands.test.ts. */
const withoutInput = (command: string) => command.replace(/--input '.*?'/, "--input '{}'");
const withValues = (command: string) =>
  command
    .replace('EPOCH_MILLISECONDS', '0')
    .replace('SCHEDULE_ROLE_ARN', 'arn:aws:iam::111122223333:role/schedule');

const COMMANDS = readCommands()
  .map(({ text }) => withoutInput(text))
  .filter((text) => /^(aws |cmp <\(aws )/.test(text));

test('it understands all commands', async () => {
  const unknown = await findUnknown(folder);
  const known = [...new Set(COMMANDS)].filter(
    (command) => !unknown.some((pattern) => pattern.test(command)),
  );
  expect(known.length).toBeGreaterThan(60);
  const problems: Record<string, string> = {};
  for (const command of known) {
    const problem = await understand(withValues(command));
    if (problem !== undefined) {
      problems[command] = problem;
    }
  }
  expect(problems).toEqual({});
});
