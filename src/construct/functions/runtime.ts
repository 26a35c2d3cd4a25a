/**
 * The only runtime on which the bundles are tested. Lambda deprecates it on 2028-04-30:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIME = 'nodejs24.x';
