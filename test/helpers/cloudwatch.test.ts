/** These are the examples of AWS's page "Configuring how CloudWatch alarms treat missing data". */
import {
  type AlarmProperties,
  type AlarmState,
  type Datum,
  evaluate,
  metricsIn,
} from './cloudwatch';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const ALARM: AlarmProperties = {
  Namespace: 'N',
  MetricName: 'M',
  Statistic: 'Sum',
  Period: 300,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 3,
};

/**
 * Each character is one period: `0` is within the threshold, `X` is beyond it, and `-` is missing.
 * The newest comes last.
 */
function series(text: string): Datum[] {
  const points = text.split(' ');
  return points.flatMap((each, index) =>
    each === '-'
      ? []
      : [
          {
            namespace: 'N',
            name: 'M',
            dimensions: {},
            value: each === 'X' ? 1 : 0,
            at: NOW - (points.length - index - 0.5) * 300_000,
          },
        ],
  );
}

const RETAIN = 'RETAIN';
const EXAMPLES: [
  points: string,
  missing: string,
  ignore: string,
  breaching: string,
  notBreaching: string,
  m?: number,
][] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', RETAIN, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM', 2],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM', 2],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK', 2],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK', 2],
];
const CASES = EXAMPLES.flatMap(([points, missing, ignore, breaching, notBreaching, m = 3]) =>
  Object.entries({ missing, ignore, breaching, notBreaching }).map(([treatment, state]) => ({
    points,
    m,
    treatment,
    state,
  })),
);

test.each(CASES)('$points, $m of 3, $treatment: $state', ({ points, m, treatment, state }) => {
  for (const before of ['OK', 'ALARM'] satisfies AlarmState[]) {
    const alarm = { ...ALARM, DatapointsToAlarm: m, TreatMissingData: treatment };
    expect(evaluate(alarm, series(points), NOW, before, 2)).toBe(state === RETAIN ? before : state);
  }
});

test('another namespace, name or dimension is another metric', () => {
  const alarm = { ...ALARM, EvaluationPeriods: 1, Dimensions: [{ Name: 'D', Value: 'v' }] };
  const datum = { namespace: 'N', name: 'M', dimensions: { D: 'v' }, value: 1, at: NOW - 1000 };
  expect(evaluate(alarm, [datum], NOW, 'OK', 0)).toBe('ALARM');
  for (const other of [
    { namespace: 'O' },
    { name: 'O' },
    { dimensions: {} },
    { dimensions: { D: 'w' } },
    { dimensions: { D: 'v', service: 's' } },
  ]) {
    expect(evaluate(alarm, [{ ...datum, ...other } as Datum], NOW, 'OK', 0)).toBe(
      'INSUFFICIENT_DATA',
    );
  }
});

test('embedded metrics: only those lines', () => {
  const emf = {
    _aws: {
      Timestamp: 7,
      CloudWatchMetrics: [
        { Namespace: 'N', Dimensions: [['D']], Metrics: [{ Name: 'A' }, { Name: 'B' }] },
      ],
    },
    D: 'v',
    A: 1,
    B: 2,
  };
  expect(metricsIn(['START', '{"level":"INFO"}', JSON.stringify(emf)])).toEqual([
    { namespace: 'N', name: 'A', dimensions: { D: 'v' }, value: 1, at: 7 },
    { namespace: 'N', name: 'B', dimensions: { D: 'v' }, value: 2, at: 7 },
  ]);
});
