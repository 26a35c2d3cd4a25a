import type { FunctionSpec } from './function-spec';
import { FunctionHost, type FunctionUsage, type HostOptions } from './host';
import type { Answer } from './instance';
import type { FunctionLog } from './logs';

/** Finds a function by its name or its ARN. */
export interface FunctionFinder {
  find(nameOrArn: string): FunctionSpec | undefined;
}

/** All functions of an app; each gets a host when it is first invoked. */
export class Fleet {
  private readonly hosts = new Map<string, FunctionHost>();
  /** Running invocations, including those whose execution has ended. */
  private readonly underWay = new Set<Promise<Answer>>();

  constructor(
    private readonly functions: FunctionFinder,
    private readonly options: HostOptions,
  ) {}

  /** The host of a function; undefined if the app has no function with that name or ARN. */
  host(nameOrArn: string): FunctionHost | undefined {
    const spec = this.functions.find(nameOrArn);
    if (!spec) {
      return undefined;
    }
    const host = this.hosts.get(spec.arn) ?? new FunctionHost(spec, this.options);
    this.hosts.set(spec.arn, host);
    return host;
  }

  async invoke(host: FunctionHost, event: string): Promise<Answer> {
    const answer = host.invoke(event);
    this.underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.underWay.delete(answer);
    }
  }

  /** Waits until no invocation is running. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  log(logicalId: string): FunctionLog | undefined {
    return [...this.hosts.values()].find(({ spec }) => spec.logicalId === logicalId)?.log;
  }

  usage(): Map<string, FunctionUsage> {
    return new Map([...this.hosts.values()].map(({ spec, usage }) => [spec.logicalId, usage]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.hosts.values()].map((host) => host.close()));
  }
}
