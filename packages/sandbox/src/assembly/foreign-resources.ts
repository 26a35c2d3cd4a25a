import type { App } from './scope';
import {
  RESOURCE_POLICY_METADATA,
  type ResourcePolicyMetadata,
} from '../../../../src/contract/published/resource-policies';
import { isObject, toList } from '../common/json';

/** A resource that is not in the templates, as the archiver that uses it describes it. */
export type ForeignResource = ResourcePolicyMetadata;

/**
 * Reads what archivers say about resources of other accounts and regions: where they are, and the
 * statements that they print for the policies there.
 */
export function readForeignResources(app: App): ForeignResource[] {
  const stacks = new Set(app.scopes.map(({ stack }) => stack));
  const described = [...stacks].flatMap(({ metadata }) =>
    metadata.filter(({ type }) => type === RESOURCE_POLICY_METADATA),
  );
  return merge(described.flatMap(({ data }) => toResource(data)));
}

function toResource(data: unknown): ForeignResource[] {
  if (!isObject(data) || typeof data.resource !== 'string') {
    return [];
  }
  const { resource, account, region, statements } = data;
  return [
    {
      resource,
      ...(typeof account === 'string' && { account }),
      ...(typeof region === 'string' && { region }),
      ...(statements !== undefined && { statements: toList(statements).filter(isObject) }),
    },
  ];
}

/** Several archivers may use the same resource. */
function merge(all: readonly ForeignResource[]): ForeignResource[] {
  const merged = new Map<string, ForeignResource>();
  for (const each of all) {
    const statements = [
      ...(merged.get(each.resource)?.statements ?? []),
      ...(each.statements ?? []),
    ];
    merged.set(each.resource, {
      ...each,
      ...((statements.length > 0 || each.statements) && { statements }),
    });
  }
  return [...merged.values()];
}
