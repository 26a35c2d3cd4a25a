/** Checks what every message must say, and that its command repairs the run. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { getCommands, paste } from './aws-cli';
import {
  type Ended,
  KEYS,
  type Scene,
  type Stage,
  getOnlyAlert,
  type ReceivedAlert,
} from './stage';
import type { AlertOutcome, Layer } from '../../../src/contract/alert-details';
import type { Counts } from '../../../src/contract/payloads/outcomes';
import type { RunSummary } from '../../../src/contract/payloads/report-payloads';

export interface Row extends Scene {
  /** The default is FAILED. */
  readonly status?: 'SUCCEEDED' | 'TIMED_OUT' | 'ABORTED';
  readonly subject: RegExp;
  readonly layer: Layer;
  /** The code in the attributes for machines. */
  readonly code: string;
  /** The real cause, from the deepest layer that knows it. */
  readonly cause: RegExp;
  readonly contains?: readonly (string | RegExp)[];
  /** The counts, if ReportRun made its report. */
  readonly counts?: Partial<Counts>;
  readonly command: 'redrive-execution' | 'start-execution';
  /** Replaces the placeholders of the command. */
  readonly fillIn?: (command: string) => string;
  /**
   * The counts of the run that the command starts or continues. By default all objects are
   * archived.
   */
  readonly repaired?: Partial<Counts>;
}

/**
 * Runs the scene, reads the one message as a person and as a machine, repairs the cause and pastes
 * the command.
 *
 * @param deployed the stage that is deployed when the command is pasted, if it is a different one
 */
export async function check(stage: Stage, row: Row, deployed = stage): Promise<void> {
  const ended = await stage.play(row);
  try {
    const { message } = read(stage, row, ended);
    ended.repair();
    if (deployed !== stage) {
      stage.moveTo(deployed);
    }
    await expectRepaired(deployed, row, message);
  } finally {
    ended.repair();
  }
}

function read(stage: Stage, row: Row, ended: Ended): ReceivedAlert {
  const { status = 'FAILED' } = row;
  expect({ status: ended.summary.status, error: ended.summary.error }).toMatchObject({ status });
  const alert = getOnlyAlert(ended.alerts);
  const { message, details } = alert;
  const days = details.dates !== null;

  expect(alert.subject).toMatch(row.subject);
  expect(alert.subject).toMatch(
    days ? /2026-11-24.*\(Rehearsal\/Archiver\)$/ : /\(Rehearsal\/Archiver\)$/,
  );
  expect(message).toMatch(/^Rehearsal\/Archiver: /);
  expect(message).toMatch(
    row.layer === 'ledger'
      ? /still at the source, but the ledger does not say/
      : /\nNo object was lost\. /,
  );
  expect(message).toMatch(new RegExp(`^Layer: ${row.layer}\\b`, 'm'));
  expect(message).toMatch(row.cause);
  for (const each of row.contains ?? []) {
    expect(message).toMatch(
      each instanceof RegExp ? each : new RegExp(each.replace(/[^\w ]/g, '\\$&')),
    );
  }
  expect(message).toMatch(days ? /^Days: +2026-11-24$/m : /^Input: .+$/m);
  expect(message).toMatch(new RegExp(`^Run: +${ended.name}, 2026-11-25T16:00:0`, 'm'));
  const region = stage.executionArn.split(':')[3];
  expect(message).toContain(
    `/states/home?region=${region}#/v2/executions/details/${stage.executionArn}`,
  );
  if (days) {
    expect(message).toMatch(
      new RegExp(
        '^Ledger.*: ' +
          `s3://${stage.sandbox.reportBucket}/runs/ledger/day=2026-11-24/run=${ended.name}/$`,
        'm',
      ),
    );
  }
  for (const [, anchor] of message.matchAll(/docs\/runbook\.md#(\S+)/g)) {
    expect(runbookAnchors()).toContain(anchor);
  }
  expect(message).toMatch(/docs\/runbook\.md#/);
  expect(Buffer.byteLength(message)).toBeLessThan(16 * 1024);
  expect(getCommands(message)).toEqual([
    expect.stringMatching(new RegExp(`^aws stepfunctions ${row.command} `)),
  ]);

  const outcome: AlertOutcome = status === 'SUCCEEDED' ? 'PROBLEMS' : status;
  expect(alert.attributes).toMatchObject({
    archiver: 'Rehearsal/Archiver',
    runId: ended.name,
    outcome,
    layer: row.layer,
  });
  expect(details).toMatchObject({
    outcome,
    layer: row.layer,
    code: row.code,
    nextCommand: getCommands(message)[0],
    executionArn: stage.executionArn,
  });
  if (row.counts) {
    expect(details.counts).toMatchObject(row.counts);
  } else {
    expect(details.counts).toBeNull();
  }
  if (row.counts) {
    expect(message).toContain(details.report!);
  }

  return alert;
}

async function expectRepaired(
  stage: Stage,
  { keys = KEYS, fillIn = (command) => command, repaired = {} }: Row,
  message: string,
): Promise<void> {
  const before = stage.sandbox.published.length;
  const { status, error, cause, output } = await paste(
    stage.sandbox,
    fillIn(getCommands(message)[0]!),
  );
  expect({ status, error, cause }).toEqual({
    status: 'SUCCEEDED',
    error: undefined,
    cause: undefined,
  });
  const summary = JSON.parse(output!) as RunSummary;
  expect(summary).toMatchObject({
    outcome: 'CLEAN',
    dates: { from: '2026-11-24', to: '2026-11-24' },
  });
  expect(summary.counts).toMatchObject(repaired);
  expect(stage.rehearsal.source()).toEqual([]);
  expect(Object.keys(stage.rehearsal.archive())).toEqual(
    keys.map((key) => `archive/2026/11/24/${key.slice('incoming/'.length)}`),
  );
  expect(stage.sandbox.published).toHaveLength(before);
}

let anchors: string[] | undefined;

/** Returns the anchors that GitHub makes from headings: lower case, with hyphens for spaces. */
export function runbookAnchors(): string[] {
  anchors ??= [
    ...readFileSync(path.resolve(__dirname, '../../../docs/runbook.md'), 'utf8').matchAll(
      /^#+ (.*)$/gm,
    ),
  ].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchors;
}
