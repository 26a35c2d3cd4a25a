import { join } from 'path';
import { UsageError } from '../errors';
import { isObject } from '../json';
import { resolveValue } from './intrinsics';
import { attributeOf, madeUpName, NAME_PROPERTIES, refOf } from './physical';
import { readTemplate } from './read';
import { Resource, Stack, Template } from './template';

/** Every stack of an app with what they know of each other. */
export class App {
  readonly scopes: StackScope[] = [];

  constructor(stacks: Stack[], readonly bucketNames: Record<string, string> = {}) {
    for (const stack of stacks) this.add(new StackScope(this, stack, stack.template, stack.path, stack.name));
  }

  private add(scope: StackScope): void {
    this.scopes.push(scope);
    for (const nested of scope.nestedStacks()) this.add(nested);
  }

  /** The value that a stack of this app exports under a name. */
  exported(name: string): unknown {
    for (const scope of this.scopes) {
      for (const [id, output] of Object.entries(scope.template.Outputs ?? {})) {
        if (output.Export && scope.resolve(output.Export.Name) === name) return scope.output(id);
      }
    }
    throw new UsageError(`no stack of this app exports ${name}, which another one imports; synthesise both into the same assembly`);
  }

  /** All resources of a type, wherever they are. */
  * resources(type: string): Generator<{ scope: StackScope; logicalId: string; resource: Resource }> {
    for (const scope of this.scopes) {
      for (const [logicalId, resource] of Object.entries(scope.template.Resources ?? {})) {
        if (resource.Type === type && scope.exists(resource.Condition)) yield { scope, logicalId, resource };
      }
    }
  }
}

/** A template with everything that its functions refer to: a stack, or a nested stack. */
export class StackScope {
  private readonly nested = new Map<string, StackScope>();

  constructor(
    readonly app: App,
    readonly stack: Stack,
    readonly template: Template,
    readonly path: string,
    readonly name: string,
    private readonly parameters: () => Record<string, unknown> = () => ({}),
  ) {
    for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
      if (resource.Type === 'AWS::CloudFormation::Stack') this.nested.set(logicalId, this.readNested(logicalId, resource));
    }
  }

  nestedStacks(): Iterable<StackScope> {
    return this.nested.values();
  }

  resolve(value: unknown): unknown {
    return resolveValue(value, this);
  }

  /** Resolved properties of a resource. */
  properties(logicalId: string): Record<string, unknown> {
    return (this.resolve(this.resource(logicalId).Properties ?? {}) ?? {}) as Record<string, unknown>;
  }

  resource(logicalId: string): Resource {
    const resource = this.template.Resources?.[logicalId];
    if (!resource) throw new UsageError(`template of ${this.name}: nothing is called ${logicalId}, to which it refers`);
    return resource;
  }

  /** Construct path from the metadata that CDK writes, else the logical id. */
  constructPath(logicalId: string): string {
    const metadata = this.resource(logicalId).Metadata?.['aws:cdk:path'];
    if (typeof metadata === 'string') return metadata;
    const below = this.stack.constructPaths.get(logicalId)?.find((constructPath) => constructPath.startsWith(`${this.path}/`));
    return below ?? `${this.path}/${logicalId}`;
  }

  physicalName(logicalId: string): string {
    const resource = this.resource(logicalId);
    const override = resource.Type === 'AWS::S3::Bucket' ? this.app.bucketNames[logicalId] : undefined;
    if (override) return override;
    const property = NAME_PROPERTIES[resource.Type];
    const given = property === undefined ? undefined : this.resolve(resource.Properties?.[property]);
    return typeof given === 'string' ? given : madeUpName(resource.Type, this.name, logicalId);
  }

  ref(name: string): unknown {
    const { account, region, partition } = this.stack.environment;
    switch (name) {
      case 'AWS::AccountId': return account;
      case 'AWS::Region': return region;
      case 'AWS::Partition': return partition;
      case 'AWS::URLSuffix': return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
      case 'AWS::StackName': return this.name;
      case 'AWS::StackId': return `arn:${partition}:cloudformation:${region}:${account}:stack/${this.name}/sandbox`;
      case 'AWS::NotificationARNs': return [];
    }
    if (this.template.Parameters?.[name]) return this.parameter(name);
    return refOf(this.resource(name), this.physicalName(name), this.stack.environment);
  }

  attribute(logicalId: string, attribute: string): unknown {
    if (attribute.startsWith('Outputs.')) {
      const nested = this.nested.get(logicalId);
      if (nested) return nested.output(attribute.slice('Outputs.'.length));
    }
    const resource = this.resource(logicalId);
    // What a custom resource would answer is unknown: a value that shows where it came from.
    return attributeOf(resource, this.physicalName(logicalId), attribute, this.stack.environment) ?? `${logicalId}.${attribute}`;
  }

  output(id: string): unknown {
    const output = this.template.Outputs?.[id];
    if (!output) throw new UsageError(`template of ${this.name}: no output ${id}`);
    return this.resolve(output.Value);
  }

  /** Whether what carries this condition is created. */
  exists(condition: string | undefined): boolean {
    return condition === undefined || this.condition(condition);
  }

  condition(name: string): boolean {
    const condition = this.template.Conditions?.[name];
    if (condition === undefined) throw new UsageError(`template of ${this.name}: no condition ${name}`);
    return this.resolve(condition) === true;
  }

  private parameter(name: string): unknown {
    const given = this.parameters()[name];
    const value = given ?? this.template.Parameters?.[name]?.Default;
    if (value === undefined) throw new UsageError(`template of ${this.name}: parameter ${name} has no default, and the sandbox cannot ask for one`);
    return this.template.Parameters?.[name]?.Type === 'CommaDelimitedList' && typeof value === 'string' ? value.split(',') : value;
  }

  private readNested(logicalId: string, resource: Resource): StackScope {
    const asset = resource.Metadata?.['aws:asset:path'];
    if (typeof asset !== 'string') throw new UsageError(`template of ${this.name}: nested stack ${logicalId} is not an asset of the assembly`);
    const template = readTemplate(join(this.stack.assets.directory, asset));
    const nestedPath = this.constructPath(logicalId).replace(/\.NestedStack\/.*$/, '');
    const parameters = () => {
      const given = this.resolve(resource.Properties?.Parameters);
      return isObject(given) ? given : {};
    };
    return new StackScope(this.app, this.stack, template, nestedPath, madeUpName(resource.Type, this.name, logicalId), parameters);
  }
}
