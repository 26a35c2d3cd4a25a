import type { FunctionFinder, FunctionSpec } from 'cdk-s3-dated-archiver-engine';
import { DEFAULT_BATCH_TIMEOUT } from '../../../../src/contract/defaults';
import {
  getBatchMemory,
  LIST_OBJECTS_MEMORY,
  PLAN_RUN_MEMORY,
  REPORT_RUN_MEMORY,
  VERIFY_BATCH_MEMORY,
} from '../../../../src/contract/memory';

export type FunctionName =
  'plan-run' | 'list-objects' | 'archive-batch' | 'verify-batch' | 'report-run';

interface Limits {
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

export function toFunctionArn(name: FunctionName): string {
  return `arn:command:lambda:::function:${name}`;
}

export interface FunctionsOptions {
  /** The folder of the bundles. */
  readonly assets: string;
  /** The settings of the archiver, as variables. */
  readonly environment: Record<string, string>;
  readonly region: string;
  /** In bytes. 0: there are no packs. */
  readonly maxPackSize: number;
}

/** The functions of a run, with the limits that the construct gives them. */
export function createFunctions(options: FunctionsOptions): FunctionFinder {
  const limits: { readonly [name in FunctionName]: Limits } = {
    'plan-run': { timeoutSeconds: 60, memoryMb: PLAN_RUN_MEMORY },
    'list-objects': { timeoutSeconds: 900, memoryMb: LIST_OBJECTS_MEMORY },
    'archive-batch': {
      timeoutSeconds: DEFAULT_BATCH_TIMEOUT,
      memoryMb: getBatchMemory(options.maxPackSize),
    },
    'verify-batch': { timeoutSeconds: 300, memoryMb: VERIFY_BATCH_MEMORY },
    'report-run': { timeoutSeconds: 900, memoryMb: REPORT_RUN_MEMORY },
  };
  const specs = new Map(
    Object.entries(limits).map(([name, own]) => {
      const arn = toFunctionArn(name as FunctionName);
      return [arn, toSpec(name, arn, own, options)] as const;
    }),
  );
  return { find: (arn) => specs.get(arn) };
}

function toSpec(
  name: string,
  arn: string,
  limits: Limits,
  { assets, environment, region }: FunctionsOptions,
): FunctionSpec {
  return {
    ...limits,
    logicalId: name,
    path: name,
    name,
    arn,
    region,
    roleArn: '',
    directory: assets,
    handler: `${name}.handler`,
    runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
    environment,
  };
}
