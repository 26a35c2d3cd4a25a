import { join } from 'node:path';
import { type Resolver, resolveValue } from './intrinsics';
import { toAttribute, madeUpName, NAME_PROPERTIES, toRef } from './physical';
import { readTemplate } from './read';
import { ifResolvable } from './resolvable';
import { getUrlSuffix, type Resource, type Stack, type Template } from './template';
import { UsageError } from '../common/errors';
import { isObject } from '../common/json';

/** A resource and where it is. */
export interface Located {
  readonly scope: StackScope;
  readonly logicalId: string;
  readonly resource: Resource;
}

/** All stacks of an app, which can refer to each other. */
export class App {
  readonly scopes: StackScope[] = [];

  /**
   * @param bucketNames names that replace those of the template, for buckets and for parameters
   * that hold a bucket's name; by logical id, or `STACK/LOGICALID`
   */
  constructor(
    stacks: Stack[],
    readonly bucketNames: Record<string, string> = {},
  ) {
    for (const stack of stacks) {
      this.add(new StackScope(this, stack, stack.template, stack.path, stack.name));
    }
  }

  private add(scope: StackScope): void {
    this.scopes.push(scope);
    for (const nested of scope.nestedStacks()) {
      this.add(nested);
    }
  }

  /** The value that a stack of this app exports under a name. */
  exported(name: string): unknown {
    for (const scope of this.scopes) {
      for (const [id, output] of Object.entries(scope.template.Outputs ?? {})) {
        if (output.Export && ifResolvable(() => scope.resolve(output.Export!.Name)) === name) {
          return scope.output(id);
        }
      }
    }
    throw new UsageError(
      `no stack of this app exports ${name}, which another one imports; synthesize both into ` +
        'the same assembly',
    );
  }

  /** All resources of a type in all templates. */
  *templated(type: string): Generator<Located> {
    for (const scope of this.scopes) {
      for (const [logicalId, resource] of Object.entries(scope.template.Resources ?? {})) {
        if (resource.Type === type) {
          yield { scope, logicalId, resource };
        }
      }
    }
  }

  /** The resources of a type whose condition holds. */
  *resources(type: string): Generator<Located> {
    for (const located of this.templated(type)) {
      if (ifResolvable(() => located.scope.exists(located.resource.Condition))) {
        yield located;
      }
    }
  }

  /**
   * The result of `read` for each resource of a type. Resources that cannot be resolved are left
   * out: the archiver may not need them.
   */
  *resolvable<T extends {}>(
    type: string,
    tell: (located: Located) => T | undefined,
    leftOut?: (located: Located, reason: string) => void,
  ): Generator<T> {
    for (const located of this.resources(type)) {
      const told = ifResolvable(
        () => tell(located),
        (reason) => leftOut?.(located, reason),
      );
      if (told !== undefined) {
        yield told;
      }
    }
  }
}

/** A stack, or a nested stack: a template with everything that its intrinsic functions refer to. */
export class StackScope implements Resolver {
  private readonly nested = new Map<string, StackScope>();
  /** Why a nested stack cannot be read, by logical id. */
  private readonly missing = new Map<string, string>();

  constructor(
    readonly app: App,
    readonly stack: Stack,
    readonly template: Template,
    readonly path: string,
    readonly name: string,
    /** The value that the parent stack gives a parameter. */
    private readonly given: (parameter: string) => unknown = () => undefined,
  ) {
    for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
      if (resource.Type !== 'AWS::CloudFormation::Stack') {
        continue;
      }
      const nested = ifResolvable(
        () => this.readNested(logicalId, resource),
        (reason) => this.missing.set(logicalId, reason),
      );
      if (nested) {
        this.nested.set(logicalId, nested);
      }
    }
  }

  /** Names by which a user may refer to this stack. */
  get names(): string[] {
    return this.path === this.stack.path
      ? [this.path, this.name, this.stack.id]
      : [this.path, this.name];
  }

  nestedStacks(): Iterable<StackScope> {
    return this.nested.values();
  }

  resolve(value: unknown): unknown {
    return resolveValue(value, this);
  }

  /** Resolved properties of a resource: all, or the named ones. */
  properties(logicalId: string, ...names: string[]): Record<string, unknown> {
    const given = this.resource(logicalId).Properties ?? {};
    const wanted =
      names.length === 0 ? given : Object.fromEntries(names.map((name) => [name, given[name]]));
    return (this.resolve(wanted) ?? {}) as Record<string, unknown>;
  }

  resource(logicalId: string): Resource {
    const resource = this.template.Resources?.[logicalId];
    if (!resource) {
      throw new UsageError(
        `template of ${this.name}: nothing is called ${logicalId}, to which it refers`,
      );
    }
    return resource;
  }

  /** Construct path from the metadata that CDK writes, else the logical id. */
  constructPath(logicalId: string): string {
    const metadata = this.resource(logicalId).Metadata?.['aws:cdk:path'];
    if (typeof metadata === 'string') {
      return metadata;
    }
    const below = this.stack.constructPaths
      .get(logicalId)
      ?.find((constructPath) => constructPath.startsWith(`${this.path}/`));
    return below ?? `${this.path}/${logicalId}`;
  }

  physicalName(logicalId: string): string {
    const resource = this.resource(logicalId);
    const override = resource.Type === 'AWS::S3::Bucket' ? this.bucketName(logicalId) : undefined;
    if (override) {
      return override;
    }
    const property = NAME_PROPERTIES[resource.Type];
    const given =
      property === undefined ? undefined : this.resolve(resource.Properties?.[property]);
    return typeof given === 'string' ? given : madeUpName(resource.Type, this.name, logicalId);
  }

  ref(name: string): unknown {
    const { account, region, partition } = this.stack.environment;
    switch (name) {
      case 'AWS::AccountId':
        return account;
      case 'AWS::Region':
        return region;
      case 'AWS::Partition':
        return partition;
      case 'AWS::URLSuffix':
        return getUrlSuffix({ partition });
      case 'AWS::StackName':
        return this.name;
      case 'AWS::StackId':
        return `arn:${partition}:cloudformation:${region}:${account}:stack/${this.name}/sandbox`;
      case 'AWS::NotificationARNs':
        return [];
    }
    if (this.template.Parameters?.[name]) {
      return this.parameter(name);
    }
    return toRef(this.resource(name), this.physicalName(name), this.stack.environment);
  }

  attribute(logicalId: string, attribute: string): unknown {
    if (attribute.startsWith('Outputs.')) {
      const nested = this.nested.get(logicalId);
      if (nested) {
        return nested.output(attribute.slice('Outputs.'.length));
      }
      const reason = this.missing.get(logicalId);
      if (reason) {
        throw new UsageError(`${reason}, and ${logicalId}.${attribute} is needed`);
      }
    }
    const resource = this.resource(logicalId);
    // The answer of a custom resource is unknown: this placeholder shows where it came from.
    return (
      toAttribute(resource, this.physicalName(logicalId), attribute, this.stack.environment) ??
      `${logicalId}.${attribute}`
    );
  }

  output(id: string): unknown {
    const output = this.template.Outputs?.[id];
    if (!output) {
      throw new UsageError(`template of ${this.name}: no output ${id}`);
    }
    return this.resolve(output.Value);
  }

  /** Whether a resource with this condition is created. */
  exists(condition: string | undefined): boolean {
    return condition === undefined || this.condition(condition);
  }

  condition(name: string): boolean {
    const condition = this.template.Conditions?.[name];
    if (condition === undefined) {
      throw new UsageError(`template of ${this.name}: no condition ${name}`);
    }
    return this.resolve(condition) === true;
  }

  /** The name that the user gives to a bucket, or to a parameter. */
  private bucketName(logicalId: string): string | undefined {
    const { bucketNames } = this.app;
    const key = [...this.names.map((name) => `${name}/${logicalId}`), logicalId].find((each) =>
      Object.hasOwn(bucketNames, each),
    );
    return key === undefined ? undefined : bucketNames[key];
  }

  private parameter(name: string): unknown {
    const { Type: type = 'String', Default: byDefault } = this.template.Parameters![name]!;
    const value =
      this.bucketName(name) ??
      this.given(name) ??
      (type.startsWith('AWS::SSM::Parameter::Value<')
        ? this.parameterStore(name, byDefault)
        : byDefault);
    if (value === undefined) {
      throw new UsageError(
        `template of ${this.name}: parameter ${name} has no default; if it is a bucket's name, ` +
          `give it with --bucket ${name}=NAME`,
      );
    }
    return typeof value === 'string' && /^(CommaDelimitedList$|List<)/.test(type)
      ? value.split(',')
      : value;
  }

  /** The default of an SSM parameter is a name in Parameter Store, which has its value. */
  private parameterStore(name: string, stored: unknown): never {
    throw new UsageError(
      `template of ${this.name}: the value of parameter ${name} is in SSM, as ` +
        `${String(stored)}, where the sandbox cannot read it; ` +
        `if it is a bucket's name, give it with --bucket ${name}=NAME`,
    );
  }

  private readNested(logicalId: string, resource: Resource): StackScope {
    const template = readTemplate(this.nestedTemplate(logicalId, resource));
    const nestedPath = this.constructPath(logicalId).replace(/\.NestedStack\/.*$/, '');
    const given = (parameter: string) => {
      const all = resource.Properties?.Parameters;
      return isObject(all) ? this.resolve(all[parameter]) : undefined;
    };
    return new StackScope(
      this.app,
      this.stack,
      template,
      nestedPath,
      madeUpName(resource.Type, this.name, logicalId),
      given,
    );
  }

  /**
   * The file of a nested stack's template. Metadata name it only if the CDK CLI ran the app; its
   * URL always ends with the asset's key.
   */
  private nestedTemplate(logicalId: string, { Metadata, Properties }: Resource): string {
    const { directory, byObjectKey } = this.stack.assets;
    const asset = Metadata?.['aws:asset:path'];
    if (typeof asset === 'string') {
      return join(directory, asset);
    }
    const url = String(this.resolve(Properties?.TemplateURL));
    const [, file] = [...byObjectKey].find(([key]) => url.endsWith(`/${key}`)) ?? [];
    if (file === undefined) {
      throw new UsageError(
        `template of ${this.name}: nested stack ${logicalId} is not in the assembly, but at ${url}`,
      );
    }
    return file;
  }
}
