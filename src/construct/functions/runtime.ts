/**
 * The runtime of the functions, which also decides the target of their bundles. It is pinned, because an older one, or a newer one,
 * is not what the bundles are tested on. Lambda deprecates Node.js 24 on 2028-04-30.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const RUNTIME = 'nodejs24.x';
