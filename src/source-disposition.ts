/** What happens to the source of an object that is archived. */
export enum SourceDisposition {
  /** Delete it: objects are moved. */
  DELETE = 'DELETE',

  /**
   * Keep it: objects are copied. An object counts as archived once the destination holds it.
   *
   * The archiver's roles get no permission to delete, and an explicit deny. A later run with
   * `DELETE`, of this archiver or of another one with the same places, finishes the moves: it
   * deletes a source only after it has proven that the destination holds the same object. A second
   * run with `KEEP` over the same days copies nothing that is archived already. Objects of earlier
   * days are not counted as stragglers, because most of them are archived.
   */
  KEEP = 'KEEP',
}
