import { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { PLACES, quickApp } from './places';

/** A set of feature flags, by name. */
export type Flags = readonly [name: string, context: Record<string, unknown>];

/**
 * Returns sets of flags: none, all as recommended, and each flag on its own that changes the
 * archiver's template.
 */
export function getFlagSets(): Flags[] {
  return [
    ['none', {}],
    ['all as recommended', CURRENTLY_RECOMMENDED_FLAGS],
    ...findRelevantFlags().map(
      (flag) => [flag, { [flag]: CURRENTLY_RECOMMENDED_FLAGS[flag] }] as Flags,
    ),
  ];
}

/**
 * Tries every flag of this version of CDK, so that a new flag that changes our resources is
 * included automatically.
 */
function findRelevantFlags(): string[] {
  const template = (context: Record<string, unknown>) =>
    JSON.stringify(Template.fromStack(PLACES[0].build(quickApp(context))).toJSON());
  const without = template({});
  return Object.keys(CURRENTLY_RECOMMENDED_FLAGS).filter(
    (flag) => template({ [flag]: CURRENTLY_RECOMMENDED_FLAGS[flag] }) !== without,
  );
}
