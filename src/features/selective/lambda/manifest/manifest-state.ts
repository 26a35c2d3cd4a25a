import * as v from 'valibot';
import { count } from '../../../../contract/payloads/common-schemas';

const Position = v.object({
  file: count,
  /** A number of bytes of the unpacked file. */
  offset: count,
  line: count,
  etag: v.optional(v.string()),
});
export type Position = v.InferOutput<typeof Position>;

/** A file of lines whose keys have the same hash. */
const SpoolFile = v.object({ partition: count, name: v.string() });
export type SpoolFile = v.InferOutput<typeof SpoolFile>;

/** How many keys do not begin with the archiver's prefix, and the line of the first one. */
const Outside = v.object({ count, place: v.string() });
export type Outside = v.InferOutput<typeof Outside>;

export const ManifestState = v.object({
  etag: v.string(),
  /** `null`: all lines are read. */
  position: v.nullable(Position),
  outside: v.nullable(Outside),
  partition: count,
  done: count,
  spooled: v.array(SpoolFile),
});
export type ManifestState = v.InferOutput<typeof ManifestState>;
