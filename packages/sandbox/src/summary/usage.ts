import type { FunctionUsage, Meter } from 'cdk-s3-dated-archiver-engine';
/** Usage since a sandbox was opened. */
export interface UsageSoFar {
  readonly meter: Meter;
  readonly published: number;
  readonly functions: ReadonlyMap<string, FunctionUsage>;
}

export function snapshot(
  meter: Meter,
  published: number,
  functions: ReadonlyMap<string, FunctionUsage>,
): UsageSoFar {
  return {
    meter: { ...meter },
    published,
    functions: new Map([...functions].map(([logicalId, usage]) => [logicalId, { ...usage }])),
  };
}

/** Usage of one run: the difference of two snapshots. */
export function usedSince(before: UsageSoFar, now: UsageSoFar): UsageSoFar {
  const functions = [...now.functions].map(([logicalId, usage]) => {
    const earlier = before.functions.get(logicalId);
    return [
      logicalId,
      {
        ...usage,
        invocations: usage.invocations - (earlier?.invocations ?? 0),
        milliseconds: usage.milliseconds - (earlier?.milliseconds ?? 0),
        logBytes: usage.logBytes - (earlier?.logBytes ?? 0),
      },
    ] as const;
  });
  return {
    meter: {
      transitions: now.meter.transitions - before.meter.transitions,
      children: now.meter.children - before.meter.children,
    },
    published: now.published - before.published,
    functions: new Map(functions),
  };
}
