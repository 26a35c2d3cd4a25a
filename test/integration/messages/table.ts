/** What every message must say, and that its command mends the run. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { commandsOf, paste } from './aws-cli';
import { type Ended, KEYS, type Scene, type Stage, theOne, type Told } from './stage';
import type { AlertOutcome, Layer } from '../../../src/contract/alert-details';
import type { Counts, RunSummary } from '../../../src/contract/payloads';

export interface Row extends Scene {
  /** Default: FAILED. */
  readonly status?: 'SUCCEEDED' | 'TIMED_OUT' | 'ABORTED';
  readonly subject: RegExp;
  readonly layer: Layer;
  /** As machines get it. */
  readonly code: string;
  /** The real cause, from the deepest place that knows it. */
  readonly cause: RegExp;
  readonly says?: readonly (string | RegExp)[];
  /** Where ReportRun had its say. */
  readonly counts?: Partial<Counts>;
  readonly command: 'redrive-execution' | 'start-execution';
  /** Puts in what the command leaves to the reader. */
  readonly fillIn?: (command: string) => string;
  /** What the run that the command started, or went on with, counts. Default: all of the objects, archived. */
  readonly mended?: Partial<Counts>;
}

/**
 * Plays it, reads the one message as a person and as a machine, mends the cause and pastes the command.
 *
 * @param deployed what is deployed by the time of the command, if it is something else
 */
export async function check(stage: Stage, row: Row, deployed = stage): Promise<void> {
  const ended = await stage.play(row);
  try {
    const { message } = read(stage, row, ended);
    ended.mend();
    if (deployed !== stage) { stage.moveTo(deployed); }
    await mends(deployed, row, message);
  } finally {
    ended.mend();
  }
}

function read(stage: Stage, row: Row, ended: Ended): Told {
  const { status = 'FAILED' } = row;
  expect({ status: ended.summary.status, error: ended.summary.error }).toMatchObject({ status });
  const told = theOne(ended.alerts);
  const { message, details } = told;
  const days = details.dates !== null;

  expect(told.subject).toMatch(row.subject);
  expect(told.subject).toMatch(days ? /2026-11-24.*\(Rehearsal\/Archiver\)$/ : /\(Rehearsal\/Archiver\)$/);
  expect(message).toMatch(/^Rehearsal\/Archiver: /);
  expect(message).toMatch(row.layer === 'ledger' ? /untouched at the source, but the ledger does not say/ : /\nNo object was lost\. /);
  expect(message).toMatch(new RegExp(`^Layer: ${row.layer}\\b`, 'm'));
  expect(message).toMatch(row.cause);
  for (const each of row.says ?? []) {
    expect(message).toMatch(each instanceof RegExp ? each : new RegExp(each.replace(/[^\w ]/g, '\\$&')));
  }
  expect(message).toMatch(days ? /^Days: +2026-11-24$/m : /^Input: .+$/m);
  expect(message).toMatch(new RegExp(`^Run: +${ended.name}, 2026-11-25T16:00:0`, 'm'));
  const region = stage.executionArn.split(':')[3];
  expect(message).toContain(`/states/home?region=${region}#/v2/executions/details/${stage.executionArn}`);
  if (days) {
    expect(message).toMatch(new RegExp(`^Ledger.*: s3://${stage.sandbox.reportBucket}/runs/2026-11-25/${ended.name}/ledger/$`, 'm'));
  }
  for (const [, anchor] of message.matchAll(/docs\/runbook\.md#(\S+)/g)) { expect(runbookAnchors()).toContain(anchor); }
  expect(message).toMatch(/docs\/runbook\.md#/);
  expect(Buffer.byteLength(message)).toBeLessThan(16 * 1024);
  expect(commandsOf(message)).toEqual([expect.stringMatching(new RegExp(`^aws stepfunctions ${row.command} `))]);

  const outcome: AlertOutcome = status === 'SUCCEEDED' ? 'PROBLEMS' : status;
  expect(told.attributes).toMatchObject({ archiver: 'Rehearsal/Archiver', runId: ended.name, outcome, layer: row.layer });
  expect(details).toMatchObject({ outcome, layer: row.layer, code: row.code, nextCommand: commandsOf(message)[0], executionArn: stage.executionArn });
  if (row.counts) {
    expect(details.counts).toMatchObject(row.counts);
  } else {
    expect(details.counts).toBeNull();
  }
  if (row.counts) { expect(message).toContain(details.report!); }

  return told;
}

async function mends(stage: Stage, { keys = KEYS, fillIn = (command) => command, mended = {} }: Row, message: string): Promise<void> {
  const before = stage.sandbox.published.length;
  const { status, error, cause, output } = await paste(stage.sandbox, fillIn(commandsOf(message)[0]!));
  expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: undefined, cause: undefined });
  const summary = JSON.parse(output!) as RunSummary;
  expect(summary).toMatchObject({ outcome: 'CLEAN', dates: { from: '2026-11-24', to: '2026-11-24' } });
  expect(summary.counts).toMatchObject(mended);
  expect(stage.rehearsal.source()).toEqual([]);
  expect(Object.keys(stage.rehearsal.archive())).toEqual(keys.map((key) => `archive/2026/11/24/${key.slice('incoming/'.length)}`));
  expect(stage.sandbox.published).toHaveLength(before);
}

let anchors: string[] | undefined;

/** GitHub's: headings in lower case, spaces as hyphens. */
export function runbookAnchors(): string[] {
  anchors ??= [...readFileSync(path.resolve(__dirname, '../../../docs/runbook.md'), 'utf8').matchAll(/^#+ (.*)$/gm)]
    .map(([, title]) => title!.toLowerCase().replace(/[^\w -]/g, '').replaceAll(' ', '-'));
  return anchors;
}
