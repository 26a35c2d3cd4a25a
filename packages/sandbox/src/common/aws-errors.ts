/** Errors of Publish and their HTTP statuses: API_Publish. */
const STATUS = {
  NotFound: 404,
  InvalidParameter: 400,
  AuthorizationError: 403,
  KMSAccessDenied: 400,
};

/** An error of SNS, with its name in the query protocol. */
export class SnsError extends Error {
  readonly status: number;

  constructor(
    readonly code: keyof typeof STATUS,
    message: string,
  ) {
    super(message);
    this.name = code;
    this.status = STATUS[code];
  }
}
