import { Token } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';

const HOURS_BY_UNIT: Record<string, number> = { minute: 1 / 60, hour: 1, day: 24 };

/**
 * Returns the longest interval between two runs of a schedule in whole hours. Returns `undefined` if it is longer than
 * six days or not known, as with a cron expression that does not run every day.
 */
export function getLongestIntervalHours({ expressionString }: ScheduleExpression): number | undefined {
  if (Token.isUnresolved(expressionString)) { return undefined; }
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expressionString) ?? [];
  const hours = unit ? Math.ceil(Number(count) * HOURS_BY_UNIT[unit]) : undefined;
  if (hours !== undefined) { return hours <= 144 ? hours : undefined; }
  return /^cron\(\S+ \S+ [*?] \* [*?]( \*)?\)$/.test(expressionString) ? 24 : undefined;
}
