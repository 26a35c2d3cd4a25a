/**
 * Returns the name of the environment variable that has a setting: that of `maxRounds` is
 * MAX_ROUNDS.
 */
export function toVariableName(setting: string): string {
  return setting.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/**
 * ArchiveBatch runs the bundle `archive-batch`, and the runbook of the alarm RunFailed is at
 * `#run-failed`.
 */
export function toKebabCase(id: string): string {
  return id.replace(/\B[A-Z]/g, '-$&').toLowerCase();
}
