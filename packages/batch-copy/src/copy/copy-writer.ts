import type { Socket } from "node:net";

import { callOut } from "./call-out.js";

/** Rows as CopyData messages of the binary format, whole tuples in each. */
export interface Slice {
  readonly rows: number;
  readonly bytes: number;
  readonly messages: readonly Buffer[];
}

/**
 * The header of the binary format in a CopyData message: signature, flags, length of the header
 * extension (https://www.postgresql.org/docs/current/sql-copy.html, "File Header").
 */
const HEADER: Buffer = Buffer.from("d\0\0\0\x17PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");

/** The format's trailer in a CopyData message, then CopyDone. */
const TRAILER_AND_COPY_DONE: Buffer = Buffer.from("d\0\0\0\x06\xff\xffc\0\0\0\x04", "latin1");

/** Between the messages of one COPY and those of the next one. */
const NEXT_COPY: Buffer = Buffer.concat([TRAILER_AND_COPY_DONE, HEADER]);

/** CopyFail without a reason. */
const COPY_FAIL: Buffer = Buffer.from("f\0\0\0\x05\0", "latin1");

/** The callbacks of a writer. */
interface Callbacks {
  /** Called whenever the socket has written a message. */
  readonly onWritten: () => void;
  /** Called when the stream has thrown: nothing more is sent. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Writes the client's messages of COPYs, one after the other, to the socket, as fast as the socket accepts
 * them. The server reads them when it comes to their COPY.
 */
export class CopyWriter {
  readonly #stream: Socket;
  readonly #messages: readonly Buffer[];
  readonly #isOfNone: boolean;
  readonly #callbacks: Callbacks;
  #next = 0;
  #unfinishedWrites = 0;
  #mayFinish = false;
  #isDoneSent = false;

  /** @param slices the rows of each COPY. If there is none, the query itself requests the commit. */
  constructor(stream: Socket, slices: readonly Slice[], callbacks: Callbacks) {
    this.#stream = stream;
    this.#messages = messagesOf(slices);
    this.#isOfNone = slices.length === 0;
    this.#callbacks = callbacks;
  }

  /** Whether the commit was requested. */
  get isDoneSent(): boolean {
    return this.#isDoneSent;
  }

  /** Whether the socket holds none of the messages any more. */
  get isIdle(): boolean {
    return this.#unfinishedWrites === 0;
  }

  /** Called when the query is sent. */
  start(): void {
    if (this.#isOfNone) {
      this.#isDoneSent = true;
      return;
    }
    this.#stream.on("drain", this.#send);
    this.#write(HEADER);
    this.#send();
  }

  /** Sends the last CopyDone after the last message: from then on the server may commit. */
  finish(): void {
    this.#mayFinish = true;
    this.#sendDone();
  }

  /** Ends the COPY with an ERROR, unless the commit was requested. */
  fail(): void {
    if (!this.#isDoneSent) {
      this.stop();
      this.#write(COPY_FAIL);
    }
  }

  /** Sends nothing more. */
  stop(): void {
    this.#next = this.#messages.length;
    this.#mayFinish = false;
    callOut(() => this.#stream.off("drain", this.#send));
  }

  /** Considers all messages written, although a stream that was destroyed has not called back. */
  letGo(): void {
    this.#unfinishedWrites = 0;
  }

  /** Sends until the socket is full; called again when it has drained. */
  readonly #send = (): void => {
    let isFlowing = true;
    while (isFlowing && this.#next < this.#messages.length) {
      isFlowing = this.#write(this.#messages[this.#next++]!);
    }
    this.#sendDone();
  };

  #sendDone(): void {
    if (this.#mayFinish && !this.#isDoneSent && this.#next === this.#messages.length) {
      this.#isDoneSent = true;
      this.stop();
      this.#write(TRAILER_AND_COPY_DONE);
    }
  }

  readonly #onWritten = (): void => {
    if (this.#unfinishedWrites > 0) {
      this.#unfinishedWrites--;
      this.#callbacks.onWritten();
    }
  };

  #write(bytes: Buffer): boolean {
    this.#unfinishedWrites++;
    try {
      return this.#stream.write(bytes, this.#onWritten);
    } catch (error) {
      this.#unfinishedWrites--;
      this.stop();
      this.#callbacks.onFailed(error);
      return false;
    }
  }
}

function messagesOf(slices: readonly Slice[]): readonly Buffer[] {
  return slices.length === 1
    ? slices[0]!.messages
    : slices.flatMap(({ messages }, index) => (index === 0 ? messages : [NEXT_COPY, ...messages]));
}
