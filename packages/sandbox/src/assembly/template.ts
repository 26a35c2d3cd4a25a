/** The parts of a CloudFormation template and of a cloud assembly that the sandbox reads. */

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
  readonly Condition?: string;
}

export interface Template {
  readonly Resources?: Record<string, Resource>;
  readonly Parameters?: Record<string, { Type?: string; Default?: unknown }>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Conditions?: Record<string, unknown>;
  readonly Outputs?: Record<
    string,
    { Value: unknown; Export?: { Name: unknown }; Condition?: string }
  >;
}

/** A stack as the assembly describes it, before anything in it is resolved. */
export interface Stack {
  /** Construct path, `MyStage/MyStack`. */
  readonly path: string;
  /** Artifact id in the manifest. */
  readonly id: string;
  readonly name: string;
  readonly environment: Environment;
  readonly template: Template;
  readonly assets: AssetIndex;
  /**
   * Construct paths by logical id. A nested stack's are here, too, so there may be several of one
   * id.
   */
  readonly constructPaths: ReadonlyMap<string, string[]>;
  /** What constructs have written into the assembly. */
  readonly metadata: readonly MetadataEntry[];
}

export interface MetadataEntry {
  readonly type: string;
  readonly data?: unknown;
}

export interface Environment {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** The value of `AWS::URLSuffix`, with which the names of services in a region end. */
export function getUrlSuffix({ partition }: Pick<Environment, 'partition'>): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/**
 * Finds files of the assembly by the names that templates use: an object key, or a path below the
 * assembly.
 */
export interface AssetIndex {
  readonly directory: string;
  /** Object key in the bootstrap bucket to the absolute path of the asset. */
  readonly byObjectKey: ReadonlyMap<string, string>;
}
