import { findContent } from './put-pack';
import { groupBy, splitInto } from '../../contract/group-by';
import { OBJECTS_PER_LOOK } from '../../contract/packs';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { deleteSources } from '../move/move-object';
import type { Copied, MoveContext, MoveResult } from '../move/move-request';
import { orderedMap } from '../s3/ordered-map';
import { toS3Error } from '../s3/s3-error';

/**
 * Requests that delete. Their keys wait for the rate, and their latency should not be what limits a
 * batch.
 */
const DELETES_AT_ONCE = 8;

type CopiedSource = Copied & { readonly key: string };

/**
 * Deletes sources as `deleteSources` does, with one result for each, in the same order. Before each
 * request that deletes objects of a pack, it looks whether the pack is still there, because
 * somebody may have removed it since it was put.
 */
export async function deleteProven(
  context: MoveContext,
  copies: readonly CopiedSource[],
): Promise<MoveResult[]> {
  const results = new Map<CopiedSource, MoveResult>();
  const remove = async (some: readonly CopiedSource[]) => {
    (await deleteSources(context, some)).forEach((result, i) => results.set(some[i], result));
  };
  const packs = groupBy(
    copies.filter(({ archived }) => archived?.member),
    ({ destination }) => destination,
  );
  const moved = packs.size === 0 ? copies : copies.filter(({ archived }) => !archived?.member);
  if (moved.length > 0) {
    await remove(moved);
  }
  const lists = [...packs.values()].flatMap((members) => splitInto(members, OBJECTS_PER_LOOK));
  const removals = orderedMap(lists, DELETES_AT_ONCE, async (some) => {
    const problem = await findProblem(context, some[0]);
    if (problem) {
      some.forEach((copy) => results.set(copy, problem));
    } else {
      await remove(some);
    }
  });
  for await (const _ of removals) {
    /* Each sets its results. */
  }
  return copies.map((copy) => results.get(copy)!);
}

/** Undefined if the archive holds the pack as it was put. */
async function findProblem(
  { destination }: MoveContext,
  { destination: key, archived = {} }: CopiedSource,
): Promise<MoveResult | undefined> {
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
