import type { Definition } from 'cdk-s3-dated-archiver-engine';
import { checkDefinitionLimits } from '../../src/assembly/definition-limits';

const RETRIER = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 2,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};
const MAP = {
  Type: 'Map',
  Label: 'Objects',
  End: true,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Task',
    States: { Task: { Type: 'Task', Retry: [RETRIER], TimeoutSeconds: 30, End: true } },
  },
};

const of = (map: object, task: object = {}, name = 'Map'): Definition => ({
  StartAt: name,
  States: {
    [name]: {
      ...MAP,
      ...map,
      ItemProcessor: {
        ...MAP.ItemProcessor,
        States: { Task: { ...MAP.ItemProcessor.States.Task, ...task } },
      },
    },
  },
});
const retry = (...retriers: object[]) => of({}, { Retry: retriers });
const problems = (definition: Definition, type?: string) => [
  ...checkDefinitionLimits(definition, type),
];

test('a definition within the limits has no problem', () => {
  expect(problems(of({}), 'STANDARD')).toEqual([]);
  expect(problems(retry({ ...RETRIER, MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }))).toEqual(
    [],
  );
});

test.each([
  [of({ Label: 'x'.repeat(41) }), /^state Map: Label "x+" must have at most 40 characters/],
  [
    of({ Label: 'my objects' }),
    /^state Map: Label "my objects" must have at most 40 characters, and no white space/,
  ],
  [of({ Label: 'a:b' }), /^state Map: Label "a:b" must have/],
  [of({}, {}, 'x'.repeat(81)), /^state x+ has a name of more than 80 characters$/],
  [
    of({}, { TimeoutSeconds: 1e9 }),
    /^state Task: TimeoutSeconds 1000000000 must be a whole number from 1 to 99999999$/,
  ],
  [
    retry({ ...RETRIER, IntervalSeconds: 0 }),
    /^state Task: IntervalSeconds 0 of Retry must be a whole number from 1 to 99999999$/,
  ],
  [retry({ ...RETRIER, IntervalSeconds: 1.5 }), /^state Task: IntervalSeconds 1.5 of Retry/],
  [
    retry({ ...RETRIER, MaxAttempts: -1 }),
    /^state Task: MaxAttempts -1 of Retry must be a whole number from 0 to 99999999$/,
  ],
  [
    retry({ ...RETRIER, MaxDelaySeconds: 31_622_400 }),
    /^state Task: MaxDelaySeconds 31622400 of Retry must be a whole number from 1 to 31622399$/,
  ],
  [
    retry({ ...RETRIER, BackoffRate: 0.5 }),
    /^state Task: BackoffRate 0.5 of Retry must be a number of at least 1$/,
  ],
  [
    retry({ ...RETRIER, JitterStrategy: 'HALF' }),
    /^state Task: JitterStrategy "HALF" of Retry must be FULL or NONE$/,
  ],
  [retry({ ...RETRIER, ErrorEquals: [] }), /^state Task: ErrorEquals of Retry is empty$/],
  [
    retry({ ...RETRIER, ErrorEquals: ['States.ALL', 'Mine'] }),
    /^state Task: States.ALL must be alone in ErrorEquals, in the last retrier$/,
  ],
  [retry({ ErrorEquals: ['States.ALL'] }, RETRIER), /^state Task: States.ALL must be alone/],
])('%# is refused', (definition, problem) => {
  expect(problems(definition)).toEqual([expect.stringMatching(problem)]);
});

test('a label is unique', () => {
  const twice = { ...of({}), States: { ...of({}).States, Other: { ...of({}).States.Map! } } };
  expect(problems(twice)).toEqual(['state Other: Label "Objects" is that of another map']);
});

test('EXPRESS children are refused, because the sandbox does not run them', () => {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' };
  const Map = { ...MAP, ItemProcessor: { ...MAP.ItemProcessor, ProcessorConfig } };
  expect(problems({ StartAt: 'Map', States: { Map } })).toEqual([
    'state Map has EXPRESS children, which AWS runs and the sandbox does not',
  ]);
});

test('an EXPRESS state machine has no Distributed Map', () => {
  expect(problems(of({}), 'EXPRESS')).toEqual([
    'StateMachineType is EXPRESS, which has no Distributed Map',
  ]);
});
