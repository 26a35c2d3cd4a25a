import { callApi, type StepFunctionsReplay } from './subject';
import type { ExecutionRecord } from '../../../../packages/engine/src/step-functions/records';
import { statusChangeEvent } from '../../../../packages/sandbox/src/step-functions/status-change';

const API = 'tests/aws/services/stepfunctions/v2/test_sfn_api';
const NO_SIZES = 'the events did not say that inputs and outputs are complete';
const PASS = {
  StartAt: 'State_1',
  States: { State_1: { Type: 'Pass', Result: { Arg1: 'argument1' }, End: true } },
};
const WAIT = { StartAt: 'State_1', States: { State_1: { Type: 'Wait', Seconds: 60, End: true } } };

export const API_AND_EVENTS: StepFunctionsReplay[] = [
  {
    area: 'Executions',
    file: API,
    test: 'TestSnfApi::test_describe_execution',
    rows: {
      describe_execution:
        'DescribeExecution of a run that succeeded says that it cannot be redriven, and why',
    },
    play: async ({ run }, record) => {
      const {
        records,
        record: { arn },
      } = await run(PASS);
      await record(
        'describe_execution',
        callApi(records, 'DescribeExecution', { executionArn: arn }),
      );
    },
  },
  {
    area: 'Executions',
    file: API,
    test: 'TestSnfApi::test_get_execution_history_reversed',
    rows: {
      'get_execution_history_reverseOrder[False]': {
        behavior: 'GetExecutionHistory has the events in their order',
        fixed: NO_SIZES,
      },
      'get_execution_history_reverseOrder[True]': {
        behavior: 'GetExecutionHistory with `reverseOrder` has the newest event first',
        fixed: NO_SIZES,
      },
    },
    play: async ({ run }, record) => {
      const {
        records,
        record: { arn: executionArn },
      } = await run(PASS);
      for (const reverseOrder of [false, true]) {
        await record(
          `get_execution_history_reverseOrder[${reverseOrder ? 'True' : 'False'}]`,
          callApi(records, 'GetExecutionHistory', { executionArn, reverseOrder }),
        );
      }
    },
  },
  {
    area: 'Executions',
    file: API,
    test: 'TestSnfApi::test_stop_execution',
    rows: {
      exec_hist_resp: {
        behavior:
          'a stopped execution ends with ExecutionAborted, which has details without fields',
        fixed: NO_SIZES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        'exec_hist_resp',
        history(WAIT, {
          onStart: (execution) => {
            setTimeout(() => execution.abort(), 20);
          },
        }),
      );
    },
  },
  {
    area: 'Executions',
    file: 'tests/aws/services/stepfunctions/v2/timeouts/test_timeouts',
    test: 'TestTimeouts::test_global_timeout',
    rows: {
      describe_execution: {
        behavior:
          'DescribeExecution of a run that timed out has neither error nor cause, and it can be ' +
          'redriven',
        fixed: 'it had the error `States.Timeout`',
      },
    },
    play: async ({ run }, record) => {
      const {
        records,
        record: { arn },
      } = await run({ ...WAIT, TimeoutSeconds: 0.05 });
      const described = await callApi(records, 'DescribeExecution', { executionArn: arn });
      // A field that was not recorded is not compared, and here the absence of one is the behavior.
      await record(
        'describe_execution',
        Promise.resolve({
          ...described,
          ...(described.error && { status: `${described.status} with an error` }),
        }),
      );
    },
  },
  {
    area: 'Events',
    file: 'tests/aws/services/stepfunctions/v2/base/test_base',
    test: 'TestSnfBase::test_event_bridge_events_base',
    rows: {
      stepfunctions_events: {
        behavior:
          'the status events of a run: dates in epoch milliseconds, `null` for what is unknown, ' +
          'and whether it can be redriven',
        except: { fields: ['output', 'name'], reason: 'the recorder has another definition' },
      },
    },
    play: async ({ run }, record) => {
      const environment = {
        account: '123456789012',
        region: 'us-east-1',
        partition: 'aws',
      } as never;
      const events: unknown[] = [];
      const tell = (execution: ExecutionRecord) =>
        events.push(statusChangeEvent({ ...execution }, { environment, now: new Date() }));
      tell((await run(PASS, { onStart: ({ record: started }) => tell(started) })).record);
      await record('stepfunctions_events', Promise.resolve(events));
    },
  },
  {
    area: 'Events',
    file: 'tests/aws/services/stepfunctions/v2/services/test_sns_task_service',
    test: 'TestTaskServiceSns::test_publish_base_error_topic_arn',
    rows: {
      get_execution_history: {
        behavior:
          'a message to a missing topic is `SNS.NotFoundException`, with the response of SNS as ' +
          'the cause',
        except: { fields: ['input', 'parameters'], reason: 'the recorder has another topic' },
        fixed: 'the cause had another form',
      },
    },
    play: async ({ history }, record) => {
      const Parameters = { 'TopicArn.$': '$.TopicArn', 'Message.$': '$.Message' };
      await record(
        'get_execution_history',
        history(
          {
            StartAt: 'Publish',
            States: {
              Publish: {
                Type: 'Task',
                Resource: 'arn:aws:states:::sns:publish',
                Parameters,
                End: true,
              },
            },
          },
          {
            input: {
              TopicArn: 'arn:aws:sns:us-east-1:123456789012:no-such-topic',
              Message: { Message: 'HelloWorld!' },
            },
          },
        ),
      );
    },
  },
];
