import { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { PLACES, quickApp } from './places';

/** A set of feature flags, by name. */
export type Flags = readonly [name: string, context: Record<string, unknown>];

/** None, all as recommended, and each on its own that changes anything of ours. */
export function flagSets(): Flags[] {
  return [['none', {}], ['all as recommended', CURRENTLY_RECOMMENDED_FLAGS], ...touching().map((flag) => [flag, { [flag]: CURRENTLY_RECOMMENDED_FLAGS[flag] }] as Flags)];
}

/** Every flag of this version of CDK is tried: a new one that touches our resources joins the matrix by itself. */
function touching(): string[] {
  const template = (context: Record<string, unknown>) => JSON.stringify(Template.fromStack(PLACES[0].build(quickApp(context))).toJSON());
  const without = template({});
  return Object.keys(CURRENTLY_RECOMMENDED_FLAGS).filter((flag) => template({ [flag]: CURRENTLY_RECOMMENDED_FLAGS[flag] }) !== without);
}
