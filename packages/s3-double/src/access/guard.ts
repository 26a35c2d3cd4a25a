import type { Step } from './authorize';
import type { Answer, Context } from '../http/request';

/** Decides what callers may do and know. Without one, everybody may do everything. */
export interface S3Guard {
  /** Throws if the caller may not do it. */
  authorize(context: Context, step: Step): void;
  /** Sees what comes of a request; it may hide some of it, or refuse after all. */
  serve(context: Context, perform: () => Answer): Answer;
}
