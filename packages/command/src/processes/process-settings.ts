/** What the parent tells its function processes, besides the settings of the archiver. */
import type { Commands } from './start-arguments';
import type { RequestLimits } from '../guard/limits';

/** The variable of the processes that has it, as JSON. */
export const VARIABLE = 'S3_DATED_ARCHIVER_PROCESS';

export interface ProcessSettings {
  readonly limits: RequestLimits;
  readonly pathStyle: boolean;
  readonly commands: Commands;
}

/** @throws if there are none, because a process without limits must not send anything */
export function parseProcessSettings(text: string | undefined): ProcessSettings {
  if (text === undefined) {
    throw new Error(`${VARIABLE} is missing: only the command may start this process`);
  }
  return JSON.parse(text) as ProcessSettings;
}
