import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { FunctionSpec } from 'cdk-s3-dated-archiver-engine';
import { findExceededLimit } from './function-limits';
import type { App, StackScope } from './scope';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

interface Candidate {
  readonly scope: StackScope;
  readonly logicalId: string;
}

/**
 * The functions of an app, by name and ARN. A function is resolved when it is invoked: others may
 * not be resolvable.
 */
export class Functions {
  private readonly byArn = new Map<string, Candidate>();
  private readonly specs = new Map<Candidate, FunctionSpec>();
  private readonly inlineDirectories: string[] = [];

  constructor(app: App) {
    const named = app.resolvable('AWS::Lambda::Function', ({ scope, logicalId }) => ({
      candidate: { scope, logicalId },
      arn: String(scope.attribute(logicalId, 'Arn')),
      name: scope.physicalName(logicalId),
    }));
    for (const { candidate, arn, name } of named) {
      this.byArn.set(arn, candidate);
      this.byArn.set(name, candidate);
    }
  }

  /** @param nameOrArn also with a qualifier, as `arn:aws:lambda:...:function:NAME:$LATEST` */
  find(nameOrArn: string): FunctionSpec | undefined {
    const candidate = this.byArn.get(nameOrArn) ?? this.byArn.get(nameOrArn.replace(/:[^:]+$/, ''));
    if (!candidate) {
      return undefined;
    }
    const known = this.specs.get(candidate) ?? this.read(candidate);
    this.specs.set(candidate, known);
    return known;
  }

  close(): void {
    for (const directory of this.inlineDirectories) {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }

  private read({ scope, logicalId }: Candidate): FunctionSpec {
    const properties = scope.properties(
      logicalId,
      'Runtime',
      'Role',
      'Code',
      'Handler',
      'Environment',
      'Timeout',
      'MemorySize',
      'ReservedConcurrentExecutions',
    );
    const runtime = String(properties.Runtime ?? '');
    if (!runtime.startsWith('nodejs')) {
      throw new UsageError(
        `function ${logicalId} has the runtime ${runtime || 'of an image'}; the sandbox runs ` +
          'nodejs only',
      );
    }
    const variables =
      isObject(properties.Environment) && isObject(properties.Environment.Variables)
        ? properties.Environment.Variables
        : {};
    const limited = {
      environment: Object.fromEntries(
        Object.entries(variables).map(([key, value]) => [key, String(value)]),
      ),
      timeoutSeconds: Number(properties.Timeout ?? 3),
      memoryMb: Number(properties.MemorySize ?? 128),
    };
    const exceeded = findExceededLimit(limited);
    if (exceeded !== undefined) {
      throw new UsageError(`function ${logicalId}: ${exceeded}; Lambda would not create it`);
    }
    return {
      ...limited,
      logicalId,
      path: scope.constructPath(logicalId),
      name: scope.physicalName(logicalId),
      arn: String(scope.attribute(logicalId, 'Arn')),
      region: scope.stack.environment.region,
      roleArn: String(properties.Role ?? ''),
      directory: this.findCode(scope, logicalId, properties.Code),
      handler: String(properties.Handler),
      runtime,
      reservedConcurrency:
        properties.ReservedConcurrentExecutions === undefined
          ? undefined
          : Number(properties.ReservedConcurrentExecutions),
    };
  }

  private findCode(scope: StackScope, logicalId: string, code: unknown): string {
    if (isObject(code) && typeof code.ZipFile === 'string') {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sandbox-inline-'));
      this.inlineDirectories.push(directory);
      fs.writeFileSync(path.join(directory, 'index.js'), code.ZipFile);
      return directory;
    }
    const key = isObject(code) ? String(code.S3Key) : '';
    const directory = scope.stack.assets.byObjectKey.get(key);
    if (!directory || !fs.existsSync(directory)) {
      throw new UsageError(`function ${logicalId}: its asset ${key} is not in the assembly`);
    }
    if (!fs.statSync(directory).isDirectory()) {
      throw new UsageError(
        `function ${logicalId}: its asset ${directory} is an archive; the sandbox wants a ` +
          'directory',
      );
    }
    return directory;
  }
}
