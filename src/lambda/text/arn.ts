/** The parts are undefined if the text is not an ARN. */
export function parseArn(text = ''): { readonly partition?: string; readonly region?: string } {
  const [, partition, region] = /^arn:([\w-]+):[\w-]+:([\w-]*):\d*:\S+$/.exec(text) ?? [];
  return { partition, region };
}

/** Whether the execution is one of the command (packages/command), which no service knows. */
export function isOfCommand(executionArn: string): boolean {
  return executionArn.startsWith('arn:command:');
}

/** Converts `arn:...:execution:NAME:RUN` to `arn:...:stateMachine:NAME`. */
export function toStateMachineArn(executionArn: string | undefined): string | undefined {
  const [, account, name] =
    /^(arn:[^:]+:states:[^:]*:[^:]*):execution:([^:/]+):[^:]+$/.exec(executionArn ?? '') ?? [];
  return account && `${account}:stateMachine:${name}`;
}
