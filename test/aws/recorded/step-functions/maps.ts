import { callApi, type StepFunctionsReplay } from './subject';
import type { Json } from '../../../../packages/engine/src/common/json';

const SCENARIOS = 'tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios';
const HISTORY = 'get_execution_history';

/** What the sandbox did before the rows were added. */
const NO_EVENTS = 'the history had no MapStateStarted, MapStateSucceeded and details of sizes';
const UNCHECKED = 'the sandbox did not check the value';

const PASS = { Type: 'Pass', End: true };
const map = (fields: object, inner = 'HandleItem') => ({
  Type: 'Map',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: inner,
    States: { [inner]: PASS },
  },
  ...fields,
});
const machine = (state: object, more: object = {}) => ({
  StartAt: 'MapState',
  States: { MapState: state, ...more },
});

/** A map over one item, whose tolerance comes from the input. */
function tolerance(
  field: 'ToleratedFailureCount' | 'ToleratedFailurePercentage',
  id: string,
  value: Json,
  behavior: string,
  fixed = UNCHECKED,
): StepFunctionsReplay {
  const test =
    field === 'ToleratedFailureCount'
      ? 'test_map_state_tolerated_failure_count_path'
      : 'test_map_state_tolerated_failure_percentage_path';
  return {
    area: 'Distributed Map',
    file: SCENARIOS,
    test: `TestBaseScenarios::${test}[${id}]`,
    rows: { [HISTORY]: { behavior, fixed } },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine(
            map({
              ItemsPath: '$.Items',
              MaxConcurrency: 1,
              [`${field}Path`]: `$.${field}`,
              End: true,
            }),
          ),
          { input: { Items: [0], [field]: value } },
        ),
      );
    },
  };
}

export const MAPS: StepFunctionsReplay[] = [
  {
    area: 'Distributed Map',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_map_item_reader_base_list_objects_v2',
    rows: {
      [HISTORY]: {
        behavior:
          'a reader without a prefix lists the whole bucket; an item has `Etag`, `Key`, ' +
          '`LastModified`, `Size` and `StorageClass`; the events of a map',
        except: { fields: ['input'], reason: 'the recorder has another bucket' },
        fixed: NO_EVENTS,
      },
    },
    play: async ({ bench, history }, record) => {
      for (let i = 0; i < 3; i++) {
        bench.double.store.put('source', `file_${i}.txt`, 'some content');
      }
      const reader = {
        Resource: 'arn:aws:states:::s3:listObjectsV2',
        Parameters: { 'Bucket.$': '$.Bucket' },
      };
      await record(
        HISTORY,
        history(machine(map({ MaxConcurrency: 1, ItemReader: reader, End: true }, 'PassItem')), {
          input: { Bucket: 'source' },
        }),
      );
    },
  },
  {
    area: 'Distributed Map',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_map_state_result_writer',
    rows: {
      [HISTORY]: {
        behavior:
          'the output of a map with a ResultWriter is its Map Run and the manifest, at ' +
          '`prefix/id of the Map Run/manifest.json`',
        except: { fields: ['Bucket'], reason: 'the recorder has another bucket' },
        fixed: NO_EVENTS,
      },
    },
    play: async ({ history }, record) => {
      const writer = {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: { Bucket: 'results', Prefix: 'mapJobs' },
      };
      await record(
        HISTORY,
        history(
          machine(map({ ResultWriter: writer, Label: 'TestMap', End: true }, 'IteratorInner')),
          { input: ['Hello', 'World'] },
        ),
      );
    },
  },
  {
    area: 'Distributed Map',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_map_state_label',
    rows: {
      [HISTORY]: {
        behavior:
          'the ARN of a Map Run has the label of its map, and without a ResultWriter the ' +
          'outputs of the children are the output of the state',
        fixed: NO_EVENTS,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(machine(map({ Label: 'TestMap', End: true }, 'IteratorInner')), {
          input: ['Hello', 'World'],
        }),
      );
    },
  },
  {
    area: 'Distributed Map',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_map_state_config_distributed_reentrant',
    rows: {
      [HISTORY]: { behavior: 'a map in a loop has a Map Run for each round', fixed: NO_EVENTS },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history({
          StartAt: 'StartState',
          States: {
            StartState: {
              Type: 'Pass',
              Parameters: { Iterations: 3, 'Values.$': 'States.ArrayRange(0,3,1)' },
              Next: 'BeforeIteration',
            },
            BeforeIteration: {
              Type: 'Pass',
              Parameters: {
                'Iterations.$': 'States.MathAdd($.Iterations,-1)',
                'Values.$': '$.Values',
              },
              Next: 'IterationBody',
            },
            IterationBody: map(
              {
                MaxConcurrency: 1,
                ItemsPath: '$.Values',
                ResultPath: '$.Values',
                Next: 'CheckIteration',
              },
              'ProcessValue',
            ),
            CheckIteration: {
              Type: 'Choice',
              Choices: [{ Variable: '$.Iterations', NumericEquals: 0, Next: 'Terminate' }],
              Default: 'BeforeIteration',
            },
            Terminate: { Type: 'Succeed' },
          },
        }),
      );
    },
  },
  tolerance(
    'ToleratedFailureCount',
    'tolerated_failure_count_value0',
    {},
    'an object at `ToleratedFailureCountPath` fails the execution with `States.Runtime`, before ' +
      'a Map Run starts',
  ),
  tolerance(
    'ToleratedFailureCount',
    'NoNumber',
    'NoNumber',
    'a text at `ToleratedFailureCountPath` fails the execution with `States.Runtime`',
  ),
  tolerance(
    'ToleratedFailureCount',
    '-1',
    -1,
    'a negative number at `ToleratedFailureCountPath` fails the execution with `States.Runtime`',
  ),
  tolerance(
    'ToleratedFailureCount',
    '0',
    0,
    'zero is allowed at `ToleratedFailureCountPath`',
    NO_EVENTS,
  ),
  tolerance(
    'ToleratedFailurePercentage',
    'tolerated_failure_percentage_value0',
    {},
    'an object at `ToleratedFailurePercentagePath` fails the execution with `States.Runtime`',
  ),
  tolerance(
    'ToleratedFailurePercentage',
    'NoNumber',
    'NoNumber',
    'a text at `ToleratedFailurePercentagePath` fails the execution with `States.Runtime`',
  ),
  tolerance(
    'ToleratedFailurePercentage',
    '-1.1',
    -1.1,
    'a percentage below 0 fails the execution with `States.Runtime`',
  ),
  tolerance(
    'ToleratedFailurePercentage',
    '100.1',
    100.1,
    'a percentage above 100 fails the execution with `States.Runtime`',
  ),
  tolerance(
    'ToleratedFailurePercentage',
    '1.1',
    1.1,
    'a fraction of a percent is allowed at run time',
    NO_EVENTS,
  ),
  {
    area: 'Map Runs',
    file: 'tests/aws/services/stepfunctions/v2/test_sfn_api_map_run',
    test: 'TestSnfApiMapRun::test_list_map_runs_and_describe_map_run',
    rows: {
      list_map_runs:
        'ListMapRuns has the execution, the Map Run and the state machine of its children',
      describe_map_run: {
        behavior:
          'DescribeMapRun counts items and children; without a ResultWriter, all of them count ' +
          'as written',
        fixed: 'none counted as written',
      },
    },
    play: async ({ run }, record) => {
      const { records, record: execution } = await run(
        machine(map({ MaxConcurrency: 1, End: true })),
        { input: ['Hello', 'World'] },
      );
      await record(
        'list_map_runs',
        callApi(records, 'ListMapRuns', { executionArn: execution.arn }),
      );
      const [mapRunArn] = records.mapRuns.keys();
      await record('describe_map_run', callApi(records, 'DescribeMapRun', { mapRunArn }));
    },
  },
];
