import type { S3Client } from '@aws-sdk/client-s3';
import type { CompiledMap } from './compile';
import type { ExecutionRecord, Records } from './records';
import type { Json, JsonObject } from '../common/json';

/** A Task that calls a service. */
export interface ServiceCall {
  /** `arn:aws:states:::lambda:invoke`, or a function's own ARN. */
  readonly resource: string;
  readonly input: Json;
  /** The ARNs of the execution and of its state machine. */
  readonly caller: readonly string[];
}

/** What an execution is billed for. */
export interface Meter {
  transitions: number;
  children: number;
}

export interface MapProgress {
  readonly listed: number;
  /**
   * How many there are. A listing does not say how many objects follow, so this is undefined until
   * the reader has come to its end.
   */
  readonly total?: number;
  /** Sum of the sizes of the listed objects. */
  readonly bytes: number;
  readonly done: number;
  /** Objects that the finished children have archived. */
  readonly archived: number;
  readonly runningItems: number;
  readonly failed: number;
  readonly running: number;
  readonly childrenFailed: number;
}

/** Everything outside the state machine that an execution needs. */
export interface World {
  readonly clock: () => Date;
  readonly records: Records;
  readonly meter: Meter;
  /** S3 as the state machine's role sees it: for the item reader and the result writer. */
  readonly s3: S3Client;
  readonly call: (call: ServiceCall) => Promise<Json>;
  /** Throws if the state machine's role may not start its executions, as a Distributed Map does. */
  readonly demandStart?: (stateMachineArn: string) => void;
  /** Throws if that role may not redrive a child of a Distributed Map. */
  readonly demandRedrive?: (executionArn: string) => void;
  /** Runs a Distributed Map and returns its result. */
  readonly runMap: (invocation: MapInvocation) => Promise<Json>;
  readonly onMapProgress: (progress: MapProgress) => void;
  /** How many objects a listing will have; undefined if only the listing can tell. */
  readonly countObjects?: (bucket: string, prefix: string) => number | undefined;
  /** Size at which the result writer begins a new file; tests lower it. */
  readonly maxResultFileBytes: number;
}

/**
 * A state machine as its executions see it: the archiver's, or that of the children of one of its
 * maps.
 */
export interface MachineIdentity {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
}

/**
 * The context object, `$$` in paths: "Accessing execution data from the Context object",
 * input-output-contextobject.
 */
export interface ContextObject extends JsonObject {
  Execution: JsonObject;
  State: JsonObject;
  StateMachine: JsonObject;
}

/** What a Distributed Map needs of the execution that it belongs to. */
export interface MapOwner {
  readonly identity: MachineIdentity;
  readonly record: ExecutionRecord;
  /** Fires when the execution ends before its tasks do. */
  readonly signal: AbortSignal;
}

/** A Distributed Map that an execution has come to. */
export interface MapInvocation {
  readonly name: string;
  readonly map: CompiledMap;
  readonly input: Json;
  readonly context: ContextObject;
  readonly execution: MapOwner;
  readonly world: World;
  /** Whether a redrive of the execution resumes here. */
  readonly redriven: boolean;
}
