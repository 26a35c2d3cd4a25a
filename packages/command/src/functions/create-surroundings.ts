import type { Surroundings } from '../../../../src/lambda/surroundings/surroundings';
import { expectOwners, guardRequests } from '../guard/guard-requests';
import { parseProcessSettings } from '../processes/process-settings';
import { toStartArguments } from '../processes/start-arguments';

/**
 * @param text the settings that the parent gives its processes. Without them, a process has no
 * limits, and must not start
 */
export function createSurroundings(text: string | undefined): Surroundings {
  const settings = parseProcessSettings(text);
  const { limits, pathStyle } = settings;
  return {
    s3Config: pathStyle ? { forcePathStyle: true } : {},
    // Owners come first: the guard sees each request as it is sent.
    guardS3: (client) => expectOwners(guardRequests(client, limits), limits),
    toStartCommand: (input) => toStartArguments(settings.commands, input),
    isDeployed: false,
  };
}
