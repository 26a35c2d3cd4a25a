/**
 * Draws docs/architecture.svg, and docs/architecture-phone.svg for narrow windows, from the
 * synthesized template of examples/typescript/daily-cron:
 *
 *   npx tsx --tsconfig tsconfig.dev.json scripts/docs/draw-architecture.ts
 *
 * States, transitions and figures come from the definition. A state or a transition without a place
 * in the picture is an error. test/packaging/docs/architecture.test.ts fails if the committed
 * picture differs from what this script draws.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { arrow, type Box, frame, type Label, node, picture, type Point, type Style } from './svg';
import { synthesize } from '../../examples/demo/synth';
import {
  allStates,
  type Definition,
  isDistributedMap,
  type State,
} from '../../packages/engine/src/states-language/definition';
import { type ArchiverMachine, findArchiver } from '../../packages/sandbox/src/assembly/archiver';
import { readAssembly } from '../../packages/sandbox/src/assembly/read';
import { App } from '../../packages/sandbox/src/assembly/scope';
import { FINISH_BATCHES } from '../../src/contract/actions';
import { batchesAtOnce } from '../../src/contract/batches';

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

const STATES: Readonly<Record<string, Box>> = {
  PlanRun: box(210, 110, 130, 68),
  ArchiveObjects: box(375, 64, 400, 164),
  ArchiveBatch: box(395, 124, 160, 84),
  FinishBatches: box(590, 240, 185, 44),
  ReportRun: box(810, 110, 130, 68),
  Outcome: box(975, 116, 100, 56),
  Succeed: box(1105, 60, 95, 40),
  NotifyRun: box(1105, 122, 95, 48),
  Fail: box(1105, 196, 95, 40),
};

/**
 * Where the states are in the picture for a phone, in which texts keep their size. It shows the
 * main way only.
 */
const ON_PHONE: Readonly<Record<string, Box>> = {
  PlanRun: box(30, 120, 150, 58),
  ArchiveObjects: box(20, 200, 360, 130),
  ArchiveBatch: box(30, 250, 340, 64),
  ReportRun: box(30, 352, 150, 58),
  Outcome: box(240, 352, 130, 58),
  Succeed: box(30, 444, 95, 40),
  NotifyRun: box(150, 440, 95, 48),
  Fail: box(275, 444, 95, 40),
};

/** The picture shows a run that archives. `Action` leads other runs past ArchiveObjects. */
const NOT_DRAWN = ['Action', 'VerifyObjects', 'FailVerification', 'UnknownAction'];

const ROUTES: Readonly<
  Record<string, { readonly points: readonly Point[]; readonly label?: Label }>
> = {
  'PlanRun>Action': {
    points: [
      [340, 144],
      [375, 144],
    ],
  },
  'ArchiveObjects>ReportRun': {
    points: [
      [775, 144],
      [810, 144],
    ],
  },
  'ReportRun>Outcome': {
    points: [
      [940, 144],
      [975, 144],
    ],
  },
  'Outcome>FinishBatches': {
    points: [
      [1000, 172],
      [1000, 274],
      [775, 274],
    ],
    label: { at: [900, 288], text: 'objects remain', start: true },
  },
  'FinishBatches>ReportRun': {
    points: [
      [775, 252],
      [850, 252],
      [850, 178],
    ],
  },
  'Outcome>Succeed': {
    points: [
      [1050, 116],
      [1050, 80],
      [1105, 80],
    ],
    label: { at: [1058, 74], text: 'clean', start: true },
  },
  'Outcome>NotifyRun': {
    points: [
      [1075, 146],
      [1105, 146],
    ],
  },
  'Outcome>Fail': {
    points: [
      [1050, 172],
      [1050, 216],
      [1105, 216],
    ],
    label: { at: [1058, 230], text: 'failed', start: true },
  },
  'NotifyRun>Succeed': {
    points: [
      [1152, 122],
      [1152, 100],
    ],
  },
};

const OUTSIDE = {
  schedule: box(15, 76, 150, 68),
  hand: box(15, 166, 150, 54),
  source: box(210, 352, 170, 60),
  archive: box(590, 352, 185, 72),
  reports: box(810, 352, 160, 60),
  rule: box(1005, 352, 195, 60),
  explain: box(1005, 458, 195, 52),
  topic: box(810, 458, 160, 52),
};

/** What is in both pictures. */
function readTexts(assembly: string) {
  const app = new App(readAssembly(assembly));
  const machine = findArchiver(app);
  const settings = environmentOf(machine, 'ArchiveBatch');
  const rule = propertiesOf(app, 'AWS::Events::Rule').EventPattern as {
    detail: { status: string[] };
  };
  const schedule = propertiesOf(app, 'AWS::Scheduler::Schedule');
  return {
    machine,
    schedule: [String(schedule.ScheduleExpression), String(schedule.ScheduleExpressionTimezone)],
    source: [settings.SOURCE_PREFIX || 'the whole bucket'],
    archive: [
      `${settings.DESTINATION_PREFIX}${(JSON.parse(settings.LAYOUT) as { format: string }).format}`,
    ],
    reports: [environmentOf(machine, 'PlanRun').REPORT_PREFIX],
    rule: [rule.detail.status.join(', ')],
  };
}

export function drawArchitecture(assembly: string): string {
  const texts = readTexts(assembly);
  const {
    machine,
    machine: { definition },
  } = texts;
  const { source, archive, reports } = OUTSIDE;

  return picture(1235, 530, 'A run of S3DatedArchiver', [
    frame(box(190, 20, 1030, 276), 'State machine', ''),
    ...drawStates(definition, machine),
    ...drawRoutes(definition),
    node(OUTSIDE.schedule, 'Schedule', texts.schedule, 'outside'),
    arrow([
      [165, 110],
      [190, 110],
    ]),
    node(OUTSIDE.hand, 'start-execution', ['of any days, by hand'], 'outside'),
    arrow([
      [165, 193],
      [190, 193],
    ]),
    node(source, 'Source bucket', texts.source, 'store'),
    arrow(
      [
        [295, 352],
        [295, 316],
        [430, 316],
        [430, 228],
      ],
      { at: [303, 332], text: 'ListObjectsV2', start: true },
    ),
    node(archive, 'Archive', [...texts.archive, 'with packing: also zip files'], 'store'),
    arrow(
      [
        [380, 372],
        [590, 372],
      ],
      { at: [485, 366], text: '1. CopyObject, never overwriting' },
    ),
    arrow(
      [
        [485, 208],
        [485, 354],
      ],
      { at: [492, 310], text: 'moves', start: true },
      true,
    ),
    arrow(
      [
        [590, 396],
        [380, 396],
      ],
      { at: [485, 411], text: '2. DeleteObjects, if unchanged' },
    ),
    node(reports, 'Report bucket', texts.reports, 'store'),
    arrow(
      [
        [540, 208],
        [540, 322],
        [840, 322],
        [840, 352],
      ],
      { at: [700, 316], text: 'its part of the ledger' },
    ),
    arrow(
      [
        [890, 178],
        [890, 352],
      ],
      { at: [897, 316], text: 'report.json', start: true },
    ),
    node(OUTSIDE.rule, 'Event rule', texts.rule, 'outside'),
    arrow([
      [1100, 296],
      [1100, 352],
    ]),
    node(OUTSIDE.explain, 'ExplainFailure', ['Lambda: cause, next command'], 'lambda'),
    arrow([
      [1100, 412],
      [1100, 458],
    ]),
    node(OUTSIDE.topic, 'Alert topic', ['one message a run'], 'outside'),
    arrow([
      [1005, 484],
      [970, 484],
    ]),
    arrow([
      [1200, 146],
      [1210, 146],
      [1210, 520],
      [890, 520],
      [890, 510],
    ]),
  ]);
}

export function drawForPhone(assembly: string): string {
  const texts = readTexts(assembly);
  const { machine } = texts;
  return picture(400, 750, 'A run of S3DatedArchiver', [
    node(box(10, 10, 185, 58), 'Schedule', texts.schedule, 'outside'),
    arrow([
      [102, 68],
      [102, 90],
    ]),
    node(box(205, 10, 185, 58), 'start-execution', ['of any days, by hand'], 'outside'),
    arrow([
      [297, 68],
      [297, 90],
    ]),
    frame(box(10, 90, 380, 412), 'State machine', ''),
    ...drawStates(machine.definition, machine, ON_PHONE),
    arrow([
      [105, 178],
      [105, 200],
    ]),
    arrow([
      [105, 330],
      [105, 352],
    ]),
    arrow([
      [180, 381],
      [240, 381],
    ]),
    arrow(
      [
        [260, 410],
        [260, 424],
        [77, 424],
        [77, 444],
      ],
      { at: [84, 438], text: 'clean', start: true },
    ),
    arrow([
      [285, 410],
      [285, 432],
      [197, 432],
      [197, 440],
    ]),
    arrow(
      [
        [322, 410],
        [322, 444],
      ],
      { at: [329, 431], text: 'failed', start: true },
    ),
    arrow([
      [150, 464],
      [125, 464],
    ]),
    arrow([
      [100, 502],
      [100, 526],
    ]),
    node(box(10, 526, 180, 54), 'Event rule', texts.rule, 'outside'),
    arrow([
      [190, 553],
      [210, 553],
    ]),
    node(box(210, 526, 180, 54), 'ExplainFailure', ['Lambda: cause, next command'], 'lambda'),
    arrow([
      [300, 580],
      [300, 602],
    ]),
    node(box(210, 602, 180, 50), 'Alert topic', ['one message a run'], 'outside'),
    node(
      box(10, 602, 180, 50),
      'Report bucket',
      [`${texts.reports[0]}: ledger and report`],
      'store',
    ),
    node(box(10, 676, 120, 60), 'Source bucket', texts.source, 'store'),
    arrow(
      [
        [130, 696],
        [270, 696],
      ],
      { at: [200, 690], text: '1. copy, no overwrite' },
    ),
    arrow(
      [
        [270, 718],
        [130, 718],
      ],
      { at: [200, 733], text: '2. delete, unchanged' },
    ),
    node(box(270, 676, 120, 60), 'Archive', texts.archive, 'store'),
  ]);
}

function drawStates(definition: Definition, machine: ArchiverMachine, places = STATES): string[] {
  return Object.entries(definition.States).flatMap(([name, state]) => {
    if (NOT_DRAWN.includes(name) || (places === ON_PHONE && !(name in places))) {
      return [];
    }
    const place = places[name];
    if (!place) {
      throw new Error(`state ${name} has no place in the picture: give it one in STATES`);
    }
    if (name === FINISH_BATCHES) {
      return [node(place, name, ['batches whose time ran short'], 'flow')];
    }
    if (!isDistributedMap(state)) {
      return [node(place, name, notesOf(name, state, machine), styleOf(state))];
    }
    const { ItemProcessor, ItemBatcher } = state;
    const { MAX_CONCURRENCY, MAX_OBJECTS_PER_SECOND } = environmentOf(machine, 'PlanRun');
    const concurrency = MAX_CONCURRENCY ?? batchesAtOnce(Number(MAX_OBJECTS_PER_SECOND));
    const note =
      `Distributed Map: ${ItemBatcher!.MaxItemsPerBatch!.toLocaleString('en-US')} ` +
      `objects a child, ${concurrency} at once`;
    return [frame(place, name, note), ...drawStates(ItemProcessor, machine, places)];
  });
}

function drawRoutes(definition: Definition): string[] {
  return Object.entries(definition.States)
    .filter(([name]) => !NOT_DRAWN.includes(name))
    .flatMap(([from, state]) => [
      ...targetsOf(state)
        .filter((to) => to === 'Action' || !NOT_DRAWN.includes(to))
        .map((to) => {
          const route = ROUTES[`${from}>${to}`];
          if (!route) {
            throw new Error(
              `the transition from ${from} to ${to} has no place in the picture: give it one in ` +
                'ROUTES',
            );
          }
          return arrow(route.points, route.label);
        }),
      ...(state.ItemProcessor && from !== FINISH_BATCHES ? drawRoutes(state.ItemProcessor) : []),
    ]);
}

function targetsOf(state: State): string[] {
  const choices = (state.Choices ?? []) as ReadonlyArray<{ Next: string }>;
  const targets = [...choices.map(({ Next }) => Next), state.Default, state.Next];
  return [...new Set(targets.filter((target): target is string => typeof target === 'string'))];
}

function notesOf(name: string, state: State, machine: ArchiverMachine): string[] {
  if (state.Type !== 'Task') {
    return name === state.Type ? [] : [state.Type];
  }
  if (!state.Resource?.endsWith('lambda:invoke')) {
    return ['SNS publish'];
  }
  // The first retrier has the errors that are final.
  const retry = (state.Retry as ReadonlyArray<{ MaxAttempts: number }>).at(-1)!;
  const { MemorySize, Timeout } = functionOf(machine, name);
  return [`Lambda, ${MemorySize} MiB`, `${Timeout} s, ${retry.MaxAttempts} retries`];
}

function styleOf({ Type, Resource }: State): Style {
  if (Type === 'Fail') {
    return 'bad';
  }
  return Resource?.endsWith('lambda:invoke') ? 'lambda' : 'flow';
}

/** Returns the function that a state invokes. */
function functionOf({ scope, definition }: ArchiverMachine, name: string): Record<string, unknown> {
  const state = [...allStates(definition)].find((each) => each.name === name)?.state;
  const arn = (state?.Parameters as { FunctionName?: string } | undefined)?.FunctionName;
  for (const { logicalId } of scope.app.resources('AWS::Lambda::Function')) {
    if (scope.attribute(logicalId, 'Arn') === arn) {
      return scope.properties(logicalId);
    }
  }
  throw new Error(`no function of the template stands behind the state ${name}`);
}

function environmentOf(machine: ArchiverMachine, name: string): Record<string, string> {
  return (functionOf(machine, name).Environment as { Variables: Record<string, string> }).Variables;
}

function propertiesOf(app: App, type: string): Record<string, unknown> {
  const [found] = app.resources(type);
  return found.scope.properties(found.logicalId);
}

/** Draws the pictures of the example app, by their names. */
export function drawExample(): Record<string, string> {
  const assembly = mkdtempSync(path.join(tmpdir(), 'architecture-'));
  try {
    synthesize('daily-cron', assembly);
    return {
      'architecture.svg': drawArchitecture(assembly),
      'architecture-phone.svg': drawForPhone(assembly),
    };
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

if (require.main === module) {
  for (const [name, svg] of Object.entries(drawExample())) {
    writeFileSync(path.join(__dirname, '../../docs', name), svg);
  }
}
