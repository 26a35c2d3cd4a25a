import { findContent } from './put-pack';
import { MAX_KEYS_PER_DELETE } from '../../../../contract/batches';
import { groupBy, splitInto } from '../../../../contract/group-by';
import { ReasonCode } from '../../../../contract/payloads/reason-codes';
import { deleteSources } from '../../../../lambda/move/move-object';
import type { Copied, MoveContext, MoveResult } from '../../../../lambda/move/move-request';
import { HEADS_AT_ONCE } from '../../../../lambda/s3/object-lookup';
import { orderedMap } from '../../../../lambda/s3/ordered-map';
import { toS3Error } from '../../../../lambda/s3/s3-error';

/**
 * Requests that delete. Their keys wait for the rate, and their latency should not be what limits a
 * batch.
 */
const DELETES_AT_ONCE = 8;

type Failed = Extract<MoveResult, { readonly code: unknown }>;
type CopiedSource = Copied & { readonly key: string };

/**
 * Deletes sources as `deleteSources` does, with one result for each, in the same order. Before a
 * request deletes sources of packed objects, it checks that their packs still exist, because
 * another program may have removed one.
 */
export async function deleteProven(
  context: MoveContext,
  copies: readonly CopiedSource[],
): Promise<MoveResult[]> {
  const removals = orderedMap(splitInto(copies, MAX_KEYS_PER_DELETE), DELETES_AT_ONCE, (some) =>
    deleteSome(context, some),
  );
  const results: MoveResult[] = [];
  for await (const some of removals) {
    results.push(...some);
  }
  return results;
}

async function deleteSome(
  context: MoveContext,
  copies: readonly CopiedSource[],
): Promise<MoveResult[]> {
  const problems = await findProblems(context, copies);
  const proven = copies.filter(({ destination }) => !problems.has(destination));
  const deleted = proven.length > 0 ? await deleteSources(context, proven) : [];
  const results = new Map(proven.map((copy, i) => [copy, deleted[i]]));
  return copies.map((copy) => results.get(copy) ?? problems.get(copy.destination)!);
}

/** By the key of the pack: why its objects may not be deleted. */
async function findProblems(
  context: MoveContext,
  copies: readonly CopiedSource[],
): Promise<ReadonlyMap<string, Failed>> {
  const packed = copies.filter(({ archived }) => archived?.member);
  const packs = [...groupBy(packed, ({ destination }) => destination).values()];
  const problems = new Map<string, Failed>();
  const looks = orderedMap(packs, HEADS_AT_ONCE, ([first]) => findProblem(context, first));
  for await (const problem of looks) {
    if (problem) {
      problems.set(problem.destination, problem);
    }
  }
  return problems;
}

/** Undefined if the archive holds the pack as it was put. */
async function findProblem(
  { destination }: MoveContext,
  { destination: key, archived = {} }: CopiedSource,
): Promise<Failed | undefined> {
  const { archivedEtag, checksum = '', member } = archived;
  try {
    const found = await findContent(
      destination,
      { key, checksum, size: member!.packSize },
      archivedEtag,
    );
    if (found) {
      return undefined;
    }
    return {
      status: 'failed',
      destination: key,
      code: ReasonCode.ARCHIVED_COPY_MISSING,
      message:
        'the pack was removed or replaced before the source was deleted, so the source stays',
    };
  } catch (error) {
    const { code, message } = toS3Error(error);
    return {
      status: 'failed',
      destination: key,
      code,
      message: `packed, but S3 did not say whether the pack is still there: ${message}`,
      isUnanswered: true,
    };
  }
}
