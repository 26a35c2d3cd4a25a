/** An emulator in place of AWS: where it is, that it is one, and what its rows are worth. */
import { UsageError } from './usage';

/**
 * AWS says of its own what an emulator does not show. Others leave out more.
 * https://docs.aws.amazon.com/emulator/latest/userguide/security.html
 */
export const LEFT_OUT =
  'These are the rows of an emulator, not of AWS. An emulator leaves out what a real account is ' +
  'needed for: bucket policies and KMS key policies are not checked, and policies of roles only in ' +
  'part; there is no second account and no second region; nothing is throttled, and nothing is ' +
  'late as on AWS. No row shows that AWS does the same, and no minute or dollar is one of AWS.';

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
const HOSTS_OF_AWS =
  /(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.(com\.cn|eu))$/;

/**
 * The accounts that emulators and AWS's documentation use. AWS Emulator has the first one, moto the
 * second one.
 */
const ACCOUNTS_OF_NOBODY = ['000000000000', '123456789012', '111122223333'];

const isOfAws = (url: URL) => HOSTS_OF_AWS.test(url.hostname);

/** Returns what `--endpoint` says, or throws what is wrong with it. */
export function parseEndpoint(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`--endpoint ${given} is no address: write it as http://127.0.0.1:4566`);
  }
  if (isOfAws(url)) {
    throw new UsageError(
      `--endpoint ${given} is AWS itself, and the option is for emulators: leave it out`,
    );
  }
  return given;
}

const OF_SERVICES = /^AWS_ENDPOINT_URL_/;

/**
 * Leads every client of this process, and the CDK CLI that it starts, to the endpoint. Without one,
 * they go where the variables of the shell lead them.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @returns the emulator that is asked from now on; undefined: AWS
 */
export function useEndpoint(
  given: string | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (given === undefined) {
    return Object.keys(environment)
      .filter((name) => name === 'AWS_ENDPOINT_URL' || OF_SERVICES.test(name))
      .map((name) => environment[name]!)
      .find((value) => value !== '' && !(URL.canParse(value) && isOfAws(new URL(value))));
  }
  const other = Object.keys(environment).find(
    (name) => OF_SERVICES.test(name) && environment[name] !== given,
  );
  if (other !== undefined) {
    throw new UsageError(
      `${other} is set to ${environment[other]}, so one service would be asked there and the ` +
        `others at --endpoint ${given}: unset it`,
    );
  }
  environment.AWS_ENDPOINT_URL = given;
  environment.AWS_DISABLE_HOST_PREFIX_INJECTION = 'true';
  // With this, the clients would ask AWS.
  delete environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS;
  return given;
}

/**
 * A proxy that passes requests on to AWS is an endpoint, too. It answers with a real
 * account, so a person has to confirm that one.
 *
 * @param ask returns what the person types; undefined: no person can be asked, or `--yes` was given
 */
export async function demandEmulator(
  endpoint: string,
  account: string,
  ask: (question: string) => Promise<string | undefined>,
): Promise<void> {
  if (ACCOUNTS_OF_NOBODY.includes(account)) {
    return;
  }
  const typed = await ask(
    `${endpoint} answers that it is account ${account}, which may be a real one: a proxy leads to ` +
      'AWS. If it is an emulator, type the number of the account: ',
  );
  if (typed?.trim() !== account) {
    throw new Error(
      `nothing was created: nobody typed that account ${account} of ${endpoint} is an emulator's. ` +
        '--yes does not say it',
    );
  }
}

/** What the plan says after everything else. */
export const describeEmulator = (endpoint: string) =>
  `Everything is asked of ${endpoint}, which is not AWS. ${LEFT_OUT}`;
