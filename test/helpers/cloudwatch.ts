/**
 * The part of CloudWatch that alarms need. It reads metrics from what functions print in the
 * embedded metric format. It evaluates the alarms of a template as two pages describe: "Alarm
 * evaluation", alarm-evaluation, and "Configuring how CloudWatch alarms treat missing data",
 * alarms-and-missing-data.
 */

/** A value of a metric. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Record<string, string>;
  readonly value: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

interface MetricReference {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** The properties of an `AWS::CloudWatch::Alarm` with resolved intrinsic functions. */
export interface AlarmProperties extends Partial<MetricReference> {
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: {
      readonly Metric: MetricReference;
      readonly Period: number;
      readonly Stat: string;
    };
    readonly ReturnData?: boolean;
  }[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: string;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/**
 * Returns the metrics in a function's log ("Specification: Embedded metric format",
 * CloudWatch_Embedded_Metric_Format_Specification).
 */
export function metricsIn(lines: string[]): Datum[] {
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, any>)
    .filter(({ _aws: aws }) => aws)
    .flatMap((line) => {
      const { Timestamp, CloudWatchMetrics } = line._aws as {
        Timestamp: number;
        CloudWatchMetrics: {
          Namespace: string;
          Dimensions: string[][];
          Metrics: { Name: string }[];
        }[];
      };
      return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name }) => ({
            namespace: Namespace,
            name: Name,
            dimensions: Object.fromEntries(names.map((name) => [name, String(line[name])])),
            value: Number(line[Name]),
            at: Timestamp,
          })),
        ),
      );
    });
}

const STATISTICS: Record<string, (values: number[]) => number> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  SampleCount: (values) => values.length,
};

const BREACHES: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * Returns the state of an alarm at a point in time.
 *
 * @param reach the number of periods before the evaluation periods from which CloudWatch still
 * takes values. CloudWatch does not document this number.
 */
export function evaluate(
  alarm: AlarmProperties,
  data: Datum[],
  at: number,
  state: AlarmState,
  reach: number,
): AlarmState {
  const {
    EvaluationPeriods: periods,
    DatapointsToAlarm: needed = periods,
    Threshold,
    ComparisonOperator,
    TreatMissingData = 'missing',
  } = alarm;
  const recent = Array.from({ length: periods + reach }, (_, index) =>
    point(alarm, data, at, index),
  ).filter((value) => value !== undefined);
  const breaching = recent
    .slice(0, periods)
    .filter((value) => BREACHES[ComparisonOperator](value, Threshold)).length;
  const missing = periods - Math.min(periods, recent.length);
  if (missing === periods && TreatMissingData === 'ignore') {
    return state;
  }
  if (missing === periods && TreatMissingData === 'missing') {
    return 'INSUFFICIENT_DATA';
  }
  return breaching + (TreatMissingData === 'breaching' ? missing : 0) >= needed ? 'ALARM' : 'OK';
}

/** CloudWatch evaluates every minute. The tests do not need that many evaluations. */
const STEP = 5 * 60_000;

/** Returns the state changes of an alarm during a time range. */
export function transitions(
  alarm: AlarmProperties,
  data: Datum[],
  from: number,
  to: number,
  reach: number,
): { state: AlarmState; at: string }[] {
  const seen: { state: AlarmState; at: string }[] = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  for (let at = from; at <= to; at += STEP) {
    const next = evaluate(alarm, data, at, state, reach);
    if (next !== state) {
      seen.push({ state: next, at: new Date(at).toISOString().slice(0, 16) });
    }
    state = next;
  }
  return seen;
}

/**
 * Returns the value of the `index`-th period before a point in time. The periods end at each
 * evaluation's time.
 */
function point(
  alarm: AlarmProperties,
  data: Datum[],
  at: number,
  index: number,
): number | undefined {
  const { Metrics, Statistic = '', Period = 0 } = alarm;
  if (!Metrics) {
    return statistic(alarm as MetricReference, Statistic, Period, data, at, index);
  }
  const values = new Map(
    Metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat
        ? [
            [
              Id,
              statistic(MetricStat.Metric, MetricStat.Stat, MetricStat.Period, data, at, index),
            ] as const,
          ]
        : [],
    ),
  );
  return sumOf(
    Metrics.find(({ Expression, ReturnData }) => Expression && ReturnData !== false)!.Expression!,
    values,
  );
}

function statistic(
  metric: MetricReference,
  stat: string,
  period: number,
  data: Datum[],
  at: number,
  index: number,
): number | undefined {
  const end = at - index * period * 1000;
  const dimensions = Object.fromEntries(
    (metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
  );
  const values = data
    .filter((datum) => datum.at < end && datum.at >= end - period * 1000)
    .filter(
      (datum) =>
        datum.namespace === metric.Namespace &&
        datum.name === metric.MetricName &&
        sameDimensions(datum.dimensions, dimensions),
    )
    .map(({ value }) => value);
  return values.length === 0 ? undefined : STATISTICS[stat](values);
}

/** A metric with a different or an additional dimension is a different metric. */
function sameDimensions(left: Record<string, string>, right: Record<string, string>): boolean {
  return (
    JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort())
  );
}

/**
 * Evaluates the only supported metric math: sums of metrics whose gaps are filled ("FILL" of
 * using-metric-math).
 */
function sumOf(expression: string, values: Map<string, number | undefined>): number {
  return expression.split('+').reduce((sum, term) => {
    const [, id, fill] = /^FILL\((\w+), (\d+)\)$/.exec(term.trim()) ?? [];
    if (!id || !values.has(id)) {
      throw new Error(`metric math: ${term.trim()} is not known here`);
    }
    return sum + (values.get(id) ?? Number(fill));
  }, 0);
}
