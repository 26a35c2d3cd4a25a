import type { FunctionOf, StepFunctionsReplay } from './subject';

const ERRORS = 'tests/aws/services/stepfunctions/v2/error_handling';
const SCENARIOS = 'tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios';
const TIMEOUTS = 'tests/aws/services/stepfunctions/v2/timeouts/test_timeouts';
const HISTORY = 'get_execution_history';

const NAME = 'function';
const ARN = `arn:aws:lambda:us-east-1:123456789012:function:${NAME}`;
const INPUT = { FunctionName: NAME, Payload: null };
const raise =
  (errorType: string, errorMessage: string): FunctionOf =>
  () => ({ error: { errorType, errorMessage } });
const fails = { [NAME]: raise('Exception', 'Some exception was raised.') };
const answersTooMuch: { [name: string]: FunctionOf } = {
  [NAME]: () => ({ payload: JSON.stringify('a'.repeat(300 * 1024)) }),
};
const never: { [name: string]: FunctionOf } = { [NAME]: () => new Promise<never>(() => undefined) };

const PASS = { Type: 'Pass', End: true };
const invoke = (more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { 'FunctionName.$': '$.FunctionName', 'Payload.$': '$.Payload' },
  ...more,
});
const catches = (error: string, Next: string) => ({ ErrorEquals: [error], Next });
const machine = (States: { [name: string]: object }) => ({
  StartAt: Object.keys(States)[0],
  States,
});

const CATCH_RELEVANT = {
  Catch: [
    catches('Lambda.Unknown', 'EndWithLambdaUnknownHandler'),
    catches('States.TaskFailed', 'EndWithStateTaskFailedHandler'),
    catches('States.ALL', 'EndWithAllHandler'),
  ],
  Next: 'EndWithFinal',
};
const HANDLERS = {
  EndWithLambdaUnknownHandler: { ...PASS, ResultPath: '$.lambda_unknown' },
  EndWithStateTaskFailedHandler: { ...PASS, ResultPath: '$.task_failed_error' },
  EndWithAllHandler: { ...PASS, ResultPath: '$.all_error' },
  EndWithFinal: { ...PASS, ResultPath: '$.final' },
};
/** What the sandbox did before the rows were added. */
const NO_SIZES = 'the events did not say that inputs and outputs are complete';
/** The name of the function, or of its ARN, is another one. */
const OTHER_NAMES = {
  fields: ['input', 'parameters', 'resource', 'timeoutInSeconds'],
  reason: 'the recorder has other names of functions',
};

export const LAMBDA: StepFunctionsReplay[] = [
  {
    area: 'Lambda errors',
    file: `${ERRORS}/test_task_service_lambda`,
    test: 'TestTaskServiceLambda::test_raise_exception',
    rows: {
      [HISTORY]: {
        behavior:
          'the error of a task is the error type that the function reports, its cause the JSON ' +
          'of the error, and the execution fails with both',
        fixed: NO_SIZES,
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(machine({ Start: invoke({ End: true }) }), { input: INPUT, functions: fails }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: `${ERRORS}/test_task_service_lambda`,
    test: 'TestTaskServiceLambda::test_raise_exception_catch',
    rows: {
      [HISTORY]: {
        behavior:
          '`States.TaskFailed` catches the error of a handler, `Lambda.Unknown` before it does not',
        fixed: NO_SIZES,
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(machine({ Start: invoke(CATCH_RELEVANT), ...HANDLERS }), {
          input: INPUT,
          functions: fails,
        }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: `${ERRORS}/test_task_service_lambda`,
    test: 'TestTaskServiceLambda::test_raise_custom_exception',
    rows: {
      [HISTORY]: {
        behavior: 'a catcher that names the class of the exception catches it',
        fixed: NO_SIZES,
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine({
            InvokeLambda: invoke({
              Next: 'ProcessResult',
              Catch: [catches('CustomException', 'ErrorMatched')],
            }),
            ProcessResult: PASS,
            ErrorMatched: PASS,
          }),
          { input: INPUT, functions: { [NAME]: raise('CustomException', '') } },
        ),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: `${ERRORS}/test_task_service_lambda`,
    test: 'TestTaskServiceLambda::test_no_such_function',
    rows: {
      [HISTORY]: {
        behavior:
          'a missing function is `Lambda.ResourceNotFoundException`, with the response of ' +
          'Lambda as the cause',
        fixed: 'the cause had another form',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      const FunctionName = `arn:aws:lambda:us-east-1:123456789012:function:no_such_${NAME}`;
      await record(
        HISTORY,
        history(machine({ Start: invoke({ End: true }) }), {
          input: { FunctionName, Payload: null },
        }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: `${ERRORS}/test_task_service_lambda`,
    test: 'TestTaskServiceLambda::test_invoke_timeout',
    rows: {
      [HISTORY]: {
        behavior:
          'a task beyond its `TimeoutSeconds` is `States.Timeout` with an empty cause, and can ' +
          'be caught',
        except: OTHER_NAMES,
        differs:
          'the engine of the sandbox gives the name of the error as its cause; no task of an ' +
          'archiver has a timeout of its own',
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine({
            Start: invoke({
              TimeoutSeconds: 0.05,
              Catch: [catches('States.Timeout', 'EndWithHandler')],
              Next: 'EndWithFinal',
            }),
            EndWithHandler: { ...PASS, ResultPath: '$.error' },
            EndWithFinal: { ...PASS, ResultPath: '$.final' },
          }),
          { input: INPUT, functions: never },
        ),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: `${ERRORS}/test_task_lambda`,
    test: 'TestTaskLambda::test_raise_exception',
    rows: {
      [HISTORY]: {
        behavior: 'a task whose resource is the function itself has LambdaFunction events',
        fixed: 'the event had `parameters` instead of `input`',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(machine({ Start: { Type: 'Task', Resource: ARN, End: true } }), {
          input: INPUT,
          functions: fails,
        }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_lambda_invoke_with_retry_base',
    rows: {
      [HISTORY]: {
        behavior:
          'a retry schedules the task again without leaving its state, and the last error is ' +
          'caught',
        fixed: 'the events had `parameters` instead of `input`',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }];
      const task = {
        Type: 'Task',
        Resource: ARN,
        Retry,
        Catch: [catches('States.ALL', 'HandleError')],
        End: true,
        ResultSelector: { 'Retries.$': '$$.State.RetryCount' },
      };
      await record(
        HISTORY,
        history(machine({ InvokeLambdaWithRetry: task, HandleError: PASS }), {
          input: { Value1: 'HelloWorld!', Value2: null },
          functions: fails,
        }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_retry_interval_features_max_attempts_zero',
    rows: {
      [HISTORY]: {
        behavior: 'a retrier with `MaxAttempts: 0` that names the error ends the state at once',
        fixed: NO_SIZES,
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      const Retry = [
        {
          ErrorEquals: ['States.ALL'],
          IntervalSeconds: 3,
          MaxAttempts: 0,
          BackoffRate: 2,
          MaxDelaySeconds: 5,
          JitterStrategy: 'FULL',
        },
      ];
      await record(
        HISTORY,
        history(
          machine({
            LambdaTask: invoke({
              Parameters: {
                'FunctionName.$': '$.FunctionName',
                Payload: { 'RetryAttempt.$': '$$.State.RetryCount' },
              },
              Retry,
              End: true,
            }),
          }),
          { input: { FunctionName: NAME }, functions: fails },
        ),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: SCENARIOS,
    test: 'TestBaseScenarios::test_lambda_empty_retry',
    rows: {
      [HISTORY]: {
        behavior: 'an empty list of retriers is allowed, and retries nothing',
        fixed: 'the event had `parameters` instead of `input`',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(machine({ LambdaTask: { Type: 'Task', Resource: ARN, Retry: [], End: true } }), {
          functions: fails,
        }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: TIMEOUTS,
    test: 'TestTimeouts::test_fixed_timeout_service_lambda',
    rows: {
      [HISTORY]: {
        behavior:
          'a task that times out has the event TaskTimedOut, and the execution fails with ' +
          '`States.Timeout`',
        fixed: 'the event did not name the resource',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(machine({ Start: invoke({ TimeoutSeconds: 0.05, End: true }) }), {
          input: INPUT,
          functions: never,
        }),
      );
    },
  },
  {
    area: 'Lambda errors',
    file: TIMEOUTS,
    test: 'TestTimeouts::test_fixed_timeout_lambda',
    rows: {
      [HISTORY]: {
        behavior: 'a task whose resource is the function itself has LambdaFunctionTimedOut instead',
        fixed: 'the event was TaskTimedOut',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine({ Start: { Type: 'Task', Resource: ARN, TimeoutSeconds: 0.05, End: true } }),
          { input: { Payload: null }, functions: never },
        ),
      );
    },
  },
  {
    area: 'Quotas',
    file: `${ERRORS}/test_states_errors`,
    test: 'TestStatesErrors::test_service_task_lambada_data_limit_exceeded_on_large_utf8_response',
    rows: {
      [HISTORY]: {
        behavior:
          "a function's response above 256 KiB fails the task with `States.DataLimitExceeded`, " +
          'which a catcher may name',
        fixed: 'nothing caught the error',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine({
            InvokeLambda: invoke({
              Next: 'ProcessResult',
              Catch: [
                catches('States.DataLimitExceeded', 'HandleDataLimitExceeded'),
                catches('States.ALL', 'HandleGeneralError'),
              ],
            }),
            ProcessResult: PASS,
            HandleDataLimitExceeded: PASS,
            HandleGeneralError: PASS,
          }),
          { input: INPUT, functions: answersTooMuch },
        ),
      );
    },
  },
  {
    area: 'Quotas',
    file: `${ERRORS}/test_states_errors`,
    test: 'TestStatesErrors::test_service_task_lambada_catch_state_all_data_limit_exceeded_on_large_utf8_response',
    rows: {
      [HISTORY]: {
        behavior: '`States.ALL` catches it, too, although the documentation says that it does not',
        fixed: 'nothing caught the error',
        except: OTHER_NAMES,
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine({
            InvokeLambda: invoke({
              Next: 'ProcessResult',
              Catch: [catches('States.ALL', 'HandleGeneralError')],
            }),
            ProcessResult: PASS,
            HandleGeneralError: PASS,
          }),
          { input: INPUT, functions: answersTooMuch },
        ),
      );
    },
  },
  {
    area: 'Quotas',
    file: `${ERRORS}/test_states_errors`,
    test: 'TestStatesErrors::test_start_large_input',
    rows: {
      [HISTORY]: {
        behavior:
          'the output of a Pass state above 256 KiB fails the execution, and the state is not left',
        fixed: NO_SIZES,
        except: { fields: ['input'], reason: 'the recorder dropped it' },
      },
    },
    play: async ({ history }, record) => {
      await record(
        HISTORY,
        history(
          machine({
            State_1: { Type: 'Pass', Result: { Arg1: 'a'.repeat(300 * 1024) }, End: true },
          }),
        ),
      );
    },
  },
];
