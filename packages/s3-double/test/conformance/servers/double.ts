import { CREDENTIALS, type Server } from './server';
import { startS3 } from '../../../src';

export async function startDouble(): Promise<Server> {
  const double = await startS3();
  return {
    version: 'of this repository',
    endpoint: double.endpoint,
    credentials: CREDENTIALS,
    stop: () => double.close(),
  };
}
