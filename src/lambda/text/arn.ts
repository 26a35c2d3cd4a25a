export interface Arn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** The part after the account, such as `execution:NAME:RUN`. */
  readonly resource: string;
}

export function parseArn(text: string | undefined): Arn | undefined {
  const match = /^arn:([\w-]+):[\w-]+:([\w-]*):(\d*):(\S+)$/.exec(text ?? '');
  return match ? { partition: match[1], region: match[2], account: match[3], resource: match[4] } : undefined;
}

/** Converts `arn:...:execution:NAME:RUN` to `arn:...:stateMachine:NAME`. */
export function toStateMachineArn(executionArn: string | undefined): string | undefined {
  const match = /^(arn:[^:]+:states:[^:]*:[^:]*):execution:([^:/]+):[^:]+$/.exec(executionArn ?? '');
  return match ? `${match[1]}:stateMachine:${match[2]}` : undefined;
}
