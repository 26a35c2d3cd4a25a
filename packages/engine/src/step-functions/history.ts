/** An event as GetExecutionHistory returns it; its details are in a field named after its type. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** The history of one execution. */
export class History {
  readonly events: HistoryEvent[] = [];

  constructor(private readonly clock: () => Date) {}

  add(type: string, details?: Record<string, unknown>, field = detailsField(type)): void {
    const id = this.events.length + 1;
    const whole =
      details === undefined ? {} : { [field]: { ...details, ...describeSizes(type, details) } };
    this.events.push({ timestamp: this.clock(), type, id, previousEventId: id - 1, ...whole });
  }
}

const WHOLE = { truncated: false };

/**
 * Events with an input or an output say whether it is complete; those of Task states that call a
 * service do not.
 */
function describeSizes(
  type: string,
  { input, output }: Record<string, unknown>,
): Record<string, unknown> {
  return {
    ...(input !== undefined && { inputDetails: WHOLE }),
    ...(output !== undefined && !type.startsWith('TaskSucceeded') && { outputDetails: WHOLE }),
  };
}

/**
 * `TaskFailed` has its details in `taskFailedEventDetails`; all states share the fields for
 * entering and exiting.
 */
function detailsField(type: string): string {
  if (type.endsWith('StateEntered')) {
    return 'stateEnteredEventDetails';
  }
  if (type.endsWith('StateExited')) {
    return 'stateExitedEventDetails';
  }
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
