/** The command prints this error with the usage, and exits with status 2. */
export class UsageError extends Error {}
