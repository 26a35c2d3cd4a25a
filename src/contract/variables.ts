/** Returns the name of the environment variable that has a setting: that of `maxRounds` is MAX_ROUNDS. */
export function toVariableName(setting: string): string {
  return setting.replace(/[A-Z]/g, '_$&').toUpperCase();
}
