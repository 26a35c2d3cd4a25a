import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { predecessorCostOf, runCost, runMinutes } from '../../../examples/demo/cost';
import { LAYERS } from '../../../src/contract/alert-details';
import { MetricName } from '../../../src/contract/metrics';
import { ReasonCode } from '../../../src/contract/payloads/reason-codes';
import { DEFAULT_REGION, getPrices } from '../../../src/lambda/pricing/prices';
import { synth } from '../../helpers/synth';
import { quickApp } from '../../unit/construct/feature-flags/places';
import { addArchivers } from '../../unit/construct/many-archivers';

const ROOT = path.resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const README = read('README.md');

const PAGES = [
  'configuration',
  'costs',
  'faq',
  'filters',
  'how-it-works',
  'packing',
  'recipes',
  'runbook',
].map((name) => read(`docs/${name}.md`));
const ALL = [README, ...PAGES].join('\n');
const COSTS = read('docs/costs.md');
const CONFIGURATION = read('docs/configuration.md');

describe('the figures', () => {
  const usd = (amount: number) => `$${amount.toFixed(2)}`;

  test.each([
    ['1,000,000', '1,000,000', 1_000_000, 1_000_000],
    ['1,000,000', '33,333', 1_000_000, 33_333],
    ['33,333 (`keyPrefix`)', '33,333', 33_333, 33_333],
  ])(
    'of %s listed, %s archived are what the arithmetic says',
    (listedText, archivedText, listed, archived) => {
      const predecessor = predecessorCostOf({
        listed,
        archived,
        skipped: listed - archived,
        conflicting: 0,
        failed: 0,
      });
      const row = [
        listedText,
        archivedText,
        usd(runCost({ listed, archived })),
        usd(archived * getPrices(DEFAULT_REGION).classes.STANDARD.write),
        `${usd(predecessor.total)} or more`,
      ];
      expect(COSTS).toContain(`| ${row.join(' | ')} |`);
    },
  );

  test('of the first screen', () => {
    const total = usd(runCost({ listed: 1_000_000, archived: 1_000_000 }));
    const copies = usd(1_000_000 * getPrices(DEFAULT_REGION).classes.STANDARD!.write);
    expect(README).toContain(
      `Archiving a million objects costs ${total}; ${copies} of that is what S3 charges for the ` +
        'copies.',
    );
  });

  test('of a child workflow per object', () => {
    expect(ALL).toContain(
      `$${getPrices(DEFAULT_REGION).transition * 1_000_000} a million in state transitions alone`,
    );
  });

  test('at rest, of one archiver and of ten', () => {
    const stack = new Stack(quickApp(), 'Archives');
    addArchivers(stack, 1);
    const alarms = stack.node.findAll().filter((node) => node instanceof CfnAlarm).length;
    // CloudWatch bills a metric for the hours of a month in which it gets data. Only a verification
    // emits the last one.
    const metrics = Object.values(MetricName).filter(
      (name) => name !== MetricName.OBJECTS_UNACCOUNTED,
    ).length;
    const [ofAlarms, ofMetrics, ofQueue, ofDashboard] = [
      alarms * 0.1,
      metrics * 0.3 * (30 / 720),
      0.2,
      3,
    ];
    expect(COSTS).toContain(
      `| \`addAlarms()\`: ${alarms} alarms | ${usd(ofAlarms)} | ${usd(10 * ofAlarms)} |`,
    );
    expect(COSTS).toContain(
      `| Metrics: ${metrics}, in one hour of a day | ${usd(ofMetrics)} | ${usd(10 * ofMetrics)} |`,
    );
    expect(COSTS).toMatch(
      new RegExp(
        `^\\| The dead-letter queue .* \\| \\${usd(ofQueue)} \\| \\${usd(10 * ofQueue)} \\|$`,
        'm',
      ),
    );
    const together = (count: number) => usd(count * (ofAlarms + ofMetrics + ofQueue) + ofDashboard);
    expect(COSTS).toContain(`| **Together** | **${together(1)}** | **${together(10)}** |`);
  });

  test('of time', () => {
    expect(COSTS).toContain(
      `a million in ${Math.round(runMinutes({ listed: 1_000_000, archived: 1_000_000 }))} minutes`,
    );
  });
});

test('every prop has its row', () => {
  const props = [
    ...read('src/s3-dated-archiver-props.ts').matchAll(/^ {2}readonly (\w+)\??:/gm),
  ].map(([, name]) => name);
  const table = CONFIGURATION.split('\n\nFormats')[0];
  expect(props.length).toBeGreaterThan(25);
  expect(props.filter((prop) => !table.includes(`\`${prop}\``))).toEqual([]);
});

/** Construct Hub, npm and PyPI show the README without the files next to it. */
test('its links are absolute', () => {
  const targets = [...README.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  expect(targets.length).toBeGreaterThan(15);
  for (const target of targets) {
    expect(target).toMatch(/^https:\/\/[^\s/]+\/\S+$/);
  }
});

test(
  'the packages are built with tasks that exist, each of which the proof of the repository runs, ' +
    'too',
  () => {
    const [, sentence] = /(build the packages in a clone .*)$/m.exec(README)!;
    const named = [...sentence.matchAll(/(?:npx projen |`)((?:pre-)?compile|package:\w+)/g)].map(
      ([, task]) => task!,
    );
    expect(named).toEqual([
      'pre-compile',
      'compile',
      'package:js',
      'package:python',
      'package:sandbox',
    ]);
    const { tasks } = JSON.parse(read('.projen/tasks.json')) as { tasks: Record<string, object> };
    expect(named.filter((task) => !(task in tasks) || !read('.ci/run').includes(task))).toEqual([]);
  },
);

test('is short enough to be read', () => {
  expect(README.split(/\s+/).length).toBeLessThan(1_300);
});

test('says what a predecessor costs', () => {
  const predecessor = predecessorCostOf({
    listed: 1_000_000,
    archived: 1_000_000,
    skipped: 0,
    conflicting: 0,
    failed: 0,
  });
  expect(README).toContain(`would cost $${predecessor.total.toFixed(2)} or more`);
});

test('how-it-works.md lists every resource of a stack', () => {
  const { template } = synth({ schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }) });
  const resources = template.toJSON().Resources as Record<string, { Type: string }>;
  // The bucket of the objects is the user's.
  const types = new Set(
    Object.entries(resources)
      .filter(([id]) => !id.startsWith('Source'))
      .map(([, { Type }]) => Type),
  );
  const page = read('docs/how-it-works.md');
  const listed = new Set([...page.matchAll(/AWS::\w+::\w+/g)].map(([type]) => type));
  expect([...listed].sort()).toEqual([...types].sort());
});

test.each([
  'README.md',
  'CONTRIBUTING.md',
  'docs/runbook.md',
  'docs/configuration.md',
  'docs/costs.md',
  'docs/faq.md',
  'docs/how-it-works.md',
  'docs/packing.md',
  'docs/recipes.md',
])('what %s links to in this repository exists', (file) => {
  const text = read(file);
  const absolute = [
    ...text.matchAll(/\/cdk-s3-dated-archiver\/(?:blob|tree|raw)\/main\/([^\s)#"]+)/g),
  ].map(([, target]) => target);
  const relative = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) =>
    path.join(path.dirname(file), target),
  );
  expect(
    [...absolute, ...relative].filter((target) => !existsSync(path.join(ROOT, target))),
  ).toEqual([]);
});

describe('the runbook', () => {
  const runbook = read('docs/runbook.md');

  test.each(Object.values(ReasonCode))('says of %s what it means and what to type', (code) => {
    const paragraph = runbook.split(`### ${code}\n`)[1]?.split('\n###')[0] ?? '';
    expect(paragraph).toMatch(/^\n(Conflicting|Failed|Changed|Missing|Unproven)\b/);
    expect(paragraph.replace(/```.*?```/gs, '').length).toBeGreaterThan(200);
    expect(paragraph).toMatch(/```sh\n[^`]+```/);
  });

  test('has no paragraph of a code that does not exist', () => {
    const headings = [...runbook.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code);
    // Some names of layers look like codes.
    const codes = headings.filter((heading) => !(LAYERS as readonly string[]).includes(heading));
    expect(codes.sort()).toEqual(Object.values(ReasonCode).sort());
  });
});
