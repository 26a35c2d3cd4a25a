import { readHistory } from '../../../../src/lambda/explain-failure/failure-facts';
import {
  entered,
  executionFailed,
  exited,
  history,
  PLAN,
  PLANNED,
  SUMMARY,
  taskFailed,
} from '../../../helpers/failure-fixtures';
import { RUN } from '../../../helpers/report-fixtures';

test("the last state's own error, after its retries, is preferred to that of the execution", () => {
  expect(
    readHistory(
      history(
        ...PLANNED,
        entered('ReportRun'),
        taskFailed('First', 'a'),
        taskFailed('Last', 'b'),
        executionFailed('Last', 'b again'),
      ),
    ),
  ).toEqual({
    state: 'ReportRun',
    error: 'Last',
    cause: 'b',
    run: RUN,
    listing: { prefix: 'incoming/' },
    summary: undefined,
  });
});

test('ignores an error from which an earlier state recovered', () => {
  const events = history(
    entered('PlanRun'),
    taskFailed('Throttled'),
    exited('PlanRun', PLAN),
    entered('ArchiveObjects'),
    executionFailed('States.Runtime', 'x'),
  );
  expect(readHistory(events)).toMatchObject({
    state: 'ArchiveObjects',
    error: 'States.Runtime',
    cause: 'x',
  });
});

test('finds the result of ReportRun, before the Fail state', () => {
  const events = history(
    ...PLANNED,
    entered('ReportRun'),
    exited('ReportRun', SUMMARY),
    entered('Fail'),
    executionFailed('ToleranceExceeded', SUMMARY.message),
  );
  expect(readHistory(events)).toMatchObject({
    state: 'Fail',
    error: 'ToleranceExceeded',
    cause: SUMMARY.message,
    summary: SUMMARY,
  });
});

test('works for an execution that entered no state', () => {
  expect(readHistory(history(executionFailed('States.Runtime', 'no')))).toMatchObject({
    state: undefined,
    error: 'States.Runtime',
    cause: 'no',
  });
  expect(readHistory([])).toMatchObject({ state: undefined, error: undefined });
});

test('ignores outputs of other shapes', () => {
  expect(
    readHistory(
      history(
        { stateExitedEventDetails: { name: 'X', output: 'cut off {' } },
        exited('Y', { run: 1 }),
      ),
    ).run,
  ).toBeUndefined();
});
