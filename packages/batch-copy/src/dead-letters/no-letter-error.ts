/** Why a row cannot be stored as a dead letter. */
export class NoLetterError extends Error {}
