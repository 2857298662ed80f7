import { SpoolError } from "../errors.js";

/** It is not known whether rows are, or will be, read from the stream: they must not be sent again. */
export class UncertainError extends SpoolError {}
