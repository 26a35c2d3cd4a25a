import * as v from 'valibot';
import { Progress, VerifyProgress } from './batch-payloads';
import { count } from './common-schemas';
import { RunListing } from './listing';
import { Run } from './run';

/** The output of PlanRun, which is the input of the Distributed Map. */
export const Plan = v.object({
  run: Run,
  listing: RunListing,
  /** The key of the file whose lines VerifyObjects or RestoreObjects reads. Each is a PartsItem. */
  partsKey: v.optional(v.string()),
  maxConcurrency: count,
  /** Where the ResultWriter writes. It appends `/` and the Map Run's id. */
  resultPrefix: v.string(),
  progress: v.union([Progress, VerifyProgress]),
});
export type Plan = v.InferOutput<typeof Plan>;
