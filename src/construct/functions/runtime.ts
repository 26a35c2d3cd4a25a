/**
 * The runtime of the functions, and the target of their bundles, which are tested on no other. Lambda deprecates Node.js 24 on 2028-04-30.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIME = 'nodejs24.x';
